"""Time until the whole bot is ready in its sandbox, beside its libraries; its memory then.

The bytecode is there, as after an installation, wherever this runs from.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.benchmarks.measure import Row

REST_S = 20.0
RUNS = 3
LIBRARIES = (
    "import telegram.ext, aiohttp.web, sqlalchemy.ext.asyncio, apscheduler.schedulers.asyncio, "
    "trafilatura, jinja2, aiosqlite"
)


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until it was ready, of the clock and of the processor; megabytes after a rest."""

    wall_s: float
    cpu_s: float
    own_mb: float = 0.0
    workers_mb: float = 0.0


def rows() -> list[Row]:
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    with tempfile.TemporaryDirectory() as bytecode:
        env = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        with tempfile.TemporaryDirectory() as folder:
            await _run_once(env, folder)
        bare = await _best(lambda: _libraries(env), spoilt=1)
        with tempfile.TemporaryDirectory() as folder:
            first = await _run_once(env, folder)
            later = await _best(lambda: _run_once(env, folder))
            idle = await _run_once(env, folder, rest_s=REST_S)
        with tempfile.TemporaryDirectory() as folder:
            work = await _run_once(env, folder, rest_s=REST_S, newsroom=True)
    beside = f"{later.cpu_s / bare.cpu_s:.1f}x the CPU of its libraries alone"
    return [
        _times("import of the libraries alone", bare),
        _times("start to ready, first time", first, "creates the database"),
        _times("start to ready, later", later, beside),
        _memory(f"memory {REST_S:.0f} s after start, no source due", idle),
        _memory(f"memory {REST_S:.0f} s after start, its newsroom read", work),
    ]


def _times(work: str, start: Start, note: str = "") -> Row:
    return Row(work, f"{start.wall_s:.2f} s, {start.cpu_s:.2f} s of CPU", note=note)


def _memory(work: str, start: Start) -> Row:
    note = f"+ {start.workers_mb:.0f} MB in worker processes"
    return Row(work, f"{start.own_mb:.0f} MB resident", note=note)


async def _best(run: Callable[[], Awaitable[Start]], spoilt: int = 0) -> Start:
    """The least of several runs: what others do on the machine only ever adds."""
    starts = [await run() for _ in range(RUNS + spoilt)][spoilt:]
    return Start(min(one.wall_s for one in starts), min(one.cpu_s for one in starts))


async def _libraries(env: dict[str, str]) -> Start:
    began = time.monotonic()
    ask = f"{LIBRARIES}; import time; print(time.process_time())"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ask, env=env, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return Start(time.monotonic() - began, float(told))


async def _run_once(
    env: dict[str, str], folder: str, *, rest_s: float = 0.0, newsroom: bool = False
) -> Start:
    port, chat = _free_port(), _free_port()
    env = {
        **env,
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "DATA_DIR": folder,
        "PORT": str(port),
        "SANDBOX_PORT": str(chat),
        "SANDBOX_NEWSROOM": str(newsroom),
        "CATALOG": "false",
        "TELEGRAM_BOT_TOKEN": "",
    }
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=env, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await _until_ready(f"http://127.0.0.1:{port}/readyz", f"http://127.0.0.1:{chat}/")
        wall, cpu = time.monotonic() - began, _cpu(process.pid)
        await asyncio.sleep(rest_s)
        children = [_resident(pid) for pid in _children(process.pid)]
        return Start(wall, cpu, _resident(process.pid), sum(children))
    finally:
        process.terminate()
        await process.wait()


async def _until_ready(*urls: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(60):
        for url in urls:
            while True:
                try:
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.02)


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _cpu(pid: int) -> float:
    """Seconds of a processor that it has taken, its children left out (Linux)."""
    # What stands before the last bracket is the name, which may hold anything.
    told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    """Megabytes of resident memory (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(part) for part in path.read_text().split()] if path.exists() else []
