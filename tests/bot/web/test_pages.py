import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from lxml import html

from bot.sandbox import newsroom_specs
from digest.model import Brief, Point, PollState, SignalState, SourceSpec
from digest.trends import TrendKind
from storage import Storage
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import ARTICLE, NOW, SIGNAL, brief, signal
from tests.trending import keep, report, trend

Client = TestClient[Any, Any]


async def page(client: Client, path: str, status: int = 200, accept: str = "zh") -> Any:
    async with client.get(path, headers={"Accept-Language": accept}) as response:
        body = await response.text()
        assert response.status == status, body[:400]
        return html.fromstring(body)


def select(element: Any, *names: str) -> list[Any]:
    """Elements inside one another by class (".x"), id-less tag ("a") or both ("a.x")."""
    path = ".//"
    steps = []
    for name in names:
        tag, _, kind = name.partition(".")
        held = f"[contains(concat(' ', @class, ' '), ' {kind} ')]" if kind else ""
        steps.append(f"{tag or '*'}{held}")
    return list(element.xpath(path + "//".join(steps)))


def links(element: Any, *names: str) -> list[str]:
    return [link.get("href") for link in select(element, *names, "a")]


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


async def test_a_signals_page_has_its_parts_in_order(client: Client, newsroom: Newsroom):
    kept = await newsroom.add()
    shown = await page(client, f"/s/{kept.id}")
    assert [words(head) for head in shown.iter("h1", "h2")] == [
        "Northwind opens its largest data centre in Oslo",
        "核心信息", "数字", "详细解读", "原文节选", "来源说明", "相关与专题",
    ]  # fmt: skip
    assert [words(head) for head in shown.get_element_by_id("reading").getparent().iter("h3")] == [
        "这是什么信号", "尚不清楚",
    ]  # fmt: skip
    text = words(shown)
    for expected in (
        "人工智能", "3 分钟", "评分 42 / 100", "浏览 0 次", "公开", "Ada Example", "Example News",
        "2026年11月22日 11:30 UTC+1", "北京时间 2026年11月22日 18:30", "查看原文", "12 亿美元",
        "120 → 400", "规则整理稿", "新意 来源 3 个、发布时间不明", "以下是英语原句，未翻译。",
        "#大模型",
    ):  # fmt: skip
        assert expected in text, expected


async def test_every_evidence_link_leads_to_a_sentence_on_the_page(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add()
    shown = await page(client, f"/s/{kept.id}")
    targets = {link[1:] for link in links(shown, "main") if link.startswith("#")}
    anchors = {element.get("id") for element in select(shown, ".paragraphs", ".ev")}
    assert targets == anchors == {"s1", "s2", "s3", "s5", "s8", "s9"}
    assert words(shown.get_element_by_id("s8")) == "Power comes from three rivers."


async def test_the_sample_newsrooms_articles_are_shown_whole(client: Client, newsroom: Newsroom):
    (ours, *_) = newsroom_specs("http://127.0.0.1:8081")
    kept = await newsroom.add(spec=ours)
    text = words(await page(client, f"/s/{kept.id}"))
    assert "Guests were served soup." in text
    assert "原文节选" not in text


async def test_the_language_follows_the_browser_and_the_address(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add()
    path = f"/s/{kept.id}"
    english = await page(client, path, accept="en")
    assert english.get("lang") == "en"
    assert "Key points" in words(english)
    switched = await page(client, f"{path}?lang=en")
    assert select(switched, "a.switch")[0].get("href") == f"{path}?lang=zh"
    assert all("lang=en" in link for link in links(switched, ".shelves"))


async def test_hostile_words_stay_words(client: Client, newsroom: Newsroom):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'
    hostile = signal(
        title=evil,
        brief=brief(headline=evil, points=(Point(evil, (0,), "en"),), keywords=(evil,)),
    )
    article = replace(
        ARTICLE,
        url="javascript:alert(1)",
        title=evil,
        author=evil,
        site=evil,
        paragraphs=((evil,),),
    )
    kept = await newsroom.add(hostile, article)
    for path in (f"/s/{kept.id}", "/", "/column/ai", "/topic/llm", "/day/2026-11-22"):
        shown = await page(client, path)
        assert shown.xpath("//script | //img | //@onerror") == [], path
        assert shown.xpath("//@href[starts-with(., 'javascript')]") == [], path
        assert "alert(1)" in words(shown)
        assert "{{ 7*7 }}" in words(shown)


async def test_mixed_directions_cannot_turn_the_page_around(client: Client, newsroom: Newsroom):
    arabic = "افتتاح \u202e مركز بيانات"
    kept = await newsroom.add(signal(brief=brief(headline=arabic, headline_lang="ar")))
    shown = await page(client, f"/s/{kept.id}")
    assert select(shown, "h1")[0].get("dir") == "auto"
    assert select(shown, "h1")[0].get("lang") == "ar"


@pytest.mark.parametrize(
    "path",
    [
        "/s/999", "/s/0", "/s/abc", "/s/-1", "/s/1.5", "/s/" + "9" * 40, "/s/%D9%A3", "/s/1/x",
        "/column/nope", "/topic/nope", "/topic/..%2f..%2fetc", "/day/2026-02-30",
        "/day/2999-01-01", "/day/yesterday", "/static/../pages.py", "/static/..%2fpages.py",
        "/static/%2e%2e/x",
        "/static/nope.css", "/column/nope/feed.xml", "/.env", "/s/1%00",
    ],
)  # fmt: skip
async def test_what_does_not_exist_is_a_calm_page_in_both_languages(client: Client, path: str):
    shown = await page(client, path, status=404)
    assert "没有这个页面" in words(shown)
    assert "There is no such page" in words(shown)


async def test_what_waits_for_review_does_not_exist(client: Client, newsroom: Newsroom):
    kept = await newsroom.add(state=SignalState.HELD)
    await page(client, f"/s/{kept.id}", status=404)


async def test_what_was_rejected_is_gone_for_good(client: Client, newsroom: Newsroom):
    kept = await newsroom.add(state=SignalState.REJECTED)
    shown = await page(client, f"/s/{kept.id}", status=410)
    assert "这条内容已经撤下" in words(shown)
    assert shown.xpath("//meta[@name='robots']/@content") == ["noindex"]


async def test_neighbours_and_story_lead_on(client: Client, newsroom: Newsroom):
    first = await newsroom.add(signal(published_at=NOW - timedelta(hours=9)))
    update = await newsroom.add(signal(published_at=NOW - timedelta(hours=1)), story_of=first.id)
    lone = await newsroom.add(signal(published_at=NOW - timedelta(hours=5)))
    shown = await page(client, f"/s/{lone.id}")
    assert links(shown, ".beside") == [
        f"/s/{update.id}", f"/s/{first.id}",
    ]  # fmt: skip
    story = select(await page(client, f"/s/{update.id}"), ".timeline", "li")
    assert len(story) == 2
    assert story[1].get("aria-current") == "true"
    assert links(story[0]) == [f"/s/{first.id}"]


async def test_the_front_page_shows_the_day(client: Client, newsroom: Newsroom):
    for hours in (1, 2, 30):
        await newsroom.add(signal(published_at=NOW - timedelta(hours=hours)))
    shown = await page(client, "/")
    assert "今天整理了 2 条信号" in words(shown)
    assert len(select(shown, ".lead")) == 1
    assert [words(head) for head in select(shown, ".shelf-box", "h2")] == ["人工智能 2 条"]
    assert len(select(shown, ".recent", ".entry")) == 1
    assert links(shown, ".days")[0] == "/day/2026-11-21"
    assert select(shown, ".notice") == []


async def rise(newsroom: Newsroom) -> None:
    """A topic rises, which rests on two signals of which one is taken back."""
    made = [await newsroom.add(), await newsroom.add(state=SignalState.REJECTED)]
    one = trend(began_at=NOW - timedelta(hours=5), signal_ids=tuple(one.id for one in made))
    await keep(newsroom.storage, report(one, at=NOW))


async def test_what_rises_stands_on_the_front_page_and_leads_on(
    client: Client, newsroom: Newsroom
):
    await rise(newsroom)
    shown = await page(client, "/")
    assert words(select(shown, ".rising", "li")[0]).startswith("大模型 12")
    assert "/trends" in links(shown, ".rising")


async def test_the_page_of_trends_explains_each_line(client: Client, newsroom: Newsroom):
    await rise(newsroom)
    shown = await page(client, "/trends")
    (section,) = select(shown, ".trends")
    line = select(section, "li")[0]
    assert words(select(section, "h2")[0]) == "话题"
    assert "大模型" in words(line)
    assert "12 条，平时 3 条" in words(line)
    assert "/topic/llm" in links(shown, ".trends")
    assert len(select(line, ".spark", ".now")) >= 1
    assert "依据：1 条信号" in words(line)
    week = await page(client, "/trends?days=7&lang=en")
    assert "30, 21 the week before" in words(week)
    assert "style=" not in await (await client.get("/trends")).text()


@pytest.mark.parametrize("unread", [True, False])
async def test_bars_of_times_in_which_nothing_was_read_are_explained(
    client: Client, newsroom: Newsroom, *, unread: bool
):
    made = await newsroom.add()
    hours = (*[None if unread else 0] * 3, *[0] * 33, *[1] * 12)
    await keep(newsroom.storage, report(trend(hours=hours, signal_ids=(made.id,)), at=NOW))
    for path in ("/trends", "/topic/llm"):
        for lang, said in (("zh", "没有读取"), ("en", "nothing was read")):
            assert (said in words(await page(client, f"{path}?lang={lang}"))) is unread


async def test_a_calm_page_of_trends_says_so(client: Client):
    assert "没有趋势可说" in words(await page(client, "/trends"))


async def test_a_story_says_how_it_stands(client: Client, newsroom: Newsroom):
    lead = await newsroom.add()
    await newsroom.add(story_of=lead.id)
    kept = await newsroom.storage.signals.get(lead.id)
    assert kept is not None
    one = trend(str(kept.story_id), TrendKind.STORY, is_new=True, usual=0.0)
    await keep(newsroom.storage, report(one, at=NOW))
    (standing,) = select(await page(client, f"/story/{kept.story_id}"), ".standing")
    assert "升温 24 小时内 12 条 · " in words(standing)


async def test_a_topic_says_how_it_stands(client: Client, newsroom: Newsroom):
    await rise(newsroom)
    shown = await page(client, "/topic/llm")
    (standing,) = select(shown, ".standing")
    assert "24 小时内 12 条，平时每天 3 条" in words(standing)
    assert "/trends" in links(shown, ".standing")
    assert len(select(shown, ".begins")) == 2


async def test_an_empty_front_page_says_what_is_happening(client: Client, storage: Storage):
    assert "还没有信源" in words(await page(client, "/"))
    spec = SourceSpec("a", "https://a.example/feed", "A", "ai", "en")
    await storage.sources.seed([spec], NOW)
    assert "共 1 个信源，已查看 0 个" in words(await page(client, "/"))
    (source,) = await storage.sources.all()
    failing = PollState(errors=3, error_code="dns", failing_since=NOW)
    await storage.sources.record_poll(source.id, failing, now=NOW)
    assert "暂时连不上信源" in words(await page(client, "/"))


@pytest.mark.parametrize("path", ["/column/ai", "/topic/llm", "/day/2026-11-22"])
async def test_lists_page_to_the_end_without_repeating_or_losing(
    client: Client, newsroom: Newsroom, path: str
):
    kept = [
        (await newsroom.add(signal(published_at=NOW - timedelta(minutes=n)))).id for n in range(30)
    ]
    await newsroom.add(signal(published_at=NOW - timedelta(days=3)))
    seen: list[str] = []
    following = path
    while following:
        shown = await page(client, following)
        seen += links(shown, ".entry", "h2")
        older = [link for link in links(shown, ".pager") if "before=" in link]
        following = older[0] if older else ""
    assert seen[:30] == [f"/s/{number}" for number in kept]
    assert len(seen) == len(set(seen)) == (30 if path.startswith("/day") else 31)


async def test_a_broken_page_mark_counts_as_the_first_page(client: Client, newsroom: Newsroom):
    await newsroom.add()
    shown = await page(client, "/column/ai?before=%3Cscript%3E")
    assert len(select(shown, ".entry")) == 1


async def test_search_finds_in_both_languages_and_escapes_what_was_asked(
    client: Client, newsroom: Newsroom
):
    chinese = Brief("国产芯片量产", "zh", (Point("国产芯片开始量产。", (0,), "zh"),))
    article = replace(
        ARTICLE, title="国产芯片量产", lang="zh", paragraphs=(("国产芯片开始量产。",),)
    )
    await newsroom.add(signal(title=article.title, lang="zh", brief=chinese), article)
    await newsroom.add()
    assert "找到 1 条" in words(await page(client, "/search?q=芯片"))
    assert "找到 1 条" in words(await page(client, "/search?q=northwind"))
    nothing = await page(client, "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "没有找到" in words(nothing)
    assert select(nothing, "script") == []
    assert nothing.get_element_by_id("q").get("value") == '"><script>alert(1)</script>'
    asked = await page(client, "/search")
    assert "没有找到" not in words(asked)


@pytest.mark.parametrize("query", ['"', "'", "*", "NEAR(", "a AND", "%00", "%F0%9F%98%80", "^:-"])
async def test_search_takes_anything_calmly(client: Client, newsroom: Newsroom, query: str):
    await newsroom.add()
    await page(client, f"/search?q={query}")


async def test_sources_tell_their_health(client: Client, storage: Storage):
    specs = [
        SourceSpec(f"s{n}", f"https://s{n}.example/feed", f"Source <{n}>", "ai", "en")
        for n in range(3)
    ]
    await storage.sources.seed(specs, NOW)
    first, second, _ = await storage.sources.all()
    await storage.sources.record_poll(first.id, PollState(last_ok_at=NOW), now=NOW)
    failing = PollState(errors=1, error_code="timeout", error_text="Traceback: /secret/path")
    await storage.sources.record_poll(second.id, failing, now=NOW)
    text = words(await page(client, "/sources"))
    assert "共 3 个信源。" in text
    assert "Source <1> 暂时连不上：响应超时" in text
    assert text.index("连不上的信源") < text.index("Source <1>") < text.index("Source <0>")
    assert "近 30 天 0 条" in text
    assert "等待首次查看" in text
    assert "secret" not in text


async def test_a_topics_picture_counts_by_the_days_that_its_list_shows(
    client: Client, newsroom: Newsroom
):
    late = NOW - timedelta(hours=22)  # 22:00 of the day before in Beijing, not a day ago
    await newsroom.add(signal(published_at=late))
    text = words(await page(client, "/topic/llm"))
    assert "近 30 天共 1 条，今天到现在 0 条" in text
    assert "平均每天 0.03 条，最多的一天是 11月21日，1 条" in text
    assert "11月21日 22:00" in text


async def test_a_topic_shows_its_days_as_a_picture(client: Client, newsroom: Newsroom):
    await newsroom.add()
    shown = await page(client, "/topic/llm")
    assert len(select(shown, ".trend", "rect")) == 30
    text = words(select(shown, ".trend")[0])
    assert "近 30 天共 1 条，今天到现在 1 条" in text
    assert "最多的一天是 11月22日，1 条" in text
    assert len(select(shown, ".trend", "tbody", "tr")) == 30
    assert links(shown, ".spans") == ["/topic/llm?days=30", "/topic/llm?days=90"]
    quarter = await page(client, "/topic/llm?days=90")
    assert len(select(quarter, ".trend", "rect")) == 90
    assert len(select(quarter, ".trend", "tbody", "tr")) == 13
    assert len(select(await page(client, "/topic/llm?days=7"), ".trend", "rect")) == 30
    assert select(await page(client, "/topic/chips"), "svg") == []


async def test_pages_stay_small_whatever_is_on_them(client: Client, newsroom: Newsroom):
    han = "数据中心" * 200
    points = tuple(Point(han[n:], (n * 3, n * 3 + 1, n * 3 + 2), "zh") for n in range(8))
    big = brief(headline=han, points=points, gaps=points, why=points[0], keywords=(han,) * 9)
    fat = signal(title=han, brief=big, author=han, site=han)
    article = replace(ARTICLE, title=han, lang="zh", paragraphs=((han,) * 5,) * 200)
    kept = None
    for minutes in range(30):
        kept = await newsroom.add(
            replace(fat, published_at=NOW - timedelta(minutes=minutes)),
            article if not minutes else ARTICLE,
            story_of=kept.id if kept and minutes < 12 else None,
        )
    for path in ("/s/1", "/s/5", "/", "/column/ai", "/topic/llm", "/search?q=数据", "/sources"):
        async with client.get(path) as response:
            size = len(await response.read())
        assert size < 50_000, f"{path}: {size} bytes"


def test_templates_use_no_styles_or_scripts_of_their_own():
    # The Mini App alone has a script, in a file of its own.
    for template in Path("bot/web/templates").iterdir():
        found = re.search(
            r"<script(?! src=\"\{\{ asset\()|\sstyle=|\son[a-z]+=|<style",
            template.read_text("utf-8"),
        )
        assert found is None, f"{template.name}: {found}"


async def test_the_sample_is_what_the_tests_think(newsroom: Newsroom):
    kept = await newsroom.add()
    assert kept.brief == SIGNAL.brief
