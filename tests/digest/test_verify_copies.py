"""A sentence taken from the text with one thing changed: in Chinese, in code and in English."""

import pytest

from digest.verify import SourceText

CODE = SourceText(
    [
        "图 1 备份流程：先停止写入，再导出数据。",
        "图 2 恢复流程：先停止写入，再导入数据。",
        "我们使用 Zebra 2.19 版本，每次采样 60 s，部署 3 个 Otter 节点，一起运行。",
        "另一个集群部署 1 个 Zebra 节点，运行 40 s。",
        "let backup = store.OpenSnapshot(path);",
        "store.CloseSnapshot(backup);",
        "START TRANSACTION;",
        "BEGIN WORK;",
        "监控项“scheduler pending commands”显示 Otter 节点在等待。",
        "它们的 commands 很多。",
    ],
    "zh",
)


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("我们使用 Zebra 2.19 版本，每次采样 40 s，部署 3 个 Otter 节点，一起运行。", "40"),
        ("我们使用 Zebra 2.19 版本，每次采样 60 s，部署 1 个 Otter 节点，一起运行。", "1"),
        ("我们使用 Zebra 2.19 版本，每次采样 60 s，部署 3 个 Zebra 节点，一起运行。", "zebra"),
        ("let backup = store.CloseSnapshot(path);", "store.closesnapshot"),
        ("START WORK;", "work"),
        ("监控项“scheduler pending zebra”显示 Otter 节点在等待。", "zebra"),
        ("图 2 备份流程：先停止写入，再导出数据。", "2"),
    ],
)
def test_what_stands_in_the_place_of_another_is_different(statement: str, wrong: str) -> None:
    found = [f.text.lower() for f in CODE.check(statement).findings if not f.holds]
    assert any(wrong in text for text in found)


def test_an_identifier_that_the_text_lacks_is_missing() -> None:
    (finding,) = CODE.check("let backup = store.DropSnapshot(path);").findings
    assert finding.text == "store.DropSnapshot"
    assert not finding.holds


@pytest.mark.parametrize("place", range(10))
def test_its_own_sentences_hold(place: int) -> None:
    assert [f for f in CODE.check(CODE.sentences[place]).findings if not f.holds] == []


PROSE = SourceText(
    [
        "The Lantern Times rated the film 3.24 stars and the Election Commission kept silent.",
        "KovarinSession: Tilda said the house in Sairopa cost 150,000 pounds.",
        "The film by the Orlan brothers has 12 songs, 4 of them old.",
    ],
    "en",
)


@pytest.mark.parametrize(
    "statement",
    [
        "The LT rated the film 3.2 stars and the EC kept silent.",
        "Tilda Kovarin said the house in Sai Ropa cost £150,000.",
        'She said "[Her film] has 12 songs".',
    ],
)
def test_house_styles_are_no_errors(statement: str) -> None:
    names = [f for f in PROSE.check(statement).findings if f.kind != "quote"]
    assert [f for f in names if not f.holds] == []


def test_a_number_in_the_place_of_another_is_different_in_english() -> None:
    verdict = PROSE.check("The film by the Orlan brothers has 4 songs, 4 of them old.")
    assert [f.verdict for f in verdict.findings if f.text == "4"][-1] == "different"


@pytest.mark.parametrize("written", ["1,250 tents", "1250 tents", "１250 tents"])
def test_a_number_written_in_another_way_is_the_same(written: str) -> None:
    source = SourceText(["The old camp near the river had 1,250 tents and a school."], "en")
    statement = f"The old camp near the river had {written} and a school."
    assert [f for f in source.check(statement).findings if not f.holds] == []


@pytest.mark.parametrize("word", ["IIX", "VX", "XXI", "IVI", "XVIII", "XX", "IIII", "VIV"])
def test_capitals_that_are_no_roman_numeral_break_nothing(word: str) -> None:
    text = f"The file {word} was opened in Velmara."
    assert SourceText([text], "en").check(text).supported
