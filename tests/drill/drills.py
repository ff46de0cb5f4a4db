"""The drills. Each breaks something, mends it, and says from when recovery counts."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import text

from tests.drill.server import fill
from tests.drill.world import World, now

Act = Callable[[World], Awaitable[float]]
HOUR = 3600.0


@dataclass(frozen=True)
class Drill:
    """`act` returns the moment that recovery counts from; `needs` what the machine must offer."""

    name: str
    dialect: str
    act: Act
    needs: str = ""
    within_s: float = 60.0


DRILLS: list[Drill] = []


def drill(
    name: str, *dialects: str, needs: str = "", within_s: float = 60.0
) -> Callable[[Act], Act]:
    """Put a drill on the list, for each database."""

    def add(act: Act) -> Act:
        DRILLS.extend(Drill(name, one, act, needs, within_s) for one in dialects)
        return act

    return add


async def _killed(world: World, *names: str, after: float = 1.0) -> float:
    since = now()
    for name in names:
        await world.machines.kill(name)
    await asyncio.sleep(after)
    for name in names:
        await world.begin(name)
    return since


# --- processes ---


@drill("kill -9, started again 1 s later", "sqlite")
async def kill_all(world: World) -> float:
    return await _killed(world, "all")


@drill("hangs for 20 s (SIGSTOP)", "sqlite")
async def hang_all(world: World) -> float:
    return await _hung(world, "all")


@drill("kill -9 one web of two, started again after 5 s", "postgresql")
async def kill_web(world: World) -> float:
    return await _killed(world, "web 1", after=5)


@drill("kill -9 both webs, started again 1 s later", "postgresql")
async def kill_webs(world: World) -> float:
    return await _killed(world, "web 1", "web 2")


@drill("kill -9 one worker of two, started again after 5 s", "postgresql")
async def kill_worker(world: World) -> float:
    return await _killed(world, "worker 1", after=5)


@drill("kill -9 both workers, started again 1 s later", "postgresql")
async def kill_workers(world: World) -> float:
    return await _killed(world, "worker 1", "worker 2")


@drill("kill -9 the leading clock (sender), started again after 10 s", "postgresql")
async def kill_leader(world: World) -> float:
    return await _killed(world, await world.lead(), after=10)


@drill("kill -9 the clock that stands by", "postgresql")
async def kill_follower(world: World) -> float:
    return await _killed(world, await world.follower())


@drill("kill -9 both clocks, started again 1 s later", "postgresql")
async def kill_clocks(world: World) -> float:
    return await _killed(world, "clock 1", "clock 2")


@drill("SIGTERM the leading clock, started again when it has ended", "postgresql")
async def end_leader(world: World) -> float:
    name, since = await world.lead(), now()
    await _ended(world, name)
    await world.begin(name)
    return since


async def _ended(world: World, name: str) -> None:
    process = world.machines.processes.pop(name)
    process.terminate()
    code = await asyncio.wait_for(process.wait(), 20)
    if code:
        world.ended.append(f"{name}: exit status {code} after SIGTERM")


async def _hung(world: World, name: str) -> float:
    """From the beginning of it where another takes over, from its end where nobody can."""
    begun = now()
    world.send(name, signal.SIGSTOP)
    await asyncio.sleep(20)
    world.send(name, signal.SIGCONT)
    return now() if name == "all" else begun


@drill("the leading clock hangs for 20 s (SIGSTOP)", "postgresql")
async def hang_leader(world: World) -> float:
    return await _hung(world, await world.lead())


@drill("a web of two hangs for 20 s (SIGSTOP)", "postgresql")
async def hang_web(world: World) -> float:
    return await _hung(world, "web 2")


@drill("a worker of two hangs for 20 s (SIGSTOP)", "postgresql")
async def hang_worker(world: World) -> float:
    return await _hung(world, "worker 2")


# --- the database ---


async def _away(world: World, mode: str, seconds: float) -> float:
    assert world.database is not None
    await world.database.stop(mode)
    await asyncio.sleep(seconds)
    await world.database.start()
    return now()


@drill("PostgreSQL restarts (stop fast)", "postgresql")
async def restart_fast(world: World) -> float:
    return await _away(world, "fast", 0)


@drill("PostgreSQL crashes (stop immediate) and starts again", "postgresql")
async def restart_immediate(world: World) -> float:
    return await _away(world, "immediate", 0)


@drill("PostgreSQL is away for 20 s", "postgresql")
async def away(world: World) -> float:
    return await _away(world, "fast", 20)


@drill("network between clock 1 (leading) and PostgreSQL cut for 15 s", "postgresql")
async def database_cut(world: World) -> float:
    assert world.database_wire is not None
    await world.all_ready()
    if await world.lead() != "clock 1":
        await _killed(world, "clock 2", after=8)
    begun = now()
    world.database_wire.hold()
    await asyncio.sleep(15)
    await world.database_wire.mend()
    return begun


# --- the network to Telegram ---


@drill("Telegram refuses connections for 8 s", "sqlite", "postgresql")
async def refused(world: World) -> float:
    await world.telegram.refuse()
    await asyncio.sleep(8)
    await world.telegram.mend()
    return now()


@drill(
    "SIGTERM while Telegram refuses connections, started again when it has ended",
    "sqlite",
    "postgresql",
)
async def end_while_refused(world: World) -> float:
    name = await world.lead()
    await world.telegram.refuse()
    await asyncio.sleep(5)
    await _ended(world, name)
    await world.begin(name)
    await world.telegram.mend()
    return now()


@drill("connections to Telegram are reset for 8 s", "sqlite", "postgresql")
async def reset(world: World) -> float:
    world.telegram.reset()
    await asyncio.sleep(8)
    await world.telegram.mend()
    return now()


@drill("nothing passes to Telegram for 8 s, then arrives late", "sqlite", "postgresql")
async def held(world: World) -> float:
    world.telegram.hold()
    await asyncio.sleep(8)
    await world.telegram.mend(late=True)
    return now()


@drill("nothing passes to Telegram for 45 s, what was under way is lost", "sqlite", "postgresql")
async def lost(world: World) -> float:
    world.telegram.hold()
    await asyncio.sleep(45)
    await world.telegram.mend()
    return now()


# --- the disk ---


@drill("data disk full for 15 s", "sqlite", needs="disk")
async def disk_full(world: World) -> float:
    assert world.disk is not None
    filler = await asyncio.to_thread(fill, world.disk)
    await asyncio.sleep(15)
    filler.unlink()
    return now()


@drill("PostgreSQL's disk full for 15 s; it is started again if it ended", "postgresql",
       needs="disk")  # fmt: skip
async def postgres_disk_full(world: World) -> float:
    assert world.disk is not None
    assert world.database is not None
    filler = await asyncio.to_thread(fill, world.disk)
    # Otherwise the room in the segment of the log that is being written would do for minutes.
    for _ in range(3):
        try:
            async with world.machines.storage.database.write() as connection:
                await connection.execute(text("SELECT pg_switch_wal()"))
        except Exception:  # noqa: BLE001, S112  there is no room, which is what is wanted
            continue
    await asyncio.sleep(15)
    filler.unlink()
    await world.database.start()
    return now()


# --- the clock ---


async def _clock_moved(world: World, seconds: float, for_s: float = 15) -> float:
    assert world.clock is not None
    begun = now()
    world.clock.move(seconds)
    await asyncio.sleep(for_s)
    world.clock.move(0)
    return begun if seconds > 0 else now()


@drill("clock an hour fast for 15 s, then right", "sqlite", needs="clock")
@drill("clocks of clock 1, 2 and PostgreSQL an hour fast for 15 s", "postgresql", needs="clock")
async def fast(world: World) -> float:
    return await _clock_moved(world, HOUR)


@drill("clock set back an hour for 15 s, then right", "sqlite", needs="clock")
@drill("clocks of clock 1, 2 and PostgreSQL set back an hour for 15 s", "postgresql",
       needs="clock")  # fmt: skip
async def slow(world: World) -> float:
    return await _clock_moved(world, -HOUR)
