"""The Chinese frame above a foreign headline, and what the rules compute for 详细解读."""

from datetime import date

import pytest

from digest.condense import condense
from digest.condense.frame import chinese_amount, chinese_measure
from digest.model import Article, NumberFact
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, article


def frame(title: str, *paragraphs: str) -> tuple[str, ...]:
    return condense(article(title, *paragraphs, lang="en")).frame


def test_who_what_and_both_ends_of_a_change() -> None:
    parts = frame(
        "Nvidia's Halo-3 cuts generation steps from 40 to 4",
        "Nvidia showed Halo-3 in Dresden. The model cuts generation steps from 40 to 4, it said.",
        "Halo-3 is free for schools in the whole country from the summer on.",
    )
    assert parts == ("英伟达 Nvidia", "Halo-3", "40 → 4")


def test_money_of_the_title_is_converted_beside_its_own_wording() -> None:
    parts = frame(
        "OpenAI raises $1.2 billion for a data centre",
        "OpenAI raised $1.2 billion for a data centre in the north, the company said on Monday.",
    )
    assert parts == ("OpenAI", "12 亿美元（$1.2 billion）")


@pytest.mark.parametrize(
    ("title", "sentence", "part"),
    [
        (
            "Norvex sales fell 40% in May",
            "Norvex sales fell 40% in May, it said.",
            "销售额下降 40%",
        ),
        ("Norvex market share is 12%", "Its market share is 12%, it said.", "市场份额 12%"),
    ],
)
def test_a_percentage_says_of_what(title: str, sentence: str, part: str) -> None:
    assert part in frame(title, sentence, "The shops of Norvex stay open on Sundays for now.")


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("77 votes were invalid", "77 invalid votes were cast in the hall, an official said."),
        ("Norvex prices 5% of homes", "It said sales of 5% were made with a loan from a bank."),
        ("Norvex opens a plant", "Norvex opened a plant in the north for $3 million on Monday."),
    ],
)
def test_what_is_not_certain_is_left_out(title: str, sentence: str) -> None:
    assert frame(title, sentence, "Nothing else was said about it by the people there.") == ()


def test_a_chinese_article_has_no_frame() -> None:
    assert condense(LAUNCH_ZH).frame == ()


def test_names_need_the_text_and_the_title() -> None:
    assert frame("Apple pie wins prize", "The pie of a baker won the prize of the town.") == ()


def test_measures_have_one_chinese_name() -> None:
    assert chinese_measure("Net income") == "净利润"
    assert chinese_measure("of revenue") == "营收"
    assert chinese_measure("happiness") == ""


def test_an_amount_without_certain_chinese_is_empty() -> None:
    fact = NumberFact("40 widgets", 40, "count", "widgets", 0)
    assert chinese_amount(fact) == ""
    change = NumberFact(
        "from 40 watts to 4 watts", 4, "change", "watts", 0, start="40 watts", end="4 watts"
    )
    assert chinese_amount(change) == "40 → 4 瓦"


# --- insight ----------------------------------------------------------------------------

UPDATE_EN = article(
    "Halo-3 gets a repair",
    "Norvex released a repair for Halo-3 on Monday after a flaw was found on April 28.",
    "All users are urged to install it, the company said in a note.",
    "Developers must rebuild their programs with the new library by the summer.",
    "Users of older models will no longer receive repairs from Norvex after this one.",
    "Whether the flaw was used by attackers remains unclear, a spokeswoman said there.",
    "It remains to be seen how many phones will get the repair in time.",
)
UPDATE_ZH = article(
    "青栎发布修复程序",
    "青栎科技 5 月 10 日发布修复程序。修复程序已于昨日推送。",
    "公司建议用户尽快升级到最新版本。",
    "开发者需要在 6 月底前重新编译程序。",
    "用户可以在设置中查看版本号。",
    "新版能否阻止全部攻击，仍是一个未知数。",
    "厂商会不会跟进值得关注。",
)


@pytest.mark.parametrize("source", [UPDATE_EN, UPDATE_ZH, LAUNCH_EN], ids=["en", "zh", "launch"])
def test_every_text_of_the_insight_is_a_sentence_of_the_article(source: Article) -> None:
    insight = condense(source).insight
    assert insight is not None
    sentences = [one.text for one in source.sentences]
    for moment in insight.timeline:
        assert moment.text in sentences[moment.sentence]
        assert moment.when in sentences[moment.sentence]
    for told in (*insight.concerned, *insight.questions, *insight.actions):
        assert told.text in sentences[told.evidence[0]]


def test_the_timeline_is_in_order_of_time() -> None:
    insight = condense(UPDATE_ZH).insight
    assert insight is not None
    assert [(moment.when, moment.on) for moment in insight.timeline] == [
        ("5 月 10 日", date(2026, 5, 10)),
        ("昨日", date(2026, 5, 11)),
    ]


def test_who_is_concerned_is_told_by_the_articles_sentence() -> None:
    english, chinese = condense(UPDATE_EN).insight, condense(UPDATE_ZH).insight
    assert english is not None
    assert chinese is not None
    told = {advice.audience: advice.text for advice in english.concerned}
    assert told["engineers"].startswith("Developers must rebuild")
    assert told["everyone"].startswith("All users are urged")
    told = {advice.audience: advice.text for advice in chinese.concerned}
    assert told["engineers"] == "开发者需要在 6 月底前重新编译程序。"


def test_actions_and_open_questions() -> None:
    english, chinese = condense(UPDATE_EN).insight, condense(UPDATE_ZH).insight
    assert english is not None
    assert chinese is not None
    assert any("urged to install" in action.text for action in english.actions)
    open_ones = (*english.questions, *condense(UPDATE_EN).gaps, *condense(UPDATE_EN).points)
    assert any("remains to be seen" in one.text for one in open_ones)
    assert [action.text for action in chinese.actions] == ["公司建议用户尽快升级到最新版本。"]
    # What the card shows as open already is no question a second time.
    assert [gap.text for gap in condense(UPDATE_ZH).gaps] == [
        "新版能否阻止全部攻击，仍是一个未知数。"
    ]
    assert [one.text for one in chinese.questions] == ["厂商会不会跟进值得关注。"]


def test_nothing_to_compute_gives_no_insight() -> None:
    plain = article("A plant", "Norvex opened a plant in the north for makers of phones there.")
    assert condense(plain).insight is None


@pytest.mark.parametrize(
    "text",
    [
        "Otherwise, we ask to leave by calling the method of the page again.",
        "This was first made by a group of people in the town of Dell.",
        "Some of them said that it was important for everyone to be there.",
    ],
)
def test_a_sentence_that_states_no_consequence_is_no_reason(text: str) -> None:
    source = article(
        "A plant",
        "Norvex opened a plant in the north for makers of phones on Monday morning.",
        "The plant makes 40,000 chips a week and has 900 workers in three shifts.",
        "It stands where a brewery stood until the fire of the last winter there.",
        "The mayor of the town came with a band and with many of the neighbours.",
        "A road to the harbour will be built by the county in the coming year.",
        text,
    )
    assert condense(source).why is None
