"""`hexin broadcast …`."""

import asyncio

from digest.audience import Audience, Circle
from digest.broadcast import Announcement, Broadcast, BroadcastState
from digest.model import ChatKind, Lang, Subscription
from storage import Storage
from storage.broadcasts import Shown
from tests.bot.cli.hexin import Hexin
from tests.newsdesk import NOON


def test_nothing_yet(migrated: Hexin) -> None:
    hexin = migrated
    assert "编号" in hexin("broadcast", "list").stdout
    missing = hexin("broadcast", "status", "7")
    assert missing.exit_code == 1
    assert "没有公告 7" in missing.stderr


def test_looked_at_paused_resumed_and_cancelled(migrated: Hexin) -> None:
    hexin = migrated
    asyncio.run(_begin(hexin))
    listed = hexin("broadcast", "list").stdout
    assert "正在发送" in listed
    assert "[bold]今晚" in listed  # no markup of the table's
    assert "0 / 2" in hexin("broadcast", "status", "1").stdout
    assert hexin("broadcast", "pause", "1").stdout == "公告 1 已暂停。\n"
    assert hexin("broadcast", "pause", "1").exit_code == 1
    assert "已暂停" in hexin("broadcast", "status", "1").stdout
    assert hexin("broadcast", "resume", "1").stdout == "公告 1 继续发送。\n"
    assert hexin("broadcast", "cancel", "1").stdout == "公告 1 已取消。\n"
    assert "没发 2" in hexin("broadcast", "status", "1").stdout
    assert asyncio.run(_state(hexin)) is BroadcastState.CANCELLED


async def _begin(hexin: Hexin) -> None:
    storage = await Storage.open(f"sqlite:///{hexin.database}")
    for chat in (1, 2):
        reader, _ = await storage.subscribers.enter(chat, 0, ChatKind.PRIVATE, "", Lang.ZH, NOON)
        await storage.subscribers.save_subscription(reader.id, Subscription())
    here = Shown(42, 0, 0, Lang.ZH)
    draft = await storage.broadcasts.create(
        Announcement("[bold]今晚停机", patient=False), Audience(),
        made_by=42, shown=here, actor="user:42", now=NOON,
    )  # fmt: skip
    await storage.broadcasts.confirm(draft, confirmed_by=42, shown=here, actor="user:42", now=NOON)
    running = await _get(storage)
    await storage.announcing.gather(running, Circle(), NOON)
    await storage.close()


async def _state(hexin: Hexin) -> BroadcastState:
    storage = await Storage.open(f"sqlite:///{hexin.database}")
    found = await _get(storage)
    await storage.close()
    return found.state


async def _get(storage: Storage) -> Broadcast:
    found = await storage.broadcasts.get(1)
    assert found is not None
    return found
