"""Stories by hand: editors put signals into a story, take them out, and say which one leads.

Nothing moves a signal into another story afterwards: reading places new signals only, by what
stands in the database at that moment.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation
from storage.acts import Act, Acts
from storage.audit import AuditEntry
from storage.database import Database
from storage.errors import NotFound
from storage.leads import relation_among_live, settle_story
from storage.newness import retell_story
from storage.schema import LIVE, audit, signals, stories

_MOVES = ("story.join", "story.merge", "story.split", "undo")


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
                await act.update(stories, {"id": mine}, merged_into=target)
            await _move(act, moving, target)
            await act.update(stories, {"id": target}, updated_at=now)
            for story_id in (mine, target):
                if story_id is not None:
                    await settle_story(act, story_id)
                    await retell_story(act, story_id, moving)
            act.before, act.after = {"story": mine}, {"story": target}
        return act.entry

    async def split(self, signal_id: int, actor: str, now: datetime) -> AuditEntry | None:
        """Take a signal out of its story; None when it is in none. Raises NotFound."""
        async with self._acts.act(actor, "story.split", f"signal:{signal_id}", now) as act:
            mine = await _story_of(act.connection, signal_id)
            if mine is None:
                return None
            await act.update(
                signals, {"id": signal_id}, story_id=None, relation=Relation.LEAD.value, adds=None
            )
            await settle_story(act, mine)
            await retell_story(act, mine)
            act.before, act.after = {"story": mine}, {"story": None}
        return act.entry

    async def lead(self, signal_id: int, actor: str, now: datetime) -> AuditEntry | None:
        """Let a live signal lead its story; whoever led repeats it. None when it leads already."""
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
            await settle_story(act, mine)
            act.before, act.after = {"lead": list(leads)}, {"lead": [signal_id]}
        return act.entry

    async def moves(self, after: int) -> tuple[int, dict[int, int | None]]:
        """The last act upon stories after the act `after`, and where each moved signal is now."""
        query = (
            select(audit.c.id, audit.c.changes)
            .where(audit.c.id > after, audit.c.act.in_(_MOVES))
            .order_by(audit.c.id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            moved = {
                int(change[1]["id"])
                for row in rows
                for change in row.changes or ()
                if change[0] == signals.name and "story_id" in (change[3] or {})
            }
            places = select(signals.c.id, signals.c.story_id).where(signals.c.id.in_(moved))
            found = (await connection.execute(places)).all() if moved else ()
            return (
                max((row.id for row in rows), default=after),
                {row.id: row.story_id for row in found},
            )

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


async def _members(connection: AsyncConnection, story_id: int) -> list[int]:
    query = select(signals.c.id).where(signals.c.story_id == story_id).order_by(signals.c.id)
    return list((await connection.execute(query)).scalars())


async def _open(act: Act, signal_id: int) -> int:
    """A story of a signal that had none."""
    made = await act.insert(stories, created_at=act.now, updated_at=act.now)
    story_id = int(made["id"])
    await act.update(signals, {"id": signal_id}, story_id=story_id)
    return story_id


async def _move(act: Act, moving: Sequence[int], target: int) -> None:
    for signal_id in moving:
        row = (
            await act.connection.execute(
                select(signals.c.relation, signals.c.state).where(signals.c.id == signal_id)
            )
        ).one()
        relation = Relation(row.relation)
        if row.state == "live":
            relation = await relation_among_live(act.connection, target, relation)
        await act.update(signals, {"id": signal_id}, story_id=target, relation=relation.value)
