"""Weeklies that editors look at first: the draft at the desk, its lines, who is first, undo."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.jobs.weekly_desk import WeeklyDesk
from bot.jobs.weekly_issues import WeeklyIssues
from bot.sandbox.people import Person, Seen
from digest.model import Lang, Relation
from digest.texts import Texts, texts_for
from digest.weekly import Week
from handlers.guards import Pacer
from storage import Storage
from storage.weeklies import Issue, IssueState, WeeklyPolicy
from tests.covering import covers
from tests.handlers.conftest import Newsroom, newsroom_over
from tests.handlers.test_stats import Easel

WEEK = Week(2026, 11)  # 9 to 15 March; NOON is its Tuesday
MONDAY_SIX = datetime(2026, 3, 15, 22, tzinfo=UTC)  # in Shanghai
ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)


@pytest.fixture
async def newsroom(storage: Storage, pacer: Pacer) -> AsyncIterator[Newsroom]:
    async with newsroom_over(storage, pacer, paint=Easel()) as staffed:
        for person in staffed.everyone:  # a bot cannot write first
            await staffed.chatting.say(person, "/start")
        yield staffed


async def drafted(newsroom: Newsroom, *titles: str) -> Issue:
    """A week with these signals, its draft made and brought to the desk on Monday."""
    chatting = newsroom.chatting
    for place, title in enumerate(titles or ("芯片厂开工", "大桥通车")):
        await chatting.news.publish(title, total=80 - place, source=f"s{place}")
    chatting.clock.now = MONDAY_SIX + timedelta(hours=1)
    storage, clock = chatting.storage, chatting.clock
    await storage.weeklies.set_policy(WeeklyPolicy(review=True), actor="test", now=clock())
    issues = WeeklyIssues(storage, taxonomy=chatting.services.taxonomy, clock=clock)
    assert await issues.run_due() == 1
    assert await told(newsroom) == 3
    return await issue_of(newsroom)


async def told(newsroom: Newsroom) -> int:
    services = newsroom.chatting.services
    return await WeeklyDesk(
        services.storage,
        newsroom.chatting.application.bot,
        places=services.staff.places,
        taxonomy=services.taxonomy,
        links=services.links,
        paint=services.paint,
        clock=newsroom.chatting.clock,
    ).run_due()


async def issue_of(newsroom: Newsroom) -> Issue:
    found = await newsroom.chatting.storage.weeklies.get(WEEK)
    assert found is not None
    return found


async def take_back(newsroom: Newsroom, person: Person, texts: Texts) -> None:
    """Take somebody's last act back."""
    card = await newsroom.chatting.say(person, "/undo")
    await newsroom.chatting.tap(person, card, texts("chat.takeback.this"))


def draft_of(person: Person) -> Seen:
    """The draft that somebody was brought."""
    return next(seen for seen in reversed(person.messages_in(person.id)) if "📝" in seen.text)


@covers("button wkdraft", "button wkdo")
async def test_a_draft_comes_to_each_editor_and_one_of_them_lets_it_out(newsroom: Newsroom):
    await drafted(newsroom)
    assert await told(newsroom) == 0  # once
    chatting, zhao, kim = newsroom.chatting, newsroom.editor, newsroom.second
    chinese, english = draft_of(zhao), draft_of(kim)
    assert ZH("chat.wk.waits") in chinese.text
    assert "芯片厂开工" in chinese.text
    assert EN("chat.wk.waits") in english.text
    photos = [seen for seen in zhao.messages_in(zhao.id) if seen.data.get("photo")]
    assert "2026 年第 11 周" in photos[-1].data["caption"]
    shown = await chatting.tap(zhao, chinese, ZH("chat.wk.approve"))
    assert "✅ 已通过" in shown.text
    assert (await issue_of(newsroom)).state is IssueState.OUT
    # Kim comes second and learns who was first; her draft stands as it is now.
    said = await chatting.toast(kim, english, EN("chat.wk.approve"))
    assert "赵编辑" in said
    assert EN("chat.act.weekly.approve") in said
    assert "✅ The weekly is out Week 11, 2026" in chatting.now_of(kim, english).text
    # Taken back it waits again.
    await take_back(newsroom, zhao, ZH)
    assert (await issue_of(newsroom)).state is IssueState.DRAFT
    viewer = await chatting.say(newsroom.viewer, "/policy")
    page = await chatting.tap(newsroom.viewer, viewer, ZH("chat.policy.weekly"))
    page = await chatting.tap(newsroom.viewer, page, ZH("chat.wk.policy.open"))
    await chatting.toast(newsroom.viewer, page, ZH("chat.wk.approve"))  # only looks on
    assert (await issue_of(newsroom)).state is IssueState.DRAFT


@covers("button wksheet", "button wkline", "button wkedit", "button wksee")
async def test_lines_are_left_out_moved_and_put_back(newsroom: Newsroom):
    await drafted(newsroom)
    chatting, zhao = newsroom.chatting, newsroom.editor
    sheet = await chatting.tap(zhao, draft_of(zhao), ZH("chat.wk.edit"))
    assert "1. 📰" not in sheet.text
    assert "芯片厂开工" in sheet.text.splitlines()[4]
    line = await chatting.tap(zhao, sheet, "2")
    assert "大桥通车" in line.text
    line = await chatting.tap(zhao, line, ZH("chat.wk.line.top"))
    sheet = await chatting.tap(zhao, line, ZH("chat.wk.to_sheet"))
    assert sheet.text.index("大桥通车") < sheet.text.index("芯片厂开工")
    line = await chatting.tap(zhao, sheet, "2")
    sheet = await chatting.tap(zhao, line, ZH("chat.wk.line.drop"))
    assert ZH("chat.wk.dropped") in sheet.text
    draft = await chatting.tap(zhao, sheet, ZH("chat.wk.back"))
    assert "芯片厂开工" not in draft.text
    await chatting.toast(zhao, draft, ZH("chat.wk.open.en"))
    await chatting.quiet()
    english = zhao.messages_in(zhao.id)[-1]
    assert english.text.startswith("Hexin")
    assert "芯片厂开工" not in english.text
    sheet = await chatting.tap(zhao, draft, ZH("chat.wk.edit"))
    line = await chatting.tap(zhao, sheet, "2")
    line = await chatting.tap(zhao, line, ZH("chat.wk.line.back"))
    assert not (await issue_of(newsroom)).edits.dropped


@covers("button wkask", "answer d")
@pytest.mark.parametrize(("name", "lang", "texts"), [("editor", "zh", ZH), ("second", "en", EN)])
async def test_words_of_editors_stand_in_the_report_marked(
    newsroom: Newsroom, name: str, lang: str, texts: Texts
):
    await drafted(newsroom)
    chatting, person = newsroom.chatting, getattr(newsroom, name)
    sheet = await chatting.tap(person, draft_of(person), texts("chat.wk.edit"))
    person.press(sheet, texts(f"chat.wk.foreword.{lang}"))
    page = await chatting.answer(person, await person.wait_for(), "这周  看芯片。")
    assert texts(f"chat.wk.foreword.is.{lang}", words="这周 看芯片。") in page.text
    line = await chatting.tap(person, page, "1")
    person.press(line, texts(f"chat.wk.line.{lang}"))
    line = await chatting.answer(person, await person.wait_for(), "开工比原计划早 <三> 周")
    assert texts(f"chat.wk.own.{lang}", words="开工比原计划早 <三> 周") in line.text
    draft = await chatting.tap(person, line, texts("chat.wk.to_sheet"))
    draft = await chatting.tap(person, draft, texts("chat.wk.back"))
    assert texts("weekly.foreword", words="这周 看芯片。") in draft.text
    assert f"开工比原计划早 <三> 周{texts('card.edited')}".rstrip() in draft.text
    sheet = await chatting.tap(person, draft, texts("chat.wk.edit"))
    line = await chatting.tap(person, sheet, "1")
    person.press(line, texts(f"chat.wk.line.{lang}"))
    long = await chatting.answer(person, await person.wait_for(), "长" * 400)
    assert long.text == texts("chat.wk.too_long", most=300)


async def test_of_two_who_change_lines_the_second_sees_who_was_first(newsroom: Newsroom):
    await drafted(newsroom)
    chatting, zhao, kim = newsroom.chatting, newsroom.editor, newsroom.second
    sheet = await chatting.tap(zhao, draft_of(zhao), ZH("chat.wk.edit"))
    mine = await chatting.tap(zhao, sheet, "1")
    sheet = await chatting.tap(kim, draft_of(kim), EN("chat.wk.edit"))
    hers = await chatting.tap(kim, sheet, "2")
    await chatting.tap(zhao, mine, ZH("chat.wk.line.drop"))
    said = await chatting.toast(kim, hers, EN("chat.wk.line.drop"))
    assert "赵编辑" in said
    assert len((await issue_of(newsroom)).edits.dropped) == 1


async def test_a_week_is_left_out_after_asking_once_more(newsroom: Newsroom):
    await drafted(newsroom)
    chatting, zhao = newsroom.chatting, newsroom.editor
    sure = await chatting.tap(zhao, draft_of(zhao), ZH("chat.wk.skip"))
    assert (await issue_of(newsroom)).state is IssueState.DRAFT
    shown = await chatting.tap(zhao, sure, ZH("chat.wk.skip.yes"))
    assert "🚫" in shown.text
    assert (await issue_of(newsroom)).state is IssueState.SKIPPED
    told = await chatting.say(chatting.lin, "/weekly 2026-W11")
    assert told.text == ZH("chat.weekly.skipped", week="2026 年第 11 周（3月9日至15日）")


@covers("button wkpolicy", "button wkset")
@pytest.mark.parametrize(("name", "texts"), [("editor", ZH), ("second", EN)])
async def test_review_is_set_by_buttons(newsroom: Newsroom, name: str, texts: Texts):
    chatting, person = newsroom.chatting, getattr(newsroom, name)
    overview = await chatting.say(person, "/policy")
    page = await chatting.tap(person, overview, texts("chat.policy.weekly"))
    assert texts("chat.wk.policy.off") in page.text
    page = await chatting.tap(person, page, texts("chat.wk.policy.button.on"))
    page = await chatting.tap(person, page, texts("chat.wk.policy.lead", n=4))
    page = await chatting.tap(person, page, texts("chat.wk.policy.falls", n=6))
    assert texts.n("chat.wk.policy.on", 4) in page.text
    assert texts.n("chat.wk.policy.fall", 6) in page.text
    wanted = WeeklyPolicy(review=True, lead_hours=4, fall_hours=6)
    assert await chatting.storage.weeklies.policy() == wanted
    await take_back(newsroom, person, texts)
    assert (await chatting.storage.weeklies.policy()).fall_hours == 0


@pytest.mark.parametrize(
    "data",
    ["1:wkdo:approve:2026-W99:1", "1:wkdo:approve:2026-W12:1", "1:wkline:x:y", "1:wkset:lead:3"],
)
async def test_forged_buttons_change_nothing(newsroom: Newsroom, data: str):
    await drafted(newsroom)
    before: Any = await issue_of(newsroom)
    zhao = newsroom.editor
    assert await newsroom.chatting.forge(zhao, draft_of(zhao), data) == ZH("chat.button.old")
    assert await issue_of(newsroom) == before


@covers("button weekcol", "button weekpic")
@pytest.mark.parametrize(
    ("name", "texts", "label", "title"),
    [
        ("lin", ZH, "📱 科技产品", "本周科技产品 "),
        ("alex", EN, "📱 Technology", "This week: Technology "),
    ],
)
async def test_readers_see_the_week_by_column_and_as_a_picture(
    newsroom: Newsroom, name: str, texts: Texts, label: str, title: str
):
    chatting, reader = newsroom.chatting, getattr(newsroom.chatting, name)
    first = await chatting.news.publish("芯片厂开工", column="tech", total=80)
    await chatting.news.publish(
        "芯片厂停工", column="tech", source="two", story_of=first.id, relation=Relation.FOLLOW_UP
    )
    await chatting.news.publish("降准", column="business", total=70)
    chatting.clock.now = MONDAY_SIX
    whole = await chatting.say(reader, "/weekly 2026-W11")
    assert texts("weekly.stories") in whole.text
    assert "降准" in whole.text
    reader.press(whole, label)
    column = await reader.wait_for()
    assert column.text.startswith(title)
    assert "芯片厂" in column.text
    assert "降准" not in column.text
    reader.press(whole, texts("chat.weekly.glance"))
    picture = await reader.wait_for()
    assert "11" in picture.data["caption"]


async def test_an_old_draft_that_comes_back_is_no_news_twice(newsroom: Newsroom) -> None:
    issue = await drafted(newsroom)
    storage, clock = newsroom.chatting.storage, newsroom.chatting.clock
    assert issue.report is not None
    later = replace(issue.report, week=WEEK.moved(1))
    await storage.weeklies.keep(WEEK.moved(1), later, clock(), review=True)
    assert await told(newsroom) == 3  # of the second one
    assert await told(newsroom) == 0
    assert await told(newsroom) == 0


async def test_of_two_processes_one_brings_each_place_its_draft(newsroom: Newsroom) -> None:
    issue = await drafted(newsroom)
    storage, clock = newsroom.chatting.storage, newsroom.chatting.clock
    assert issue.report is not None
    later = replace(issue.report, week=WEEK.moved(1))
    await storage.weeklies.keep(WEEK.moved(1), later, clock(), review=True)
    assert sum(await asyncio.gather(*(told(newsroom) for _ in range(3)))) == 3
