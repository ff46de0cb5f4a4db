"""The bot with two onlookers in its own process: what holds its loop, and where its memory lies.

    python -m tests.soak.inside FILE run     # as `python -m bot run`, and writes FILE

FILE holds one JSON object a line: {"at": s, "heap": {...}, "caches": {name: entries}, "held":
[[seconds, stack], ...]}, each half minute, with what held the loop since the beginning.

With HEXIN_SOAK_WINDOW_MINUTES the index of stories keeps so many minutes instead of its days, so
that soon as much leaves it as comes.
"""

import asyncio
import ctypes
import functools
import json
import os
import sys
import threading
import time
import traceback
import tracemalloc
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

BEAT_S, LATE_S, TELL_S = 0.05, 0.3, 30.0
_NAMES_AT_S, _NAMES = 120.0, 100_000
_SHOWN, _HOLDERS = 14, 40


class Beat:
    """The moment the loop last came round."""

    def __init__(self) -> None:
        self.at = 0.0

    def follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """Be called by `loop` again and again."""
        self.at = time.monotonic()
        loop.call_later(BEAT_S, self.follow, loop)


class Policy(asyncio.DefaultEventLoopPolicy):
    """Loops whose beat is felt."""

    def __init__(self, beat: Beat) -> None:
        super().__init__()
        self._beat = beat

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        """A loop that beats as soon as it runs."""
        loop = super().new_event_loop()
        loop.call_soon(self._beat.follow, loop)
        return loop


class Mallinfo(ctypes.Structure):
    """glibc's `struct mallinfo2`."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd",
            "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


def heap() -> dict[str, int]:
    """Bytes: of glibc's heaps in use and free, of large blocks, of SQLite; and Python's blocks."""
    found: dict[str, int] = {"python_blocks": sys.getallocatedblocks()}
    try:
        libc = ctypes.CDLL(None)
        libc.mallinfo2.restype = Mallinfo
        told = libc.mallinfo2()
        found |= {"used": told.uordblks, "free": told.fordblks, "large": told.hblkhd}
    except (OSError, AttributeError):  # another libc
        pass
    try:
        sqlite = ctypes.CDLL("libsqlite3.so.0")
        sqlite.sqlite3_memory_used.restype = ctypes.c_int64
        found["sqlite"] = int(sqlite.sqlite3_memory_used())
    except (OSError, AttributeError):  # linked into the module
        pass
    return found


def caches() -> dict[str, int]:
    """Entries in each `lru_cache` and `cache` of our modules."""
    ours = ("bot.", "digest.", "handlers.", "storage.")
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(ours):
            for one in list(vars(module).values()):
                if isinstance(one, functools._lru_cache_wrapper) and one.__module__ == name:
                    found[f"{name}.{one.__name__}"] = one.cache_info().currsize
    return found


def shorten_window() -> None:
    """Let the index of stories forget sooner, where that is wished and as soon as it is loaded."""
    minutes = float(os.environ.get("HEXIN_SOAK_WINDOW_MINUTES") or 0)
    placing: Any = sys.modules.get("bot.jobs.placing")
    if minutes and placing is not None:
        placing.WINDOW = timedelta(minutes=minutes)


def churn_names() -> None:
    """Bring the interpreter's table of names to the size that it keeps.

    Names that come and go use its room up; then it is made anew for three times what it holds:
    once by 1,921,024 bytes (seen after 11 to 13 minutes of a soak), later at the same size.
    """
    for number in range(_NAMES):
        sys.intern(f"a name of the soak {number}")


def watch(beat: Beat, target: Path, main: int) -> None:
    """Look at the loop for ever, and write down each half minute what was seen."""
    held: Counter[str] = Counter()
    began = told = time.monotonic()
    first: Any = None
    while True:
        time.sleep(BEAT_S)
        now = time.monotonic()
        if beat.at and now - beat.at > LATE_S:
            frame = sys._current_frames().get(main)
            held[_stack(frame)] += round(BEAT_S * 1000)
        if now - told < TELL_S:
            continue
        told = now
        shorten_window()
        if _NAMES_AT_S <= now - began < _NAMES_AT_S + TELL_S:
            churn_names()
        line: dict[str, Any] = {
            "at": round(now - began),
            "heap": heap(),
            "caches": caches(),
            "held": [[ms / 1000, stack] for stack, ms in held.most_common(_HOLDERS)],
        }
        if tracemalloc.is_tracing():
            shot = tracemalloc.take_snapshot()
            first = first if first or now - began < 3 * TELL_S else shot
            if first is not None:
                line["grown"] = [str(one) for one in shot.compare_to(first, "lineno")[:40]]
        with target.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _stack(frame: FrameType | None) -> str:
    """Innermost first: the file, line and function of each frame; no source is read for it."""
    frames = [(one.f_code, line) for one, line in traceback.walk_stack(frame)] if frame else []
    return " < ".join(
        f"{'/'.join(code.co_filename.split('/')[-2:])}:{line} {code.co_name}"
        for code, line in frames[:_SHOWN]
    )


def main() -> None:
    """Run the command line beside the onlookers."""
    target = Path(sys.argv.pop(1))
    beat = Beat()
    asyncio.set_event_loop_policy(Policy(beat))
    threading.Thread(target=watch, args=(beat, target, threading.get_ident()), daemon=True).start()

    from bot.__main__ import main as run

    run()


if __name__ == "__main__":
    main()
