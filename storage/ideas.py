"""What rises among the keyphrases of stored briefs (digest/suggesting.py)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from digest.suggesting import BEFORE, RECENT, Heard, Suggestion, suggest
from digest.taxonomy import Taxonomy
from storage.database import Database
from storage.schema import LIVE, learned_names, refused_topics, signal_sources, signals, sources
from storage.upsert import chunks

_FOR = timedelta(hours=1)
_PAGE = 500


def sign_of(phrase: str) -> str:
    """A short sign by which a button names a suggestion."""
    return sha256(phrase.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Ideas:
    """Works suggestions out, at most once an hour; what was decided since is left out at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._made: tuple[datetime, tuple[Suggestion, ...]] | None = None
        self._making = asyncio.Lock()

    async def fresh(self, taxonomy: Taxonomy, now: datetime) -> tuple[Suggestion, ...]:
        """The phrases that rise, without those that are topics or refused by now."""
        async with self._making:
            if self._made is None or not timedelta() <= now - self._made[0] < _FOR:
                self._made = now, await self._work_out(taxonomy, now)
        async with self._database.read() as connection:
            query = select(refused_topics.c.phrase)
            refused = set((await connection.execute(query)).scalars())
        return tuple(
            one
            for one in self._made[1]
            if one.phrase not in refused
            and not any(taxonomy.find_topic(name) for name in one.names)
        )

    async def _work_out(self, taxonomy: Taxonomy, now: datetime) -> tuple[Suggestion, ...]:
        heard = await self._heard(now)
        async with self._database.read() as connection:
            paired = select(learned_names.c.spelling, learned_names.c.pair)
            paired = paired.where(learned_names.c.pair != "", learned_names.c.paired > 1)
            pairs = {row.spelling: row.pair for row in await connection.execute(paired)}
            titles = (await connection.execute(select(sources.c.title))).scalars().all()
            refused = (await connection.execute(select(refused_topics.c.phrase))).scalars().all()

        def work() -> tuple[Suggestion, ...]:
            return suggest(heard, taxonomy, now, pairs=pairs, refused=refused, names=titles)

        return await asyncio.to_thread(work)

    async def _heard(self, now: datetime) -> list[Heard]:
        lead = signal_sources.alias()
        query = (
            select(signals.c.id, signals.c.brief, signals.c.dated_at, lead.c.source_id)
            .join(lead, (lead.c.signal_id == signals.c.id) & (lead.c.place == 0))
            .where(LIVE, signals.c.dated_at > now - RECENT - BEFORE, signals.c.dated_at <= now)
            .order_by(signals.c.dated_at, signals.c.id)
        )
        heard: list[Heard] = []
        async with self._database.read() as connection:
            ids = (await connection.execute(query.with_only_columns(signals.c.id))).scalars().all()
            for some in chunks(ids, _PAGE):
                rows = await connection.execute(query.where(signals.c.id.in_(some)))
                heard += [_heard(row) for row in rows]
                await asyncio.sleep(0)  # five weeks of briefs: others have their turn
        return heard

    async def column_of(self, signal_ids: Sequence[int]) -> str:
        """The column that most of the signals are in, "" for none."""
        counts: Counter[str] = Counter()
        async with self._database.read() as connection:
            for some in chunks(signal_ids):
                query = select(signals.c.column_id).where(signals.c.id.in_(some))
                counts.update((await connection.execute(query)).scalars())
        return counts.most_common(1)[0][0] if counts else ""


def _heard(row: Any) -> Heard:
    headline = row.brief.get("headline_original") or row.brief["headline"]
    phrases = tuple(row.brief.get("keywords", ()))
    return Heard(row.id, phrases, row.dated_at, str(row.source_id), headline)
