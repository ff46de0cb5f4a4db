"""Time until the whole bot is ready in its sandbox, and what it then weighs at rest."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.benchmarks.measure import Row

REST_S = 20.0


def rows() -> list[Row]:
    first, _, _ = asyncio.run(_start(rest_s=0, fresh=True))
    ready, main, children = asyncio.run(_start(rest_s=REST_S, fresh=False))
    return [
        Row("start to ready, first time (wall)", f"{first:.2f} s", note="creates the database"),
        Row("start to ready, later (wall)", f"{ready:.2f} s"),
        Row(
            f"resident memory {REST_S:.0f} s after start",
            f"{main:.0f} MB",
            note=f"+ {children:.0f} MB in worker processes; newsroom only",
        ),
    ]


async def _start(*, rest_s: float, fresh: bool) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        if not fresh:
            await _run_once(folder, 1.0)
        return await _run_once(folder, rest_s)


async def _run_once(folder: str, rest_s: float) -> tuple[float, float, float]:
    port, chat = _free_port(), _free_port()
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "DATA_DIR": folder,
        "PORT": str(port),
        "SANDBOX_PORT": str(chat),
        "CATALOG": "false",
        "TELEGRAM_BOT_TOKEN": "",
    }
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=env, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await _until_ready(f"http://127.0.0.1:{port}/readyz", f"http://127.0.0.1:{chat}/")
        ready = time.monotonic() - began
        await asyncio.sleep(rest_s)
        children = [_resident(pid) for pid in _children(process.pid)]
        return ready, _resident(process.pid), sum(children)
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


def _resident(pid: int) -> float:
    """Megabytes of resident memory (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(part) for part in path.read_text().split()] if path.exists() else []
