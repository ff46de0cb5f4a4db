"""One drill after the other, and what was found."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.drill.drills import Drill
from tests.drill.load import Counted, Recovery
from tests.drill.world import World, now, world

READERS = 300


@dataclass
class Finding:
    """What one drill showed; `left_out` why it was not held."""

    drill: Drill
    recovery: Recovery
    counted: Counted
    ready: dict[str, list[str]]
    ended: list[str]
    errors: int
    left_out: str = ""
    broke_off: str = ""

    @property
    def faults(self) -> list[str]:
        """What must not be."""
        if self.left_out:
            return []
        if self.broke_off:
            return [f"broke off: {self.broke_off}"]
        late = [] if self.recovery.answer is not None else ["nobody was answered"]
        if self.recovery.poll is None:
            late.append("nothing was polled")
        return self.counted.faults + late + [f"ended by itself: {one}" for one in self.ended]


async def held_in(
    made: World, drill: Drill, *, readers: int = READERS, settle_s: float = 100.0
) -> Finding:
    """Hold one drill in a world that is well, and leave it well."""
    if drill.needs and getattr(made, drill.needs) is None:
        why = "only root may make a small disk" if drill.needs == "disk" else "no C compiler"
        return Finding(drill, Recovery(), Counted(), {}, [], 0, why)
    made.said.clear()
    made.ended.clear()
    complaints = _errors(made)
    load = made.load(readers)
    watching = asyncio.create_task(made.watch())
    try:
        await load.begin(wake=made.wake)
        since = await drill.act(made)
        recovery = await load.recovered(since, drill.within_s)
        await asyncio.sleep(2)
        await load.stop()
        await made.all_ready(90)
        counted = await load.settled(since, settle_s)
    finally:
        await load.stop()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    ready: dict[str, list[str]] = {}
    for role, told in made.said:
        ready.setdefault(role, []).append(told)
    return Finding(drill, recovery, counted, ready, list(made.ended), _errors(made) - complaints)


def _errors(made: World) -> int:
    logs = (made.machines.log(name) for name in made.machines.settings)
    return sum(log.read_text(errors="replace").count(" ERROR ") for log in logs if log.exists())


async def hold(
    drills: Sequence[Drill], write: Callable[[Sequence[Finding]], None]
) -> list[Finding]:
    """Hold all of them, those of each database in a world of their own, both worlds at once.

    `write` is given what was found so far, after each.
    """
    dialects = sorted({one.dialect for one in drills}, reverse=True)
    found: dict[str, list[Finding]] = {dialect: [] for dialect in dialects}

    def so_far() -> list[Finding]:
        return [one for some in found.values() for one in some]

    async def some(dialect: str) -> None:
        mine = [one for one in drills if one.dialect == dialect]
        await _hold(mine, found[dialect], lambda: write(so_far()))

    await asyncio.gather(*(some(dialect) for dialect in dialects))
    return so_far()


async def _hold(drills: Sequence[Drill], found: list[Finding], note: Callable[[], None]) -> None:
    async with world(drills[0].dialect) as made:
        for one in drills:
            begun = now()
            try:
                finding = await held_in(made, one)
            except Exception as error:  # noqa: BLE001  the others are held all the same
                finding = Finding(one, Recovery(), Counted(), {}, [], 0, broke_off=repr(error))
            found.append(finding)
            print(
                f"{one.dialect}: {one.name}: {now() - begun:.0f} s, {finding.recovery},"
                f" {finding.counted}, {finding.ready}, errors logged {finding.errors};"
                f" {finding.left_out or finding.faults or 'well'}",
                file=sys.stderr,
                flush=True,
            )
            note()
