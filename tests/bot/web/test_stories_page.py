"""The page of a story: who told it first, what each signal added, its figures."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select as select_
from sqlalchemy import update

from bot.web.views.storyline import MAX_STEPS
from digest.condense import condense
from digest.model import Access, Lang, NumberFact, Point, Relation, SignalState, SourceSpec
from digest.texts import texts_for
from storage.schema import signals, stories
from storage.story_counts import recount
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import NOW, article, brief, signal
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]

OTHER = SourceSpec("herald", "https://herald.example/feed", "The Herald", "ai", "en")
COST = NumberFact("$1.2 billion", 1.2e9, "money", "USD", 1, measure="cost", zh="12 亿美元")
HIGHER = NumberFact("$1.5 billion", 1.5e9, "money", "USD", 1, measure="cost", zh="15 亿美元")


async def told(newsroom: Newsroom) -> tuple[int, list[int]]:
    """A story of three signals; the one that came in first was not published first."""
    lead = await newsroom.add(
        signal(published_at=NOW - timedelta(hours=2), brief=brief(numbers=(COST,)))
    )
    earlier = await newsroom.add(
        signal(published_at=NOW - timedelta(hours=9), brief=brief(numbers=(COST,))),
        spec=OTHER,
        story_of=lead.id,
    )
    more = brief(
        headline="Northwind's building costs more",
        points=(Point("The building will cost $1.5 billion.", (0,), "en"),),
        numbers=(COST, HIGHER),
    )
    later = await newsroom.add(
        signal(published_at=NOW - timedelta(hours=1), brief=more), story_of=lead.id
    )
    kept = await newsroom.storage.signals.get(lead.id)
    assert kept is not None
    assert kept.story_id is not None
    return kept.story_id, [earlier.id, lead.id, later.id]


async def reject(newsroom: Newsroom, ids: list[int]) -> None:
    async with newsroom.storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id.in_(ids)).values(state=SignalState.REJECTED)
        )
        for story_id in (await connection.execute(select_(stories.c.id))).scalars().all():
            await recount(connection, story_id)


@covers("page /story/{id}")
@pytest.mark.parametrize(
    ("lang", "first", "told_by", "adds"),
    [
        (Lang.ZH, "本站信源中最早", "3 条信号，2 家信源", "新出现的数字：$1.5 billion (cost)"),
        (
            Lang.EN,
            "First among ours",
            "3 signals from 2 sources",
            "New numbers: $1.5 billion (cost)",
        ),
    ],
)
async def test_a_story_is_told_in_the_order_of_events(
    client: Client, newsroom: Newsroom, lang: Lang, first: str, told_by: str, adds: str
):
    number, ids = await told(newsroom)
    shown = await page(client, f"/story/{number}?lang={lang.value}")
    steps = select(shown, ".timeline", ".step")
    assert [links(step)[0] for step in steps] == [f"/s/{one}?lang={lang.value}" for one in ids]
    assert f"/s/{ids[2]}?lang={lang.value}#s1" in links(steps[2])  # the evidence of what is new
    assert told_by in words(shown)
    assert "The Herald" in words(steps[0])
    assert first in words(steps[0])
    assert [adds in words(step) for step in steps] == [False, False, True]
    # What came in first, and was not published first, is not called the first a second time.
    assert texts_for(lang)("web.relation.lead") not in words(steps[1]).split()
    # What was said before is not said again.
    assert "three rivers" not in words(steps[1])
    assert "The building will cost" in words(steps[2])


async def test_figures_name_who_tells_them(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    rows = select(await page(client, f"/story/{number}"), ".figures", "tbody", "tr")
    assert [words(row) for row in rows] == [
        "$1.2 billion 12 亿美元 cost The Herald、Example Wire",
        "$1.5 billion 15 亿美元 cost Example Wire",
    ]
    assert links(rows[1]) == [f"/s/{ids[2]}#s2"]


async def test_a_figure_is_one_whatever_its_measure_is_called(client: Client, newsroom: Newsroom):
    prices = [
        NumberFact("749 元", 749, "money", "CNY", 1, measure=name) for name in ("售价", "定价")
    ]
    lead = await newsroom.add(signal(lang="zh", brief=brief(numbers=prices[:1])))
    await newsroom.add(
        signal(lang="zh", published_at=NOW, brief=brief(numbers=prices[1:])),
        spec=OTHER,
        story_of=lead.id,
    )
    shown = await page(client, f"/story/{await story_of(newsroom, lead.id)}?lang=en")
    rows = [words(row) for row in select(shown, ".figures", "tbody", "tr")]
    assert rows == ["749 元 CNY 749 Price Example Wire, The Herald"]


async def test_a_lone_signal_is_its_own_page(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    await reject(newsroom, ids[1:])
    async with client.get(f"/story/{number}", allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == f"/s/{ids[0]}"
    await reject(newsroom, ids)
    await page(client, f"/story/{number}", status=404)
    await page(client, "/story/999", status=404)


async def test_a_subscribers_member_tells_its_headline_only(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    await newsroom.storage.signals.set_access(ids[2], Access.SUBSCRIBERS, actor="test", now=NOW)
    text = words(await page(client, f"/story/{number}"))
    assert "Northwind's building costs more" in text
    assert "$1.5 billion" not in text
    assert "订阅者可读" in text


async def test_a_signal_leads_to_its_story(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    assert f"/story/{number}" in links(await page(client, f"/s/{ids[2]}"), ".reading")


async def test_a_long_story_stays_small(client: Client, newsroom: Newsroom):
    han = "数据中心" * 100
    facts = tuple(NumberFact(f"{n} 亿元", n, "money", "CNY", 0, measure=han) for n in range(20))
    long = brief(headline=han, points=(Point(han, (0,), "zh"),), numbers=facts)
    lead = await newsroom.add(signal(brief=long))
    for minute in range(60):
        spec = replace(SPEC, key=f"s{minute}", url=f"https://s{minute}.example/feed", title=han)
        at = NOW - timedelta(minutes=minute)
        await newsroom.add(signal(brief=long, published_at=at), spec=spec, story_of=lead.id)
    kept = await newsroom.storage.signals.get(lead.id)
    assert kept is not None
    async with client.get(f"/story/{kept.story_id}") as response:
        assert len(await response.read()) < 50_000


# --- what the sources agree on, and where they differ ----------------------------------------


async def tell(newsroom: Newsroom, source: str, first: str, *, hours: int, **more: Any) -> int:
    """A signal of a source of its own whose article says `first`."""
    url = f"https://{source}.example/{hours}"
    title, lang = more.pop("title", "OpenAI raises money"), more.pop("lang", "en")
    text = article(
        url=url,
        canonical_url=url,
        title=title,
        lang=lang,
        paragraphs=((first, f"{source} asked several people what they make of it."),),
    )
    made = signal(
        title=title,
        lang=lang,
        url=url,
        published_at=NOW - timedelta(hours=hours),
        brief=condense(text),
    )
    spec = replace(SPEC, key=source, url=f"https://{source}.example/feed", title=source)
    access = more.pop("access", Access.PUBLIC)
    spec = replace(spec, access=access)
    kept = await newsroom.add(made, text, spec=spec, at=NOW - timedelta(hours=hours), **more)
    return kept.id


@pytest.mark.parametrize(
    ("lang", "differ", "agreed"),
    [
        (Lang.ZH, "说法不一的数字", "多家一致"),
        (Lang.EN, "Figures that differ", "Where sources agree"),
    ],
)
async def test_figures_that_differ_stand_side_by_side_with_their_evidence(
    client: Client, newsroom: Newsroom, lang: Lang, differ: str, agreed: str
):
    first = await tell(newsroom, "Gazette", "OpenAI raised $12 billion on Sunday.", hours=5)
    second = await tell(newsroom, "Herald", "On Sunday OpenAI raised $10 billion.", hours=4,
                        story_of=first)  # fmt: skip
    third = await tell(newsroom, "Courier", "So far OpenAI says it raised $12 billion in all.",
                       hours=3, story_of=first)  # fmt: skip
    number = await story_of(newsroom, first)
    shown = await page(client, f"/story/{number}?lang={lang.value}")
    assert differ in words(shown)
    sides = select(shown, ".sides", "li")
    assert [words(side).split()[0] for side in sides] == ["$12", "$10"]
    assert links(sides[1]) == [f"/s/{second}?lang={lang.value}#s1"]
    assert agreed not in words(shown)
    fourth = await tell(newsroom, "Post", "OpenAI raised $12 billion, people say.", hours=2,
                        story_of=first)  # fmt: skip
    shown = await page(client, f"/story/{number}?lang={lang.value}")
    (most, _) = select(shown, ".sides", "li")
    # "So far" may be another sum; and where others differ nobody agrees.
    assert links(most) == [f"/s/{one}?lang={lang.value}#s1" for one in (first, fourth)]
    assert third not in {first, fourth}
    assert agreed not in words(shown)


@pytest.mark.parametrize(
    ("lang", "sides"),
    [
        (Lang.ZH, ["12 亿元", "10 亿元"]),
        (Lang.EN, ["12 亿元 CNY 1.2 billion", "10 亿元 CNY 1 billion"]),
    ],
)
async def test_english_readers_are_told_chinese_figures(
    client: Client, newsroom: Newsroom, lang: Lang, sides: list[str]
):
    text: dict[str, Any] = {"lang": "zh", "title": "青栎科技完成融资"}
    first = await tell(
        newsroom, "晨报", "青栎科技周日宣布完成融资，融资金额为 12 亿元。", hours=5, **text
    )
    await tell(newsroom, "晚报", "青栎科技本轮融资金额为 10 亿元。", hours=4,
               story_of=first, **text)  # fmt: skip
    shown = await page(client, f"/story/{await story_of(newsroom, first)}?lang={lang.value}")
    assert [
        words(one) for one in select(shown, ".sides", "li", "p") if "亿" in words(one)
    ] == sides


@pytest.mark.parametrize(
    ("lang", "agreed"), [(Lang.ZH, "多家一致"), (Lang.EN, "Where sources agree")]
)
async def test_what_sources_agree_on_names_them_with_their_evidence(
    client: Client, newsroom: Newsroom, lang: Lang, agreed: str
):
    first = await tell(newsroom, "Gazette", "OpenAI raised $12 billion on Sunday.", hours=5)
    second = await tell(newsroom, "Post", "OpenAI raised $12 billion, people say.", hours=2,
                        story_of=first)  # fmt: skip
    shown = await page(client, f"/story/{await story_of(newsroom, first)}?lang={lang.value}")
    assert agreed in words(shown)
    (fact,) = (one for one in select(shown, ".agreed", ".plain", "li") if "$12" in words(one))
    assert links(fact) == [f"/s/{one}?lang={lang.value}#s1" for one in (first, second)]


async def test_what_only_subscribers_may_read_is_compared_with_nothing(
    client: Client, newsroom: Newsroom
):
    first = await tell(newsroom, "Gazette", "OpenAI raised $12 billion on Sunday.", hours=5)
    await tell(newsroom, "Herald", "On Sunday OpenAI raised $10 billion.", hours=4,
               story_of=first, access=Access.SUBSCRIBERS)  # fmt: skip
    number = await story_of(newsroom, first)
    shown = words(await page(client, f"/story/{number}"))
    assert "说法不一" not in shown
    assert "$10 billion" not in shown


async def story_of(newsroom: Newsroom, signal_id: int) -> int:
    kept = await newsroom.storage.signals.get(signal_id)
    assert kept is not None
    assert kept.story_id is not None
    return kept.story_id


async def test_a_source_that_only_repeats_is_folded(client: Client, newsroom: Newsroom):
    number, ids = await told(newsroom)
    async with newsroom.storage.database.write() as connection:
        await connection.execute(
            update(signals).where(signals.c.id == ids[2]).values(relation=Relation.DUPLICATE)
        )
    shown = await page(client, f"/story/{number}")
    assert len(select(shown, ".timeline", ".step")) == 2
    (folded,) = select(shown, ".timeline", ".repeats")
    assert "另有 1 条也在讲这件事" in words(folded)
    assert links(folded) == [f"/s/{ids[2]}"]


async def test_a_story_of_many_steps_has_pages(client: Client, newsroom: Newsroom):
    lead = await newsroom.add(signal(published_at=NOW - timedelta(hours=90)))
    for hour in range(34):
        at = NOW - timedelta(hours=80 - hour)
        await newsroom.add(signal(published_at=at), story_of=lead.id)
    path = f"/story/{await story_of(newsroom, lead.id)}"
    newest = await page(client, path)
    assert len(select(newest, ".timeline", ".step")) == MAX_STEPS
    (earlier,) = (one for one in links(newest, ".storyline") if "before=" in one)
    assert "← 更早的 5 步" in words(newest)
    older = await page(client, earlier)
    assert links(select(older, ".timeline", ".step")[0])[0] == f"/s/{lead.id}"
    assert len(select(older, ".timeline", ".step")) == 5
    assert path in links(older, ".storyline")
    assert select(older, ".core") == []


# --- the list of 专题 -------------------------------------------------------------------------


@covers("page /stories", "page /stories/{week}")
@pytest.mark.parametrize(
    ("lang", "open_", "closed", "none"),
    [
        (Lang.ZH, "进行中", "已结束", "眼下没有进行中的专题。"),
        (Lang.EN, "Going on", "Closed", "No story is going on right now."),
    ],
)
async def test_the_list_of_stories_that_go_on_and_that_closed(
    client: Client, newsroom: Newsroom, lang: Lang, open_: str, closed: str, none: str
):
    asked = f"?lang={lang.value}"
    empty = words(await page(client, f"/stories{asked}"))
    assert none in empty
    assert closed not in empty
    number, _ = await told(newsroom)
    rows = {}
    for name, change in (
        ("going", {"series_at": NOW}),
        ("gone", {"closed_at": NOW - timedelta(days=2)}),
        ("long gone", {"closed_at": NOW - timedelta(days=30)}),
        ("no series", {"series_at": None}),
    ):
        async with newsroom.storage.database.write() as connection:
            await connection.execute(
                update(stories).where(stories.c.id == number).values(**change)
            )
        shown = await page(client, f"/stories{asked}")
        rows[name] = (links(shown, ".entries"), words(shown))
    way = f"/story/{number}{asked}"
    assert way in rows["going"][0]
    assert open_ in rows["going"][1]
    assert closed not in rows["going"][1]
    assert way in rows["gone"][0]
    assert closed in rows["gone"][1]
    assert way not in rows["long gone"][0]
    assert way not in rows["no series"][0]


async def test_closed_stories_are_listed_by_week(client: Client, newsroom: Newsroom):
    number, _ = await told(newsroom)
    async with newsroom.storage.database.write() as connection:
        await connection.execute(
            update(stories)
            .where(stories.c.id == number)
            .values(series_at=NOW - timedelta(days=20), closed_at=NOW - timedelta(days=9))
        )
    week = await page(client, "/stories/2026-W46")
    assert f"/story/{number}" in links(week, ".entries")
    assert links(week, ".pager") == ["/stories/2026-W45", "/stories", "/stories/2026-W47"]
    assert "这一周没有专题结束" in words(await page(client, "/stories/2026-W45"))
    assert "已结束：7 天没有新消息" in words(await page(client, f"/story/{number}"))
    for path in ("/stories/2026-W48", "/stories/2026-W54", "/stories/2026w46x"):
        await page(client, path, status=404)


async def test_stories_of_one_event_lead_to_each_other(client: Client, newsroom: Newsroom):
    number, _ = await told(newsroom)
    later, _ = await told(newsroom)
    async with newsroom.storage.database.write() as connection:
        await connection.execute(
            update(stories).where(stories.c.id == later).values(follows=number)
        )
    assert f"/story/{later}" in links(await page(client, f"/story/{number}"), ".page-head")
    shown = await page(client, f"/story/{later}")
    assert f"/story/{number}" in links(shown, ".page-head")
    assert "接续此前的" in words(shown)
