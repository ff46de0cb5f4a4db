"""Whatever people do, in any order: nothing breaks, and what they wish can be read back.

`HEXIN_WALKS` says how many walks are tried, other ones each time; `HEXIN_WALK_SEED` says which.
Without either, the same few are.
"""

import asyncio
import os
import re
import shutil
import tempfile
from pathlib import Path
from secrets import randbelow

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings

from digest.compose import next_push_at, quiet_until
from digest.model import Subscriber
from digest.texts import Texts, texts_for
from handlers.guards import Pacer
from handlers.subscriptions import zone_name
from storage import Storage
from tests.handlers.conftest import Chatting, chatting_over
from tests.hostile.walking import WALKS, Act, calm, perform

WALKED = int(os.environ.get("HEXIN_WALKS", "40"))
_ANY = randbelow(1 << 32) if "HEXIN_WALKS" in os.environ else 7
SEED = int(os.environ.get("HEXIN_WALK_SEED") or _ANY)


@pytest.mark.timeout(max(120, WALKED * 10))
@hypothesis.seed(SEED)
@settings(
    max_examples=WALKED,
    deadline=None,  # a walk is as long as the machine is busy
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(acts=WALKS)
def test_whatever_people_do_nothing_breaks(sqlite_template: Path, acts: list[Act]) -> None:
    hypothesis.note(f"HEXIN_WALK_SEED={SEED}")
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(sqlite_template, Path(folder) / "hexin.db")
        asyncio.run(_walk(path, acts))


async def _walk(database: str | Path, acts: list[Act]) -> None:
    storage = await Storage.open(f"sqlite:///{database}", check=False)
    try:
        async with chatting_over(storage, Pacer(burst=1_000_000)) as chatting:
            for number in range(3):
                await chatting.news.publish(
                    ("央行降准", "开源新模型", "芯片")[number], topics=("llm",)
                )
            for act in acts:
                await perform(chatting, act)
            _nothing_went_wrong(chatting)
            for person in chatting.sandbox.people:
                found = await storage.subscribers.by_chat(person.id)
                if found is not None:
                    await _read_back(chatting, person.user.key)
            _nothing_went_wrong(chatting)
    finally:
        await storage.close()


def _nothing_went_wrong(chatting: Chatting) -> None:
    assert chatting.errors == []
    refused = [call for call in chatting.sandbox.log.calls if call.code != 200]
    # Who lets us into a channel without having started us cannot be told in private; it is tried.
    told = {person.id for person in chatting.sandbox.people}
    assert [
        call
        for call in refused
        if "not modified" not in call.description
        and not (call.chat_id in told and call.description.endswith("chat not found"))
    ] == []
    unanswered = [one for one in chatting.sandbox.world.queries.values() if one.answer is None]
    assert unanswered == []


async def _read_back(chatting: Chatting, who: str) -> None:
    """What /settings says is what is kept, what is kept can be kept again, the clock agrees."""
    person = chatting.sandbox.person(who)
    shown = await chatting.say(person, "/settings")
    await calm(chatting)
    kept = await chatting.subscriber(person)
    wanted, texts = kept.subscription, texts_for(kept.lang)
    said = _said(texts, shown.text)
    assert said["min_score"] == str(wanted.wishes.min_score), shown.text
    assert said["zone"] == zone_name(texts, wanted.zone), shown.text
    for number, field in ((len(wanted.wishes.mutes), "mutes"), (wanted.max_a_day, "limit")):
        assert not number or str(number) in said[field], shown.text
    if wanted.quiet_from != wanted.quiet_to:
        assert said["quiet"] == f"{wanted.quiet_from:%H:%M}–{wanted.quiet_to:%H:%M}", shown.text
    if not wanted.paused:
        for moment in wanted.digest_times:
            assert f"{moment:%H:%M}" in said["pushes"], shown.text
    assert wanted.wishes.lang is kept.lang
    _promised_as_planned(kept, chatting)
    await chatting.storage.subscribers.save_subscription(kept.id, wanted)
    assert await chatting.subscriber(person) == kept


def _said(texts: Texts, shown: str) -> dict[str, str]:
    """The values that stand in the summary of /settings, by their names in its text."""
    template = re.sub(r"<[^>]+>", "", texts.forms("chat.settings.summary")[0])
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(template))
    found = re.match(pattern + r"(\n|$)", shown)
    assert found, shown
    return found.groupdict()


def _promised_as_planned(kept: Subscriber, chatting: Chatting) -> None:
    wanted, now = kept.subscription, chatting.clock()
    due = wanted.next_digest_at is not None and wanted.next_digest_at <= now
    # One that was due in the quiet hours is held to their end.
    held = wanted.next_digest_at is not None and wanted.next_digest_at == quiet_until(wanted, now)
    assert due or held or wanted.next_digest_at == next_push_at(wanted, now)
