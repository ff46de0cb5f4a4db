"""Two of each process on one PostgreSQL: everybody answered and sent to once, whoever dies."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector, web

from bot.sandbox.limits import LimitRules
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox
from digest.model import DeliveryState, Lang
from digest.texts import texts_for
from storage import Storage
from storage.wakeups import Wakeups
from tests.bot.delivery.outbox import Outbox
from tests.databases import migrated
from tests.newsdesk import Newsdesk

ZH = texts_for(Lang.ZH)
CROWD = 100


@dataclass
class Machines:
    """The processes by name ("clock 1"), and what outlives them."""

    sandbox: Sandbox
    storage: Storage
    environment: dict[str, str]
    folder: Path
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def begin(self, name: str, **settings: str) -> None:
        log = (self.folder / f"{name}.log").open("wb")
        self.processes[name] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--role", name.partition(" ")[0],
            env=self.environment | settings, start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()

    async def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    async def leader(self) -> str:
        """The name of the process that leads."""
        note = await self.storage.meta.get(f"lead:bot {self.sandbox.token.partition(':')[0]}")
        pid = int(note.rpartition(":")[2]) if note else 0
        return next((name for name, one in self.processes.items() if one.pid == pid), "")


@dataclass
class Balancer:
    """What stands before the web processes: the next one in turn, another when one is down."""

    ports: list[int]
    taken: list[int] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        for _ in self.ports:
            self.ports.append(self.ports.pop(0))
            port = self.ports[-1]
            try:
                async with request.app[SESSION].request(
                    request.method, f"http://127.0.0.1:{port}{request.path_qs}",
                    data=body, headers=request.headers,
                ) as answer:  # fmt: skip
                    self.taken.append(port)
                    return web.Response(status=answer.status, body=await answer.read())
            except ClientError:
                continue
        return web.Response(status=502)


SESSION = web.AppKey("session", ClientSession)


@asynccontextmanager
async def balanced(ports: list[int]) -> AsyncIterator[tuple[Balancer, str]]:
    balancer, app = Balancer(ports), web.Application()
    app.router.add_route("*", "/{path:.*}", balancer.pass_on)
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        app[SESSION] = session
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield balancer, f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


async def until(condition: Callable[[], Awaitable[bool]], within: float = 30) -> float:
    begun = time.monotonic()
    async with asyncio.timeout(within):
        while not await condition():
            await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def test_everything_goes_on_when_the_leader_is_killed(
    machines: tuple[Machines, Balancer], capsys: pytest.CaptureFixture[str]
) -> None:
    all_of_them, balancer = machines
    sandbox, storage = all_of_them.sandbox, all_of_them.storage
    lin = sandbox.person("lin")

    async def led() -> bool:
        return bool(await all_of_them.leader()) and sandbox.world.updates.webhook is not None

    await until(led, 60)
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
    await all_of_them.begin(first)  # its supervisor starts it anew: it stands by

    log = all_of_them.folder / f"{first}.log"

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
