"""What the desk of sources needs of this process: to poll, to fetch a file, to read a list."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.engine.jobs_cpu import read_list_job
from bot.engine.workers import WorkerFailed, WorkerPool
from bot.fetching import Fetcher
from bot.jobs.polling import Poller
from digest.errors import PollFailure, SourceError
from digest.model import Source
from digest.sources.answers import STATUS_FAILURES
from digest.sources.lists import MAX_BYTES, FeedList, ListError
from handlers.admin.sources.work import SourceDesk
from handlers.context import PolledNow, SourceTrial
from storage import Storage

# While a list of thousands is tried, nobody counts them all for each.
_KNOWN_FOR = timedelta(seconds=3)


def lately(storage: Storage, clock: Clock) -> Callable[[], Awaitable[tuple[Source, ...]]]:
    """All sources as they were a moment ago; saving asks again, so none is saved twice."""
    found: list[tuple[datetime, tuple[Source, ...]]] = []

    async def all_sources() -> tuple[Source, ...]:
        now = clock()
        if not found or not timedelta() <= now - found[0][0] < _KNOWN_FOR:
            found[:] = [(now, await storage.sources.all())]
        return found[0][1]

    return all_sources


def make_source_desk(
    storage: Storage,
    trial: SourceTrial,
    fetcher: Fetcher,
    workers: WorkerPool,
    poller: Callable[[], Poller | None],
) -> SourceDesk:
    """The desk; `poller` gives what polls in this process, None when another one does."""

    async def poll(source_id: int) -> PolledNow | None:
        source, ours = await storage.sources.get(source_id), poller()
        if source is None or ours is None:
            return None
        result = await ours.poll(source)
        return PolledNow(result.new, result.error.code.value if result.error else "")

    async def fetch(url: str) -> bytes:
        got = await fetcher.fetch(url, max_bytes=MAX_BYTES)
        if got.status != 200:  # noqa: PLR2004  HTTP OK
            code = STATUS_FAILURES.get(got.status, PollFailure.HTTP)
            raise SourceError(code, f"HTTP {got.status}", status=got.status)
        return got.body

    async def read(body: bytes) -> FeedList:
        try:
            return await workers.run(read_list_job, body, urgent=True)
        except WorkerFailed as error:
            raise ListError("damaged") from error

    return SourceDesk(trial, poll=poll, fetch=fetch, read=read)
