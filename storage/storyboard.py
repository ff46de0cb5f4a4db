"""Stories by hand: editors put signals into a story, take them out, and say which one leads.

Nothing moves a signal into another story afterwards: reading places new signals only, by what
stands in the database at that moment. What was taken out of a story is kept (`story_splits`), so
that neither it nor its copies are put back into it; a story that was put into another draws what
either would have drawn, for its signals keep to themselves there (`camp`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation
from storage.acts import Act, Acts
from storage.audit import AuditEntry
from storage.database import Database
from storage.errors import NotFound
from storage.leads import relation_among_live, settle_story
from storage.newness import retell_story
from storage.schema import LIVE, audit, signals, stories, story_splits
from storage.story_items import CAMP
from storage.told_once import tell_once
from storage.upsert import chunks

_JOINS = ("story.join", "story.merge")
_MOVES = (*_JOINS, "story.split", "undo")


# Acts get their numbers before they are committed, so that one may show up behind another that
# was seen: this long they are looked for. None takes as many seconds.
_UNDER_WAY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Known:
    """Which acts upon stories were looked at: those up to `settled`, and of later ones these."""

    settled: int = 0
    later: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """What editors did to stories besides the acts that were known; `known` are all of them.

    `places` say among whom signals that were moved stand now (their story, or what they were in
    it, see `camp`), `apart` are the pairs of a signal that was taken out and the story, as it is
    called now, or a camp in that story, that it was taken out of.
    """

    known: Known
    places: dict[int, int | None]
    apart: frozenset[tuple[int, int]]


class Storyboard:
    """The acts of editors upon stories."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    async def join(
        self, signal_id: int, other_id: int, actor: str, now: datetime, *, whole: bool = False
    ) -> AuditEntry | None:
        """Put a signal into the story of another, with all of its own story if `whole`.

        None when they are in one story already. Raises NotFound.
        """
        async with self._acts.act(
            actor, "story.merge" if whole else "story.join", f"signal:{signal_id}", now
        ) as act:
            mine = await _story_of(act.connection, signal_id)
            target = await _story_of(act.connection, other_id)
            if signal_id == other_id or (mine is not None and mine == target):
                return None
            if target is None:
                target = await _open(act, other_id)
            moving = [signal_id]
            if whole and mine is not None:
                moving = await _members(act.connection, mine)
                await _lead_on(act, mine, target)
            elif mine is not None:
                await _take_out(act, signal_id, mine)
            await _put_together(act, moving, target)
            await _move(act, moving, target, whole=whole)
            for story_id in (mine, target):
                if story_id is not None:
                    await settle_story(act, story_id)
                    await retell_story(act, story_id, moving)
            await tell_once(act.connection, target, now)
            act.before, act.after = {"story": mine}, {"story": target}
        return act.entry

    async def split(self, signal_id: int, actor: str, now: datetime) -> AuditEntry | None:
        """Take a signal out of its story; None when it is in none. Raises NotFound."""
        async with self._acts.act(actor, "story.split", f"signal:{signal_id}", now) as act:
            mine = await _story_of(act.connection, signal_id)
            if mine is None:
                return None
            await act.update(
                signals,
                {"id": signal_id},
                story_id=None,
                camp=None,
                relation=Relation.LEAD.value,
                adds=None,
            )
            await _take_out(act, signal_id, mine)
            await settle_story(act, mine)
            await retell_story(act, mine)
            act.before, act.after = {"story": mine}, {"story": None}
        return act.entry

    async def lead(self, signal_id: int, actor: str, now: datetime) -> AuditEntry | None:
        """Let a live signal lead its story from now on; whoever led repeats it.

        None when it leads already.
        """
        async with self._acts.act(actor, "story.lead", f"signal:{signal_id}", now) as act:
            mine = await _story_of(act.connection, signal_id)
            leading = (
                select(signals.c.id)
                .where(signals.c.story_id == mine, LIVE, signals.c.relation == Relation.LEAD)
                .with_for_update()
            )
            leads = (await act.connection.execute(leading)).scalars().all()
            live = await act.connection.scalar(
                select(signals.c.id).where(signals.c.id == signal_id, LIVE)
            )
            if mine is None or live is None or list(leads) == [signal_id]:
                return None
            for other in leads:
                if other != signal_id:
                    await act.update(signals, {"id": other}, relation=Relation.DUPLICATE.value)
            await act.update(signals, {"id": signal_id}, relation=Relation.LEAD.value)
            await act.update(stories, {"id": mine}, lead_id=signal_id)
            await settle_story(act, mine)
            act.before, act.after = {"lead": list(leads)}, {"lead": [signal_id]}
        return act.entry

    async def joined(self, since: datetime) -> Mapping[int, int]:
        """The signals that editors put into a story since then and that are in it still.

        By number, with the number of that act.
        """
        query = select(audit.c.id, audit.c.changes).where(
            audit.c.at >= since, audit.c.act.in_(_JOINS)
        )
        put: dict[int, tuple[int, int]] = {}
        async with self._database.read() as connection:
            for act in await connection.execute(query.order_by(audit.c.id)):
                put |= {number: (act.id, story) for number, story in _put(act.changes)}
            found: dict[int, int] = {}
            for some in chunks(sorted(put)):
                places = select(signals.c.id, signals.c.story_id).where(signals.c.id.in_(some))
                for row in await connection.execute(places):
                    act_id, story_id = put[row.id]
                    if row.story_id == story_id:
                        found[row.id] = act_id
        return found

    async def moves(self, known: Known, now: datetime) -> Moved:
        """What editors did to stories besides what is `known`, taking back too."""
        query = select(audit.c.id, audit.c.at).where(
            audit.c.id > known.settled, audit.c.act.in_(_MOVES)
        )
        async with self._database.read() as connection:
            at = {row.id: row.at for row in await connection.execute(query)}
            settled = max((id_ for id_ in at if at[id_] < now - _UNDER_WAY), default=known.settled)
            known_now = Known(settled, frozenset(id_ for id_ in at if id_ > settled))
            moved = await _moved_by(connection, sorted(at.keys() - known.later))
            if not moved:
                return Moved(known_now, {}, frozenset())
            places: dict[int, int | None] = {}
            for some in chunks(sorted(moved)):
                found = select(signals.c.id, CAMP).where(signals.c.id.in_(some))
                places |= {row.id: row.camp for row in await connection.execute(found)}
            apart = await _apart(connection, moved)
            return Moved(known_now, places, await _with_camps(connection, apart))

    async def apart(self, since: datetime, now: datetime) -> Moved:
        """All that was taken out of stories since then; known are the acts of a while ago."""
        settled = select(audit.c.id).where(audit.c.act.in_(_MOVES), audit.c.at < now - _UNDER_WAY)
        async with self._database.read() as connection:
            last = await connection.scalar(settled.order_by(audit.c.id.desc()).limit(1))
            taken = select(story_splits.c.signal_id).where(story_splits.c.at >= since)
            ids = set((await connection.execute(taken)).scalars())
            apart = await _apart(connection, ids)
            return Moved(Known(last or 0), {}, await _with_camps(connection, apart))

    async def merged_from(self, story_id: int) -> frozenset[int]:
        """The stories that went into this one, and those that went into them."""
        found: set[int] = set()
        waiting = {story_id}
        async with self._database.read() as connection:
            while waiting:
                query = select(stories.c.id).where(stories.c.merged_into.in_(waiting))
                waiting = set((await connection.execute(query)).scalars()) - found - {story_id}
                found |= waiting
        return frozenset(found)


async def _story_of(connection: AsyncConnection, signal_id: int) -> int | None:
    query = select(signals.c.id, signals.c.story_id).where(signals.c.id == signal_id)
    row = (await connection.execute(query.with_for_update())).first()
    if row is None:
        raise NotFound(f"there is no signal {signal_id}")
    story_id: int | None = row.story_id
    return story_id


async def _moved_by(connection: AsyncConnection, acts: Sequence[int]) -> set[int]:
    """The signals that these acts moved."""
    moved: set[int] = set()
    for some in chunks(acts):
        query = select(audit.c.changes).where(audit.c.id.in_(some))
        for changes in (await connection.execute(query)).scalars():
            moved.update(
                int(change[1]["id"])
                for change in changes or ()
                if change[0] == signals.name and "story_id" in (change[3] or {})
            )
    return moved


def _put(changes: Iterable[Sequence[Any]] | None) -> Iterable[tuple[int, int]]:
    """Each signal that was put into a story, and that story."""
    for table, key, _, after in changes or ():
        if table == signals.name and (after or {}).get("story_id"):
            yield int(key["id"]), int(after["story_id"])


async def _members(connection: AsyncConnection, story_id: int) -> list[int]:
    query = select(signals.c.id).where(signals.c.story_id == story_id).order_by(signals.c.id)
    return list((await connection.execute(query)).scalars())


async def _apart(
    connection: AsyncConnection, signal_ids: Collection[int]
) -> Mapping[int, frozenset[int]]:
    """These signals with the stories they were taken out of, by what those are called now."""
    pairs: set[tuple[int, int]] = set()
    for some in chunks(sorted(signal_ids)):
        query = select(story_splits.c.signal_id, story_splits.c.story_id)
        rows = await connection.execute(query.where(story_splits.c.signal_id.in_(some)))
        pairs.update((row.signal_id, row.story_id) for row in rows)
    names = {story_id: story_id for _, story_id in pairs}
    for story_id in names:
        names[story_id] = (await leading_on(connection, story_id))[-1]
    return {signal_id: frozenset(names[one] for other, one in pairs if other == signal_id)
            for signal_id, _ in pairs}  # fmt: skip


async def _with_camps(
    connection: AsyncConnection, apart: Mapping[int, frozenset[int]]
) -> frozenset[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    named: dict[int, set[int]] = {}
    for story_id in frozenset[int]().union(*apart.values()):
        query = select(signals.c.camp).distinct().where(signals.c.story_id == story_id)
        camps = (await connection.execute(query.where(signals.c.camp.is_not(None)))).scalars()
        named[story_id] = {story_id, *camps}
    for signal_id, story_ids in apart.items():
        for story_id in story_ids:
            found.update((signal_id, name) for name in named[story_id])
    return frozenset(found)


async def leading_on(connection: AsyncConnection, story_id: int) -> list[int]:
    """The story, that into which it went, and so on."""
    way = [story_id]
    while True:
        query = select(stories.c.merged_into).where(stories.c.id == way[-1])
        target = await connection.scalar(query)
        if target is None or target in way:
            return way
        way.append(target)


async def _lead_on(act: Act, mine: int, target: int) -> None:
    """Let a story be another from now on, also for what came before it and after it."""
    touched = stories.c.id.in_((mine, target)) | (stories.c.follows == mine)
    query = select(stories.c.id, stories.c.follows).where(touched)
    follows_of = {row.id: row.follows for row in await act.connection.execute(query)}
    await act.update(stories, {"id": mine}, merged_into=target)
    for later in sorted(follows_of.keys() - {mine, target}):
        await act.update(stories, {"id": later}, follows=target)
    follows = follows_of[target] or follows_of[mine]
    if follows in {mine, target}:  # they are one event: neither comes back to the other
        follows = None
    await act.update(stories, {"id": target}, follows=follows)


async def _take_out(act: Act, signal_id: int, story_id: int) -> None:
    await act.put(story_splits, {"signal_id": signal_id, "story_id": story_id}, at=act.now)


async def _put_together(act: Act, moving: Iterable[int], target: int) -> None:
    """Forget that any of these was taken out of the story that it is put into."""
    apart = await _apart(act.connection, list(moving))
    if not any(target in names for names in apart.values()):
        return
    query = select(story_splits).where(story_splits.c.signal_id.in_(list(moving)))
    for row in (await act.connection.execute(query)).all():
        if (await leading_on(act.connection, row.story_id))[-1] == target:
            key = {"signal_id": row.signal_id, "story_id": row.story_id}
            await act.delete(story_splits, key)


async def _open(act: Act, signal_id: int) -> int:
    """A story of a signal that had none."""
    made = await act.insert(stories, created_at=act.now, updated_at=act.now)
    story_id = int(made["id"])
    await act.update(signals, {"id": signal_id}, story_id=story_id)
    return story_id


async def _move(act: Act, moving: Sequence[int], target: int, *, whole: bool) -> None:
    columns = (signals.c.relation, signals.c.state, signals.c.story_id, signals.c.camp)
    for signal_id in moving:
        query = select(*columns).where(signals.c.id == signal_id)
        row = (await act.connection.execute(query)).one()
        relation = Relation(row.relation)
        if row.state == "live":
            relation = await relation_among_live(act.connection, target, relation)
        camp = (row.camp or row.story_id or -signal_id) if whole else -signal_id
        await act.update(
            signals, {"id": signal_id}, story_id=target, camp=camp, relation=relation.value
        )
