"""The watching of one process: its gauges, its loop, its health."""

from contextlib import AsyncExitStack
from functools import partial

from bot import meters
from bot.clock import Clock
from bot.config import Settings
from bot.watching.chat import Reach
from bot.watching.gauges import Gauges
from bot.watching.health import Health
from bot.watching.lag import LoopWatch
from bot.watching.metrics import MetricsPage
from storage import Storage


class Watching:
    """Made first and taken down last, so that start and end are seen too."""

    def __init__(self, settings: Settings, storage: Storage, clock: Clock) -> None:
        self._token = settings.metrics_token.get_secret_value()
        self._storage = storage
        self.reach = Reach()
        self.gauges = Gauges(storage, clock)
        self.health = Health(storage, clock, self.reach)

    def start(self, stack: AsyncExitStack) -> None:
        """Measure the loop and searches until `stack` ends."""
        loop = LoopWatch()
        loop.start()
        stack.push_async_callback(loop.stop)
        self._storage.search.timing = partial(meters.timed, meters.SEARCH_TIME)

    def page(self, *, open_without: bool = False) -> MetricsPage:
        """/metrics; `open_without` a token on a port that only this machine reaches."""
        return MetricsPage(self.gauges, self._token, open_without=open_without)
