"""How this process keeps its memory: glibc's heaps bounded, and what was loaded left alone."""

import ctypes
import gc
from contextlib import suppress

# Of malloc.h. Each thread that allocates gets a heap of its own, up to eight per processor, and
# what one thread frees another cannot use: with a dozen threads that is tens of megabytes.
_M_ARENA_MAX = -8
_HEAPS = 2


def bound_heaps() -> None:
    """At most two heaps for all threads; before the first thread starts. Only glibc knows how."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def settle() -> None:
    """Everything is loaded: it is not looked through for garbage again, what is free is returned.

    A full collection over all that a started process holds stops the loop for a tenth of a second
    or more, again and again, and finds nothing there: a third of the time that sending costs.
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
