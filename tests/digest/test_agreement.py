"""What sources agree on and where their figures differ: a false conflict is the worst of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.agreement import Comparison, compare
from digest.condense import condense
from digest.model import Article, SeenIn, Signal
from tests.digest.articles import article
from tests.newsdesk import NOON, signal

FILLING_ZH = "青栎科技成立于南方的一座小城。该公司的客户遍布各地。"
FILLING_EN = "Norvex was founded in a small town. Its customers are everywhere."
OWN = (
    "消息公布后引发讨论。",
    "多位业内人士对此表示关注。",
    "市场对此反应不一而足。",
    "外界仍在等待细节。",
)


class Story:
    """Articles of one event, each by a source of its own unless said otherwise."""

    def __init__(self) -> None:
        self.members: list[Signal] = []
        self.articles: dict[int, Article] = {}

    def tell(self, source: str, title: str, *words: str, hours: float = 0, site: str = "") -> int:
        number = len(self.members) + 1
        host = f"https://{site or f'site{source}'}.example/{number}"
        text = article(title, *words, site=source, url=host)
        moment = NOON + timedelta(hours=hours)
        self.articles[number] = text
        self.members.append(
            signal(
                number,
                title,
                lang=text.lang,
                url=host,
                brief=condense(text),
                published_at=moment,
                created_at=moment,
                site=source,
                seen_in=(SeenIn(sum(map(ord, source)), source, host, moment),),
            )
        )
        return number

    def compare(self) -> Comparison:
        return compare(self.members, self.articles)


def two(first: str, second: str, *, hours: float = 1, zh: bool = True) -> Comparison:
    """What two sources say of one event, `hours` apart."""
    story = Story()
    title = "青栎科技完成新一轮融资" if zh else "Norvex closes a new funding round"
    filling = FILLING_ZH if zh else FILLING_EN
    story.tell("甲报", title, first, filling)
    story.tell("乙报", title, second, OWN[0] if zh else "Analysts took note.", hours=hours)
    return story.compare()


def values(found: Comparison) -> list[list[tuple[str, str]]]:
    return [
        [(told.signal.site, told.fact.text) for figure in one.figures for told in figure.told
         if told.fact]
        for one in found.disagreements
    ]  # fmt: skip


def test_two_values_of_one_thing_stand_side_by_side() -> None:
    found = two(
        "青栎科技周二宣布完成新一轮融资，融资金额为 12 亿元。",
        "青栎科技本轮融资金额为 10 亿元，由多家机构参与。",
    )
    assert values(found) == [[("甲报", "12 亿元"), ("乙报", "10 亿元")]]
    assert found.disagreements[0].concept == "funding"
    assert not found.agreed


def test_in_english_and_across_languages() -> None:
    found = two(
        "Norvex raised $12 billion in the round, the company said on Tuesday.",
        "Norvex raised $10 billion in its latest round.",
        zh=False,
    )
    assert values(found) == [[("甲报", "$12 billion"), ("乙报", "$10 billion")]]
    story = Story()
    story.tell("甲报", "OpenAI 完成融资", "OpenAI 融资金额为 12 亿美元。", OWN[0])
    story.tell("Herald", "OpenAI raises money", "OpenAI raised $1.2 billion.", FILLING_EN)
    story.tell(
        "Post", "OpenAI raises money", "OpenAI raised $1.5 billion.", "Nobody was surprised."
    )
    mixed = story.compare()
    assert [one for one in mixed.agreed if one.fact] == []  # another says otherwise
    assert values(mixed) == [
        [("甲报", "12 亿美元"), ("Herald", "$1.2 billion"), ("Post", "$1.5 billion")]
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            "青栎科技融资金额为 12 亿元。", "青栎科技融资金额为 10 亿美元。", id="currency"
        ),
        pytest.param(
            "青栎科技第三季度营收为 12 亿元。", "青栎科技全年营收为 10 亿元。", id="period"
        ),
        pytest.param(
            "青栎科技累计融资 12 亿元。", "青栎科技融资金额为 10 亿元。", id="cumulative"
        ),
        pytest.param("青栎科技营收为 12 亿元。", "青栎科技营收预计为 10 亿元。", id="estimate"),
        pytest.param(
            "青栎科技融资金额为 12 亿元。", "青栎科技融资金额为 10 至 15 亿元。", id="range"
        ),
        pytest.param(
            "青栎科技融资金额为 12 亿元。", "青栎科技融资金额为 11.9 亿元。", id="rounded"
        ),
        pytest.param("青栎科技融资金额为 12 亿元。", "青栎科技融资金额超过 10 亿元。", id="above"),
        pytest.param(
            "青栎科技融资金额为 11.6 亿元。", "青栎科技融资金额近 12 亿元。", id="nearly"
        ),
        pytest.param("青栎科技融资金额约 11 亿元。", "青栎科技融资金额为 11.5 亿元。", id="about"),
        pytest.param(
            "青栎科技 2024 年营收为 12 亿元。", "青栎科技 2025 年营收为 10 亿元。", id="years"
        ),
        pytest.param(
            "青栎科技去年营收为 12 亿元。", "青栎科技今年营收为 10 亿元。", id="last year"
        ),
        pytest.param("青栎科技净利润为 12 亿元。", "青栎科技营收为 10 亿元。", id="other measure"),
        pytest.param("腾讯营收为 12 亿元。", "百度营收为 10 亿元。", id="other company"),
        pytest.param("青栎科技云业务营收为 12 亿元。", "青栎科技总营收为 10 亿元。", id="a part"),
        pytest.param(
            "青栎科技融资金额为 12 亿元，其中首期为 10 亿元。",
            "青栎科技融资金额为 10 亿元。",
            id="knows the other",
        ),
        pytest.param(
            "青栎科技融资 12 亿元，估值 90 亿元。", "青栎科技融资 90 亿元。", id="other's value"
        ),
        pytest.param("青栎科技裁员 1200 人。", "青栎科技裁员 12%。", id="unit"),
        pytest.param(
            "青栎科技营收为 12 亿元。", "青栎科技营收为 130 万元。", id="hardly the same"
        ),
        pytest.param(
            "青栎科技融资金额为 12 亿元。",
            "青栎科技此前的融资金额为 10 亿元。",
            id="earlier round",
        ),
        pytest.param(
            "青栎科技融资金额为 12 亿元。",
            "青栎科技融资金额更正为 10 亿元。",
            id="corrected",
        ),
    ],
)
def test_what_is_no_conflict(first: str, second: str) -> None:
    assert values(two(first, second)) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Norvex raised $12 billion.", "Norvex raised up to $15 billion."),
        ("Norvex raised $12 billion.", "Norvex raised €10 billion."),
        ("Norvex raised $12 billion.", "Norvex raised more than $10 billion."),
        ("Norvex raised $12 billion.", "Norvex is expected to have raised $10 billion."),
        ("Norvex posted revenue of $12 billion.", "Norvex posted net income of $10 billion."),
        ("Norvex had revenue of $12 billion in the third quarter.",
         "Norvex had revenue of $10 billion in the second quarter."),
        ("Norvex had revenue of $12 billion.", "A year ago Norvex had revenue of $10 billion."),
        ("At least 12 people were killed.", "Another 10 people were killed."),
        ("12 people were killed.", "12 people were injured and 10 people are missing."),
        ("Norvex raised $12 billion.", "Norvex, which was valued at $10 billion, raised money."),
    ],
)  # fmt: skip
def test_what_is_no_conflict_in_english(first: str, second: str) -> None:
    assert values(two(first, second, zh=False)) == []


def test_across_languages_sources_agree() -> None:
    story = Story()
    story.tell("甲报", "OpenAI 完成融资", "OpenAI 融资金额为 12 亿美元。", OWN[0])
    story.tell("Herald", "OpenAI raises money", "OpenAI raised $1.2 billion.", FILLING_EN)
    (agreed,) = (one for one in story.compare().agreed if one.fact)
    assert [it.signal.site for it in agreed.told] == ["甲报", "Herald"]


def test_what_moves_while_it_is_told_is_no_conflict_hours_later() -> None:
    first, second = "A crash killed 12 people on Tuesday.", "The crash killed 15 people."
    assert values(two(first, second, hours=9, zh=False)) == []
    assert len(values(two(first, second, hours=1, zh=False))) == 1


def test_what_is_stated_days_later_is_no_conflict() -> None:
    first, second = "青栎科技融资金额为 12 亿元。", "青栎科技融资金额为 10 亿元。"
    assert len(values(two(first, second, hours=24))) == 1
    assert values(two(first, second, hours=80)) == []


def test_two_figures_of_a_source_that_corrects_nothing_may_be_of_two_things() -> None:
    story = Story()
    story.tell("甲报", "北斗洗烘套装开售", "北斗洗烘套装今日开售，定价为 6587 元。", FILLING_ZH)
    story.tell("甲报", "北斗洗衣机开售", "北斗洗衣机今晚开售，定价为 2699 元。", OWN[1], hours=1)
    assert story.compare().revised == ()


def test_a_source_that_changes_its_figure_revises_it() -> None:
    story = Story()
    story.tell("甲报", "凌河溃坝", "凌河溃坝造成 12 人死亡。", FILLING_ZH)
    story.tell("甲报", "凌河溃坝", "凌河溃坝造成 15 人死亡。", OWN[1], hours=5)
    story.tell("乙报", "凌河溃坝", "凌河溃坝造成 15 人死亡，救援仍在继续。", OWN[2], hours=6)
    found = story.compare()
    assert found.disagreements == ()
    (revised,) = found.revised
    assert revised.then.fact is not None
    assert revised.now.fact is not None
    assert (revised.then.fact.text, revised.now.fact.text) == ("12 人", "15 人")
    (agreed,) = (one for one in found.agreed if one.fact)
    assert [it.signal.site for it in agreed.told] == ["甲报", "乙报"]


def test_only_independent_sources_agree() -> None:
    told = "青栎科技融资金额为 12 亿元，由多家机构参与。"
    story = Story()
    story.tell("甲报", "青栎科技融资", told, FILLING_ZH)
    story.tell("甲报网站", "青栎科技融资", "青栎科技融资金额为 12 亿元。", OWN[0], site="site甲报")
    story.tell("丙报", "青栎科技融资", told, FILLING_ZH)  # the same text
    assert [one for one in story.compare().agreed if one.fact] == []
    story.tell("丁报", "青栎科技获投", "这家公司说，本轮融资金额为 12 亿元。", OWN[1])
    (agreed,) = (one for one in story.compare().agreed if one.fact)
    assert [it.signal.site for it in agreed.told] == ["甲报", "丁报"]
    assert agreed.concept == "funding"


@pytest.mark.parametrize(
    ("one", "other", "agreed"),
    [
        ("https://a.news.example/1", "https://b.news.example/2", 0),
        ("https://a.co.uk/1", "https://b.co.uk/2", 1),
        ("https://one.substack.com/p/1", "https://other.substack.com/p/2", 1),
        ("https://mp.weixin.qq.com/s/1", "https://mp.weixin.qq.com/s/2", 1),
    ],
)
def test_what_one_house_publishes_is_one_voice(one: str, other: str, agreed: int) -> None:
    story = Story()
    story.tell("甲报", "青栎科技融资", "青栎科技融资金额为 12 亿元。", FILLING_ZH)
    story.tell("乙报", "青栎科技获投", "这家公司说，本轮融资金额为 12 亿元。", OWN[1])
    members = [replace(it, url=url) for it, url in zip(story.members, (one, other), strict=True)]
    assert sum(it.fact is not None for it in compare(members, story.articles).agreed) == agreed


def test_a_value_within_a_range_is_not_agreed_upon() -> None:
    for second, agreed in (
        ("青栎手机的售价为 7000—10000 元。", 0),
        ("青栎手机的售价在 9999 元以上。", 0),
        ("青栎手机本周的售价为 9999 元。", 1),
    ):
        story = Story()
        story.tell("甲报", "青栎手机开售", "青栎手机的售价为 9999 元。", FILLING_ZH)
        story.tell("乙报", "青栎手机开售", second, OWN[1])
        assert len([one for one in story.compare().agreed if one.fact]) == agreed


def test_two_that_quote_one_agency_are_one_voice() -> None:
    story = Story()
    story.tell("甲报", "青栎科技融资", "据路透社报道，青栎科技融资金额为 12 亿元。", FILLING_ZH)
    story.tell("乙报", "青栎科技获投", "路透社称，该公司本轮融资金额为 12 亿元。", OWN[1])
    assert [one for one in story.compare().agreed if one.fact] == []
    story.tell("丙报", "青栎科技获投", "据甲报报道，该公司融资金额为 12 亿元，多方参与。", OWN[2])
    assert len([one for one in story.compare().agreed if one.fact]) == 1


def test_points_and_days_on_which_sources_agree() -> None:
    story = Story()
    story.tell(
        "Herald",
        "Norvex recalls Halo-3 phones",
        "Norvex recalled all Halo-3 phones sold in Europe on Monday, citing hot batteries.",
        FILLING_EN,
    )
    story.tell(
        "Post",
        "Halo-3 phones recalled by Norvex",
        "Citing hot batteries, Norvex on Monday recalled all Halo-3 phones sold across "
        "Europe after complaints by owners.",
        "Analysts took note.",
    )
    found = story.compare().agreed
    assert {tuple(it.signal.site for it in one.told) for one in found} == {("Herald", "Post")}


def test_sentences_that_deny_or_name_other_numbers_agree_on_nothing() -> None:
    for second in (
        "Norvex did not recall Halo-3 phones sold in Europe, despite the overheating batteries.",
        "Norvex recalled two Halo-3 phones sold in Europe, citing overheating batteries.",
    ):
        story = Story()
        title = "Norvex recalls Halo-3 phones"
        one = "Norvex recalled Halo-3 phones sold in Europe, citing overheating batteries."
        story.tell("Herald", title, one, FILLING_EN)
        story.tell("Post", "Halo-3 and Norvex", second, "Analysts took note.")
        assert [it for it in story.compare().agreed if it.on is None] == []


def test_without_its_text_a_signal_contradicts_nobody() -> None:
    story = Story()
    story.tell("甲报", "青栎科技融资", "青栎科技融资金额为 12 亿元。", FILLING_ZH)
    story.tell("乙报", "青栎科技融资", "青栎科技融资金额为 10 亿元。", OWN[0])
    assert len(story.compare().disagreements) == 1
    assert compare(story.members, {1: story.articles[1]}).disagreements == ()
    assert compare(story.members[:1], story.articles) == Comparison()
