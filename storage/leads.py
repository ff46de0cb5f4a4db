"""Who leads a story among the signals that readers see.

Lists show leads and updates, and count what only repeats them. So a story that readers see has
exactly one live lead: what is held or rejected cannot lead, for then nobody would hear of the
event. Of several the one that went live first stays; without any the first that is left leads.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation
from digest.score import with_context
from storage.schema import LIVE, signal_sources, signals
from storage.values import read_score, score_data

if TYPE_CHECKING:
    from storage.acts import Act  # it follows up with what is here
    from storage.changes import Change

_STANDING: tuple[ColumnElement[Any], ...] = (
    signals.c.id,
    signals.c.relation,
    signals.c.score_parts,
)


async def relation_among_live(
    connection: AsyncConnection, story_id: int, relation: Relation
) -> Relation:
    """What a signal is that now becomes live in a story, of which `relation` was thought.

    The first to become live leads; whoever was to lead and comes later repeats.
    """
    lead = await connection.scalar(
        select(signals.c.id)
        .where(signals.c.story_id == story_id, LIVE, signals.c.relation == Relation.LEAD)
        .limit(1)
    )
    if lead is None:
        return Relation.LEAD
    return Relation.DUPLICATE if relation is Relation.LEAD else relation


async def settle_story(act: "Act", story_id: int) -> None:
    """After signals of a story were shown or hidden: let one lead, scored by all who tell it."""
    live = await _live(act.connection, story_id)
    for signal_id, relation in _moves(live).items():
        await act.update(signals, {"id": signal_id}, relation=relation)
    await _corroborate(act, story_id)


async def repair_stories(
    connection: AsyncConnection, changes: "Sequence[Change]", _now: datetime
) -> None:
    """Follow up on changed signals: where taking back an act left no lead or two, there is one.

    Acts settle their stories themselves, so this finds nothing to do but where something was read
    between an act and its being taken back.
    """
    for story_id in sorted(await _stories_of(connection, changes)):
        for signal_id, relation in _moves(await _live(connection, story_id)).items():
            await connection.execute(
                update(signals).where(signals.c.id == signal_id).values(relation=relation)
            )


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


async def _live(connection: AsyncConnection, story_id: int) -> Sequence[Row[Any]]:
    query = select(*_STANDING).where(signals.c.story_id == story_id, LIVE)
    rows = await connection.execute(query.order_by(signals.c.live_at, signals.c.id))
    return rows.all()


def _moves(live: Sequence[Row[Any]]) -> Mapping[int, Relation]:
    """What has to become of whom; `live` in the order in which readers first saw them."""
    leads = [row.id for row in live if row.relation == Relation.LEAD]
    if not leads:
        return {row.id: Relation.LEAD for row in live[:1]}
    return dict.fromkeys(leads[1:], Relation.DUPLICATE)


async def _corroborate(act: "Act", story_id: int) -> None:
    """The lead's score, by how many sources tell the story now."""
    telling = (
        select(func.count(signal_sources.c.source_id.distinct()))
        .join(signals, signals.c.id == signal_sources.c.signal_id)
        .where(signals.c.story_id == story_id, LIVE)
    )
    told_by = await act.connection.scalar(telling) or 1
    for row in await _live(act.connection, story_id):
        if row.relation == Relation.LEAD:
            known = read_score(row.score_parts)
            score = with_context(known, sources=told_by)
            if score != known:
                await act.update(
                    signals,
                    {"id": row.id},
                    score=score.total,
                    score_parts=score_data(score),
                )
