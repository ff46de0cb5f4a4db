"""Who leads a story among the signals that readers see.

Lists show leads and updates, and count what only repeats them. So a story that readers see has one
live lead: what is held or rejected cannot lead, for then nobody would hear of the event.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Relation
from storage.schema import LIVE, signals


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
