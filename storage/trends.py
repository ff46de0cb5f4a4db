"""Trends as they stand: a report that is made now and then and kept, and curves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from digest.hot import MOST_RANKS, HotItem, climbs, told_by_lists
from digest.model import Relation
from digest.taxonomy import Taxonomy
from digest.trends import Count, Curve, HotRank, Trend, TrendKind, Trends
from digest.trends.hours import Hour, mark, parted
from digest.trends.packing import pack_report, unpack_hour, unpack_report, unpack_tellings
from digest.trends.terms import Lexicon, key_of
from digest.trends.whole import is_person, whole
from storage.database import Database
from storage.hot import HotLists
from storage.names import Names
from storage.schema import LIVE, articles, signals, trend_hours, trend_reports
from storage.signals import Signals
from storage.taxonomy import Taxonomies
from storage.trend_counts import AWHILE, KEPT, TrendCounts, hour_of
from storage.upsert import chunks, insert
from storage.values import read_brief

if TYPE_CHECKING:
    from digest.trends.ledger import Ledger

FRESH_FOR = timedelta(minutes=5)
"""How long a report is the report of now."""

REPORTS_KEPT = timedelta(days=60)
CURVE_DAYS = 30
"""Days that a curve of a name, a word or a story goes back; topics' have no end."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LEXICON_FOR = timedelta(minutes=10)
_ABOUT_NOW = timedelta(minutes=30)
_CLIMBED_WITHIN = timedelta(hours=6)
_LEAST_CLIMB = 5
_PAGE = 12  # hours
_MOST_BEGUN = 12  # of each report


class TrendStore:
    """Counts, the report that is kept, and what can be asked of them."""

    def __init__(
        self,
        database: Database,
        *,
        signals: Signals,
        names: Names,
        hot: HotLists,
        taxonomy: Taxonomies,
    ) -> None:
        self._database = database
        self._signals = signals
        self._names = names
        self._hot = hot
        self._taxonomy = taxonomy
        self.counts = TrendCounts(database)
        self._lexicon: tuple[datetime, Lexicon] | None = None
        self._making = asyncio.Lock()

    async def report(self, now: datetime) -> Trends:
        """What moves now: the report that was kept in the last minutes, else a new one.

        What readers may no longer see has left it, with whatever only that told.
        """
        kept = await self._kept(now)
        if kept is None:
            async with self._making:
                kept = await self._kept(now) or await self.make(now)
        return await self._without_hidden(kept)

    async def latest(self, now: datetime) -> Trends | None:
        """The last report of about now, as it was made; None where there is none."""
        return await self._kept(now, _ABOUT_NOW)

    async def refresh(self, now: datetime) -> bool:
        """Make a new report where the kept one will soon be none of now. Whether one was made."""
        async with self._making:
            if await self._kept(now, FRESH_FOR / 2) is not None:
                return False
            await self.make(now)
            return True

    async def make(self, now: datetime) -> Trends:
        """Count what has changed, and make and keep the report of `now`.

        An empty one, which is not kept, while the past is still being counted.
        """
        await self.counts.prepare(now)
        await self.counts.count(now, spend=AWHILE)
        if await self.counts.is_behind():
            # What was told before the hours that are counted would all be new.
            return Trends(now)
        report = await self._named(await self._worked_out(now))
        row = {"hour": hour_of(now), "made_at": now, "report": pack_report(report)}
        async with self._database.write() as connection:
            statement = insert(connection, trend_reports).values(**row)
            new = statement.excluded
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["hour"], set_={"made_at": new.made_at, "report": new.report}
                )
            )
        return report

    async def reports(self, since: datetime, until: datetime) -> tuple[Trends, ...]:
        """The last report of each hour in [since, until), oldest first."""
        query = (
            select(trend_reports.c.report)
            .where(trend_reports.c.hour >= since, trend_reports.c.hour < until)
            .order_by(trend_reports.c.hour)
        )
        async with self._database.read() as connection:
            packed = (await connection.execute(query)).scalars().all()
        return tuple(unpack_report(one) for one in packed)

    async def begun(self, now: datetime, days: int = 7) -> tuple[tuple[datetime, Trend], ...]:
        """What began to rise in the last `days`: since when it is told, and how it last stood.

        The newest first. What rises without a break of a day began once; of what was high before
        the first of these days nobody asks any more.
        """
        since = hour_of(now - (days + 1) * _DAY)
        query = (
            select(trend_reports.c.hour, trend_reports.c.report)
            .where(trend_reports.c.hour >= since, trend_reports.c.hour <= now)
            .order_by(trend_reports.c.hour)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        found = await asyncio.to_thread(
            lambda: _begun([(row.hour, unpack_report(row.report)) for row in rows], since + _DAY)
        )
        ids = {number for _, one in found for number in one.signal_ids}
        live = await self._live(ids)
        seen = ((at, _seen(one, live)) for at, one in found)
        return tuple((at, one) for at, one in seen if one is not None)

    async def curve(self, kind: TrendKind, key: str, now: datetime, days: int) -> Curve:
        """The counts of one subject in the last `days` spans of 24 hours.

        None stands for spans that nobody knows of: before anything was read, or while the bot
        was away, or longer ago than CURVE_DAYS for all but topics.
        """
        key = key if kind in {TrendKind.TOPIC, TrendKind.STORY} else key_of(key)
        report = await self.report(now)
        ledger = await self._ledger(now)
        subject = mark(kind, key)
        await self._fill(ledger, lambda: [subject])
        row = ledger.counts_of(subject)
        known = [*ledger.known_days[:-1], True]
        daily = row.reshape(-1, ledger.pace.day).sum(axis=1)
        spans: list[Count] = [
            int(count) if is_known else None for count, is_known in zip(daily, known, strict=True)
        ]
        if kind is TrendKind.TOPIC:
            spans = await self._topic_days(key, now, days, spans)
        hours = tuple(int(count) for count in row[-48:])
        lacking: list[Count] = [None] * max(0, days - len(spans))
        return Curve(kind, key, tuple((lacking + spans)[-days:]), hours, report.find(kind, key))

    async def forget(self, now: datetime) -> None:
        """Drop hours and reports that nobody asks for any more."""
        await self.counts.forget(now - KEPT)
        async with self._database.write() as connection:
            await connection.execute(
                delete(trend_reports).where(trend_reports.c.hour < now - REPORTS_KEPT)
            )

    async def _topic_days(
        self, topic: str, now: datetime, days: int, spans: Sequence[Count]
    ) -> list[Count]:
        """A topic's own lists know all its days; what was not read stays unknown."""
        counts = await self._signals.topic_days(days, now, topic=topic)
        told: Sequence[int] = counts.get(topic, [0] * days)
        # What lies before the first day of which anything is known is as unknown as that.
        lacking: list[Count] = [None if spans[0] is None else 0] * max(0, days - len(spans))
        known = [*lacking, *spans][-days:]
        return [
            None if here is None and not count else count
            for here, count in zip(known, told, strict=True)
        ]

    async def _kept(self, now: datetime, fresh_for: timedelta = FRESH_FOR) -> Trends | None:
        query = (
            select(trend_reports.c.report)
            .where(trend_reports.c.made_at > now - fresh_for, trend_reports.c.made_at <= now)
            .order_by(trend_reports.c.made_at.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            packed = await connection.scalar(query)
        return None if packed is None else unpack_report(packed)

    async def _words(self, now: datetime) -> Lexicon:
        if self._lexicon is None or not timedelta() <= now - self._lexicon[0] < _LEXICON_FOR:
            self._lexicon = now, Lexicon(await self._names.known())
        return self._lexicon[1]

    async def _ledger(self, now: datetime) -> "Ledger":
        return await asyncio.to_thread(_empty_ledger, now, await self._words(now))

    async def _worked_out(self, now: datetime) -> Trends:
        ledger = await self._ledger(now)
        # Loaded with its first use, as the ledger is.
        from digest.trends.report import (  # noqa: PLC0415
            Known,
            make_report,
            subjects_worth_watching,
        )

        taxonomy = self._taxonomy.current
        known = Known(
            topics=tuple(taxonomy.topics), is_covered=lambda said: _is_covered(said, taxonomy)
        )
        await self._fill(ledger, lambda: subjects_worth_watching(ledger, known))
        known = replace(known, hot=await self._on_lists(ledger, taxonomy, now))
        return await asyncio.to_thread(make_report, ledger, known)

    async def _fill(self, ledger: "Ledger", choose: Callable[[], Iterable[str]]) -> None:
        """Bring the ledger what is counted, and let it follow what `choose` returns."""
        recent = select(trend_hours.c.tellings).where(
            trend_hours.c.hour > ledger.since - _HOUR, trend_hours.c.hour <= ledger.now
        )
        async with self._database.read() as connection:
            packed = (await connection.execute(recent)).scalars().all()
        await asyncio.to_thread(_tell, ledger, packed)
        await asyncio.to_thread(lambda: ledger.watch(choose()))
        async for hours in self._hours(ledger):
            await asyncio.to_thread(ledger.look_back, hours)
        await asyncio.to_thread(ledger.settle)

    async def _hours(self, ledger: "Ledger") -> AsyncIterator[list[Hour]]:
        """The hours before the ledger's own, some at a time."""
        end = hour_of(ledger.since) + _HOUR
        first = hour_of(ledger.now - ledger.pace.slots * ledger.pace.slot)
        while end > first:
            start = max(first, end - _PAGE * _HOUR)
            query = select(trend_hours.c.hour, trend_hours.c.counts).where(
                trend_hours.c.hour >= start, trend_hours.c.hour < end
            )
            async with self._database.read() as connection:
                rows = (await connection.execute(query)).all()
            yield await asyncio.to_thread(
                lambda rows: [unpack_hour(row.hour, row.counts) for row in rows], rows
            )
            end = start

    async def _on_lists(
        self, ledger: "Ledger", taxonomy: Taxonomy, now: datetime
    ) -> dict[str, tuple[HotRank, ...]]:
        """What climbs on hot lists, for each subject that its title names."""
        if not await self._hot.lists():
            return {}
        items = await self._hot.items(now - _CLIMBED_WITHIN - _DAY, now)
        risen = {
            climb.item.id: climb
            for climb in climbs(items, now, _CLIMBED_WITHIN)
            if climb.before is None or climb.risen >= _LEAST_CLIMB
        }
        rising = [item for item in items if item.id in risen]
        words = await asyncio.to_thread(_words_for, ledger, taxonomy)
        told = await asyncio.to_thread(told_by_lists, tuple(words), rising)
        found: dict[str, dict[int, HotItem]] = {}
        for word, some in told.items():
            for item in some:
                found.setdefault(words[word], {})[item.id] = item
        return {
            subject: tuple(_rank(item, risen[item.id].before) for item in items.values())
            for subject, items in found.items()
        }

    async def _named(self, report: Trends) -> Trends:
        """The report with the headlines of its stories, and with whole words and names."""
        wanted = {int(one.key) for one in _all(report) if one.kind is TrendKind.STORY}
        names: dict[str, tuple[str, str]] = {}
        async with self._database.read() as connection:
            for some in chunks(sorted(wanted)):
                query = select(signals.c.story_id, signals.c.brief).where(
                    signals.c.story_id.in_(some), LIVE, signals.c.relation == Relation.LEAD
                )
                for row in await connection.execute(query):
                    brief = read_brief(row.brief)
                    names[str(row.story_id)] = brief.headline, brief.headline_original
        report = _each(report, lambda one: _headlined(one, names))
        pieces = {one.key: one for one in _all(report) if one.kind is TrendKind.WORD}
        titles = await self._titles({n for one in pieces.values() for n in one.signal_ids})
        made = await asyncio.to_thread(
            lambda: {key: _made_whole(one, titles) for key, one in pieces.items()}
        )
        return _each(report, lambda one: made[one.key] if one.kind is TrendKind.WORD else one)

    async def _titles(self, ids: Iterable[int]) -> dict[int, str]:
        """What signals are called in their own words."""
        found: dict[int, str] = {}
        async with self._database.read() as connection:
            for some in chunks(sorted(ids)):
                query = (
                    select(signals.c.id, articles.c.title)
                    .join(articles, articles.c.id == signals.c.article_id)
                    .where(signals.c.id.in_(some))
                )
                found.update({row.id: row.title for row in await connection.execute(query)})
        return found

    async def _without_hidden(self, report: Trends) -> Trends:
        ids = {number for one in _all(report) for number in one.signal_ids}
        live = await self._live(ids)
        if len(live) == len(ids):
            return report
        return _each(report, lambda one: _seen(one, live))

    async def _live(self, ids: Iterable[int]) -> set[int]:
        """Those of the signals that readers may see."""
        live: set[int] = set()
        async with self._database.read() as connection:
            for some in chunks(sorted(ids)):
                query = select(signals.c.id).where(signals.c.id.in_(some), LIVE)
                live.update((await connection.execute(query)).scalars())
        return live


def _empty_ledger(now: datetime, words: Lexicon) -> "Ledger":
    # Numpy takes a while to load: nobody who starts the bot or chats with it waits for that.
    from digest.trends.ledger import Ledger  # noqa: PLC0415

    return Ledger(now, words)


def _tell(ledger: "Ledger", packed: Iterable[bytes]) -> None:
    ledger.tell(one for some in packed for one in unpack_tellings(some))


def _is_covered(said: str, taxonomy: Taxonomy) -> bool:
    return bool(taxonomy.find_topic(said) or taxonomy.find_column(said))


def _words_for(ledger: "Ledger", taxonomy: Taxonomy) -> dict[str, str]:
    """What titles call the subjects that are watched, each with its subject."""
    return {
        word: subject for subject in ledger.watched for word in _called(subject, ledger, taxonomy)
    }


def _called(subject: str, ledger: "Ledger", taxonomy: Taxonomy) -> list[str]:
    """What a title calls a subject; stories have no name that a title could have."""
    kind, key = parted(subject)
    if kind is TrendKind.STORY:
        return []
    if kind is TrendKind.TOPIC:
        topic = taxonomy.topics.get(key)
        return [] if topic is None else [topic.zh, topic.en, *topic.aliases]
    return [key, *filter(None, [ledger.lexicon.pair(key)])]


def _rank(item: HotItem, before: int | None) -> HotRank:
    place = item.rank if item.rank is not None else MOST_RANKS
    return HotRank(item.list_title, item.title, place, before, item.first_seen_at)


def _all(report: Trends) -> list[Trend]:
    return [
        *report.rising,
        *report.fading,
        *report.fresh,
        *report.quiet,
        *report.busiest,
    ]


def _each(report: Trends, change: Callable[[Trend], Trend | None]) -> Trends:
    """The report with every trend as `change` makes it, without those it makes None."""

    def changed(trends: Iterable[Trend]) -> tuple[Trend, ...]:
        return tuple(one for one in map(change, trends) if one is not None)

    return replace(
        report,
        rising=changed(report.rising),
        fading=changed(report.fading),
        fresh=changed(report.fresh),
        quiet=changed(report.quiet),
        busiest=changed(report.busiest),
    )


def _headlined(one: Trend, names: dict[str, tuple[str, str]]) -> Trend | None:
    if one.kind is not TrendKind.STORY:
        return one
    if one.key not in names:
        return None
    name, pair = names[one.key]
    return replace(one, name=name, pair=pair)


def _begun(
    reports: Iterable[tuple[datetime, Trends]], since: datetime
) -> list[tuple[datetime, Trend]]:
    """The bursts of some hours' reports, in order, that began at or after `since`."""
    runs: dict[tuple[TrendKind, str], tuple[datetime, datetime, Trend]] = {}
    over: list[tuple[datetime, Trend]] = []
    for hour, report in reports:
        for one in report.rising[:_MOST_BEGUN]:
            subject = one.kind, one.key
            first, last, before = runs.get(subject, (hour, hour, one))
            if hour - last > _DAY:
                over.append((first, before))
                first = hour
            runs[subject] = first, hour, one
    found = over + [(first, one) for first, _, one in runs.values()]
    found = [(at, one) for at, one in found if at >= since]
    return sorted(found, key=lambda one: (one[0], one[1].key), reverse=True)


def _made_whole(one: Trend, titles: Mapping[int, str]) -> Trend:
    """The trend by the name that the titles of its signals have."""
    texts = [titles[number] for number in one.signal_ids if number in titles]
    name = whole(one.name, texts)
    return replace(one, name=name, person=is_person(name, texts))


def _seen(one: Trend, live: set[int]) -> Trend | None:
    ids = tuple(number for number in one.signal_ids if number in live)
    if not ids and one.signal_ids and one.kind is not TrendKind.TOPIC:
        return None
    return replace(one, signal_ids=ids)
