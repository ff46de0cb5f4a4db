"""What stands in the place of another, translations, support, evidence; hostile texts."""

import time

import pytest

from digest.verify import SourceText, check_translation, verify

TEXT = (
    "The city council of Velmara approved a budget of 340 million euros on Tuesday. "
    "The mayor, Tilda Kovarin, said the new tram line would open on 12 March 2027. "
    "Ridership rose 8 percent to 1.2 million passengers in October. "
    "The opposition wanted 410 million euros and did not support the plan. "
    "A ticket will cost $2.50 and the line is 5 miles long, built by Ostrava Rail."
)
SOURCE = SourceText(
    [
        "The city council of Velmara approved a budget of 340 million euros on Tuesday.",
        "The mayor, Tilda Kovarin, said the new tram line would open on 12 March 2027.",
        "Ridership rose 8 percent to 1.2 million passengers in October.",
        "The opposition wanted 410 million euros and did not support the plan.",
        "A ticket will cost $2.50 and the line is 5 miles long, built by Ostrava Rail.",
    ],
    "en",
)


@pytest.mark.parametrize(
    "statement",
    [
        "The council of Velmara approved a budget of 340 million euros.",
        "Ridership rose 8% to 1.2 million.",
        "市议会周二批准了 3.4 亿欧元的预算。",
        "新电车线将于 2027 年 3 月 12 日开通。",
        "10 月客流量增长 8%，达到 120 万人次。",
        "线路长 8 公里，票价 2.5 美元。",
        "线路长 5 英里，由 Ostrava Rail 建造。",
    ],
)
def test_true_statements_pass(statement: str) -> None:
    assert SOURCE.check(statement).supported


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (
            "The city council of Velmara approved a budget of 410 million euros on Tuesday.",
            "number",
        ),
        (
            "The city council of Velmara approved a budget of 340 million euros on Friday.",
            "number",
        ),
        ("The city council of Velmara approved a budget of 340 billion euros.", "number"),
        (
            "The mayor, Tilda Kovarin, said the new tram line would open on 12 March 2026.",
            "number",
        ),
        ("The mayor, Tilda Markov, said the new tram line would open on 12 March 2027.", "name"),
        ("Ridership fell 8 percent to 1.2 million passengers in October.", "direction"),
        ("The opposition wanted 410 million euros and did support the plan.", "direction"),
        ("市议会周三批准了 3.4 亿欧元的预算。", "number"),
        ("市议会批准了 34 亿欧元的预算。", "number"),
        ("市议会批准了 3.4 亿美元的预算。", "number"),
        ("线路长 12 公里。", "number"),
        ("由 Siemens 建造。", "name"),
        ("特斯拉建造了这条线路。", "name"),
    ],
)
def test_one_changed_thing_is_caught(statement: str, kind: str) -> None:
    verdict = SOURCE.check(statement)
    assert kind in {it.kind for it in verdict.findings if not it.holds}


def test_a_chinese_name_in_the_place_of_another_is_caught() -> None:
    source = SourceText(["昨天下午，市长王建国在上海会见了来自柏林的访问团并签署合作协议。"], "zh")
    true = "昨天下午，市长王建国在上海会见了来自柏林的访问团。"
    assert source.check(true).supported
    assert not source.check(true.replace("王建国", "李国强")).supported
    assert not source.check(true.replace("柏林", "巴黎")).supported


def test_evidence_elsewhere_counts_but_is_told_apart() -> None:
    (finding,) = SOURCE.check("Ridership grew 8 percent.", evidence=(0,)).findings
    assert (finding.verdict, finding.holds, finding.evidence) == ("elsewhere", True, (2,))
    (finding,) = SOURCE.check("Ridership grew 8 percent.", evidence=(2,)).findings
    assert finding.verdict == "found"


def test_support_names_the_best_sentence_and_falls_with_strange_words() -> None:
    (copied,) = SOURCE.check("Ridership rose 8 percent in October.").support
    (strange,) = SOURCE.check("Penguins dance on frozen violins at midnight.").support
    assert copied.sentences[0] == 2
    assert copied.score > 0.7
    assert strange.score < 0.2


EN = "Shares of Apple did not fall below $40 on 3 May, and 12 analysts left."
ZH = "苹果股价 5 月 3 日没有跌破 40 美元，12 名分析师离职。"


def _refused(original: str, translated: str) -> set[str]:
    found = check_translation(original, translated, source="en", target="zh")
    return {it.kind for it in found if not it.holds}


def test_a_right_translation_is_accepted() -> None:
    assert _refused(EN, ZH) == set()


@pytest.mark.parametrize(
    ("translated", "kind"),
    [
        ("苹果股价 5 月 3 日没有跌破 400 美元，12 名分析师离职。", "number"),
        ("苹果股价 5 月 3 日没有跌破 40 欧元，12 名分析师离职。", "number"),
        ("苹果股价 6 月 3 日没有跌破 40 美元，12 名分析师离职。", "number"),
        ("苹果股价 5 月 3 日没有跌破 40 美元，分析师离职。", "number"),
        ("谷歌股价 5 月 3 日没有跌破 40 美元，12 名分析师离职。", "name"),
        ("苹果股价 5 月 3 日跌破 40 美元，12 名分析师离职。", "direction"),
        (EN, "language"),
        ("Aquí está todo el texto de la noticia sobre 40 dólares y 12 analistas.", "language"),
        ("好的，以下是翻译：" + ZH, "language"),
        ("Here is the translation: " + ZH, "language"),
        ("苹果。", "length"),
        (ZH * 5, "length"),
        ("", "length"),
    ],
)
def test_a_wrong_translation_is_refused(translated: str, kind: str) -> None:
    assert kind in _refused(EN, translated)


def test_a_swapped_direction_is_refused() -> None:
    assert "direction" in _refused("Sales rose 5% last year.", "去年销售额下降 5%。")
    assert _refused("Sales rose 5% last year.", "去年销售额增长 5%。") == set()


@pytest.mark.parametrize("same", ["https://example.org/a", "@someone", "<div id=a></div>"])
def test_what_is_no_language_may_stay_as_it_is(same: str) -> None:
    assert _refused(same, same) == set()


@pytest.mark.parametrize(
    "piece", ["1", "一", "5 月 ", "“", "Xperia 1 ", "百分之", "not ", "1-", "第", "A.", "周"]
)
def test_hostile_text_is_read_in_time(piece: str) -> None:
    began = time.process_time()
    verify((piece * 2000)[:2000], (piece * 20_000)[:20_000])
    assert time.process_time() - began < 8


INDIA = SourceText(
    [
        "BJP chief Arun Welkar met J N Oduya in Velmar on Friday with 1,00,000 people.",
        "He told the US president that the Kaveri Front would pay Rs866 crore in India.",
        '"We will stay (in Velmar) until the bridge is open and then go home," he said.',
        "A poll said between 30 and 43 percent would vote; it cost $5 a day.",
        "Oduya scored in the 29th minute, and the break took 10-15 minutes.",
    ],
    "en",
)


@pytest.mark.parametrize(
    "statement",
    [
        "The Bharatiya Janata Party met JN Oduya, and 100,000 people came.",
        "It told the United States president.",
        "The Kaveri Front (KF) would pay ?866 crore to Indian towns.",
        'He said, "We will stay until the bridge is open...then go home."',
        "民调显示 30% 至 43% 的人会投票。",
        "他在第 29 分钟进球，休息了 10-15 分钟。",
        "他在 29 分钟进球，每 1 天花费 5 美元。",
        "百分之 43 的人会投票。",
    ],
)
def test_forms_of_names_quotes_and_numbers_answer_to_each_other(statement: str) -> None:
    assert INDIA.check(statement).findings
    assert [f for f in INDIA.check(statement).findings if not f.holds] == []


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("The Bharatiya Kisan Party met JN Oduya.", "name"),
        ("It told the United Kingdom president.", "name"),
        ("The Kaveri Front (KFX) would pay.", "name"),
        ('He said, "We will stay until the bridge is wet...then go home."', "quote"),
        ("民调显示 31% 至 43% 的人会投票。", "number"),
        ("他在第 29 小时进球。", "number"),
        ("他在 29 小时进球。", "number"),
        ("休息了 10-15 小时。", "number"),
        ("休息了 15 年。", "number"),
    ],
)
def test_and_other_ones_do_not(statement: str, kind: str) -> None:
    assert {f.kind for f in INDIA.check(statement).findings if not f.holds} == {kind}


def test_not_only_denies_nothing() -> None:
    source = SourceText(
        ["The refusal was not only unfair but also meant that wishes remain open."]
    )
    assert source.check("The refusal was unfair and meant that wishes remain open.").supported
