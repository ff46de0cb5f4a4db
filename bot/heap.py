"""How this process keeps its memory: glibc's heaps bounded, and what was loaded left alone."""

import asyncio
import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Of malloc.h. Each thread that allocates gets a heap of its own, up to eight per processor, and
# what one thread frees another cannot use: with a dozen threads that is tens of megabytes.
_M_ARENA_MAX = -8
_HEAPS = 2
# A block of half a megabyte is mapped, and unmapped when it is freed. Left alone, glibc takes the
# largest block freed so far for the bound: arrays that grow then leave holes where they stood.
_M_MMAP_THRESHOLD = -3
_MAPPED_BYTES = 512 * 1024


def bound_heaps() -> None:
    """Two heaps for all threads, large blocks apart; before the first thread. For glibc only."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, _HEAPS)
        libc.mallopt(_M_MMAP_THRESHOLD, _MAPPED_BYTES)


@contextmanager
def loading() -> Iterator[None]:
    """Load the program without looking it through for garbage, then or ever after.

    What a program is made of stays, so each collection of all of it is in vain: while it loads, a
    fifth of the time; later it stops the loop for a quarter of a second, again and again.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def settle() -> None:
    """All is up: it is not looked through for garbage again, what is free is returned."""
    gc.collect()
    gc.freeze()
    _trim()


async def give_back() -> None:
    """Return to the system what was freed in the midst of a heap.

    By itself glibc returns only what is free at a heap's end.
    """
    await asyncio.to_thread(_trim)


def _trim() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
