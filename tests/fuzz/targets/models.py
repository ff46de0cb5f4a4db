"""What models and translators answer."""

import json

from hypothesis import strategies as st

from digest.condense import condense
from digest.model import Brief
from digest.modeltier.assemble import assemble
from digest.modeltier.checking import review
from digest.modeltier.grounds import Grounds
from digest.modeltier.parsing import LARGEST_ANSWER, BadAnswer, read_answer
from digest.modeltier.schema import (
    LONGEST_TEXT,
    BriefAnswer,
    FactsAnswer,
    RepairAnswer,
    TranslationAnswer,
)
from digest.modeltier.statements import statements_of
from digest.text.numbers import find_numbers
from digest.translation.check import judge
from digest.verify import SourceText, check_translation
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_kept
from tests.fuzz.target import Target, text_of

ARTICLES = (LAUNCH_ZH, LAUNCH_EN)
RULES = tuple(condense(one) for one in ARTICLES)
SHAPES = (BriefAnswer, FactsAnswer, RepairAnswer, TranslationAnswer)
GOOD = {
    "headline": "青栎科技发布端侧模型，推理功耗降到 4 瓦",
    "points": [
        {"text": "新模型把推理功耗从 40 瓦降到 4 瓦。", "sentences": [2]},
        {"text": "青栎科技去年完成 12 亿元融资，估值达到 90 亿元。", "sentences": [3]},
        {"text": "首批支持 12 款手机。", "sentences": [2]},
    ],
    "numbers": [{"text": "12 亿元", "measure": "去年融资", "sentences": [3]}],
    "why": {"text": "这是国内首次有 30 亿参数的模型在手机上全天候运行。", "sentences": [5]},
}
BAD = (
    "新模型把推理功耗从 40 瓦降到 3 瓦。", "融资 120 亿元。", "估值达到 9 亿元。",
    "首批支持 1200 款手机。",
    "Norvex 融资 $12 billion。", "功耗从 4 瓦升到 40 瓦。", "“我们会赢。”李四说。",
    "点击 https://e.example 领取。",
    "2025 年 1 月 1 日发布。", "月活用户 350 亿。", "芯片功耗下降 九成。",
    "公司完成1.2亿美元融资", "Norvex 去年融资 12 亿美元。",
)  # fmt: skip
SEEDS = (
    json.dumps(GOOD, ensure_ascii=False).encode(),
    b'<think>x</think>```json\n{"headline": "x", "points": ["a",'
    b' {"text": "b", "sentences": "s1-s3"}],}\n```',
    b"{'headline': None, 'points': [{'text': 'x', 'sentences': [1,",
    '{"lines": [{"id": 1, "text": "功耗"}]}'.encode(),
)
WORDS = (
    b'"headline":', b'"points":', b'"text":', b'"sentences":', b"```json", b"```", b"<think>",
    b"</think>",
    b"{", b"}", b"[", b"]", b"\\ud800", b"\\u0000", b"1e999", b"NaN", b"-Infinity", b"9" * 40,
    b"null", b"[[[[[[",
    *(one.encode() for one in BAD), b'"id": 1e3', b'"lines":', b'"statements":', b'"facts":',
)  # fmt: skip


def check_answer(text: str) -> None:
    for shape in SHAPES:
        for cut in (False, True):
            try:
                parsed = read_answer(text, shape, cut=cut)
            except BadAnswer as error:
                bad = error
            else:
                if isinstance(parsed.answer, BriefAnswer):
                    check_brief_answer(parsed.answer)
                continue
            assert bad.reason in {"empty", "oversize", "refused", "bad_json"}
            assert len(bad.said) <= LARGEST_ANSWER


def check_brief_answer(answer: BriefAnswer) -> None:
    statements = statements_of(answer)
    for statement in statements:
        assert len(statement.text) <= LONGEST_TEXT
        statement.text.encode()
    for article, rules in zip(ARTICLES, RULES, strict=True):
        places = {sentence.index for sentence in article.sentences}
        made = assemble(
            article, rules, review(statements, Grounds(article, places)), maker="m", prompt="p"
        )
        if made is not None:
            check_brief(made, [one.text for one in article.sentences], article.title, article.lang)


def check_brief(brief: Brief, sentences: list[str], title: str, lang: str) -> None:
    """Nothing is shown that the comparison with the article does not find."""
    source = SourceText([*sentences, title], lang)
    known = {value for one in (*sentences, title) for value in values_of(one, lang)}
    for point in (*brief.points, *((brief.why,) if brief.why else ()), *brief.gaps):
        check_kept(point.text, LONGEST_TEXT)
        assert point.evidence
        assert all(0 <= place <= len(sentences) for place in point.evidence), "no such sentence"
        wrong = [one for one in source.check(point.text).findings if not one.holds]
        assert not wrong, f"{point.text!r} has {wrong[0].text!r}"
        money = {value for value in values_of(point.text, "zh") if value >= 1e6}
        assert money <= known, f"{point.text!r} has a sum that the article has not"


def values_of(text: str, lang: str) -> set[float]:
    """The figures of a text, those in other notations of the same value counted as one."""
    return {round(number.value, 6) for number in find_numbers(text, lang)}


def check_translated(given: tuple[str, str]) -> None:
    original, translated = given
    for source, target in (("en", "zh"), ("zh", "en"), ("en", "fr")):
        judged = judge(original, translated, source=source, target=target)
        if judged.accepted:
            assert translated.strip()
            assert all(one.holds for one in judged.findings)
            found = check_translation(original, translated, source=source, target=target)
            assert target == "fr" or all(one.holds for one in found)
        assert judge(original, translated, source=source, target=target) == judged


def _two(data: bytes) -> tuple[str, str]:
    first, _, second = text_of(data).partition("\n")
    return first, second


_SENTENCES = st.one_of(
    st.sampled_from([*BAD, *(point["text"] for point in GOOD["points"])]),  # type: ignore[index]
    st.sampled_from([one.text for article in ARTICLES for one in article.sentences]),
    texts(8),
)
_PLACES = st.one_of(
    st.lists(st.integers(-3, 12), max_size=4), st.integers(), texts(2),
    st.lists(st.none() | st.booleans() | st.floats() | st.sampled_from(["s3", "[2]",
    "2-900000"]), max_size=3),
)  # fmt: skip
_SAYINGS = st.fixed_dictionaries(
    {}, optional={"text": _SENTENCES | st.none() | st.integers(), "sentences": _PLACES}
)
_BRIEFS = st.fixed_dictionaries(
    {"headline": _SENTENCES, "points": st.lists(_SAYINGS | _SENTENCES, min_size=1, max_size=5)},
    optional={"why": _SAYINGS | st.lists(_SAYINGS, max_size=2), "gaps": st.lists(_SAYINGS,
    max_size=2),
              "numbers": st.lists(_SAYINGS | _SENTENCES, max_size=2),
              "timeline": st.lists(_SAYINGS, max_size=2)},
)  # fmt: skip
_ANSWERS = st.tuples(
    _BRIEFS | st.builds(lambda extra: {**GOOD, **extra},
    st.dictionaries(st.sampled_from(["points", "why", "headline"]), _SAYINGS, max_size=1)),
    st.sampled_from(["{}", "```json\n{}\n```", "<think>{", "好的：{}。", "[{}]", "{}{}"]),
    st.integers(0, 40),
).map(lambda made: made[1].replace("{}", json.dumps(made[0],
    ensure_ascii=False))[: -made[2] or None])  # fmt: skip

TARGETS = (
    Target(
        "model",
        "Whatever a model answers: BadAnswer with a known reason, or a brief in which every point"
        " has evidence in range and nothing that the comparison with the article does not find.",
        check_answer,
        _ANSWERS | texts(20),
        read=text_of,
        seeds=SEEDS,
        words=WORDS,
        longest=2500,
    ),
    Target(
        "translation",
        "A translation is accepted only when it says something and every number, name, quote and"
        " direction compared holds; judging never raises and always says the same.",
        check_translated,
        st.tuples(_SENTENCES, _SENTENCES),
        read=_two,
        seeds=(
            "Norvex raised $1.2 billion last year.\nNorvex 去年融资 12 亿美元。".encode(),
            "It cuts power use from 40 watts to 4 watts.\n芯片把功耗从 40 瓦降到 4 瓦。".encode(),
        ),
        words=tuple(one.encode() for one in BAD),
        longest=600,
    ),
)  # fmt: skip
