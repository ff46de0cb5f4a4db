"""The clock of the machine is set, by hand or by NTP after a bad start: the day goes on."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.drill.clocks import NoClock, SetClock

_CHILD = """
import asyncio, datetime
from bot.schedule import Schedule, Tick

async def step():
    print(datetime.datetime.now(datetime.UTC).timestamp(), flush=True)

async def main():
    schedule = Schedule((Tick("step", 0.5, step),))
    schedule.start()
    await asyncio.sleep(60)

asyncio.run(main())
"""
HOUR = 3600.0


async def test_steps_go_on_when_the_clock_is_set(tmp_path: Path) -> None:
    try:
        clock = SetClock(tmp_path)
    except NoClock as reason:
        pytest.skip(str(reason))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **clock.environment},
    )  # fmt: skip
    assert process.stdout is not None

    async def told() -> float:
        return float(await process.stdout.readline())  # type: ignore[union-attr]

    try:
        async with asyncio.timeout(10):
            begun = await told()
            for offset in (-HOUR, HOUR):
                clock.move(offset)
                while not offset - 60 < await told() - begun < offset + 60:
                    pass
                for _ in range(3):
                    assert offset - 60 < await told() - begun < offset + 60
    finally:
        process.kill()
        await process.wait()
