"""What of the bot is up in this process, and that it could not start."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.application import App
from bot.clock import Clock
from bot.config import Settings
from bot.jobs.engines import has_translator
from bot.jobs.planning import Planner
from bot.sandbox import Sandbox
from bot.schedule import Schedule, Tick
from bot.watching.watching import Watching
from handlers.context import Services
from storage import Storage

if TYPE_CHECKING:
    from storage.wakeups import Wakeups

LOOPBACK = "127.0.0.1"


class StartError(Exception):
    """The bot cannot start; the text says what to do. `code` is the exit status."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Role(StrEnum):
    """Which part of the whole this process runs (Procfile); `all` is everything in one."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    CLOCK = "clock"


@dataclass(slots=True)
class Running:
    """What is up: for the start message, for the sandbox, for tests.

    `allowed` are addresses that may be fetched though they are no public ones; `ticks` the steps
    of the day, until it begins; `term` is the day of what only the leading process does, and
    this one `stands_by` while another does it.
    """

    settings: Settings
    storage: Storage
    clock: Clock
    allowed: list[str] = field(default_factory=list)
    pages_url: str = ""
    chat_url: str = ""
    metrics_url: str = ""
    username: str = ""
    fatal: str = ""
    owner_code: str = ""
    sandbox: Sandbox | None = None
    application: App | None = None
    schedule: Schedule | None = None
    term: Schedule | None = None
    stands_by: bool = False
    planner: Planner | None = None
    services: Services | None = None
    wakeups: "Wakeups | None" = None
    ticks: list[Tick] = field(default_factory=list)
    watching: Watching = field(init=False)

    def __post_init__(self) -> None:
        self.watching = Watching(self.settings, self.storage, self.clock)
        parts = self.watching.health.parts
        parts.late = self._late
        parts.fatal = lambda: self.fatal

    def _late(self) -> dict[str, float]:
        days = [day for day in (self.schedule, self.term) if day is not None]
        return {name: late for day in days for name, late in day.late().items()}

    @property
    def base_url(self) -> str:
        """Where our pages are reached; where this process serves none, where they would be."""
        return (
            self.settings.public_base_url
            or self.pages_url
            or f"http://{LOOPBACK}:{self.settings.port}"
        )

    def untranslated(self) -> bool:
        """Whether nothing puts foreign articles into Chinese at this moment."""
        return not (self.settings.model_base_url or has_translator(self.settings))

    def nudge(self, tick: str) -> None:
        """Wake a step now, once the day has begun, in this process or in the one that runs it."""
        for schedule in (self.schedule, self.term):
            if schedule is not None and schedule.runs(tick):
                schedule.nudge(tick)
                return
        if self.wakeups is not None:
            self.wakeups.call(tick)

    @property
    def leads(self) -> bool:
        """Whether this is the process that answers, plans and sends."""
        return self.term is not None
