"""Invented titles that are easy to misplace, and the pure parts of the classifier."""

from collections import Counter
from pathlib import Path

import pytest

from digest.classify import SOURCE_CUE, classify
from digest.classify.columns import MODEL_FILE
from digest.classify.features import EDGE_MARKS, TITLE_MARK, WORD_MARK, features
from digest.classify.linear import LinearModel
from digest.model import Placement
from digest.taxonomy import load_taxonomy
from tests.digest.articles import article

_LINES = Path(__file__).with_name("placement_cases.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.rsplit("|", 1)) for line in _LINES if line and not line.startswith("#")]


def split(case: tuple[str, ...]) -> tuple[str, list[str], list[str], str, str]:
    hint, columns, kinds, title = case[0].split("|", 3)
    return hint, columns.split(), kinds.split(), title, case[1]


def place(title: str, text: str, hint: str = "") -> Placement:
    lang = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in title) else "en"
    source = article(title, text, lang=lang)
    return classify(source, keywords=(), column_hint=hint, taxonomy=load_taxonomy())


def misplaced(*, known: bool) -> tuple[list[str], list[str]]:
    columns, kinds = [], []
    for hint, right, sorts, title, text in map(split, CASES):
        found = place(title, text, hint if known else "")
        if found.column not in right:
            columns.append(f"{title}: {found.column} {found.cues['column']}")
        if found.kind not in sorts:
            kinds.append(f"{title}: {found.kind} {found.cues['kind']}")
    return columns, kinds


def test_hard_titles_are_placed_as_a_reader_expects() -> None:
    assert len(CASES) >= 120
    columns, kinds = misplaced(known=True)
    assert len(columns) <= 0.04 * len(CASES), "\n".join(columns)
    assert len(kinds) <= 0.05 * len(CASES), "\n".join(kinds)
    blind, _ = misplaced(known=False)
    assert len(blind) <= 0.1 * len(CASES), "\n".join(blind)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("医学大模型读片追平主任医师", "研究团队用大模型读取三万张影像，结果发表在期刊上。"),
        ("AI model spots kidney disease", "Researchers trained a neural network on scans."),
    ],
)
def test_medicine_by_models_is_ai_even_from_a_science_source(title: str, text: str) -> None:
    assert place(title, text, "science").column == "ai"


def test_the_source_is_named_where_it_alone_decided() -> None:
    vague = place("Zzyzx", "Qwrt plm.", "science")
    assert vague.column == "science"
    assert vague.cues["column"] == ()
    assert vague.cues[SOURCE_CUE] == ("science",)
    assert vague.topics == ()
    assert SOURCE_CUE not in place("Astronomers find a black hole", "A telescope saw it.").cues


def test_the_models_words_are_whole_and_stand_in_the_text() -> None:
    for _, _, _, title, text in map(split, CASES):
        for word in place(title, text).cues["column"]:
            assert word in f"{title} {text}"
            assert len(word) > 1


def test_features_mark_the_title_and_read_only_the_opening() -> None:
    counts = features("新芯片", "Chip A. 芯片" + "长" * 9000 + "尾巴")
    assert counts["芯片"] == 2
    assert counts[TITLE_MARK + "芯片"] == 1
    assert counts[" chip"] == 1
    assert "尾巴" not in counts
    assert features("", "") == Counter()


def test_a_chinese_title_also_gives_its_words_and_edges() -> None:
    counts = features("芯片价格大涨 Nova", "")
    assert {WORD_MARK + word for word in ("芯片", "价格", "大涨")} <= counts.keys()
    start, end = EDGE_MARKS
    assert (counts[start + "芯"], counts[start + "芯片"], counts[end + "va"]) == (1, 1, 1)
    assert not any(
        name.startswith((WORD_MARK, *EDGE_MARKS)) for name in features("Chip A.", "芯片")
    )
    assert {name for name in counts if name[0] == "\v"} == {"\v4"}


def test_a_model_survives_its_file_and_knows_nothing_of_unknown_words(tmp_path: Path) -> None:
    weights = {" a": bytes([16, 127, 129]), "芯片": bytes([32, 129, 127])}
    model = LinearModel(("x", "y"), (0.0, 0.0), 2.0, 1.5, weights)
    model.save(tmp_path / "m.json", version="t")
    assert LinearModel.load(tmp_path / "m.json") == model
    assert model.predict(Counter([" a"])) == "x"
    assert model.predict(Counter(["芯片", " a"])) == "y"
    assert model.chances(Counter()) == {"x": 0.5, "y": 0.5}
    assert model.margins(Counter([" a"])) == pytest.approx([2.0, -2.0])
    assert model.reasons(Counter(["芯片", " a"]), "y", 3) == ("芯片",)


def test_the_shipped_model_is_small() -> None:
    assert MODEL_FILE.stat().st_size < 300_000
    assert set(LinearModel.load(MODEL_FILE).classes) == set(load_taxonomy().columns)
