"""Who leads a story among the signals that readers see, and what follows from those for it.

Lists show leads, updates and follow-ups, and count what only repeats them. So a story that readers
see has exactly one live lead: what is held or rejected cannot lead, for then nobody would hear of
the event. The lead changes when one that repeats it tells clearly more (digest/stories/leading.py)
and when editors say so; whom they chose leads as long as readers see it.

What a story's row says of its signals (`updated_at`, `series_at`, `closed_at`, and how many tell
it) is reckoned anew whenever one is added, shown, hidden or moved, by undoing too: it is no part
of any act. One that is added costs the same however many there are.
"""

from bisect import insort
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import ArticleOrigin, Relation
from digest.score import with_context
from digest.stories import SERIES, WINDOW
from digest.stories.leading import Candidate, takes_over, worth
from storage.schema import LEADS, LIVE, articles, edits, pins, signals, stories
from storage.story_counts import count_signal, recount
from storage.values import read_brief, read_score, score_data

if TYPE_CHECKING:
    from storage.acts import Act  # it follows up with what is here
    from storage.changes import Change

Moves = Mapping[int, Relation]

_WEIGHED = 60  # signals of a story of which the best may lead, those of the highest scores
_FIRST_SEEN = 64  # signals among which a series is looked for before all are


async def relation_among_live(
    connection: AsyncConnection, story_id: int, relation: Relation
) -> Relation:
    """What a signal is that now becomes live in a story, of which `relation` was thought.

    The first to become live leads; whoever was to lead and comes later repeats.
    """
    lead = select(signals.c.id).where(signals.c.story_id == story_id, LEADS).limit(1)
    if await connection.scalar(lead) is None:
        return Relation.LEAD
    return Relation.DUPLICATE if relation is Relation.LEAD else relation


async def settle_story(act: "Act", story_id: int, shown: int | None = None) -> None:
    """After signals of a story were shown or hidden: let one lead, scored by all who tell it.

    `shown` is a signal that readers see from now on, which may be the better lead.
    """
    moves = await _moves(act.connection, story_id)
    for signal_id, relation in moves.items():
        await act.update(signals, {"id": signal_id}, relation=relation.value)
    if shown is not None and not moves:
        challenged = await _challenge(act.connection, story_id, shown, act.now)
        for signal_id, relation in challenged.items():
            await act.update(signals, {"id": signal_id}, relation=relation.value)
    await recount(act.connection, story_id)
    for signal_id, values in (await _corroborated(act.connection, story_id)).items():
        await act.update(signals, {"id": signal_id}, **values)


async def welcome(
    connection: AsyncConnection, story_id: int, signal_id: int, now: datetime
) -> None:
    """After a new signal went live in its story: let the better one lead, scored by all."""
    await count_signal(connection, story_id, signal_id)
    for number, relation in (await _challenge(connection, story_id, signal_id, now)).items():
        await _set(connection, number, relation=relation)
    for number, values in (await _corroborated(connection, story_id)).items():
        await _set(connection, number, **values)
    await _note_newcomer(connection, story_id, signal_id)


async def repair_stories(
    connection: AsyncConnection, changes: "Sequence[Change]", now: datetime
) -> None:
    """Follow up on changed signals: one leads each story, whose row says what follows from them.

    Acts settle their stories themselves, so there is another lead to be found only where something
    was read between an act and its being taken back.
    """
    for story_id in sorted(await _stories_of(connection, changes)):
        for signal_id, relation in (await _moves(connection, story_id)).items():
            await _set(connection, signal_id, relation=relation)
        await reckon(connection, story_id, now)


async def reckon(connection: AsyncConnection, story_id: int, now: datetime) -> None:
    """Write down what follows from the live signals of a story; without any it stays as it was."""
    story = (
        await connection.execute(select(stories).where(stories.c.id == story_id).with_for_update())
    ).first()
    if story is None:
        return
    await recount(connection, story_id)
    newest = await connection.scalar(_times(story_id, newest_first=True).limit(1))
    newest = newest or story.updated_at
    values = {
        "updated_at": newest,
        "series_at": await _series_at(connection, story_id),
        "closed_at": newest + WINDOW if newest + WINDOW < now else None,
    }
    if any(getattr(story, name) != value for name, value in values.items()):
        await connection.execute(update(stories).where(stories.c.id == story_id).values(**values))


async def _note_newcomer(connection: AsyncConnection, story_id: int, signal_id: int) -> None:
    """`reckon` for one signal more, which costs the same however many there are."""
    times = select(signals.c.dated_at, signals.c.live_at).where(signals.c.id == signal_id)
    new = (await connection.execute(times)).one()
    story = (await connection.execute(select(stories).where(stories.c.id == story_id))).one()
    values: dict[str, Any] = {}
    if new.dated_at > story.updated_at:
        values["updated_at"] = new.dated_at
    if story.series_at is None and await _completes(connection, story_id, new.dated_at):
        values["series_at"] = new.live_at
    if values:
        await connection.execute(update(stories).where(stories.c.id == story_id).values(**values))


def _times(story_id: int, *, newest_first: bool) -> Select[Any]:
    """The dates of its live signals, read off an index."""
    moment = signals.c.dated_at
    order = moment.desc() if newest_first else moment
    return select(moment).where(signals.c.story_id == story_id, LIVE).order_by(order)


async def _completes(connection: AsyncConnection, story_id: int, at: datetime) -> bool:
    """Whether a live signal dated `at` has so many beside it that they are a series."""
    moment = signals.c.dated_at
    before = _times(story_id, newest_first=True).where(moment <= at, moment >= at - WINDOW)
    after = _times(story_id, newest_first=False).where(moment > at, moment <= at + WINDOW)
    dates: list[datetime] = []
    for query, most in ((before, SERIES), (after, SERIES - 1)):  # itself is before
        dates += (await connection.execute(query.limit(most))).scalars()
    return _is_series(sorted(dates))


async def _series_at(connection: AsyncConnection, story_id: int) -> datetime | None:
    """When readers first saw so many signals dated within so long."""
    dates: list[datetime] = []
    async for row in _as_seen(connection, story_id):
        insort(dates, row.dated_at)
        first = dates.index(row.dated_at)
        if _is_series(dates[max(0, first - SERIES + 1) : first + SERIES]):
            moment: datetime | None = row.live_at
            return moment
    return None


async def _as_seen(connection: AsyncConnection, story_id: int) -> AsyncIterator[Any]:
    """The live signals as readers saw them: mostly the first few say all."""
    query = select(signals.c.dated_at, signals.c.live_at)
    query = query.where(signals.c.story_id == story_id, LIVE)
    query = query.order_by(signals.c.live_at, signals.c.id)
    for some in (query.limit(_FIRST_SEEN), query.offset(_FIRST_SEEN)):
        rows = (await connection.execute(some)).all()
        for row in rows:
            yield row
        if len(rows) < _FIRST_SEEN:
            return


def _is_series(dates: Sequence[datetime]) -> bool:
    """Whether so many of these, in order, lie within so long."""
    return any(
        last - earlier <= WINDOW for earlier, last in zip(dates, dates[SERIES - 1 :], strict=False)
    )


async def _set(connection: AsyncConnection, signal_id: int, **values: Any) -> None:
    await connection.execute(update(signals).where(signals.c.id == signal_id).values(**values))


async def _stories_of(connection: AsyncConnection, changes: "Iterable[Change]") -> set[int]:
    """The stories whose signals were shown, hidden or moved."""
    found: set[int] = set()
    moved = [one for one in changes if {"state", "story_id", "relation"} & _touched(one)]
    for change in moved:
        for values in (change.before or {}, change.after or {}):
            found.update([values["story_id"]] if values.get("story_id") else [])
        query = select(signals.c.story_id).where(change.where, signals.c.story_id.is_not(None))
        found.update((await connection.execute(query)).scalars())
    return found


def _touched(change: "Change") -> set[str]:
    return {*(change.before or {}), *(change.after or {})}


# --- who leads ---------------------------------------------------------------------------


async def _moves(connection: AsyncConnection, story_id: int) -> Moves:
    """What has to become of whom, so that one leads."""
    leading = await _leads(connection, story_id)
    leads = list(leading)
    chosen = await connection.scalar(_chosen(story_id))
    if chosen is not None:
        leads = [chosen, *(number for number in leads if number != chosen)]
    elif not leads:
        leads = await _best(connection, story_id)
    moves = dict.fromkeys(leads[1:], Relation.DUPLICATE)
    if leads and leads[0] not in leading:
        moves[leads[0]] = Relation.LEAD
    return moves


async def _leads(connection: AsyncConnection, story_id: int) -> Sequence[int]:
    """Who leads, the first seen first: one, but amid a change."""
    query = select(signals.c.id).where(signals.c.story_id == story_id, LEADS)
    return (
        (await connection.execute(query.order_by(signals.c.live_at, signals.c.id))).scalars().all()
    )


def _chosen(story_id: int) -> Select[Any]:
    """The live signal that an editor had lead it."""
    query = select(stories.c.lead_id).join(signals, signals.c.id == stories.c.lead_id)
    return query.where(stories.c.id == story_id, signals.c.story_id == story_id, LIVE)


async def _best(connection: AsyncConnection, story_id: int) -> list[int]:
    """Of the live signals of a story the one that is worth most, the first seen among equals."""
    query = _candidates(story_id, None)
    highest = query.order_by(signals.c.score.desc(), signals.c.live_at, signals.c.id)
    rows = (await connection.execute(highest.limit(_WEIGHED))).all()
    first = sorted(map(_candidate, rows), key=lambda one: (one.shown_at, one.signal_id))
    return [max(first, key=worth).signal_id] if first else []


async def _challenge(
    connection: AsyncConnection, story_id: int, signal_id: int, now: datetime
) -> Moves:
    """What has to become of whom when a signal is live that was not: it may lead from now on.

    Only one that repeats the story: an update stays one, or those who know the story would not
    be told.
    """
    two = signals.c.id.in_((*await _leads(connection, story_id), signal_id))
    rows = (await connection.execute(_candidates(story_id, now).where(two))).all()
    leads = [row for row in rows if row.relation == Relation.LEAD and row.id != signal_id]
    new = next((row for row in rows if row.id == signal_id), None)
    if new is None or new.relation != Relation.DUPLICATE or len(leads) != 1:
        return {}
    if not takes_over(_candidate(new), _candidate(leads[0]), now):
        return {}
    return {leads[0].id: Relation.DUPLICATE, signal_id: Relation.LEAD}


def _candidates(story_id: int, now: datetime | None) -> Select[Any]:
    """Its live signals; whether one is pinned is asked for a moment only."""
    chosen = select(stories.c.id).where(
        stories.c.id == story_id, stories.c.lead_id == signals.c.id
    )
    pinned = select(pins.c.signal_id).where(pins.c.signal_id == signals.c.id)
    if now is not None:
        pinned = pinned.where(pins.c.until > now)
    edited = select(edits.c.signal_id).where(edits.c.signal_id == signals.c.id)
    fixed = chosen.exists() | pinned.exists() | edited.exists()
    return (
        select(
            signals.c.id,
            signals.c.relation,
            signals.c.score_parts,
            signals.c.brief,
            signals.c.backlog,
            signals.c.live_at,
            articles.c.origin,
            articles.c.note,
            fixed.label("fixed"),
        )
        .join(articles, articles.c.id == signals.c.article_id)
        .where(signals.c.story_id == story_id, LIVE)
    )


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
        signal_id=row.id,
        score=read_score(row.score_parts),
        brief=read_brief(row.brief),
        origin=ArticleOrigin(row.origin),
        note=row.note,
        shown_at=row.live_at,
        backlog=row.backlog,
        fixed=bool(row.fixed),
    )


async def _corroborated(
    connection: AsyncConnection, story_id: int
) -> Mapping[int, Mapping[str, Any]]:
    """The lead's score, where it does not say yet how many sources tell the story now."""
    telling = select(stories.c.told_by).where(stories.c.id == story_id)
    told_by = await connection.scalar(telling) or 1
    query = select(signals.c.id, signals.c.score_parts)
    found = await connection.execute(query.where(signals.c.story_id == story_id, LEADS))
    anew: dict[int, Mapping[str, Any]] = {}
    for row in found.all():
        known = read_score(row.score_parts)
        score = with_context(known, sources=told_by)
        if score != known:
            anew[row.id] = {"score": score.total, "score_parts": score_data(score)}
    return anew
