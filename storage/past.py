"""What may be looked back at on a day, found without reading the past.

Every query walks an index for a few days, a story or a name; nothing grows with the years but the
number of years that are looked at.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from digest.condense.names import names_in
from digest.finding import Narrowing
from digest.insight import Difference, DifferenceKind, differences
from digest.look_backs import (
    LATER_AFTER,
    LEAST_SCORE,
    LookBack,
    LookBackKind,
    Outcome,
    Window,
    is_passing,
    is_worth,
    may_be,
    ranked,
    windows,
)
from digest.model import Relation, Signal
from digest.stories import StorySummary
from storage.database import Database
from storage.schema import LIVE, signals
from storage.search import Search
from storage.signal_queries import SignalQueries
from storage.signal_rows import load_by_ids
from storage.stories import Stories

MOST_OF_A_WINDOW = 12
_MOST_LATER = 40
_MOST_CHANGED = 6  # strongest of a day whose figures are looked for in later signals
_MOST_NAMES = 2
_KEPT_DAYS = 64
_FRESH_FOR = timedelta(hours=1)

_Key = tuple[date, str]


class Past:
    """Asks what a day looks back at; answers are kept for an hour, for pages and readers alike."""

    def __init__(self, database: Database, *, search: Search, stories: Stories) -> None:
        self._database = database
        self._signals = SignalQueries(database)
        self._search = search
        self._stories = stories
        self._known: OrderedDict[_Key, tuple[datetime, tuple[LookBack, ...]]] = OrderedDict()

    async def of_day(self, today: date, zone: str, now: datetime) -> tuple[LookBack, ...]:
        """What is worth looking back at on `today` in `zone`, the best first.

        `now` is up to when it is told what came of it.
        """
        key = (today, zone)
        known = self._known.get(key)
        if known is None or not timedelta() <= now - known[0] < _FRESH_FOR:
            found = await self._found(today, zone, now)
            self._known[key] = now, found
            while len(self._known) > _KEPT_DAYS:
                self._known.popitem(last=False)
            return found
        return await self._as_it_is_now(known[1])

    async def _as_it_is_now(self, known: Iterable[LookBack]) -> tuple[LookBack, ...]:
        """The same in the words of now, without what readers may see no more."""
        there = tuple(known)
        ids = {number for one in there for number in _spoken_of(one)}
        live = {
            one.id: one for one in await self._signals.get_many(sorted(ids)) if one.state == "live"
        }
        fresh: list[LookBack] = []
        for one in there:
            signal = live.get(one.signal.id)
            if signal is not None:
                story = await self._story_now(one.outcome.story, live)
                outcome = replace(_still(one.outcome, signal, live), story=story)
                fresh.append(replace(one, signal=signal, outcome=outcome))
        return tuple(filter(is_worth, fresh))

    async def _story_now(
        self, story: StorySummary | None, live: Mapping[int, Signal]
    ) -> StorySummary | None:
        if story is None:
            return None
        lead = live.get(story.lead.id)
        if lead is not None and lead.relation is Relation.LEAD and lead.story_id == story.id:
            return replace(story, lead=lead)
        return await self._stories.get(story.id)

    def forget(self) -> None:
        """Ask anew from now on."""
        self._known.clear()

    async def _found(self, today: date, zone: str, now: datetime) -> tuple[LookBack, ...]:
        async with self._database.read() as connection:
            oldest = await connection.scalar(select(func.min(signals.c.dated_at)).where(LIVE))
        if oldest is None:
            return ()
        place = ZoneInfo(zone)
        spans = windows(today, oldest.astimezone(place).date())
        found: list[LookBack] = []
        for window in spans:
            for signal in await self._strongest(window, zone):
                on = signal.when.astimezone(place).date()
                found.append(LookBack(window.kind, signal, on, window.years))
        strongest = sorted(found, key=lambda one: -one.signal.score.total)[:_MOST_CHANGED]
        asked = {one.signal.id for one in strongest}
        return ranked(
            [
                replace(one, outcome=await self._outcome(one, now, figures=one.signal.id in asked))
                for one in found
            ]
        )

    async def _strongest(self, window: Window, zone: str) -> Sequence[Signal]:
        since, until = window.bounds(zone)
        query = (
            select(signals.c.id)
            .where(signals.c.dated_at >= since, signals.c.dated_at < until, LIVE)
            .where(signals.c.relation.in_((Relation.LEAD, Relation.FOLLOW_UP)))
            .where(signals.c.score >= LEAST_SCORE)
            .order_by(signals.c.score.desc(), signals.c.dated_at.desc(), signals.c.id.desc())
            .limit(MOST_OF_A_WINDOW)
        )
        if window.kind is LookBackKind.OUTCOME:
            query = query.where(signals.c.story_id.is_not(None))
        async with self._database.read() as connection:
            ids = list((await connection.execute(query)).scalars())
            return [one for one in await load_by_ids(connection, ids) if may_be(one)]

    async def _outcome(self, one: LookBack, now: datetime, *, figures: bool) -> Outcome:
        signal, outcome = one.signal, Outcome()
        if signal.story_id is not None:
            story = await self._stories.get(signal.story_id)
            later = story.followed_by if story else None
            outcome = Outcome(
                later=await self._later(signal, now),
                story=await self._stories.get(later) if later is not None else None,
            )
        if figures:
            changed = await self._changed(signal, now)
            if changed is not None:
                outcome = replace(outcome, change=changed[0], changed=changed[1])
        return outcome

    async def _later(self, signal: Signal, now: datetime) -> tuple[Signal, ...]:
        """Updates and follow-ups of its story after the event itself, the newest few."""
        query = (
            select(signals.c.id)
            .where(signals.c.story_id == signal.story_id, LIVE)
            .where(signals.c.relation.in_((Relation.UPDATE, Relation.FOLLOW_UP)))
            .where(signals.c.dated_at >= signal.when + LATER_AFTER, signals.c.dated_at <= now)
            .order_by(signals.c.dated_at.desc(), signals.c.id.desc())
            .limit(_MOST_LATER)
        )
        async with self._database.read() as connection:
            ids = list((await connection.execute(query)).scalars())
            return tuple(reversed(await load_by_ids(connection, ids)))

    async def _changed(self, signal: Signal, now: datetime) -> tuple[Difference, Signal] | None:
        """A figure of the signal that the newest later one of the same name tells otherwise."""
        if not any(fact.measure for fact in signal.brief.numbers):
            return None
        narrowing = Narrowing(since=signal.when + LATER_AFTER, until=now)
        for name in _titled(signal)[:_MOST_NAMES]:
            matches = await self._search.window(f'"{name}"', narrowing)
            newest = sorted(matches, key=lambda it: (it.dated_at, it.id), reverse=True)
            later = await self._signals.get_many([it.id for it in newest[:_MOST_LATER]])
            for other in later:
                if found := _otherwise(other, signal):
                    return found, other
        return None


def _spoken_of(one: LookBack) -> set[int]:
    """Every signal that a look-back says something of."""
    outcome = one.outcome
    return {one.signal.id, *(it.id for it in (*outcome.later, *outcome.signals))}


def _still(outcome: Outcome, signal: Signal, live: Mapping[int, Signal]) -> Outcome:
    """What later signals say of `signal`, as far as they may be seen and still say it."""
    changed = live.get(outcome.changed.id) if outcome.changed else None
    change = _otherwise(changed, signal) if changed else None
    later = tuple(live[it.id] for it in outcome.later if it.id in live)
    return Outcome(later=later, change=change, changed=changed if change else None)


def _titled(signal: Signal) -> list[str]:
    """Names that its headline is about, the longest first."""
    found = names_in(signal.title) | names_in(signal.brief.headline)
    return sorted(found, key=lambda it: (-len(it), it))


def _otherwise(later: Signal, signal: Signal) -> Difference | None:
    """A figure of one thing that is another by now; a roundup of a day tells of too many."""
    if is_passing(later):
        return None
    found: Iterable[Difference] = differences(later, (signal,))
    return next((one for one in found if one.kind is DifferenceKind.NUMBER), None)
