"""Which update of Telegram's is being answered, so that storage notes when it was acted upon.

An update whose answering a kill cut short is answered again by the next process, unless it has
changed something: that must not happen twice. The note is part of the transaction that makes the
first change, so that neither is there without the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Acting:
    """An update at work; `noted` once a change on its behalf is committed."""

    update_id: int
    noted: bool = False


acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def has_acted() -> bool:
    """Whether the update that is answered here has changed something."""
    at_work = acting.get()
    return at_work is not None and at_work.noted


@contextmanager
def answering(update_id: int) -> Iterator[None]:
    """Within, every change is made on behalf of this update."""
    token = acting.set(Acting(update_id))
    try:
        yield
    finally:
        acting.reset(token)


@contextmanager
def repeatable() -> Iterator[None]:
    """Within, changes may be made again without harm, and are not noted."""
    token = acting.set(None)
    try:
        yield
    finally:
        acting.reset(token)
