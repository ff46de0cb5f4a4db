"""What many ask and takes long to count, remembered for a minute."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

KEPT_FOR = timedelta(minutes=1)
_MOST = 256


class ShortMemory:
    """Values by key, each at most a minute old; the oldest go when they are too many."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[datetime, Any]] = {}

    async def recall(self, key: Hashable, now: datetime, make: Callable[[], Awaitable[T]]) -> T:
        """The value of `key`, made anew when it is not known or was made over a minute ago."""
        known = self._known.get(key)
        if known is not None and timedelta() <= now - known[0] < KEPT_FOR:
            value: T = known[1]
            return value
        made = await make()
        self._known.pop(key, None)
        while len(self._known) >= _MOST:
            self._known.pop(next(iter(self._known)))
        self._known[key] = (now, made)
        return made
