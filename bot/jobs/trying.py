"""Sources tried from the command line: the same trial as in chat, with parts of its own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.addresses import AddressPolicy
from bot.clock import Clock
from bot.config import Settings
from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.discovering import Discoverer, Known


@asynccontextmanager
async def discovering(settings: Settings, clock: Clock, known: Known) -> AsyncIterator[Discoverer]:
    """What tries sources, for as long as a command needs it."""
    async with AsyncExitStack() as stack:
        policy = AddressPolicy(settings.allowed_addresses)
        fetcher = await stack.enter_async_context(
            Fetcher(user_agent=settings.agent, allow=policy, per_host_gap_s=0.5)
        )
        workers = WorkerPool(1)
        stack.push_async_callback(workers.close)
        yield Discoverer(fetcher, workers, clock=clock, known=known)
