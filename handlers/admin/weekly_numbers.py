"""The staff's weekly report, put together from storage: to be sent, or seen beforehand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Lang
from digest.numberpictures import Named, week_picture
from digest.numbers import Span
from digest.pictures import Picture
from digest.taxonomy import Taxonomy
from digest.texts import texts_for
from digest.weeklynumbers import WeekFacts, weekly_text
from storage import Storage


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """What is sent: Telegram HTML and a picture, None where there is nothing to see on it."""

    text: str
    picture: Picture | None


def last_week(storage: Storage, now: datetime) -> Span:
    """Monday to Sunday of the week before this one, where the publication is."""
    today = storage.numbers.today(now)
    sunday = today - timedelta(days=today.weekday() + 1)
    return Span.ending(sunday, 7)


async def weekly_report(
    storage: Storage, taxonomy: Taxonomy, span: Span, lang: Lang, now: datetime
) -> WeeklyReport:
    """The report of a week in one language."""
    figures = await storage.numbers.figures(span, now)
    sources = await storage.sources.all()
    waiting = await storage.queue.waiting(now)
    texts = texts_for(lang)
    named = Named(
        {topic.id: topic.name(lang) for topic in taxonomy.topics.values()},
        {str(one.id): one.spec.title for one in sources},
    )
    oldest = waiting[0].held_at if waiting else None
    length = await storage.queue.length()
    facts = WeekFacts(figures, sources, length, oldest, now)
    picture = week_picture(figures, texts)
    return WeeklyReport(weekly_text(facts, texts, named), None if picture.is_empty else picture)
