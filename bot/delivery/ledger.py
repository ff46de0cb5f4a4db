"""Group commit: what happens to several deliveries at once is written in one transaction.

A transaction costs many times a request. While one is being committed, marks and receipts gather
for the next, so the dearer the database, the more share a commit; and when they come so fast that
several have just shared one, some milliseconds more are given to gather. Each caller still goes
on only when its own line is committed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

_GATHERING_S = 0.005
# For thousands of readers a second, of whom a sender has a hundred and more under way.
_MANY, _GATHERING_MANY_S = 16, 0.02

Commit = Callable[[Sequence[int], Mapping[int, int]], Awaitable[frozenset[int]]]


@dataclass(slots=True)
class _Page:
    """What is to be committed together."""

    marks: dict[int, asyncio.Future[bool]] = field(default_factory=dict)
    receipts: dict[int, tuple[int, asyncio.Future[bool]]] = field(default_factory=dict)

    @property
    def futures(self) -> list[asyncio.Future[bool]]:
        return [*self.marks.values(), *(future for _, future in self.receipts.values())]


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
        return await self._page.marks.setdefault(delivery_id, self._future())

    async def settle_sent(self, delivery_id: int, message_id: int) -> None:
        """Keep the receipt; committed when this returns."""
        future = self._future()
        self._page.receipts[delivery_id] = (message_id, future)
        await future

    def _future(self) -> asyncio.Future[bool]:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return asyncio.get_running_loop().create_future()

    async def _write(self) -> None:
        try:
            while self._page.futures:
                if self._gathering_s:
                    await asyncio.sleep(self._gathering_s)
                page, self._page = self._page, _Page()
                self._gathering_s = _gathering_after(len(page.futures))
                await self._write_page(page)
        finally:
            self._writing = None

    async def _write_page(self, page: _Page) -> None:
        receipts = {number: message for number, (message, _) in page.receipts.items()}
        try:
            marked = await self._commit(tuple(page.marks), receipts)
        except Exception as error:  # noqa: BLE001  everyone who waits is told
            _tell(page.futures, error)
            return
        for number, future in page.marks.items():
            _answer(future, answer=number in marked)
        for _, future in page.receipts.values():
            _answer(future, answer=True)


def _gathering_after(lines: int) -> float:
    if lines < _MANY:
        return _GATHERING_S if lines > 1 else 0.0
    return _GATHERING_MANY_S


def _answer(future: asyncio.Future[bool], *, answer: bool) -> None:
    if not future.done():  # who waited may have been cancelled
        future.set_result(answer)


def _tell(futures: Sequence[asyncio.Future[bool]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
