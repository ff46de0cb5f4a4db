"""Steps of the day that need nothing started but what they are given."""

from bot.application import App
from bot.jobs.clockwatch import ClockWatch
from bot.jobs.counting import Counting
from bot.jobs.doubting import DoubtTeller
from bot.jobs.queue import QueueKeeper, QueueTeller
from bot.jobs.reporting import Reporter
from bot.jobs.telling import Telling
from bot.jobs.topic_notes import TopicNotes
from bot.jobs.trending import Trending
from bot.jobs.troubles import TroubleWatch
from bot.jobs.upkeep import Upkeep
from bot.jobs.weekly_desk import WeeklyDesk
from bot.jobs.weekly_numbers import WeeklyNumbers
from bot.running import Running
from bot.schedule import Tick
from handlers.context import Services


def desk_ticks(running: Running, services: Services, application: App) -> list[Tick]:
    """What the staff is told, and when."""
    storage, clock, zone = running.storage, running.clock, running.settings.default_zone
    reporter = Reporter(
        storage,
        application.bot,
        admins=services.staff.editors,
        links=services.links,
        clock=clock,
    )
    weekly = WeeklyNumbers(
        storage,
        application.bot,
        staff=services.staff,
        taxonomy=storage.taxonomy.current,
        paint=services.paint,
        clock=clock,
    )
    teller = QueueTeller(
        storage,
        application.bot,
        places=services.staff.places,
        zone=zone,
        clock=clock,
    )
    drafts = WeeklyDesk(
        storage,
        application.bot,
        places=services.staff.places,
        taxonomy=services.taxonomy,
        links=services.links,
        paint=services.paint,
        clock=clock,
    )
    topics = TopicNotes(
        storage,
        application.bot,
        places=services.staff.places,
        zone=zone,
        clock=clock,
    )
    troubles = TroubleWatch(
        storage,
        application.bot,
        staff=services.staff,
        reach=running.watching.reach,
        clock=clock,
    )
    doubts = DoubtTeller(storage, staff=services.staff, clock=clock)
    return [
        Tick("reports", 10, reporter.run_due),
        Tick("week in numbers", 60, weekly.run_due),
        Tick("queue notes", 60, teller.run_due),
        Tick("new topics", 300, topics.run_due),
        Tick("weekly drafts", 30, drafts.run_due),
        Tick("troubles", 30, troubles.run_due),
        Tick("doubts", 60, doubts.run_due),
        Tick("source news", 15, Telling(services, application.bot).run_due),
    ]


def upkeep_ticks(running: Running) -> list[Tick]:
    """What counts, trends and states are kept up by, and what tidies up after processes."""
    storage, clock = running.storage, running.clock
    upkeep = Upkeep(storage, clock=clock, article_days=running.settings.article_days)
    return [
        Tick("count", 60, Counting(storage, clock=clock).run_due),
        Tick("trends", 60, Trending(storage, clock=clock).run_due),
        Tick("queue", 10, QueueKeeper(storage, clock=clock).run_due),
        Tick("clock of chat", 5, ClockWatch(storage.ahead.of_chat, clock=clock).run_due),
        Tick("recover", 30, upkeep.recover),
        Tick("silent stories", 300, upkeep.close_stories),
        Tick("forget", 3600, upkeep.forget),
        Tick("retain", 6 * 3600, upkeep.retain),
    ]
