"""What takes too much of the processor is stopped, whatever else runs on the machine."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Late(Exception):  # noqa: N818  it is an observation
    """It took too long."""


@contextmanager
def soon(seconds: float) -> Iterator[None]:
    """Raise `Late` in what takes more than `seconds` of the processor."""

    def stop(*_: object) -> None:
        raise Late(f"more than {seconds:g} s of the processor")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
