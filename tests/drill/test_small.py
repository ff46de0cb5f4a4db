"""A small drill: what `make drill` does at length, on SQLite in some seconds."""

import asyncio
from dataclasses import replace

from tests.drill.drills import Drill
from tests.drill.running import held_in
from tests.drill.world import World, now, world


async def _cut_and_killed(made: World) -> float:
    made.telegram.reset()
    await asyncio.sleep(0.5)
    await made.telegram.mend()
    await made.machines.kill("all")
    since = now()
    await made.begin("all")
    return since


async def test_nothing_is_lost_or_doubled_when_the_wire_and_then_the_process_goes() -> None:
    async with world("sqlite") as made:
        drill = Drill("cut, then killed", "sqlite", _cut_and_killed)
        found = await held_in(made, drill, readers=60, settle_s=40)
    assert found.faults == []
    assert found.counted.got + found.counted.unsure >= found.counted.owed == 60
    assert found.recovery.push is not None
    assert found.recovery.push < 20
    # What is counted can be wrong: a push or an article that is missing is told.
    one_less = replace(found.counted, lost=1, read=found.counted.read - 1)
    assert one_less.faults == ["1 pushes lost", "1 articles not read"]
