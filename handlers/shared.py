"""What many readers are shown alike is looked up and rendered once for all of them.

Nobody is shown what is out of date by it: a look that is shared begins after all who share it
have asked, and what was rendered is shown again only where it would be rendered the same.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from digest.model import Message, Signal
from digest.render import Rendering

T = TypeVar("T")
_MOST = 256


class Shared:
    """Looks at storage, each shared by those who ask the same before it begins."""

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[Any]] = {}
        self._present: dict[Hashable, asyncio.Task[Any]] = {}

    async def ask(self, key: Hashable, look: Callable[[], Awaitable[T]]) -> T:
        """What `look` finds, begun no earlier than now; all who give `key` mean the same."""
        task = self._next.get(key)
        if task is None:
            before = self._present.get(key)
            task = asyncio.create_task(self._run(key, look, before))
            self._next[key] = task
        found: T = await asyncio.shield(task)
        return found

    async def _run(
        self, key: Hashable, look: Callable[[], Awaitable[T]], before: asyncio.Task[Any] | None
    ) -> T:
        if before is not None and not before.done():
            await asyncio.wait([before])
        task = self._present[key] = self._next.pop(key)
        try:
            return await look()
        finally:
            if self._present.get(key) is task:
                del self._present[key]


@dataclass(frozen=True, slots=True)
class _Kept:
    signals: tuple[Signal, ...]
    basis: tuple[object, ...]
    message: Message


class Rendered:
    """The last messages that were rendered, each with all that it was rendered of."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._minute: datetime | None = None

    def recall(
        self,
        key: Hashable,
        signals: Sequence[Signal],
        rendering: Rendering,
        render: Callable[[], Message],
    ) -> Message:
        """What `render` makes of `signals`; `key` is all else that it depends on.

        Times are told to the minute (today 08:12), so what was rendered serves for one.
        """
        look = (rendering.lang, rendering.zone, rendering.layout, rendering.wording)
        minute = rendering.now and rendering.now.replace(second=0, microsecond=0)
        if minute != self._minute:
            # What was shown a minute ago is not shown again, and holds whole signals.
            self._kept.clear()
            self._minute = minute
        whole = (key, look)
        # A taxonomy that editors have changed is the same object with other catalogues.
        basis = (rendering.links, rendering.taxonomy.columns, rendering.taxonomy.topics)
        given = tuple(signals)
        kept = self._kept.get(whole)
        if kept is not None and _same(kept.basis, basis) and kept.signals == given:
            self._kept.move_to_end(whole)
            return kept.message
        message = render()
        self._kept[whole] = _Kept(given, basis, message)
        self._kept.move_to_end(whole)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return message


def _same(some: Sequence[object], others: Sequence[object]) -> bool:
    return all(one is other for one, other in zip(some, others, strict=True))
