"""Articles in other languages, and the sentences that were translated before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import SignalState, Translation
from storage.column_types import clean
from storage.database import Database
from storage.enrichments import note_done, untried
from storage.schema import articles, sentence_cache, signal_sources, signals, sources, translations
from storage.upsert import chunks, insert
from storage.values import pack_sentences, unpack_sentences

# Also those made for one reader's link: who sent it reads its page; and what waits for an editor,
# to be ready when he agrees.
_READ = signals.c.state != SignalState.REJECTED


_UNWANTED = (
    exists()
    .where(signal_sources.c.signal_id == signals.c.id, signal_sources.c.place == 0)
    .where(sources.c.id == signal_sources.c.source_id, ~sources.c.translate)
)


async def save_translation(
    connection: AsyncConnection, signal_id: int, translation: Translation, now: datetime
) -> None:
    """Keep a translation in the place of an earlier one into the same language."""
    values = {
        "engine": translation.engine,
        "sentences": pack_sentences(translation.sentences),
        "created_at": now,
    }
    await connection.execute(
        insert(connection, translations)
        .values(signal_id=signal_id, lang=translation.lang, **values)
        .on_conflict_do_update(index_elements=["signal_id", "lang"], set_=values)
    )
    await note_done(connection, signal_id, translation.lang, now)


class Translations:
    """The translations of signals' articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, signal_id: int, lang: str) -> Translation | None:
        """The article of a signal in `lang`, None when nobody translated it."""
        query = select(translations).where(
            translations.c.signal_id == signal_id, translations.c.lang == lang
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return Translation(row.lang, row.engine, unpack_sentences(row.sentences))

    async def save(self, signal_id: int, translation: Translation, now: datetime) -> None:
        """Keep a translation in the place of an earlier one into the same language."""
        async with self._database.write() as connection:
            await save_translation(connection, signal_id, translation, now)

    async def waiting(
        self,
        since: datetime,
        limit: int,
        *,
        lang: str = "zh",
        known: Collection[str],
        retry_before: datetime | None = None,
    ) -> tuple[int, ...]:
        """Signals that someone reads, made since then, in another language and not translated.

        Only those in one of the `known` languages: what nobody here translates must not stand
        in the way. The newest first. One that was tried in vain waits until its last try lies
        before `retry_before`, and is given up in the end (see storage/enrichments.py). Left out
        are those whose leading source does without the translator.
        """
        query = (
            select(signals.c.id)
            .join(articles, articles.c.id == signals.c.article_id)
            .where(signals.c.created_at >= since, _READ)
            .where(articles.c.lang.in_(set(known) - {lang, ""}), articles.c.text.is_not(None))
            .where(untried(lang, retry_before), ~_UNWANTED)
            .order_by(signals.c.created_at.desc(), signals.c.id.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def languages(self, since: datetime) -> frozenset[str]:
        """The languages of the articles of signals made since then."""
        query = (
            select(articles.c.lang)
            .distinct()
            .join(signals, articles.c.id == signals.c.article_id)
            .where(signals.c.created_at >= since, articles.c.text.is_not(None))
        )
        async with self._database.read() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def remembered(self, keys: Sequence[str]) -> dict[str, str]:
        """The translations of those of `keys` that are remembered."""
        found: dict[str, str] = {}
        async with self._database.read() as connection:
            for some in chunks(list(keys)):
                query = select(sentence_cache.c.key, sentence_cache.c.text).where(
                    sentence_cache.c.key.in_(some)
                )
                found.update({row.key: row.text for row in await connection.execute(query)})
        return found

    async def remember(self, entries: Mapping[str, str], engine: str, now: datetime) -> None:
        """Remember translated sentences by their keys (hashes of at most 128 characters)."""
        rows = [
            {"key": key, "text": clean(text), "engine": engine, "made_at": now}
            for key, text in entries.items()
        ]
        async with self._database.write() as connection:
            for some in chunks(rows):
                statement = insert(connection, sentence_cache).values(list(some))
                new = statement.excluded
                await connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=["key"],
                        set_={"text": new.text, "engine": new.engine, "made_at": new.made_at},
                    )
                )

    async def forget_before(self, moment: datetime) -> int:
        """Drop remembered sentences made before `moment`; whole translations stay."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(sentence_cache).where(sentence_cache.c.made_at < moment)
            )
            return result.rowcount
