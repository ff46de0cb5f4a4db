"""Jobs that hang, crash or eat memory cost only themselves."""

import asyncio
import binascii
import math
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.engine.workers import WorkerCrashed, WorkerPool, WorkerTimeout
from digest.errors import ExtractionError, PollFailure, SourceError
from digest.model import EntryState

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool(1, deadline_s=20.0)
    yield pool
    await pool.close()


async def worker_pid(pool: WorkerPool) -> int:
    return int(await pool.run(os.readlink, "/proc/self"))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int, within_s: float = 10.0) -> bool:
    """True once no such process is left, not even a zombie."""
    end = time.monotonic() + within_s
    while alive(pid):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


async def test_a_job_runs_in_another_process_and_the_next_one_in_the_same(pool: WorkerPool):
    first, second = await worker_pid(pool), await worker_pid(pool)

    assert first == second != os.getpid()


async def test_what_the_job_raises_is_raised_here(pool: WorkerPool):
    with pytest.raises(ValueError, match="math domain error"):
        await pool.run(math.sqrt, -1)

    assert await pool.run(math.sqrt, 9) == 3


async def test_a_hanging_job_is_killed_at_its_deadline_and_its_process_replaced(pool: WorkerPool):
    before = await worker_pid(pool)
    start = time.monotonic()

    with pytest.raises(WorkerTimeout, match=r"sleep took over 0\.3 s"):
        await pool.run(time.sleep, 60, deadline_s=0.3)

    assert time.monotonic() - start < 5
    assert await gone(before)
    assert await worker_pid(pool) != before


async def test_time_in_which_we_were_stopped_ourselves_is_not_the_jobs(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.engine.workers._BEAT_S", 0.1)
    before = await worker_pid(pool)
    job = asyncio.create_task(pool.run(time.sleep, 0.05, deadline_s=0.3))
    await asyncio.sleep(0.02)
    time.sleep(0.6)  # noqa: ASYNC251  as when the machine sleeps: nobody takes the answer
    assert await job is None
    assert await worker_pid(pool) == before


async def test_a_crash_is_reported_with_its_status_and_the_pool_goes_on(pool: WorkerPool):
    with pytest.raises(WorkerCrashed, match="status 7"):
        await pool.run(os._exit, 7)

    assert await pool.run(math.sqrt, 4) == 2


async def test_a_job_over_its_memory_ends_and_the_pool_goes_on():
    pool = WorkerPool(1, memory_bytes=400_000_000)
    try:
        with pytest.raises(WorkerCrashed):
            await pool.run(bytearray, 1_000_000_000)
        assert await pool.run(math.sqrt, 4) == 2
    finally:
        await pool.close()


async def test_what_a_library_sets_aside_is_not_taken_from_the_page():
    pool = WorkerPool(1, memory_bytes=1_500_000_000)
    try:
        await pool.run(eval, "__import__('rensa').RMinHash(num_perm=4, seed=1).digest()")
        assert await pool.run(eval, "len(bytearray(600_000_000))") == 600_000_000
    finally:
        await pool.close()


async def test_a_cancelled_job_leaves_no_half_answer_to_the_next(pool: WorkerPool):
    pid = await worker_pid(pool)
    job = asyncio.create_task(pool.run(time.sleep, 60))
    await asyncio.sleep(0.3)

    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job

    assert await gone(pid)
    assert await pool.run(math.sqrt, 16) == 4


async def test_an_argument_that_does_not_pickle_fails_alone(pool: WorkerPool):
    with pytest.raises((TypeError, AttributeError)):
        await pool.run(len, iter(lambda: 0, 1))  # type: ignore[arg-type]

    assert await pool.run(math.sqrt, 16) == 4


async def test_output_of_a_library_does_not_disturb_the_answers(pool: WorkerPool):
    assert await pool.run(exec, "print('noise' * 1000, flush=True)") is None
    assert await pool.run(math.sqrt, 25) == 5


async def test_processes_are_replaced_after_many_jobs(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.engine.workers._JOBS_PER_PROCESS", 2)
    pids = [await worker_pid(pool) for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert await gone(pids[0])


async def test_large_arguments_and_results_pass(pool: WorkerPool):
    body = os.urandom(3_000_000)

    assert await pool.run(binascii.hexlify, body) == body.hex().encode()


async def test_two_jobs_run_side_by_side_and_a_third_waits():
    pool = WorkerPool(2, deadline_s=30)
    try:
        await asyncio.gather(pool.run(time.sleep, 0.1), pool.run(time.sleep, 0.1))
        start = time.monotonic()
        await asyncio.gather(*(pool.run(time.sleep, 0.8) for _ in range(3)))
        elapsed = time.monotonic() - start
    finally:
        await pool.close()

    assert 1.6 <= elapsed < 2.4


async def test_closing_ends_every_process_and_running_jobs():
    pool = WorkerPool(2)
    pid = await worker_pid(pool)
    job = asyncio.create_task(pool.run(time.sleep, 60))
    await asyncio.sleep(0.2)

    await pool.close()
    await pool.close()

    with pytest.raises(WorkerCrashed):
        await job
    with pytest.raises(RuntimeError, match="closed"):
        await pool.run(math.sqrt, 4)
    assert await gone(pid)


@pytest.mark.parametrize(
    "code",
    ["import time; time.sleep(60)", "while True: pass"],
    ids=["sleeping", "busy"],
)
async def test_the_parents_death_ends_a_child_in_the_middle_of_a_job(code: str):
    script = f"""
import asyncio, os
from bot.engine.workers import WorkerPool
async def main():
    pool = WorkerPool(1, deadline_s=60)
    print(await pool.run(os.readlink, "/proc/self"), flush=True)
    await pool.run(exec, {code!r})
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, cwd=ROOT, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    await asyncio.sleep(0.3)
    parent.kill()
    await parent.wait()

    assert await gone(child)


def test_starting_a_child_imports_no_library_of_ours():
    script = "import sys, bot.engine.worker; print([m for m in sys.modules if m.count('.') == 0])"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    for heavy in ("asyncio", "aiohttp", "trafilatura", "lxml", "telegram", "sqlalchemy"):
        assert f"'{heavy}'" not in found


@pytest.mark.parametrize(
    "error",
    [
        ExtractionError(EntryState.SHORT, "12 words"),
        SourceError(PollFailure.NOT_A_FEED, "html", status=200),
    ],
)
async def test_our_errors_keep_their_fields_on_the_way(pool: WorkerPool, error: Exception):
    source = "import pickle; raise pickle.loads(bytes.fromhex(%r))"
    packed = __import__("pickle").dumps(error).hex()

    with pytest.raises(type(error)) as caught:
        await pool.run(exec, source % packed)

    assert vars(caught.value) == vars(error)
    assert str(caught.value) == str(error)
