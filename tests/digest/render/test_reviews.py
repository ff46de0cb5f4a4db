"""Stories, trends and weeks as messages: what they say, and Telegram's limits whatever comes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest.agreement import Agreed, Comparison, Disagreement, Figure, Revised, Statement
from digest.chronicle import Retelling, chronicle
from digest.model import Adds, Changed, Lang, Relation, Signal
from digest.render import (
    Beside,
    render_stories,
    render_story,
    render_weekly,
    week_name,
)
from digest.render.sparkline import sparkline
from digest.stories import StorySummary
from digest.taxonomy import load_taxonomy
from digest.trends.model import DAYS_NEEDED
from digest.weeklies.choosing import Material, StoryTold, choose
from digest.weeklies.opened import Weekly, opened
from digest.weeklies.report import UNEDITED, Edits
from digest.weekly import Tally, Week
from tests.digest.render.samples import NOW, a_number, a_point, a_signal
from tests.digest.render.test_messages import checked, rendering

WEEK = Week(2026, 47)  # 16 to 22 November; NOW is its Sunday
LONG = "长得没有尽头的标题<b>&" * 40


def story(lead: Signal, *, signals: int = 3, sources: int = 2, fresh: int = 2) -> StorySummary:
    newest = NOW - timedelta(hours=1)
    return StorySummary(7, lead, signals, sources, newest, newest - timedelta(days=1), fresh)


def weekly(
    *signals: Signal,
    stories: tuple[tuple[Signal, ...], ...] = (),
    days: Mapping[str, Sequence[int]] | None = None,
    now: datetime = NOW,
    edits: Edits = UNEDITED,
) -> Weekly:
    """The week of `signals`, of which `stories` have been told together."""
    taxonomy = load_taxonomy()
    told = [StoryTold(replace(story(one[0]), id=place), one) for place, one in enumerate(stories)]
    tally, volumes = Tally(312, 45, {"ai": 120}), [45] * DAYS_NEEDED
    found = Material(signals, tally, {}, told, days or {}, volumes)
    report = choose(WEEK, found, zone="Asia/Shanghai", now=now, taxonomy=taxonomy)
    assert report is not None
    by_id = {one.id: one for one in (*signals, *(one for told in stories for one in told))}
    made = opened(report, by_id, now=now, taxonomy=taxonomy, edits=edits)
    assert made is not None
    return made


# --- sparklines --------------------------------------------------------------------------


def test_a_sparkline_tells_none_from_few_from_most() -> None:
    assert sparkline([0, 1, 8, 4]) == "▁▂█▅"
    assert sparkline([0, 1, 100]) == "▁▂█"
    assert sparkline([0, 0]) == sparkline([]) == ""


# --- stories -----------------------------------------------------------------------------


def test_a_story_reads_from_its_beginning() -> None:
    lead = a_signal(1, numbers=(a_number(),), created_at=NOW - timedelta(days=2))
    late = a_signal(
        2,
        numbers=(replace(a_number("$3 billion", "30 亿美元", "损失"), value=3e9),),
        points=(a_point("工厂完全停产。"),),
        relation=Relation.UPDATE,
    )
    beside = Beside(sources=("甲", "乙"), related=(lead,))
    message = render_story(story(lead), chronicle((late, lead)), rendering(), beside=beside)
    said = checked(message).text
    assert said.startswith(
        "🧵 🚀 新一代推理芯片发布，第 1 号\n3 条信号 · 2 家信源 · 最近 今天 07:30\n"
        "本站信源中最早：信源1 11月20日 08:30\n\n1. "
    )
    assert "1. 11月20日 08:30 · 信源1\n" in said
    assert "2. 今天 08:12 · 信源2\n🚀 更新：" in said
    assert "＋ 30 亿美元（$3 billion）损失\n＋ 工厂完全停产。" in said
    assert "来源：甲、乙" in said
    assert "接着看：\n• " in said
    assert message.signals == (1, 2)


def test_a_story_says_where_its_figures_differ_and_who_agrees() -> None:
    facts = [replace(a_number(f"${n} billion", f"{n} 亿美元", "融资"), value=n) for n in (10, 12)]
    members = [a_signal(n, numbers=(facts[n % 2],)) for n in (1, 2, 3)]
    told = [Statement(one, 1, "", one.brief.numbers[0]) for one in members]
    compared = Comparison(
        agreed=(Agreed((told[0], told[2]), "funding"),),
        disagreements=(Disagreement("funding", (Figure((told[0], told[2])), Figure((told[1],)))),),
        revised=(Revised("funding", told[1], told[0]),),
    )
    closed = replace(story(members[0]), closed_at=NOW)
    course = chronicle(members)
    again = Retelling(4, members[0].source_title, NOW)
    course = (*course[:2], replace(course[2], repeats=(again,), repeated=1))
    both = {
        Lang.ZH: (
            "已结束：7 天没有新消息",
            "数字不一致｜融资金额：信源1、信源3 称 12 亿美元；信源2 称 10 亿美元",
            "数字更改｜融资金额：信源1 从 10 亿美元 改为 12 亿美元",
            "多家一致｜融资金额 12 亿美元（信源1、信源3）",
            "另有 1 条也在讲这件事：信源1",
        ),
        Lang.EN: (
            "Closed: no news for 7 days",
            "Figures differ | Funding: 信源1, 信源3: $12 billion; 信源2: $10 billion",
            "Revised | Funding: 信源1, from $10 billion to $12 billion",
            "Sources agree | Funding $12 billion (信源1, 信源3)",
            "1 more report of it: 信源1",
        ),
    }
    for lang, expected in both.items():
        beside = Beside(compared=compared)
        said = checked(render_story(closed, course, rendering(lang), beside=beside)).text
        for line in expected:
            assert line in said
        later = render_story(closed, course[1:], rendering(lang), first=6, beside=beside)
        assert expected[1] not in checked(later).text


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        (
            Lang.ZH,
            "接续此前的：🚀 新一代推理芯片发布，第 1 号\n",
            "后来又有新进展：🚀 新一代推理芯片发布，第 3 号\n",
        ),
        (
            Lang.EN,
            "Takes up: 🚀 新一代推理芯片发布，第 1 号\n",
            "Taken up again: 🚀 新一代推理芯片发布，第 3 号\n",
        ),
    ],
)
def test_a_story_names_the_one_before_and_the_one_after(lang: Lang, before: str, after: str):
    first, here, last = (a_signal(n) for n in (1, 2, 3))
    beside = Beside(follows=story(first), followed_by=story(last))
    said = checked(render_story(story(here), chronicle((here,)), rendering(lang), beside=beside))
    assert before in said.text
    assert after in said.text


@pytest.mark.parametrize("lang", Lang)
def test_stories_keep_the_limits_whatever_they_are_called(lang: Lang) -> None:
    numbers = tuple(a_number(f"{n} {LONG}", LONG, "测") for n in range(4))
    members = [
        a_signal(n, headline=LONG, numbers=numbers, points=(a_point(LONG),), source=n)
        for n in range(1, 6)
    ]
    again = tuple(Retelling(one.id, one.source_title, NOW) for one in members)
    told = [replace(one, repeats=again, repeated=10_000) for one in chronicle(members)]
    whole = story(members[0])
    beside = Beside(sources=[LONG] * 40, related=members, follows=whole, followed_by=whole)
    agreed = Agreed(tuple(Statement(one, 0, LONG, numbers[0]) for one in members))
    checked(
        render_story(
            replace(story(members[0]), closed_at=NOW),
            told,
            rendering(lang),
            beside=replace(beside, compared=Comparison(agreed=(agreed,) * 3)),
        )
    )
    checked(render_stories(LONG[:100], [story(one) for one in members], rendering(lang)))


# --- weeks -------------------------------------------------------------------------------


def test_a_week_reads_as_designed() -> None:
    days = {"llm": [1, *[0] * 6] * 4 + [9, *[0] * 6], "chips": [9, *[0] * 6] * 4 + [0] * 7}
    lead = replace(
        a_signal(
            1,
            column="ai",
            score=90,
            numbers=(a_number(measure="融资额"),),
            points=(a_point("融资额 $1.2 billion。"),),
        ),
        published_at=NOW - timedelta(days=9),
        story_id=0,
    )
    later = replace(
        a_signal(
            3,
            headline="收购遭监管调查",
            column="ai",
            source=3,
            numbers=(a_number("$1.5 billion", "15 亿美元", "融资额"),),
        ),
        published_at=NOW - timedelta(days=1),
        relation=Relation.FOLLOW_UP,
        adds=Adds(changes=(Changed(0, "$1.2 billion"),)),
        story_id=0,
    )
    signals = (lead, later, a_signal(2, column="tech"))
    after = NOW + timedelta(days=2)
    made = weekly(*signals, stories=((lead, later),), days=days, now=after)
    message = render_weekly(made, rendering())
    said = checked(message).text
    assert said.startswith("核心信息 · 周报 2026 年第 47 周（11月16日至22日）\n这一周 312 条信号")
    assert "来自 45 家信源 · 规则整理稿" in said
    assert "🧵 大事与后来\n1. 🚀" in said
    assert "\n本周 2 条信号，2 家信源，11月13日就开始了\n" in said
    assert "↳ 融资额：11月13日报 12 亿美元，后来报 15 亿美元（11月21日 · " in said
    assert "：收购遭监管调查\n" in said
    assert "📱 科技产品\n2. 🚀" in said
    assert "• 12 亿美元（$1.2 billion）融资额 · " in said
    assert said.count("融资额") == 2  # the story's number is not told twice
    assert "📈 升温：大模型 9 条（前几周同期平均 1 条）" in said
    assert "📉 降温：芯片与半导体 0 条（前几周同期平均 9 条）" in said
    assert message.signals == (1, 2)
    so_far = render_weekly(weekly(*signals), rendering())
    assert "这周到目前 312 条信号" in checked(so_far).text


def test_a_week_in_english_names_its_days() -> None:
    assert week_name(WEEK, rendering(Lang.EN)) == "Week 47, 2026 (16–22 Nov)"
    assert week_name(Week(2026, 53), rendering()) == "2026 年第 53 周（12月28日至1月3日）"


@pytest.mark.parametrize("lang", Lang)
def test_a_full_week_stays_one_message_and_keeps_the_best(lang: Lang) -> None:
    columns = ("ai", "tech", "dev", "business", "science", "policy")
    signals = [
        a_signal(
            place * 10 + number,
            column=column,
            headline=LONG,
            score=90 - number * 10 - place,
            source=place * 10 + number,
            numbers=(a_number(LONG, LONG, "测"),),
        )
        for place, column in enumerate(columns)
        for number in range(1, 4)
    ]
    made = weekly(
        *signals, stories=tuple((one, replace(one, id=one.id + 1000)) for one in signals[:3])
    )
    message = render_weekly(made, rendering(lang))
    checked(message)
    left = {one.id for one in signals} - set(message.signals)
    assert left
    weakest = min(one.score.total for one in signals if one.id in message.signals)
    assert all(one.score.total <= weakest for one in signals if one.id in left)
