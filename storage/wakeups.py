"""Wake-ups from one process to another, by pgqueuer: what is due lies in our own tables.

A wake-up says no more than a name ("updates", "deliveries"); whoever runs the step of that name
looks for what is due at once. Each step looks by itself every few seconds anyway, so a wake-up
that is lost or comes twice costs nothing but that (docs/decisions/0020-many-machines.md).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import psycopg
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel
from pgqueuer.queries import Queries

from storage.address import Address, read_address
from storage.errors import StorageUnavailable

log = logging.getLogger(__name__)

AGAIN_S = 1.0
# A wake-up that stands already may be one that was taken and not crossed out yet: it is tried
# again for a while, or what became due since would wait for the step's own look.
_RETRY_S, _RETRIES = 0.2, 5
# Tables of its own in a schema of their own, which hold nothing that a crash may not take.
_SETTINGS = DBSettings(
    db_schema="wakeups", channel=Channel("hexin_wakeups"), durability=Durability.volatile
)


class _Driver(PsycopgDriver):
    """Asks on a connection beside the one that listens, which is busy for a second at a time."""

    def __init__(
        self, listening: "psycopg.AsyncConnection[Any]", asking: "psycopg.AsyncConnection[Any]"
    ) -> None:
        super().__init__(listening)
        self._asking = PsycopgDriver(asking)
        self.broken = asyncio.Event()

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await self._asking.fetch(query, *args)

    async def watch_notifies(self) -> None:
        """As pgqueuer does, which would not notice for up to half a minute that this has ended."""
        try:
            await super().watch_notifies()
        except psycopg.Error as error:
            log.warning("the connection for wake-ups broke: %s", " ".join(str(error).split()))
        finally:
            self.broken.set()

    async def execute(self, query: str, *args: object) -> str:
        return await self._asking.execute(query, *args)


def _queries(driver: PsycopgDriver) -> Queries:
    return Queries(
        driver,
        QueryBuilderEnvironment(_SETTINGS),
        QueryQueueBuilder(_SETTINGS),
        QuerySchedulerBuilder(_SETTINGS),
    )


async def _connect(url: str) -> "psycopg.AsyncConnection[Any]":
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, connect_timeout=5, application_name="hexin wakeups"
    )


def _plain(address: Address) -> str:
    return address.url.render_as_string(hide_password=False)


async def install(address: Address) -> None:
    """Make pgqueuer's tables, or bring them up to date. Harmless to repeat.

    Raises StorageUnavailable where that is not allowed.
    """
    try:
        async with await _connect(_plain(address)) as connection:
            await connection.execute("SELECT pg_advisory_lock(hashtext('hexin wakeups'))")
            queries = _queries(PsycopgDriver(connection))
            if await queries.schema_is_installed():
                await queries.apply_upgrade()
            else:
                await queries.install()
    except psycopg.Error as error:
        cause = " ".join(str(error).split())
        raise StorageUnavailable(
            f"the schema wakeups cannot be made at {address}: {cause}"
        ) from error


class Wakeups:
    """The wake-ups of one process: those it calls, and those it answers."""

    def __init__(self, url: str) -> None:
        self._url = _plain(read_address(url))
        self._calls: set[str] = set()
        self._called = asyncio.Event()
        self._manager: QueueManager | None = None

    def call(self, name: str) -> None:
        """Wake whoever runs the step `name`. Never waits, never fails."""
        self._calls.add(name)
        self._called.set()

    async def carry(self) -> None:
        """Write down what is called, until cancelled."""
        while True:
            try:
                async with await _connect(self._url) as connection:
                    await self._write(_queries(PsycopgDriver(connection)))
            except (psycopg.Error, OSError) as error:
                log.warning("nobody can be woken: %s", " ".join(str(error).split()))
                await asyncio.sleep(AGAIN_S)

    async def _write(self, queries: Queries) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            names, self._calls = sorted(self._calls), set()
            for _ in range(_RETRIES):
                made = await queries.enqueue(
                    names, [None] * len(names), [0] * len(names),
                    dedupe_key=list(names), on_conflict="skip",
                )  # fmt: skip
                names = [name for name, job in zip(names, made, strict=True) if job is None]
                if not names:
                    break
                await asyncio.sleep(_RETRY_S)

    async def answer(self, names: Iterable[str], wake: Callable[[str], None]) -> None:
        """Call `wake` with each of `names` that somebody calls, until cancelled.

        And with all of them whenever it begins to hear. Only one process may answer to a name.
        """
        names = list(names)
        while True:
            try:
                async with (
                    await _connect(self._url) as listening,
                    await _connect(self._url) as asking,
                ):
                    await self._run(_Driver(listening, asking), names, wake)
            except Exception as error:  # noqa: BLE001  pgqueuer's and the driver's, of all kinds
                log.warning("wake-ups are not heard: %s", " ".join(str(error).split()))
            await asyncio.sleep(AGAIN_S)

    async def _run(self, driver: _Driver, names: list[str], wake: Callable[[str], None]) -> None:
        manager = QueueManager(_queries(driver), channel=_SETTINGS.channel)

        async def woken(job: Job) -> None:
            # Only this: a job that takes long would be run by two once its heartbeat is late, and
            # one that fails would be gone.
            wake(job.entrypoint)

        for name in names:
            manager.entrypoint(name)(woken)
        # What a process that was killed had taken would pass for a duplicate of what is called
        # now, for half a minute.
        await manager.queries.clear_queue(names)
        for name in names:
            wake(name)
        running = asyncio.create_task(
            manager.run(
                dequeue_timeout=timedelta(seconds=30),
                shutdown_on_listener_failure=True,
                log_aggregation_interval=timedelta(0),
            )
        )
        breaking = asyncio.create_task(driver.broken.wait())
        try:
            await asyncio.wait([running, breaking], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (running, breaking):
                task.cancel()
            ended, _ = await asyncio.gather(running, breaking, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
