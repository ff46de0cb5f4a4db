"""Threads share two heaps, and what was loaded is not looked through again."""

import subprocess
import sys

_HOLES = """
import asyncio, ctypes
from bot.heap import give_back
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
held = [libc.malloc(60_000) for _ in range(1000)]
for one in held: ctypes.memset(one, 1, 60_000)
for one in held[:-1]: libc.free(one)
before = resident()
asyncio.run(give_back())
print(before - resident())
"""

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


def test_what_is_free_within_a_heap_goes_back():
    done = subprocess.run(
        [sys.executable, "-c", _HOLES], check=True, capture_output=True, text=True
    )
    assert int(done.stdout) > 40_000_000


def test_what_was_loaded_is_not_looked_through_again():
    code = "import gc; from bot.heap import settle; settle(); print(gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(done.stdout) > 5_000


_LOADING = """
import gc
from bot.heap import loading
gc.collect()
before = gc.get_stats()[2]["collections"]
with loading():
    loaded = [[number] for number in range(1_000_000)]
print(gc.get_stats()[2]["collections"] - before, gc.get_freeze_count() > 1_000_000, gc.isenabled())
"""


def test_what_loads_is_not_looked_through_then_or_later():
    done = subprocess.run(
        [sys.executable, "-c", _LOADING], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["0", "True", "True"]
