"""Group commit: what happens to several deliveries at once is written in one transaction.

A transaction costs many times a request. While one is being committed, marks and receipts gather
for the next, so the dearer the database, the more share a commit; and when they come so fast that
several have just shared one, some milliseconds more are given to gather. Whoever marks goes on
only when its own line is committed; nobody waits for a receipt.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

_GATHERING_S = 0.005
# For thousands of readers a second, of whom a sender has a hundred and more under way.
_MANY, _GATHERING_MANY_S = 16, 0.02

Commit = Callable[[Sequence[int], Mapping[int, int]], Awaitable[frozenset[int]]]


@dataclass(slots=True)
class _Page:
    """What is to be committed together."""

    marks: dict[int, asyncio.Future[bool]] = field(default_factory=dict)
    receipts: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.marks) + len(self.receipts)


class Ledger:
    """Commits marks ("is about to be sent") and receipts through `commit`, many at a time.

    `commit` takes the deliveries to mark and the message ids of those sent, and returns which of
    the former may be sent.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._page = _Page()
        self._gathering_s = 0.0
        self._writing: asyncio.Task[None] | None = None

    async def mark_sending(self, delivery_id: int) -> bool:
        """Whether the delivery is still ours to send; committed when this returns."""
        marked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._page.marks[delivery_id] = marked
        self._begin()
        return await marked

    def settle_sent(self, delivery_id: int, message_id: int) -> None:
        """Keep the receipt, soon; `written` waits for it.

        One that cannot be kept leaves its delivery in doubt.
        """
        self._page.receipts[delivery_id] = message_id
        self._begin()

    async def written(self, seconds: float | None = None) -> None:
        """Wait, no longer than `seconds`, until nothing is left to be committed."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=seconds)

    def _begin(self) -> None:
        if self._writing is None:
            # On nobody's behalf: it goes on for all.
            self._writing = asyncio.create_task(self._write(), context=Context())

    async def _write(self) -> None:
        try:
            while self._page:
                if self._gathering_s:
                    await asyncio.sleep(self._gathering_s)
                page, self._page = self._page, _Page()
                self._gathering_s = _gathering_after(len(page))
                await self._write_page(page)
        finally:
            self._writing = None

    async def _write_page(self, page: _Page) -> None:
        try:
            marked = await self._commit(tuple(page.marks), page.receipts)
        except Exception as error:
            log.exception("%d receipts were not kept", len(page.receipts))
            for future in page.marks.values():
                if not future.done():
                    future.set_exception(error)
            return
        for number, future in page.marks.items():
            if not future.done():  # who waited may have been cancelled
                future.set_result(number in marked)


def _gathering_after(lines: int) -> float:
    if lines < _MANY:
        return _GATHERING_S if lines > 1 else 0.0
    return _GATHERING_MANY_S
