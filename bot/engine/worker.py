"""The child's side of a worker: one job after another, from the inherited pipes.

Run as `python -m bot.engine.worker PARENT_PID MEMORY_BYTES`. Light on purpose: a job's own
imports happen when its function first arrives.

    parent ─▶ child   ("load", function)              child ─▶ parent   ("ok", None)
    parent ─▶ child   ("run", argument, deadline_s)   child ─▶ parent   ("ok", result)
                                                                         ("error", exception)

Each message is a 4-byte big-endian length and a pickle.
"""

import ctypes
import logging
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from digest.regexes import compile_waiting

LENGTH = struct.Struct(">I")
_PR_SET_PDEATHSIG = 1
# The parent kills at the deadline; this many seconds later a child without a parent ends itself.
_GRACE_S = 5.0


def main(parent: int, memory_bytes: int) -> None:
    """Serve jobs until the parent closes its end of the pipe."""
    _die_with(parent)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    logging.getLogger().addHandler(logging.NullHandler())
    with _take_pipes() as (requests, answers):
        _serve(requests, answers)


class _take_pipes:  # noqa: N801  reads as a verb where it is used
    """The pipes on fresh descriptors; what a library prints goes to standard error instead."""

    def __enter__(self) -> tuple[BinaryIO, BinaryIO]:
        self._requests = os.fdopen(os.dup(0), "rb")
        self._answers = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        return self._requests, self._answers

    def __exit__(self, *_: object) -> None:
        self._requests.close()
        self._answers.close()


def _die_with(parent: int) -> None:
    """Ask Linux to end us with our parent; elsewhere the closed pipe and the alarm must do."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:  # it died before we asked
        sys.exit(0)


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    function: Callable[[Any], Any] = id
    while (request := _read(requests)) is not None:
        verb, *rest = ("broken",)
        try:
            verb, *rest = pickle.loads(request)  # noqa: S301  our own parent's bytes
            if verb == "load":
                (function,) = rest
                _warm_up(function)
                reply = _packed(("ok", None))
            else:
                reply = _packed(("ok", _timed(function, *rest)))
        except MemoryError:
            # What the job had built may still stand; the parent replaces this process.
            os._exit(os.EX_UNAVAILABLE)
        except BaseException as error:  # noqa: BLE001  it is the parent's to judge
            reply = _packed_error(error)
        answers.write(LENGTH.pack(len(reply)) + reply)
        answers.flush()


def _warm_up(function: Callable[[Any], Any]) -> None:
    """Let the function's module import what it needs, so that no job's deadline pays for it."""
    prepare = getattr(sys.modules.get(function.__module__), "warm_up", None)
    if prepare is not None:
        prepare()
    for _ in compile_waiting():
        pass


def _timed(function: Callable[[Any], Any], argument: Any, deadline_s: float) -> Any:
    signal.setitimer(signal.ITIMER_REAL, deadline_s + _GRACE_S)
    try:
        return function(argument)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _packed(answer: tuple[str, Any]) -> bytes:
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def _packed_error(error: BaseException) -> bytes:
    error.__cause__ = error.__context__ = None
    try:
        packed = _packed(("error", error))
        pickle.loads(packed)  # noqa: S301  just made here: many exceptions pack but do not unpack
    except Exception:  # noqa: BLE001  whatever it is, its words will do
        return _packed(("error", RuntimeError(f"{type(error).__name__}: {error}")))
    return packed


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
