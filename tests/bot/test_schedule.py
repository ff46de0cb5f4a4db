import asyncio

import pytest

from bot.schedule import Schedule, Tick


async def test_a_step_runs_at_once_and_again() -> None:
    runs: list[int] = []
    twice = asyncio.Event()

    async def step() -> None:
        runs.append(1)
        if len(runs) == 2:
            twice.set()

    schedule = Schedule((Tick("step", 0.05, step),))
    schedule.start()
    await asyncio.wait_for(twice.wait(), 5)
    await schedule.stop()
    count = len(runs)
    await asyncio.sleep(0.15)
    assert len(runs) == count


async def test_a_failing_step_is_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    recovered = asyncio.Event()
    runs: list[int] = []

    async def step() -> None:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("once")
        recovered.set()

    schedule = Schedule((Tick("fragile", 0.05, step),))
    schedule.start()
    await asyncio.wait_for(recovered.wait(), 5)
    await schedule.stop()
    assert "step fragile failed" in caplog.text


async def test_nudges_while_a_step_runs_become_one_more_run() -> None:
    started, release = asyncio.Event(), asyncio.Event()
    runs: list[int] = []

    async def step() -> None:
        runs.append(1)
        started.set()
        await release.wait()

    schedule = Schedule((Tick("slow", 3600, step),))
    schedule.start()
    await asyncio.wait_for(started.wait(), 5)
    for _ in range(5):
        schedule.nudge("slow")
    release.set()
    await asyncio.sleep(0.05)
    await schedule.stop()
    assert len(runs) == 2


async def test_steps_never_overlap_themselves() -> None:
    inside = most = 0

    async def step() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.03)
        inside -= 1

    schedule = Schedule((Tick("step", 0.01, step),))
    schedule.start()
    for _ in range(10):
        schedule.nudge("step")
        await asyncio.sleep(0.01)
    await schedule.stop()
    assert most == 1
