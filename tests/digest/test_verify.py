import pytest

from digest.verify import verify

TEXT = (
    "Norvex raised $1.2 billion on Tuesday in October. It cut steps from 40 to 4.\n"
    "Shares fell 6.2 percent after five analysts left. "
    '"We are very happy today," said Sam Orlan.\n'
    "The EU fined Norvex 798 million euros. It runs GPT-5.2 in 40 data centres."
)


@pytest.mark.parametrize(
    "summary",
    [
        "Norvex 融资 12 亿美元。",
        "步数从 40 降到 4，股价下跌 6.2%。",
        "欧盟罚款 7.98 亿欧元。",
        "10 月，5 名分析师离开。",
        "Norvex runs GPT-5.2.",
        'Orlan said: "We are very happy today"',
        "没有可比较的内容。",
        "",
    ],
)
def test_supported_across_languages(summary: str) -> None:
    assert verify(summary, TEXT).supported


@pytest.mark.parametrize(
    ("summary", "kind", "verdict"),
    [
        ("Norvex 融资 1.2 亿美元。", "number", "different"),
        ("Norvex 融资 12 亿欧元。", "number", "different"),
        ("Norvex 融资 13 亿美元。", "number", "missing"),
        ("下跌 6.2 个百分点。", "number", "different"),
        ("罚款 798 亿欧元。", "number", "different"),
        ("步数从 40 降到 7。", "number", "missing"),
        ("Anthropic 完成融资。", "name", "missing"),
        ("它运行 GPT-5.3。", "name", "missing"),
        ('He said "We are very sad today"', "quote", "missing"),
    ],
)
def test_a_changed_value_unit_scale_name_or_quote_is_caught(
    summary: str, kind: str, verdict: str
) -> None:
    judged = verify(summary, TEXT)
    assert not judged.supported
    assert (kind, verdict) in {(finding.kind, finding.verdict) for finding in judged.findings}


def test_evidence_names_the_sentences() -> None:
    findings = {
        finding.text: finding
        for finding in verify("融资 12 亿美元，罚款 7.98 亿欧元", TEXT).findings
    }
    assert findings["12 亿美元"].evidence == (0,)
    assert findings["7.98 亿欧元"].evidence == (4,)


def test_a_quotation_in_another_language_is_not_judged() -> None:
    assert verify("他说：“我们今天非常高兴。”", TEXT).findings == ()


def test_chinese_against_chinese() -> None:
    text = "公司融资 12 亿元，用户达 350 万。“我们会继续投入研发。”周禾说。"
    assert verify("融资12亿元，350万用户，“我们会继续投入研发”", text).supported
    assert not verify("融资12万元", text).supported
    assert not verify("“我们会停止投入研发”", text).supported


@pytest.mark.parametrize("text", ["", "\n\n", "。。。"])
def test_an_empty_article_supports_nothing_that_can_be_compared(text: str) -> None:
    assert not verify("Norvex 融资 12 亿美元", text).supported
    assert verify("一句话", text).supported
