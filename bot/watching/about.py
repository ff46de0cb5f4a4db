"""What a log line is about: ids of the request, update, poll, entry or delivery at work.

Ids only: they lead to the row in the database, and say nothing of a person to whoever reads logs.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot import meters

_ABOUT: ContextVar[dict[str, int | str] | None] = ContextVar("about", default=None)
ATTRIBUTE = "about"


@contextmanager
def about(**ids: int | str) -> Iterator[None]:
    """Every line logged inside the block, also by tasks begun there, carries these ids."""
    token = _ABOUT.set({**(_ABOUT.get() or {}), **ids})
    try:
        yield
    finally:
        _ABOUT.reset(token)


class Marking(logging.Filter):
    """Puts the ids on each record, and counts what should not have happened."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        setattr(record, ATTRIBUTE, _ABOUT.get() or {})
        if record.levelno >= logging.WARNING:
            meters.ERRORS.labels(record.levelname).inc()
        return True


def ids_of(record: logging.LogRecord) -> dict[str, int | str]:
    """The ids that a record carries."""
    found: dict[str, int | str] = getattr(record, ATTRIBUTE, {})
    return found
