"""Which signals words would mark: tried before a cue counts, and before a topic is split."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import select

from digest.classify.topics import CueIndex, is_about
from storage.database import Database
from storage.schema import LIVE, articles, signal_topics, signals
from storage.search import Search
from storage.upsert import chunks
from storage.values import read_brief, unpack_paragraphs

MOST_TRIED = 3_000
"""So many of the newest candidates are looked at."""
_LOOKED_AT = 6000  # characters, as when a signal is first placed


class Marking:
    """Tries words on the signals that readers see."""

    def __init__(self, database: Database, search: Search) -> None:
        self._database = database
        self._search = search

    async def under(self, kind: str, id_: str, since: datetime) -> tuple[int, ...]:
        """The live signals of a topic or column dated since then, the newest first."""
        query = select(signals.c.id).where(LIVE)
        moment: Any = signals.c.dated_at
        if kind == "topic":
            moment = signal_topics.c.dated_at
            query = query.join(signal_topics, signal_topics.c.signal_id == signals.c.id)
            query = query.where(signal_topics.c.topic_id == id_)
        else:
            query = query.where(signals.c.column_id == id_)
        query = query.where(moment >= since).order_by(moment.desc(), signals.c.id.desc())
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def with_words(self, words: Sequence[str], since: datetime) -> tuple[int, ...]:
        """The live signals dated since then that contain one of `words`, the newest first."""
        met: set[int] = set()
        for word in words:
            met.update(await self._search.ids(f'"{word}"', MOST_TRIED))
        found: list[Any] = []
        async with self._database.read() as connection:
            for some in chunks(sorted(met)):
                query = select(signals.c.id, signals.c.dated_at)
                query = query.where(signals.c.id.in_(some), LIVE, signals.c.dated_at >= since)
                found.extend((await connection.execute(query)).all())
        found.sort(key=lambda row: (row.dated_at, row.id), reverse=True)
        return tuple(row.id for row in found)[:MOST_TRIED]

    async def about(self, ids: Sequence[int], cues: Sequence[str]) -> tuple[int, ...]:
        """Those of the signals that a subject with these cues would be given, in their order."""
        index = CueIndex({"": tuple(cues)})
        chosen: set[int] = set()
        for some in chunks(ids, 100):
            query = (
                select(signals.c.id, signals.c.brief, articles.c.title, articles.c.text)
                .join(articles, articles.c.id == signals.c.article_id)
                .where(signals.c.id.in_(some))
            )
            async with self._database.read() as connection:
                rows: Sequence[Any] = (await connection.execute(query)).all()
            # Thousands of texts are unpacked and searched: people who wait go before.
            chosen |= await asyncio.to_thread(_about, rows, index)
        return tuple(id_ for id_ in ids if id_ in chosen)


def _about(rows: Sequence[Any], index: CueIndex) -> set[int]:
    return {row.id for row in rows if is_about(*_words_of(row), index)}


def _words_of(row: Any) -> tuple[str, str]:
    """Title and text of an article; the points of its brief once its text is gone."""
    if row.text is not None:
        sentences = chain.from_iterable(unpack_paragraphs(row.text))
        return row.title, " ".join(sentences)[:_LOOKED_AT]
    points = read_brief(row.brief).points
    return row.title, " ".join(point.original or point.text for point in points)
