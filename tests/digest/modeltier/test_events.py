"""Grave events: a statement may tell only those that its article tells."""

import pytest

from digest.modeltier.events import untold_event

ENGLISH = (
    "Norvex said on Tuesday that it had laid off 300 people after a fire at its plant in Arden. "
    "Its founder stepped down, and two former managers were sued for fraud."
)
CHINESE = "青栎科技周二表示，工厂失火后裁员 300 人。创始人辞职，两名前经理因诈骗被起诉。"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Norvex 已经破产。", "破产"),
        ("Norvex 的创始人被逮捕。", "逮捕"),
        ("火灾造成两人死亡。", "死亡"),
        ("监管机构对 Norvex 处以罚款。", "罚款"),
        ("Norvex 召回了产品。", "召回"),
        ("用户数据遭泄露。", "泄露"),
        ("Norvex 已经退市。", "退市"),
    ],
)
def test_what_the_article_does_not_tell_is_named(text: str, told: str) -> None:
    assert untold_event(text, ENGLISH, "en") == told
    assert untold_event(text.replace("Norvex", "公司"), CHINESE, "zh") == told


@pytest.mark.parametrize(
    "text",
    [
        "Norvex 在工厂起火后裁员 300 人。",
        "创始人卸任，两名前经理因欺诈被提起诉讼。",
        "公司为黑洞研究提供芯片，成本已被控制。",
        "Norvex 周二公布了消息。",
    ],
)
def test_what_it_tells_in_any_of_its_words_is_not(text: str) -> None:
    assert untold_event(text, ENGLISH, "en") == ""
    assert untold_event(text.replace("Norvex", "公司"), CHINESE, "zh") == ""


def test_other_languages_are_not_read_for_it() -> None:
    assert untold_event("公司已经破产。", "Die Firma ist pleite.", "de") == ""
