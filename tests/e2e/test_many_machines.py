"""Two of each process on one PostgreSQL: everybody answered and sent to once, whoever dies."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.sandbox.limits import LimitRules
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from digest.model import DeliveryState, Lang
from digest.texts import texts_for
from storage import Storage
from storage.wakeups import Wakeups
from tests.bot.delivery.outbox import Outbox
from tests.databases import migrated
from tests.machines import Balancer, Machines, balanced, free_port, until
from tests.newsdesk import Newsdesk

ZH = texts_for(Lang.ZH)
CROWD = 100


@pytest.fixture
async def machines(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Machines, Balancer]]:
    sandbox = Sandbox(newsroom=False, limits=LimitRules(overall=0, chat_rate=0, group=0))
    ports = [free_port(), free_port()]
    async with AsyncExitStack() as stack:
        url = stack.enter_context(migrated("postgresql", request, tmp_path))
        storage = await Storage.open(url)
        stack.push_async_callback(storage.close)
        port = await stack.enter_async_context(sandbox.serve())
        balancer, base = await stack.enter_async_context(balanced(list(ports)))
        environment = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": sandbox.token,
            "TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path),
            "WEBHOOK_URL": base,
            "PUBLIC_BASE_URL": base,
            "CATALOG": "false",
            "SEND_RATE": "40",
        }
        made = Machines(sandbox, storage, environment, tmp_path)

        async def end() -> None:
            for name in list(made.processes):
                await made.kill(name)

        stack.push_async_callback(end)
        for number, own in enumerate(ports, 1):
            await made.begin(f"web {number}", PORT=str(own))
            await made.begin(f"clock {number}")
        await made.begin("worker 1")
        await made.begin("worker 2")
        yield made, balancer


def _told(person: Person, text: str) -> int:
    return sum(seen.text == text for seen in person.inbox)


async def _everybody_told(storage: Storage) -> dict[DeliveryState, int]:
    """Once nothing waits any more: how many deliveries there are in each state."""
    waiting = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.RETRY}
    async with asyncio.timeout(30):
        while waiting & (counts := await storage.deliveries.counts()).keys():
            await asyncio.sleep(0.05)
    return dict(counts)


async def test_what_comes_to_both_doors_at_once_is_answered_once(
    machines: tuple[Machines, Balancer],
) -> None:
    """A balancer that tries again while its first try still goes on, for every update."""
    all_of_them, balancer = machines
    lin = all_of_them.sandbox.person("lin")

    async def led() -> bool:
        return all_of_them.sandbox.world.updates.webhook is not None

    await until(led, 60)
    await until(balancer.all_up, 60)
    balancer.doubles = True
    lin.start()
    lin.press(await lin.wait_for(lambda seen: "中文" in seen.labels, 30), "中文")
    lin.press(await lin.wait_for(lambda seen: "完成" in seen.labels), "完成")
    words = [f"天青{letter}" for letter in "甲乙丙丁末"]
    for word in words:
        lin.send(f"/search {word}")
    # Answered in the order in which they were sent: with the last one, all of them are.
    await lin.wait_for(lambda seen: words[-1] in seen.text)
    lin.send("/search 天青尾")
    await lin.wait_for(lambda seen: "天青尾" in seen.text)
    assert [sum(word in seen.text for seen in lin.inbox) for word in words] == [1] * len(words)
    assert min(balancer.taken.count(port) for port in balancer.ports) > len(words)


async def test_everything_goes_on_when_the_leader_is_killed(
    machines: tuple[Machines, Balancer], capsys: pytest.CaptureFixture[str]
) -> None:
    all_of_them, balancer = machines
    sandbox, storage = all_of_them.sandbox, all_of_them.storage
    lin = sandbox.person("lin")

    async def led() -> bool:
        return bool(await all_of_them.leader()) and sandbox.world.updates.webhook is not None

    await until(led, 60)
    await until(balancer.all_up, 60)
    lin.start()
    lin.press(await lin.wait_for(lambda seen: "中文" in seen.labels, 30), "中文")
    lin.press(await lin.wait_for(lambda seen: "完成" in seen.labels), "完成")
    for _ in range(4):
        lin.send("/help")
    await lin.wait_for(lambda seen: "/latest" in seen.text)
    assert len(set(balancer.taken)) == 2  # both pages' processes took updates

    news = await Newsdesk(storage).publish("央行下调存款准备金率")
    first = await all_of_them.leader()
    crowd = sandbox.add_people(CROWD)
    text = await Outbox(storage).owe(*(person.id for person in crowd))
    wakeups = Wakeups(all_of_them.environment["DATABASE_URL"])
    calling = asyncio.create_task(wakeups.carry())
    wakeups.call("deliveries")

    async def in_the_middle() -> bool:
        return sum(_told(person, text) for person in crowd) >= CROWD // 4

    await until(in_the_middle)
    calling.cancel()
    killed = time.monotonic()
    await all_of_them.kill(first)
    lin.start(f"s_{news.id}")  # said while nobody leads
    card = await lin.wait_for(lambda seen: ZH("card.save") in seen.labels, 30)
    answered = time.monotonic() - killed
    second = await all_of_them.leader()
    assert {first, second} == {"clock 1", "clock 2"}
    assert answered < 12
    counted = await _everybody_told(storage)
    told_times = [_told(person, text) for person in crowd]
    assert max(told_times) == 1
    # Whoever was being written to at the kill may or may not have it; nobody else goes without.
    in_doubt = counted.get(DeliveryState.SENDING, 0) + counted.get(DeliveryState.UNKNOWN, 0)
    assert told_times.count(0) <= in_doubt <= 10
    log = all_of_them.log(first)
    log.write_text("")
    await all_of_them.begin(first)  # its supervisor starts it anew: it stands by

    async def stands_by() -> bool:
        return "stands by" in log.read_text()

    await until(stands_by)
    # Who ends well is followed at once.
    all_of_them.processes[second].send_signal(signal.SIGTERM)
    told = time.monotonic()
    lin.press(card, ZH("card.save"))

    async def handed_over() -> bool:
        return await all_of_them.leader() == first

    await until(handed_over)
    over = time.monotonic() - told
    with capsys.disabled():
        print(
            f"\nkilled while sending to {CROWD}: answered after {answered:.1f} s, doubled"
            f" {sum(times > 1 for times in told_times)}, in doubt {in_doubt}; ended well:"
            f" followed after {over:.1f} s"
        )
    assert [seen.labels for seen in lin.inbox if seen.labels == card.labels] == [card.labels]
