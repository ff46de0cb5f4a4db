"""Buttons that are forged, damaged, replayed or old do nothing, and every one is answered."""

from dataclasses import dataclass
from itertools import cycle, islice, product
from typing import Any

import pytest

from bot.sandbox.people import Person, Seen
from digest.model import Lang, Signal
from digest.texts import texts_for
from handlers.callbacks import SIGNATURES, unpack
from tests.handlers.conftest import Chatting
from tests.handlers.test_cards import activated
from tests.hostile.forging import Envelope, Forged, broken, far_fetched, press, press_all, with_ids
from tests.hostile.snapshot import Snapshot, snapshot

OLD = {lang: texts_for(lang)("chat.button.old") for lang in Lang}
VERBS = sorted(SIGNATURES)
# Each scene takes longer to set than a verb's forgeries take to press.
SOME_VERBS = [VERBS[start : start + 8] for start in range(0, len(VERBS), 8)]
# The signatures refuse every one (below). Of those, each verb sends others over the wire.
SENT = {verb: list(broken(verb))[at % 7 :: 7] for at, verb in enumerate(VERBS)}
PLACES = ("group", "forum", "channel")


@dataclass
class Scene:
    """Lin has collections and wishes, Alex has nothing but a `message` with buttons."""

    chatting: Chatting
    signals: tuple[Signal, ...]
    lins: tuple[int, ...]
    message: Seen

    @property
    def lin(self) -> Person:
        return self.chatting.lin

    @property
    def alex(self) -> Person:
        return self.chatting.alex


@pytest.fixture
async def scene(chatting: Chatting) -> Scene:
    lin, alex = chatting.lin, chatting.alex
    await activated(chatting, lin)
    signals = [await chatting.news.publish(topics=("llm",)) for _ in range(3)]
    reader = await chatting.subscriber(lin)
    collections = chatting.storage.collections
    # Ids that are no signal's, so that a number can only mean one thing.
    for number in range(6):
        await collections.create(reader.id, f"收藏集 {number}", chatting.clock())
    mine = [one.id for one in await collections.list(reader.id) if one.id > signals[-1].id]
    for one in mine:
        await collections.save(one, signals[0].id, chatting.clock())
    await chatting.say(alex, "/help")
    message = await chatting.say(alex, "/latest")
    return Scene(chatting, tuple(signals), tuple(mine), message)


async def unharmed(
    scene: Scene, before: Snapshot, verb: str = "", *, but_for: Person | None = None
) -> Snapshot:
    """Nothing went wrong on either side of the wire, and nothing but `but_for`'s own changed."""
    chatting = scene.chatting
    await chatting.quiet()
    assert chatting.errors == [], verb
    refused = [call for call in chatting.sandbox.log.calls if call.code != 200]
    assert [call for call in refused if "not modified" not in call.description] == [], verb
    after = await snapshot(chatting.storage)
    changed = before.changed(after)
    if but_for is not None:
        owned = await owned_by(chatting, but_for)
        changed = [(table, row) for table, row in changed if not owned(table, row)]
    assert changed == [], verb
    return after


async def owned_by(chatting: Chatting, person: Person) -> Any:
    reader = await chatting.subscriber(person)
    mine = {repr(one.id) for one in await chatting.storage.collections.list(reader.id)}

    def owned(table: str, row: dict[str, Any]) -> bool:
        if table == "subscribers":
            return bool(row["id"] == repr(reader.id))
        if table == "collections":
            return bool(row["subscriber_id"] == repr(reader.id))
        return row.get("subscriber_id") == repr(reader.id) or row.get("collection_id") in mine

    return owned


async def pressed_by_alex(scene: Scene, verb: str, before: Snapshot) -> Snapshot:
    """Alex presses every forgery of a verb that there is; nothing that is not Alex's changes."""
    chatting, alex, message = scene.chatting, scene.alex, scene.message.id
    made = (Forged(alex.id, message, data) for data in SENT[verb])
    for data, answer in await press_all(chatting, alex, made):
        assert answer.get("text") == OLD[Lang.EN], data
        assert answer.get("show_alert"), data
    made = (Forged(alex.id, message, data) for data in far_fetched(verb))
    await press_all(chatting, alex, made)
    before = await unharmed(scene, before, verb)
    lins = tuple(with_ids(verb, (scene.lins[0], scene.signals[0].id)))
    made = (Forged(alex.id, message, data, envelope) for envelope in Envelope for data in lins)
    await press_all(chatting, alex, made)
    return await unharmed(scene, before, verb, but_for=alex)


def test_a_broken_payload_is_none_of_ours():
    read = [data for verb in VERBS for data in broken(verb) if unpack(data) is not None]
    assert read == []
    assert sum(map(len, SENT.values())) > 1000


@pytest.mark.parametrize("verbs", SOME_VERBS, ids=lambda verbs: f"{verbs[0]}-{verbs[-1]}")
async def test_a_forged_button_changes_nothing_and_is_answered(scene: Scene, verbs: list[str]):
    before = await snapshot(scene.chatting.storage)
    for verb in verbs:
        before = await pressed_by_alex(scene, verb, before)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_the_other_database_takes_forgeries_as_calmly(scene: Scene):
    # Its numbers have bounds, its texts hold no NUL, and one error spoils a whole transaction.
    chatting, alex = scene.chatting, scene.alex
    before = await snapshot(chatting.storage)
    for verb in VERBS:
        made = (*far_fetched(verb), *with_ids(verb, (scene.lins[0],)))
        forged = (Forged(alex.id, scene.message.id, data) for data in made)
        await press_all(chatting, alex, forged)
    await unharmed(scene, before, but_for=alex)


@pytest.mark.parametrize("place", PLACES)
async def test_readers_of_a_group_or_channel_change_nothing_in_it(scene: Scene, place: str):
    chatting, alex = scene.chatting, scene.alex
    chat = chatting.sandbox.chat(place).id
    page = await chatting.say(chatting.wang, "/settings", chat=chat)
    listed = await chatting.say(chatting.wang, "/latest", chat=chat)
    before = await snapshot(chatting.storage)
    for verb in VERBS:
        ids = with_ids(verb, (scene.lins[0], scene.signals[0].id))
        # What means something everywhere; what means nothing, in one of the places each.
        nothing = islice(far_fetched(verb), PLACES.index(place), None, len(PLACES))
        made = (
            *zip(nothing, cycle((page, listed)), strict=False),
            *product(ids, (page, listed)),
        )
        forged = (Forged(chat, message.id, data) for data, message in made)
        await press_all(chatting, alex, forged)
    await unharmed(scene, before, but_for=alex)


async def test_what_an_admin_pressed_a_reader_presses_in_vain(scene: Scene):
    chatting = scene.chatting
    chat = chatting.sandbox.chat("group").id
    page = await chatting.say(chatting.wang, "/settings", chat=chat)
    pages = [page.data["reply_markup"]["inline_keyboard"]]
    for button in page.buttons:
        shown = await chatting.tap(chatting.wang, page, button["callback_data"], chat=chat)
        pages.append(shown.data["reply_markup"]["inline_keyboard"])
        await press(chatting, chatting.wang, chat, page.id, "1:settings:main")
    before = await snapshot(chatting.storage)
    refused = texts_for(Lang.ZH)("chat.admins_only")
    for data in {button["callback_data"] for rows in pages for row in rows for button in row}:
        answer = await press(chatting, chatting.lin, chat, page.id, data)
        assert answer.get("text") == refused, data
    await unharmed(scene, before)
