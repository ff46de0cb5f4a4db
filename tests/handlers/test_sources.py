"""Sources at the desk: added, looked after, found again, by editors and nobody else."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.people import Seen
from digest.model import Access, FullText, HotList, Lang, SourceState
from handlers.guards import Pacer
from storage import DraftState, Storage
from tests.covering import covers
from tests.handlers.newsstand import newsstand
from tests.handlers.sourcestand import SourceRoom, room_at, source_room


@pytest.fixture(params=[Lang.ZH, Lang.EN], ids=["zh", "en"])
async def room(
    storage: Storage, pacer: Pacer, request: pytest.FixtureRequest
) -> AsyncIterator[SourceRoom]:
    """The same walks by an editor who reads Chinese, then by one who reads English."""
    async with source_room(storage, pacer, request.param) as made:
        yield made


@pytest.fixture
async def chinese(storage: Storage, pacer: Pacer) -> AsyncIterator[SourceRoom]:
    async with source_room(storage, pacer) as made:
        yield made


async def tried(room: SourceRoom, words: str) -> Seen:
    """A source that was typed, tried and is shown."""
    await room.say(f"/source add {words}")
    return await room.sees(room.texts("chat.draft.save"))


# --- adding -------------------------------------------------------------------------------


@covers("/source", "button draft")
async def test_what_is_added_is_tried_shown_and_saved_at_a_tap(room: SourceRoom):
    url = room.feed("/feed")
    texts = room.texts
    status = await room.say(f"/source add {url}")
    shown = await room.sees(texts("chat.draft.save"))
    assert shown.id == status.id
    assert shown.text.count("Harbour news") >= 4
    assert texts.n("chat.draft.entries", 4) in shown.text
    assert await room.storage.sources.all() == ()
    menu = await room.tap(shown, texts("chat.draft.column"))
    shown = await room.tap(
        menu, room.chatting.services.taxonomy.columns["science"].name(texts.lang)
    )
    assert room.chatting.services.taxonomy.columns["science"].name(texts.lang) in shown.text
    await room.tap(shown, texts("chat.draft.save"))
    saved = await room.sees(texts.n("chat.source.poll.new", 4))
    (source,) = await room.storage.sources.all()
    assert (source.spec.column, source.spec.url) == ("science", url)
    assert source.poll.last_ok_at is not None
    undone = await room.tap(saved, texts("chat.takeback.this"))
    assert undone.text
    assert await room.storage.sources.all() == ()


@covers("/source", "button draft")
async def test_a_page_is_searched_for_its_feeds_and_one_of_them_is_chosen(room: SourceRoom):
    room.feed("/one.xml", "First feed")
    room.feed("/two.xml", "Second feed")
    room.stand.pages["/"] = (
        "<html><head><link rel='alternate' type='application/rss+xml' href='/one.xml'>"
        "<link rel='alternate' type='application/rss+xml' href='/two.xml'></head></html>"
    )
    shown = await tried(room, room.stand.base)
    second = next(label for label in shown.labels if "Second feed" in label)
    shown = await room.tap(shown, second)
    assert "Second feed 1" in shown.text
    await room.tap(shown, room.texts("chat.draft.save"))
    (source,) = await room.storage.sources.all()
    assert source.spec.url.endswith("/two.xml")


@covers("button draft", "answer s")
async def test_a_draft_gets_another_name_and_can_be_dropped_and_taken_up(room: SourceRoom):
    texts = room.texts
    shown = await tried(room, room.feed("/feed"))
    await room.toast(shown, texts("chat.draft.title"))
    question = await room.sees(texts("chat.draft.type.title"))
    renamed = await room.chatting.answer(room.person, question, "港口日报")
    assert "港口日报" in renamed.text
    dropped = await room.tap(renamed, texts("chat.draft.drop"))
    assert texts("chat.draft.again") in dropped.labels
    await room.tap(dropped, texts("chat.draft.again"))
    await room.sees(texts("chat.draft.save"))
    assert await room.storage.sources.all() == ()


@covers("button draft", "answer s")
async def test_a_list_on_a_page_is_found_by_ones_own_selectors(room: SourceRoom):
    rows = "".join(
        f"<p class='x'><b>Story number {n} about the port</b> <a href='/a/{n}'>more</a></p>"
        for n in range(5)
    )
    room.stand.pages["/list"] = f"<html><body><div>{rows}</div></body></html>"
    texts = room.texts
    await room.say(f"/source add {room.stand.link('/list')}")
    shown = await room.sees(texts("chat.draft.recipe_page"))
    await room.toast(shown, texts("chat.draft.recipe_page"))
    ask = texts("chat.draft.type.recipe_page").split("\n")[0]
    question = await room.sees(ask)
    await room.chatting.answer(room.person, question, "nothing[[")
    await room.sees(texts("kinds.failure_bad_recipe"))
    await room.chatting.answer(room.person, question, "条目：p.x\ntitle: b\n链接: a")
    found = await room.sees(texts("chat.draft.save"))
    assert "Story number 0 about the port" in found.text
    assert "p.x" in found.text
    await room.tap(found, texts("chat.draft.save"))
    (source,) = await room.storage.sources.all()
    assert (source.spec.recipe.items, source.spec.recipe.link) == ("p.x", "a")


@covers("/source")
async def test_why_nothing_was_found_is_said_with_what_can_be_done(room: SourceRoom):
    room.stand.pages["/empty"] = "<html><body>Nothing here.</body></html>"
    await room.say(f"/source add {room.stand.link('/empty')}")
    said = await room.sees("✗")
    assert room.texts("chat.draft.recipe_page") in said.labels
    room.stand.pages["/empty"] = room.stand.pages[room.feed("/feed").removeprefix(room.stand.base)]
    again = await room.tap(said, room.texts("chat.draft.again"))
    assert again.id == said.id
    await room.sees(room.texts("chat.draft.save"))


async def test_what_is_read_already_is_not_saved_again(chinese: SourceRoom):
    source = await chinese.added()
    await chinese.say(f"/source {source.spec.url}")
    shown = await chinese.sees("已经在读了")
    assert "✓ 保存，开始读" not in shown.labels
    card = await chinese.tap(shown, "📡 打开信源")
    assert "Harbour news" in card.text


async def test_two_editors_on_one_draft_save_once(chinese: SourceRoom):
    """Both stand at a desk before the same message; whoever comes second sees that it is done."""
    storage, room = chinese.storage, chinese.newsroom
    shown = await tried(chinese, chinese.feed("/feed"))
    (draft_id,) = [int(d.split(":")[2]) for d in _data(shown) if d.endswith(":save:")]
    await storage.source_drafts.change(draft_id, column="ai")
    shown = await chinese.tap(shown, "🌐 语言")
    shown = await chinese.tap(shown, "中文")
    assert "人工智能" in shown.text  # what the other changed stays
    await chinese.tap(shown, "✓ 保存，开始读")
    late = await chinese.chatting.forge(chinese.person, shown, f"1:draft:{draft_id}:save:")
    assert late == chinese.texts("chat.draft.already.saved")
    assert len(await storage.sources.all()) == 1
    assert room.editor is chinese.person


async def test_an_address_that_became_a_source_meanwhile_is_not_saved_twice(chinese: SourceRoom):
    url = chinese.feed("/feed")
    shown = await tried(chinese, url)
    await chinese.added()
    said = await chinese.toast(shown, "✓ 保存，开始读")
    assert said == chinese.texts("chat.draft.already_there", name="Harbour news")
    assert len(await chinese.storage.sources.all()) == 1


async def test_a_draft_goes_on_after_a_restart(storage: Storage, pacer: Pacer):
    async with newsstand() as stand:
        async with room_at(storage, pacer, stand) as before:
            url = before.feed("/feed")
            stand.gate.clear()
            status = await before.say(f"/source add {url}")
            assert status.text.startswith("⏳")
            async with asyncio.timeout(10):
                while not ((found := await storage.source_drafts.get(1)) and found.message_id):
                    await asyncio.sleep(0.01)
            kept = dict(before.chatting.sandbox.world.chats[before.person.id].records)
        stand.gate.set()
        async with room_at(storage, pacer, stand) as after:
            after.person.user.started = True
            after.chatting.sandbox.world.chats[after.person.id].records.update(kept)
            after.chatting.clock.move(minutes=5)  # what failed before the chat was there, again
            after.desk.wake()
            shown = await after.sees("✓ 保存，开始读")
            assert shown.id == status.id


# --- the list -----------------------------------------------------------------------------


async def sick(room: SourceRoom, name: str = "Broken") -> int:
    """A source that cannot be read."""
    source = await room.added(f"/{name}", name)
    room.stand.pages.pop(f"/{name}")
    for _ in range(3):
        fresh = await room.storage.sources.get(source.id)
        assert fresh is not None
        await room.desk.poll(source.id)
    return source.id


@covers("/sources", "button sources", "button srcsift", "button source")
async def test_the_sick_stand_first_with_their_reason_in_words(room: SourceRoom):
    texts = room.texts
    for number in range(9):
        name = "Well Lantern" if number == 3 else f"Well {number}"
        source = await room.added(f"/f{number}", name)
        await room.desk.poll(source.id)
    await sick(room)
    listed = await room.say("/sources")
    lines = listed.text.split("\n")
    first = next(line for line in lines if line.startswith("1."))
    assert "Broken" in first
    assert texts("bot.reason_not_found") in listed.text
    assert "10" in lines[0]
    second = await room.tap(listed, texts("chat.page.after"))
    assert "9." in second.text
    menu = await room.tap(second, texts("chat.source.filter.open"))
    states = await room.tap(menu, texts("chat.source.filter.health"))
    only = await room.tap(states, texts("chat.source.state.sick"))
    assert "Well" not in only.text
    card = await room.tap(only, "1")
    assert texts("bot.reason_not_found") in card.text
    back = await room.tap(card, texts("chat.source.list.open"))
    assert "Well 0" in back.text
    narrowed = await room.say("/sources lantern")
    assert "Well Lantern" in narrowed.text
    assert "Well 4" not in narrowed.text


@covers("/sources")
async def test_a_viewer_looks_and_changes_nothing(chinese: SourceRoom):
    source = await chinese.added()
    viewer = chinese.newsroom.viewer
    listed = await chinese.chatting.say(viewer, "/信源列表")
    card = await chinese.chatting.tap(viewer, listed, "1")
    said = await chinese.chatting.toast(viewer, card, "⏸ 暂停")
    assert said == chinese.texts("chat.staff.only")
    now = await chinese.storage.sources.get(source.id)
    assert now is not None
    assert now.state is SourceState.ACTIVE


async def test_readers_do_not_know_of_it(chinese: SourceRoom):
    lin = chinese.chatting.lin
    for command in ("/sources", "/source add https://x.example"):
        said = await chinese.chatting.say(lin, command)
        assert "信源" not in said.text.replace(command, "")
    assert await chinese.storage.source_drafts.get(1) is None


# --- the card -----------------------------------------------------------------------------


async def opened(room: SourceRoom) -> Seen:
    listed = await room.say("/sources")
    return await room.tap(listed, "1")


@covers("button tend", "button source")
async def test_every_setting_is_a_tap_and_can_be_taken_back(room: SourceRoom):
    source = await room.added()
    texts = room.texts

    async def spec():
        found = await room.storage.sources.get(source.id)
        assert found is not None
        return found

    async def tap_through(*labels: str) -> Seen:
        card = await opened(room)
        for label in labels:
            card = await room.tap(card, label)
        return card

    assert texts("chat.takeback.this") in (await tap_through("＋")).labels
    assert (await spec()).spec.weight == 1.1
    await tap_through("−")
    assert (await spec()).spec.weight == 1.0
    column = room.chatting.services.taxonomy.columns["dev"].name(texts.lang)
    await tap_through(texts("chat.source.page.column"), column)
    assert (await spec()).spec.column == "dev"
    await tap_through(texts("chat.source.page.lang"), texts("chat.source.lang.zh"))
    assert (await spec()).spec.lang == "zh"
    await tap_through(texts("chat.source.page.text"), texts("chat.source.text.link"))
    assert (await spec()).spec.full_text is FullText.LINK
    await tap_through(texts("chat.source.page.access"), texts("chat.source.access.subscribers"))
    assert (await spec()).spec.access is Access.SUBSCRIBERS
    await tap_through(texts("chat.source.page.translate"), texts("chat.source.translate.off"))
    assert not (await spec()).spec.translate
    await tap_through(texts("chat.source.page.hot"), texts("chat.source.hot.ranks"))
    assert (await spec()).spec.hot is HotList.RANKS
    floor = texts("chat.source.do.floor", span=texts.n("chat.source.span.minutes", 5))
    await tap_through(texts("chat.source.page.pace"), floor)
    assert (await spec()).spec.poll_floor_s == 300
    await tap_through(texts("chat.source.do.pause"))
    assert (await spec()).state is SourceState.PAUSED
    card = await tap_through(texts("chat.source.do.resume"))
    assert (await spec()).state is SourceState.ACTIVE
    await room.tap(card, texts("chat.takeback.this"))
    assert (await spec()).state is SourceState.PAUSED
    card = await tap_through(texts("chat.source.do.retire"), texts("chat.source.do.retire_yes"))
    assert (await spec()).state is SourceState.RETIRED
    await room.tap(card, texts("chat.source.do.restore"))
    assert (await spec()).state is SourceState.ACTIVE


@covers("button ask_source", "answer s")
async def test_values_are_typed_as_people_write_them(room: SourceRoom):
    source = await room.added()
    texts = room.texts
    for page, label, typed, field, value in (
        (None, "title", "晨报", "title", "晨报"),
        ("pace", "floor_other", "10分钟", "poll_floor_s", 600),
        ("pace", "ceiling_other", "at most 2h", "poll_ceiling_s", 7200),
        ("pace", "floor_other", "照常", "poll_floor_s", None),
        (None, "weight", "1,4", "weight", 1.4),
    ):
        card = await opened(room)
        if page:
            card = await room.tap(card, texts(f"chat.source.page.{page}"))
        shown = next(
            one
            for one in card.labels
            if one.startswith(texts(f"chat.source.do.{label}", weight="").rstrip())
        )
        await room.toast(card, shown)
        await room.chatting.quiet()
        question = room.person.inbox[-1]
        if label != "title":  # any words are a name
            await room.chatting.answer(room.person, question, "???")
            await room.chatting.quiet()
            question = room.person.inbox[-1]
        await room.chatting.answer(room.person, question, typed)
        await room.chatting.quiet()
        now = await room.storage.sources.get(source.id)
        assert now is not None
        assert getattr(now.spec, field) == value, label


@covers("button ask_source", "button tend", "answer s")
async def test_a_header_is_kept_and_never_shown_again(room: SourceRoom):
    source = await room.added()
    texts = room.texts
    secret = "Bearer abcdefghijklmnopqrst9876"
    card = await room.tap(await opened(room), texts("chat.source.page.headers"))
    await room.toast(card, texts("chat.source.do.header"))
    await room.chatting.quiet()
    question = room.person.inbox[-1]
    await room.chatting.answer(room.person, question, f"Authorization: {secret}")
    await room.chatting.quiet()
    now = await room.storage.sources.get(source.id)
    assert now is not None
    assert now.spec.headers == (("Authorization", secret),)
    said = " ".join(seen.text for seen in room.person.inbox)
    assert "abcdef" not in said
    assert "9876" in said
    assert "abcdef" not in str(await room.storage.audit.list())
    card = await room.tap(await opened(room), texts("chat.source.page.headers"))
    await room.tap(card, texts("chat.source.do.unheader", header="Authorization"))
    gone = await room.storage.sources.get(source.id)
    assert gone is not None
    assert gone.spec.headers == ()


@covers("button tend")
async def test_a_source_is_read_at_once_and_tells_what_came(room: SourceRoom):
    await room.added()
    texts = room.texts
    await room.toast(await opened(room), texts("chat.source.do.poll"))
    polled = await room.sees(texts.n("chat.source.poll.new", 4))
    polls = await room.tap(polled, texts("chat.source.page.polls"))
    assert texts.n("chat.source.polls.new", 4) in polls.text
    card = await room.tap(polls, texts("chat.source.card.back"))
    await room.toast(card, texts("chat.source.do.try"))
    await room.sees(texts.n("chat.draft.entries", 4))


@covers("button ask_source", "answer s", "button draft")
async def test_a_new_address_is_seen_before_it_counts(room: SourceRoom):
    source = await room.added()
    await room.desk.poll(source.id)
    texts = room.texts
    elsewhere = room.feed("/moved", "Harbour news")
    await room.toast(await opened(room), texts("chat.source.do.url"))
    await room.chatting.quiet()
    await room.chatting.answer(room.person, room.person.inbox[-1], elsewhere)
    shown = await room.sees(texts("chat.draft.readdress"))
    unchanged = await room.storage.sources.get(source.id)
    assert unchanged is not None
    assert unchanged.spec.url == source.spec.url
    await room.tap(shown, texts("chat.draft.readdress"))
    moved = await room.storage.sources.get(source.id)
    assert moved is not None
    assert (moved.spec.url, moved.spec.title) == (elsewhere, source.spec.title)


async def test_two_editors_do_not_lose_each_others_changes(chinese: SourceRoom):
    source = await chinese.added()
    mine = await opened(chinese)
    other = chinese.newsroom.second
    listed = await chinese.chatting.say(other, "/sources")
    theirs = await chinese.chatting.tap(other, listed, "1")
    await chinese.chatting.tap(other, theirs, "＋")
    said = await chinese.toast(mine, "＋")
    assert "Kim Editor" in said
    now = await chinese.storage.sources.get(source.id)
    assert now is not None
    assert now.spec.weight == 1.1


@pytest.mark.parametrize(
    "data",
    [
        "1:tend:1:weight:9", "1:tend:1:column:nothing", "1:tend:1:floor:1", "1:tend:1:floor:-5",
        "1:tend:1:full_text:all", "1:tend:1:hot:very", "1:tend:1:heavier:many",
        "1:tend:1:unheader:7",
        "1:tend:99:pause:", "1:source:99:card", "1:source:1:secrets", "1:sources:x:0",
        "1:sources:ill////:0", "1:srcsift:////:password", "1:ask_source:1:key",
        "1:draft:99:save:", "1:import:99:go", "1:tend:1:lang:xx",
    ],
)  # fmt: skip
async def test_forged_buttons_change_nothing(chinese: SourceRoom, data: str):
    source = await chinese.added()
    listed = await chinese.say("/sources")
    said = await chinese.chatting.forge(chinese.person, listed, data)
    assert said == chinese.texts("chat.button.old")
    assert await chinese.storage.sources.get(source.id) == source
    reader = chinese.chatting.lin
    hello = await chinese.chatting.say(reader, "/help")
    for verb in (data, "1:tend:1:pause:", "1:tend:1:retired:"):
        assert await chinese.chatting.forge(reader, hello, verb) == chinese.texts(
            "chat.staff.only"
        )
    assert await chinese.storage.sources.get(source.id) == source


async def test_a_draft_of_another_chat_is_not_touched(chinese: SourceRoom):
    await tried(chinese, chinese.feed("/feed"))
    other = chinese.newsroom.second
    hello = await chinese.chatting.say(other, "/help")
    assert await chinese.chatting.forge(other, hello, "1:draft:1:save:")
    draft = await chinese.storage.source_drafts.get(1)
    assert draft is not None
    assert draft.state is DraftState.READY


def _data(seen: Seen) -> list[str]:
    rows = seen.data["reply_markup"]["inline_keyboard"]
    return [button.get("callback_data", "") for row in rows for button in row]
