"""Threads share two heaps, and what was loaded is not looked through again."""

import gc
import subprocess
import sys

from bot.heap import settle

_THREADS = """
import ctypes, threading
from bot.heap import bound_heaps
{bound}
gate = threading.Barrier(8)
def work():
    gate.wait()
    held = [bytearray(100_000) for _ in range(50)]
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
ctypes.CDLL(None).malloc_stats()
"""


def heaps(bound: str) -> int:
    """How many heaps eight threads had."""
    code = _THREADS.format(bound=bound)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stderr.count("Arena ")


def test_eight_threads_share_two_heaps():
    assert heaps("pass") > 2, "left alone they take more"
    assert heaps("bound_heaps()") == 2


def test_what_was_loaded_is_not_looked_through_again():
    before = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > before + 10_000
    finally:
        gc.unfreeze()
