import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot import meters
from bot.schedule import Schedule, Tick
from bot.watching.chat import Reach
from bot.watching.health import Health
from digest.model import ChatKind, DigestKind, Lang
from storage import PlannedDigest, Recipient, Storage
from tests.newsdesk import Newsdesk

NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def health(storage: Storage) -> Health:
    return Health(storage, lambda: NOW, Reach())


async def reasons(health: Health) -> dict[str, Any]:
    report = await health.report()
    assert report["ok"] is not bool(report["reasons"])
    return dict(report["reasons"])


async def owe(storage: Storage, due: datetime) -> None:
    """One push, due at `due`, to a reader who may be written to."""
    known = await Newsdesk(storage).publish("央行下调存款准备金率")
    reader, _ = await storage.subscribers.enter(7, 0, ChatKind.PRIVATE, "林", Lang.ZH, NOW)
    planned = PlannedDigest(
        kind=DigestKind.INSTANT,
        group_key=str(known.id),
        lang=Lang.ZH,
        window_from=due,
        window_to=due,
        signal_ids=(known.id,),
        parts=({"text": "一"},),
        part_signals=((known.id,),),
    )
    await storage.digests.plan_instant(planned, (Recipient(reader.id, not_before=due),))


async def test_a_process_that_does_its_work_is_ready(health: Health) -> None:
    health.parts.chats = health.parts.polls = True
    health.reach.note(answered=True)
    assert await reasons(health) == {}


async def test_whoever_runs_no_chat_needs_no_telegram(health: Health) -> None:
    assert await reasons(health) == {}
    health.parts.chats = True
    assert await reasons(health) == {"telegram": "no answer"}


async def test_a_token_that_is_refused_is_told(health: Health) -> None:
    health.parts.chats = True
    health.reach.note(answered=True, refused="InvalidToken")
    assert await reasons(health) == {"telegram": "token refused"}
    health.reach.note(answered=True)
    assert await reasons(health) == {}


async def test_tables_of_an_older_program_are_told(storage: Storage, health: Health) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert await reasons(health) == {"migrations": "behind"}


async def test_a_database_that_is_gone_is_told(storage: Storage, health: Health) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text("DROP TABLE host_blocks"))
        await connection.execute(text("ALTER TABLE entries RENAME TO lost"))
    assert list(await reasons(health)) == ["database"]


async def test_a_sender_that_settles_nothing_of_what_is_overdue_is_told(
    storage: Storage, health: Health
) -> None:
    health.parts.chats = True
    health.reach.note(answered=True)
    await owe(storage, NOW - timedelta(minutes=10))
    await health.look()
    assert await reasons(health) == {}, "it may just have begun"
    health._moved_at -= 130
    await health.look()
    assert await reasons(health) == {"sender": {"overdue_s": 600, "owed": 1}}
    meters.DELIVERIES.labels("sent").inc()
    await health.look()
    assert await reasons(health) == {}, "a long queue that moves is no fault"


async def test_what_is_due_soon_is_not_overdue(storage: Storage, health: Health) -> None:
    health.parts.chats = True
    health.reach.note(answered=True)
    await owe(storage, NOW - timedelta(minutes=4))
    assert await reasons(health) == {}


async def test_sources_that_nobody_polls_are_told(storage: Storage, health: Health) -> None:
    source = await Newsdesk(storage).source()
    await storage.sources.reschedule({source.id: NOW - timedelta(minutes=20)})
    assert await reasons(health) == {}, "a process that does not poll is well"
    health.parts.polls = True
    assert await reasons(health) == {"polling": {"overdue_s": 1200}}


async def test_a_step_that_hangs_or_fails_is_late_and_long_work_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.schedule._LATE_S", 0.02)
    going, mended = asyncio.Event(), asyncio.Event()

    async def quick() -> None:
        """Ends at once."""

    async def fails() -> None:
        if not mended.is_set():
            raise RuntimeError("again")

    ticks = Tick("long", 0.001, going.wait), Tick("quick", 0.001, quick)
    schedule = Schedule((*ticks, Tick("fails", 0.001, fails)))
    schedule.start()
    await asyncio.sleep(0.1)
    assert list(schedule.late()) == ["fails"]
    monkeypatch.setattr("bot.schedule._HANGS_S", 0.05)
    assert list(schedule.late()) == ["long", "fails"]
    going.set()
    mended.set()
    schedule.nudge("fails")
    await asyncio.sleep(0.01)
    assert schedule.late() == {}
    await schedule.stop()
