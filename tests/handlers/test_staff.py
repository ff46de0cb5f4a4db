"""The newsroom's own: who belongs to it, where it works, what was done and taken back."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.sandbox.people import Person
from digest.model import Lang
from digest.roles import Role
from digest.texts import Texts, texts_for
from handlers.registry import names_for, publish_menu
from storage.personal import Owner
from tests.covering import covers
from tests.handlers.conftest import Newsroom
from tests.hostile.snapshot import snapshot

ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)


@dataclass(frozen=True)
class Boss:
    """An owner, and the words that the bot uses with them."""

    person: Person
    texts: Texts


@pytest.fixture(params=["zh", "en"])
async def boss(newsroom: Newsroom, request: pytest.FixtureRequest) -> Boss:
    """Wang, then Kim made an owner: the same walk in both languages."""
    if request.param == "zh":
        return Boss(newsroom.owner, ZH)
    storage, now = newsroom.chatting.storage, newsroom.chatting.clock()
    await storage.staff.set_role(newsroom.second.id, Role.OWNER, actor="cli", now=now)
    return Boss(newsroom.second, EN)


async def roles(newsroom: Newsroom) -> dict[int, Role]:
    return {one.user_id: one.role for one in await newsroom.chatting.storage.staff.all()}


# --- members -----------------------------------------------------------------------------


@covers("/admins", "button staff", "button recruit", "deep link e_")
async def test_the_owner_invites_and_somebody_joins(newsroom: Newsroom, boss: Boss):
    bot, owner, mei = newsroom.chatting, boss.person, newsroom.chatting.sandbox.person("mei")
    listed = await bot.say(owner, "/admins")
    assert f"赵编辑 · {boss.texts('chat.role.editor')}" in listed.text
    assert f"何旁观 · {boss.texts('chat.role.viewer')}" in listed.text
    await bot.toast(owner, listed, boss.texts("chat.staff.recruit.editor"))
    await bot.quiet()
    link = owner.inbox[-1].text
    payload = link.split("?start=")[1].split()[0]
    joined = await bot.say(mei, f"/start {payload}")
    assert joined.text == ZH("chat.staff.welcome", role=ZH("chat.role.editor"))
    assert (await roles(newsroom))[mei.id] is Role.EDITOR
    alex = bot.alex
    await bot.say(alex, f"/start {payload}")
    assert alex.id not in await roles(newsroom)
    assert (await bot.storage.audit.list(1))[0].act == "staff.join"


@covers("button member", "button role", "button oust")
async def test_roles_change_and_count_at_once(newsroom: Newsroom, boss: Boss):
    bot, owner, editor, texts = newsroom.chatting, boss.person, newsroom.editor, boss.texts
    await bot.say(editor, "/start")
    listed = await bot.say(owner, "/admins")
    card = await bot.tap(owner, listed, "赵编辑")
    viewer = texts("chat.role.viewer")
    said = await bot.toast(owner, card, texts("chat.staff.make", role=viewer))
    assert said == texts("chat.staff.done", role=viewer)
    await bot.quiet()
    refused = await bot.say(editor, "/undo")
    assert refused.text == ZH("chat.staff.only")
    listed = bot.now_of(owner, listed)
    card = await bot.tap(owner, listed, "赵编辑")
    await bot.toast(owner, card, texts("chat.staff.oust"))
    await bot.quiet()
    assert editor.id not in await roles(newsroom)
    stranger = await bot.say(editor, "/audit")
    assert stranger.text == ZH("chat.unknown", typed="audit")


async def test_somebody_leaves_as_fast_as_the_owner_says_undo(newsroom: Newsroom):
    bot, owner = newsroom.chatting, newsroom.owner
    before = await roles(newsroom)
    listed = await bot.say(owner, "/admins")
    card = await bot.tap(owner, listed, "Kim")
    await bot.toast(owner, card, ZH("chat.staff.oust"))
    await bot.quiet()
    shown = await bot.say(owner, "/undo")
    assert "Kim Editor" in shown.text
    done = await bot.tap(owner, shown, ZH("chat.takeback.this"))
    assert done.text.startswith("已撤销")
    assert await roles(newsroom) == before


async def test_one_owner_has_to_stay(newsroom: Newsroom):
    bot, storage = newsroom.chatting, newsroom.chatting.storage
    listed = await bot.say(newsroom.owner, "/admins")
    # An owner by the settings cannot be put out in chat, by no button and no forged one.
    for data in (f"1:oust:{newsroom.owner.id}", f"1:role:{newsroom.owner.id}:viewer"):
        assert await bot.forge(newsroom.owner, listed, data) == ZH("chat.staff.fixed")
    assert await storage.audit.list(1) == await storage.audit.list(1)
    assert (await newsroom.chatting.services.staff.role_of(newsroom.owner.id)) is Role.OWNER


async def test_a_viewer_sees_who_is_there_and_no_way_to_change_it(newsroom: Newsroom):
    listed = await newsroom.chatting.say(newsroom.viewer, "/admins")
    assert "赵编辑" in listed.text
    assert listed.labels == []


async def test_an_invitation_is_made_in_private(newsroom: Newsroom):
    bot, owner = newsroom.chatting, newsroom.owner
    forum = bot.sandbox.chat("forum").id
    await bot.say(owner, "/desk", chat=forum)
    listed = await bot.say(owner, "/admins", chat=forum)
    said = await bot.toast(owner, listed, ZH("chat.staff.recruit.editor"), chat=forum)
    assert said == ZH("chat.staff.recruit.private")


@pytest.mark.parametrize("code", ["nonsense", "A" * 60])
async def test_a_forged_code_lets_nobody_in(newsroom: Newsroom, code: str):
    before = await roles(newsroom)
    await newsroom.chatting.say(newsroom.chatting.lin, f"/start e_{code}")
    assert await roles(newsroom) == before


async def made_owner(newsroom: Newsroom) -> Person:
    bot = newsroom.chatting
    who = newsroom.second
    await bot.storage.staff.set_role(who.id, Role.OWNER, actor="cli", now=bot.clock())
    return who


def names_of(newsroom: Newsroom, person: Person) -> list[str]:
    profile = newsroom.chatting.sandbox.world.profile
    shown = profile.commands_for("zh", [f"chat:{person.id}", "default"])
    return [one["command"] for one in shown]


@pytest.mark.parametrize("role", [Role.EDITOR, None])
async def test_an_owner_who_is_none_any_more_does_not_come_back_by_a_code_of_their_own(
    newsroom: Newsroom, role: Role | None
):
    bot, storage, was = newsroom.chatting, newsroom.chatting.storage, await made_owner(newsroom)
    code = await storage.staff.make_code(Role.OWNER, was.id, bot.clock())
    if role is None:
        await storage.staff.remove(was.id, actor="cli", now=bot.clock())
    else:
        await storage.staff.set_role(was.id, role, actor="cli", now=bot.clock())
    await bot.say(was, f"/start e_{code}")
    await bot.say(bot.lin, f"/start e_{code}")
    assert (await roles(newsroom)).get(was.id) is role
    assert bot.lin.id not in await roles(newsroom)


async def test_taking_back_leaves_an_owner(newsroom: Newsroom):
    bot, storage, kim = newsroom.chatting, newsroom.chatting.storage, await made_owner(newsroom)
    made = (await storage.audit.list(1))[0].id
    object.__setattr__(bot.services, "admins", frozenset())  # the settings name nobody
    refused = await bot.say(kim, f"/undo {made}")
    assert refused.text == EN("chat.staff.last")
    assert (await roles(newsroom))[kim.id] is Role.OWNER
    now = bot.clock()
    await storage.staff.set_role(newsroom.editor.id, Role.OWNER, actor="cli", now=now)
    await bot.say(kim, f"/undo {made}")
    assert (await roles(newsroom))[kim.id] is Role.EDITOR


async def test_the_menu_follows_a_role_that_is_taken_back(newsroom: Newsroom):
    bot, owner, kim = newsroom.chatting, newsroom.owner, await made_owner(newsroom)
    made = (await bot.storage.audit.list(1))[0].id
    await publish_menu(bot.application.bot, bot.services.staff)
    assert names_of(newsroom, kim) == names_for(Role.OWNER)
    await bot.say(owner, f"/undo {made}")
    assert names_of(newsroom, kim) == names_for(Role.EDITOR)


# --- desks -------------------------------------------------------------------------------


@covers("/desk")
async def test_a_forum_topic_becomes_the_newsrooms_place(newsroom: Newsroom, boss: Boss):
    bot, owner, viewer = newsroom.chatting, boss.person, newsroom.viewer
    forum = bot.sandbox.chat("forum")
    topic = next(iter(forum.topics))
    where = {"chat": forum.id, "thread": topic}
    for person in (viewer, newsroom.editor, newsroom.second):
        forum.members[person.id] = "member"
    viewer.send("/audit", **where)
    await bot.quiet()
    assert not any(seen.by_bot for seen in viewer.messages_in(forum.id))
    opened = await bot.say(owner, "/desk", **where)
    here = EN if opened.text == EN("chat.desk.opened") else ZH
    assert opened.text == here("chat.desk.opened")
    shown = await bot.say(viewer, "/audit", **where)
    assert here("chat.audit.title").removeprefix("<b>").removesuffix("</b>") in shown.text
    # Another topic of the same group is no desk, and readers at the desk are none of the staff.
    other = next(one for one in forum.topics if one != topic)
    before = len(viewer.messages_in(forum.id))
    viewer.send("/audit", chat=forum.id, thread=other)
    bot.lin.send("/audit", **where)
    await bot.quiet()
    assert len(viewer.messages_in(forum.id)) == before + 2
    refused = await bot.toast(bot.lin, shown, here("chat.audit.mine"), chat=forum.id)
    assert refused == here("chat.staff.only")
    places = await bot.services.staff.places()
    assert [(place.chat_id, place.thread_id) for place in places] == [(forum.id, topic)]
    closed = await bot.say(owner, "/desk off", **where)
    assert closed.text == here("chat.desk.closed")
    assert {place.chat_id for place in await bot.services.staff.places()} == {
        newsroom.owner.id,
        newsroom.editor.id,
        newsroom.second.id,
    }


async def test_what_a_desk_cannot_be_told_each_editor_is_told(newsroom: Newsroom):
    bot, staff = newsroom.chatting, newsroom.chatting.services.staff
    forum = bot.sandbox.chat("forum").id
    await bot.say(newsroom.owner, "/desk", chat=forum)
    assert [one.chat_id for one in await staff.places()] == [forum]
    subscribers, now = bot.storage.subscribers, bot.clock()
    await subscribers.set_active(forum, active=False, reason="kicked", now=now)
    editors = [newsroom.owner.id, newsroom.editor.id, newsroom.second.id]
    assert [one.chat_id for one in await staff.places()] == editors
    await subscribers.revive(forum, 0, now)
    assert [one.chat_id for one in await staff.places()] == [forum]


async def test_only_owners_open_desks(newsroom: Newsroom):
    bot, forum = newsroom.chatting, newsroom.chatting.sandbox.chat("forum")
    forum.members[newsroom.editor.id] = "administrator"
    newsroom.editor.send("/desk", chat=forum.id)
    await bot.quiet()
    assert await bot.storage.staff.desks() == ()


# --- menus -------------------------------------------------------------------------------


async def test_the_menu_shows_each_role_its_commands(newsroom: Newsroom):
    bot = newsroom.chatting.application.bot
    await publish_menu(bot, newsroom.chatting.services.staff)
    profile = newsroom.chatting.sandbox.world.profile
    for person, role in (
        (newsroom.owner, Role.OWNER),
        (newsroom.editor, Role.EDITOR),
        (newsroom.viewer, Role.VIEWER),
    ):
        shown = profile.commands_for("zh", [f"chat:{person.id}", "default"])
        assert [one["command"] for one in shown] == names_for(role)
    readers = profile.commands_for("zh", [f"chat:{newsroom.chatting.lin.id}", "default"])
    assert [one["command"] for one in readers] == names_for(None)
    assert "audit" not in names_for(None)
    assert "desk" not in names_for(Role.EDITOR)


async def test_help_lists_the_newsrooms_commands_for_the_newsroom_only(newsroom: Newsroom):
    bot = newsroom.chatting
    assert "/audit" in (await bot.say(newsroom.viewer, "/help")).text
    assert "/audit" not in (await bot.say(bot.lin, "/help")).text


# --- the audit ---------------------------------------------------------------------------


@covers("/audit", "button audit", "button act", "button books")
async def test_the_audit_is_browsed_and_exported(newsroom: Newsroom, boss: Boss):
    bot, person, texts = newsroom.chatting, boss.person, boss.texts
    for number in range(12):
        await bot.storage.staff.add(
            500 + number, Role.VIEWER, f"=P{number}", Lang.ZH, actor="cli", now=bot.clock()
        )
    first = await bot.say(person, "/audit")
    assert "=P11" in first.text
    older = await bot.tap(person, first, texts("chat.audit.older"))
    assert "=P3" in older.text
    assert "=P11" not in older.text
    newest = await bot.tap(person, older, texts("chat.audit.newest"))
    card = await bot.tap(person, newest, newest.labels[0])
    assert "=P11" in card.text
    mine = await bot.tap(person, await bot.tap(person, card, texts("chat.back")), "1:audit:0:mine")
    assert texts("chat.audit.none") in mine.text
    await bot.toast(person, mine, texts("chat.audit.export"))
    await bot.quiet()
    file = bot.sandbox.world.files[person.inbox[-1].data["document"]["file_id"]]
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(await bot.storage.audit.list(1000))
    assert not any(cell.startswith("=") for row in rows for cell in row)
    await bot.toast(person, mine, texts("chat.audit.export_json"))
    await bot.quiet()
    file = bot.sandbox.world.files[person.inbox[-1].data["document"]["file_id"]]
    assert json.loads(file.content)[0]["after"] == {"role": "viewer", "name": "=P11"}


@covers("/undo", "button takeback")
async def test_an_act_is_taken_back_and_done_after_all(newsroom: Newsroom, boss: Boss):
    bot, person, texts = newsroom.chatting, boss.person, boss.texts
    source = (await bot.news.source()).id
    await bot.storage.sources.edit(
        source, actor=f"user:{person.id}", now=bot.clock(), title="另一个名字"
    )
    shown = await bot.say(person, "/undo")
    done = await bot.tap(person, shown, texts("chat.takeback.this"))
    found = await bot.storage.sources.get(source)
    assert found is not None
    assert found.spec.title != "另一个名字"
    await bot.tap(person, done, texts("chat.takeback.again"))
    found = await bot.storage.sources.get(source)
    assert found is not None
    assert found.spec.title == "另一个名字"


async def test_an_editor_takes_back_no_act_of_an_owner(newsroom: Newsroom):
    bot, editor = newsroom.chatting, newsroom.editor
    act_id = (await bot.storage.audit.list(1))[0].id
    said = await bot.say(editor, f"/undo {act_id}")
    assert said.text == ZH("chat.staff.owners_only")
    shown = await bot.say(editor, f"/audit {act_id}")
    assert ZH("chat.takeback.this") not in shown.labels


@pytest.mark.parametrize("verb", ["retire", "revive"])
async def test_an_editor_retires_no_topic_by_taking_back(newsroom: Newsroom, verb: str):
    bot, shelves = newsroom.chatting, newsroom.chatting.storage.shelves
    topic = next(iter(bot.services.taxonomy.topics))
    for one, state in (("retire", "retired"), ("revive", "active")):
        await shelves.edit(
            "topic", topic, one, actor=f"user:{newsroom.owner.id}", now=bot.clock(), state=state
        )
        if one == verb:
            break
    act_id = (await bot.storage.audit.list(1))[0].id
    said = await bot.say(newsroom.editor, f"/undo {act_id}")
    assert said.text == ZH("chat.staff.owners_only")


async def test_what_was_changed_later_is_shown_to_whoever_undoes(newsroom: Newsroom):
    bot, owner = newsroom.chatting, newsroom.owner
    added = (await bot.storage.audit.list(1))[0]
    later = bot.clock() + timedelta(minutes=1)
    await bot.storage.staff.set_role(
        newsroom.viewer.id, Role.EDITOR, actor=f"user:{newsroom.editor.id}", now=later
    )
    said = await bot.say(owner, f"/undo {added.id}")
    assert "赵编辑" in said.text
    newer = (await bot.storage.audit.list(1))[0]
    assert said.labels[0] == ZH("chat.takeback.see", id=newer.id)
    card = await bot.tap(owner, said, said.labels[0])
    done = await bot.tap(owner, card, ZH("chat.takeback.this"))
    assert done.text.startswith("已撤销")
    done = await bot.say(owner, f"/undo #{added.id}")
    assert newsroom.viewer.id not in await roles(newsroom)
    twice = await bot.say(owner, f"/undo {added.id}")
    assert twice.text.startswith("已经撤销过了")


@pytest.mark.parametrize("words", ["0", "999999", "abc", "9" * 40, "-1"])
async def test_an_act_that_never_was(newsroom: Newsroom, words: str):
    said = await newsroom.chatting.say(newsroom.editor, f"/undo {words}")
    assert said.text == ZH("chat.takeback.none")


async def test_the_newsrooms_commands_are_unknown_to_readers(newsroom: Newsroom):
    bot = newsroom.chatting
    before = await snapshot(bot.storage)
    for name in sorted(set(names_for(Role.OWNER)) - set(names_for(None))):
        said = await bot.say(bot.lin, f"/{name} 1")
        assert said.text.startswith(f"没有 /{name} 这个命令。"), name
        assert not set(said.labels) & {ZH("chat.audit.export")}
    changed = before.changed(await snapshot(bot.storage))
    assert {table for table, _ in changed} <= {"subscribers", "subscriptions", "collections"}


@pytest.mark.parametrize("texts", [ZH, EN])
async def test_privacy_says_what_forgetting_leaves_of_an_editor(newsroom: Newsroom, texts: Texts):
    bot = newsroom.chatting
    editor = newsroom.editor if texts is ZH else newsroom.second
    await bot.say(editor, "/start")
    source = (await bot.news.source()).id
    await bot.storage.sources.edit(
        source, actor=f"user:{editor.id}", now=bot.clock(), title="另一个名字"
    )
    said = await bot.say(editor, "/privacy")
    assert (
        "编辑部的操作记录一直保留" if texts is ZH else "what the editors did is kept"
    ) in said.text
    await bot.storage.personal.erase(Owner(editor.id), bot.clock())
    assert editor.id not in await roles(newsroom)
    assert [one.actor for one in await bot.storage.audit.list(1)] == [f"user:{editor.id}"]
