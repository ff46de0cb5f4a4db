"""Signals: made once, with everything that hangs on them, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import (
    Access,
    Adds,
    Article,
    Brief,
    EntryState,
    Relation,
    Score,
    Signal,
    SignalDraft,
    SignalState,
    Source,
    Tier,
)
from digest.policy import Hold
from digest.stories import WINDOW, StoryPlacement
from storage.addresses import note_addresses, url_key
from storage.article_rows import load_article
from storage.audit import write_audit
from storage.editing import is_edited
from storage.enrichments import MODEL, begin, forgive, note_done
from storage.entries import PendingEntry, finish_entry
from storage.errors import NotFound, StorageError
from storage.leads import relation_among_live, welcome
from storage.newness import tell_anew
from storage.schema import CLOSED, articles, signal_sources, signal_topics, signals, stories
from storage.search import index_signal, reindex_signal, retell_signal
from storage.signal_queries import SignalQueries, find_same
from storage.signal_rows import load_by_ids
from storage.story_counts import count_source, recount
from storage.taxonomy import placed_now
from storage.translations import save_translation
from storage.upsert import insert
from storage.values import (
    adds_data,
    brief_data,
    hold_data,
    pack_paragraphs,
    placement_data,
    read_brief,
    score_data,
)

_LINE = 0x53746F7279  # an advisory lock of PostgreSQL, by a number of our own


@dataclass(frozen=True, slots=True)
class NewSignal:
    """A draft with what storage must know besides. `fingerprint` "" means: too short to tell.

    `hold` says why a signal that is HELD is kept from readers; `adds` what it has that its story
    had not, None when that was not compared. `returns_to` is a closed story whose event it brings
    back, when it stands alone. `judged_by` is the newest signal that its place was judged by: one
    that is newer refuses it (`Outrun`); None: it is taken as it is.
    """

    draft: SignalDraft
    entry: PendingEntry
    source: Source
    fingerprint: str
    backlog: bool
    story: StoryPlacement
    state: SignalState = SignalState.LIVE
    hold: Hold | None = None
    adds: Adds | None = None
    returns_to: int | None = None
    judged_by: int | None = None


class Outrun(StorageError):  # noqa: N818  a state of the stream, answered by looking again
    """Another process kept a signal since the place of this one was judged."""


@dataclass(frozen=True, slots=True)
class PrivateReading:
    """A draft made for a reader who sent its link. `met_at` are the addresses that led to it."""

    draft: SignalDraft
    fingerprint: str
    met_at: tuple[str, ...] = ()


class Signals(SignalQueries):
    """The signals, and how they come to be."""

    async def insert(self, new: NewSignal, now: datetime) -> Signal:
        """Keep article, signal, topics, search terms and story, and end the entry as DONE.

        When the article has a signal by now, the entry becomes one more source of that one
        instead (see `add_source`), and that signal is returned. One that was private till now
        goes live under its number, as new as this one would be; its brief stays. Raises Outrun.
        """
        async with self._database.write() as connection:
            await _alone_in_line(connection, new.judged_by)
            new = replace(new, draft=await _placed(connection, new.draft))
            signal_id = await _insert(connection, new, now)
            if signal_id is None:
                signal_id = await _same(connection, new.draft.article, new.fingerprint)
                await _go_live(connection, signal_id, new, now)
                await _add_source(connection, signal_id, new.entry, new.source, now)
            return await _loaded(connection, signal_id)

    async def insert_private(self, new: PrivateReading, now: datetime) -> Signal:
        """Keep what was read for one reader; the signal that the article has already, if any."""
        async with self._database.write() as connection:
            article, draft = new.draft.article, await _placed(connection, new.draft)
            article_id = await _insert_article(connection, article, new.fingerprint, now)
            if article_id is None:
                signal_id = await _same(connection, article, new.fingerprint)
            else:
                values = _values(draft, article_id, now) | {"state": SignalState.PRIVATE}
                lone = {"story_id": None, "relation": Relation.LEAD, "backlog": True}
                signal_id = await _insert_signal(connection, draft, values | lone, now)
            await note_addresses(connection, signal_id, new.met_at)
            return await _loaded(connection, signal_id)

    async def note_addresses(self, signal_id: int, urls: Sequence[str]) -> None:
        """Remember that the article of a signal is to be found at these addresses too."""
        async with self._database.write() as connection:
            await note_addresses(connection, signal_id, urls)

    async def add_source(
        self, signal_id: int, pending: PendingEntry, source: Source, now: datetime
    ) -> Signal:
        """Note that one more source carries the article, and end the entry as MERGED.

        A source counts once, however often it repeats an article. Raises NotFound.
        """
        async with self._database.write() as connection:
            await _loaded(connection, signal_id)
            await _add_source(connection, signal_id, pending, source, now)
            return await _loaded(connection, signal_id)

    async def add_view(self, signal_id: int) -> None:
        """Count one reader of the signal's page."""
        await self._change(signal_id, views=signals.c.views + 1)

    async def set_access(
        self, signal_id: int, access: Access | None, *, actor: str, now: datetime
    ) -> Signal:
        """Say who may read a signal's page; None: whoever its source lets. Raises NotFound."""
        async with self._database.write() as connection:
            before = await _loaded(connection, signal_id)
            await connection.execute(
                update(signals).where(signals.c.id == signal_id).values(access=access)
            )
            await write_audit(
                connection,
                actor,
                "signal.access",
                f"signal:{signal_id}",
                before=before.access,
                after=access,
                now=now,
            )
            return await _loaded(connection, signal_id)

    async def set_score(self, signal_id: int, score: Score) -> None:
        """Replace the score, as when further sources corroborate the signal."""
        await self._change(signal_id, score=score.total, score_parts=score_data(score))

    async def set_brief(
        self, signal_id: int, brief: Brief, now: datetime, *, instead_of: Brief | None = None
    ) -> None:
        """Replace the brief, by a model's or a translated one; search follows. Raises NotFound.

        With `instead_of` only if the signal still has that one: of two that work on it at the
        same time, the slower must not undo what the other made. What an editor wrote stays.
        """
        async with self._database.write() as connection:
            old = await connection.scalar(
                select(signals.c.brief).where(signals.c.id == signal_id).with_for_update()
            )
            if old is None:
                raise NotFound(f"there is no signal {signal_id}")
            before = read_brief(old)
            if instead_of is not None and before != instead_of:
                return
            if await is_edited(connection, signal_id):
                return
            await connection.execute(
                update(signals).where(signals.c.id == signal_id).values(brief=brief_data(brief))
            )
            article = await load_article(connection, signal_id)
            await tell_anew(connection, signal_id)
            if article is not None:  # else the index still has its words, and we do not
                await reindex_signal(connection, signal_id, article, before, brief)
            if brief.tier is Tier.MODEL:
                await note_done(connection, signal_id, MODEL, now)

    async def begin(
        self, signal_id: int, task: str, now: datetime, *, retry_before: datetime
    ) -> bool:
        """Count that the model ("model") or a translation ("zh") of a signal is tried now.

        False when it is done, given up, or was tried since `retry_before` (by another process).
        """
        async with self._database.write() as connection:
            return await begin(connection, signal_id, task, now, retry_before=retry_before)

    async def forgive(self, signal_id: int, task: str) -> None:
        """Do not count the last try: what failed was the engine."""
        async with self._database.write() as connection:
            await forgive(connection, signal_id, task)

    async def _change(self, signal_id: int, **values: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(signals).where(signals.c.id == signal_id).values(**values)
            )


async def _alone_in_line(connection: AsyncConnection, judged_by: int | None) -> None:
    """Of several processes that place signals one at a time goes on, knowing all before it.

    One that does not care still waits for its turn: so signals are committed in the order of
    their numbers, by which the others read on.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        await connection.execute(select(func.pg_advisory_xact_lock(_LINE)))
    if judged_by is None:
        return
    newer = signals.c.id > judged_by
    query = select(signals.c.id).where(newer, signals.c.state != SignalState.PRIVATE).limit(1)
    if await connection.scalar(query) is not None:
        raise Outrun(f"there are signals newer than {judged_by}")


async def _placed(connection: AsyncConnection, draft: SignalDraft) -> SignalDraft:
    return replace(draft, placement=await placed_now(connection, draft.placement))


async def _insert(connection: AsyncConnection, new: NewSignal, now: datetime) -> int | None:
    draft = new.draft
    article_id = await _insert_article(connection, draft.article, new.fingerprint, now)
    if article_id is None:
        return None
    standing = await _standing(connection, new, now)
    values = _values(draft, article_id, now) | standing
    signal_id = await _insert_signal(connection, draft, values, now)
    if new.state is SignalState.LIVE:
        await note_topics(connection, signal_id, draft.placement.topics, values["dated_at"])
    await _note_source(connection, signal_id, new.entry, new.source, now)
    await finish_entry(connection, new.entry.id, EntryState.DONE, now=now, signal_id=signal_id)
    await _welcome(connection, signal_id, standing, now)
    return signal_id


async def _welcome(
    connection: AsyncConnection, signal_id: int, standing: dict[str, Any], now: datetime
) -> None:
    if standing["state"] is SignalState.LIVE and standing["story_id"] is not None:
        await welcome(connection, standing["story_id"], signal_id, now)


async def insert_own(connection: AsyncConnection, draft: SignalDraft, now: datetime) -> int:
    """Keep the signal of somebody's own words, hidden: it has no entry, no source, no story."""
    article_id = await _insert_article(connection, draft.article, "", now)
    if article_id is None:
        raise NotFound(f"{draft.article.canonical_url} is taken")
    lone = {"story_id": None, "relation": Relation.LEAD, "backlog": False}
    values = _values(draft, article_id, now) | lone | {"state": SignalState.PRIVATE}
    signal_id = await _insert_signal(connection, draft, values, now)
    # Nobody's own words are for a model to better.
    await note_done(connection, signal_id, MODEL, now)
    return signal_id


async def retell_own(
    connection: AsyncConnection, signal_id: int, draft: SignalDraft, now: datetime
) -> None:
    """Let the signal of somebody's own words say something else; search follows."""
    before = await _loaded(connection, signal_id)
    old = await load_article(connection, signal_id)
    article = draft.article
    values = _values(draft, before.article_id, now)
    await connection.execute(
        update(articles)
        .where(articles.c.id == before.article_id)
        .values(
            title=article.title,
            lang=article.lang,
            author=article.author,
            published_at=article.published_at,
            text=pack_paragraphs(article.paragraphs),
        )
    )
    await connection.execute(
        update(signals)
        .where(signals.c.id == signal_id)
        .values(brief=brief_data(draft.brief), **values)
    )
    if old is not None:
        await retell_signal(connection, signal_id, (old, before.brief), (article, draft.brief))


async def _insert_signal(
    connection: AsyncConnection, draft: SignalDraft, values: dict[str, Any], now: datetime
) -> int:
    """The signal, and what belongs to it alone; topics and sources are what makes it listed."""
    result = await connection.execute(
        plain_insert(signals)
        .values(views=0, created_at=now, brief=brief_data(draft.brief), **values)
        .returning(signals.c.id)
    )
    signal_id: int = result.scalar_one()
    await note_addresses(connection, signal_id, (draft.article.url,))
    await index_signal(connection, signal_id, draft)
    if draft.brief.tier is Tier.MODEL:
        await note_done(connection, signal_id, MODEL, now)
    if draft.simple is not None:
        await save_translation(connection, signal_id, draft.simple, now)
    return signal_id


def _values(draft: SignalDraft, article_id: int, now: datetime) -> dict[str, Any]:
    """What a draft says of its signal, but for its brief."""
    return {
        "article_id": article_id,
        "column_id": draft.placement.column,
        "kind": draft.placement.kind,
        "score": draft.score.total,
        "score_parts": score_data(draft.score),
        "placement": placement_data(draft.placement),
        "reading_minutes": draft.reading_minutes,
        "dated_at": _dated(draft.article, now),
    }


def _dated(article: Article, now: datetime) -> datetime:
    return min(article.published_at or now, now)


async def _standing(connection: AsyncConnection, new: NewSignal, now: datetime) -> dict[str, Any]:
    """Where a new signal stands: in which story, as what, and whether readers see it."""
    dated_at = _dated(new.draft.article, now)
    story_id, relation = await join_story(connection, new.story, dated_at, now)
    camp = await _camp_of(connection, new.story.story_of) if story_id is not None else None
    if story_id is None and await _is_closed(connection, new.returns_to):
        story_id = await _open_story(connection, dated_at, now, follows=new.returns_to)
    live = new.state is SignalState.LIVE
    if live and story_id is not None:
        relation = await relation_among_live(connection, story_id, relation)
    hold = new.hold
    return {
        "state": new.state,
        "story_id": story_id,
        "camp": camp,
        "relation": relation,
        "adds": adds_data(None if relation is Relation.LEAD else new.adds),
        "backlog": new.backlog,
        "live_at": now if live else None,
        "held_at": now if new.state is SignalState.HELD else None,
        "hold": hold_data(hold) if hold else None,
        "falls_at": hold.falls_at if hold else None,
    }


async def _is_closed(connection: AsyncConnection, story_id: int | None) -> bool:
    """Whether the story stands by itself and had closed: editors may have changed that since."""
    there = (stories.c.id == story_id) & CLOSED & stories.c.merged_into.is_(None)
    return await connection.scalar(select(stories.c.id).where(there)) is not None


async def _camp_of(connection: AsyncConnection, signal_id: int | None) -> int | None:
    query = select(signals.c.camp).where(signals.c.id == signal_id)
    camp: int | None = await connection.scalar(query)
    return camp


async def note_topics(
    connection: AsyncConnection, signal_id: int, topics: Sequence[str], dated_at: datetime
) -> None:
    """List a signal under its topics, as only live ones are."""
    rows = [
        {"topic_id": topic, "dated_at": dated_at, "signal_id": signal_id}
        for topic in dict.fromkeys(topics)
    ]
    if rows:
        await connection.execute(plain_insert(signal_topics), rows)


async def _go_live(
    connection: AsyncConnection, signal_id: int, new: NewSignal, now: datetime
) -> None:
    """Publish a private signal, if it is one, as `new` would have been."""
    private = (signals.c.id == signal_id) & (signals.c.state == SignalState.PRIVATE)
    query = select(signals.c.article_id).where(private).with_for_update()
    article_id = await connection.scalar(query)
    if article_id is None:
        return
    standing = await _standing(connection, new, now)
    values = _values(new.draft, article_id, now) | standing | {"created_at": now}
    await connection.execute(update(signals).where(private).values(**values))
    if new.state is SignalState.LIVE:
        topics = new.draft.placement.topics
        await note_topics(connection, signal_id, topics, values["dated_at"])
    await _welcome(connection, signal_id, standing, now)


async def _insert_article(
    connection: AsyncConnection, article: Article, fingerprint: str, now: datetime
) -> int | None:
    result = await connection.execute(
        insert(connection, articles)
        .values(
            url_key=url_key(_identity(article)),
            fingerprint=fingerprint or None,
            url=article.url,
            canonical_url=article.canonical_url,
            title=article.title,
            lang=article.lang,
            author=article.author,
            site=article.site,
            published_at=article.published_at,
            utc_offset_min=article.utc_offset_min,
            origin=article.origin,
            note=article.note,
            image_url=article.image_url,
            text=pack_paragraphs(article.paragraphs),
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(articles.c.id)
    )
    article_id: int | None = result.scalar()
    return article_id


async def _same(connection: AsyncConnection, article: Article, fingerprint: str) -> int:
    signal_id = await find_same(connection, _identity(article), fingerprint)
    if signal_id is None:
        raise NotFound(f"the article {article.url} has no signal")
    return signal_id


def _identity(article: Article) -> str:
    return article.canonical_url or article.url


async def join_story(
    connection: AsyncConnection, story: StoryPlacement, dated_at: datetime, now: datetime
) -> tuple[int | None, Relation]:
    """The story that a signal dated `dated_at` belongs to, and as what.

    One is opened when its first signal gets company. Nothing joins what was silent for too long,
    whoever was thought to be its like: that stands alone.
    """
    alone = None, Relation.LEAD
    if story.story_of is None:
        return alone
    query = select(signals.c.id, signals.c.story_id, signals.c.dated_at)
    query = query.where(signals.c.id == story.story_of).with_for_update()
    first = (await connection.execute(query)).first()
    if first is None:
        return alone
    if first.story_id is not None:
        silent = (
            select(stories.c.id)
            .where(stories.c.id == first.story_id)
            .where(stories.c.closed_at.is_not(None) | (stories.c.updated_at < now - WINDOW))
        )
        closed = await connection.scalar(silent) is not None
        return alone if closed else (first.story_id, story.relation)
    if first.dated_at < now - WINDOW:
        return alone
    story_id = await _open_story(connection, max(first.dated_at, dated_at), now)
    await connection.execute(
        update(signals).where(signals.c.id == first.id).values(story_id=story_id)
    )
    await recount(connection, story_id)
    return story_id, story.relation


async def _open_story(
    connection: AsyncConnection, dated_at: datetime, now: datetime, *, follows: int | None = None
) -> int:
    values = {"created_at": now, "updated_at": dated_at, "follows": follows}
    opened = await connection.execute(
        plain_insert(stories).values(**values).returning(stories.c.id)
    )
    story_id: int = opened.scalar_one()
    return story_id


async def _add_source(
    connection: AsyncConnection,
    signal_id: int,
    pending: PendingEntry,
    source: Source,
    now: datetime,
) -> None:
    if await _note_source(connection, signal_id, pending, source, now):
        await count_source(connection, signal_id, source.id)
    await finish_entry(connection, pending.id, EntryState.MERGED, now=now, signal_id=signal_id)


async def _note_source(
    connection: AsyncConnection,
    signal_id: int,
    pending: PendingEntry,
    source: Source,
    now: datetime,
) -> bool:
    """Whether the source had not carried it before."""
    place = select(func.count()).where(signal_sources.c.signal_id == signal_id)
    await note_addresses(connection, signal_id, (pending.entry.url,))
    noted = await connection.execute(
        insert(connection, signal_sources)
        .values(
            signal_id=signal_id,
            source_id=source.id,
            url=pending.entry.url,
            seen_at=now,
            place=place.scalar_subquery(),
        )
        .on_conflict_do_nothing()
        .returning(signal_sources.c.signal_id)
    )
    return noted.scalar() is not None


async def _loaded(connection: AsyncConnection, signal_id: int) -> Signal:
    found = await load_by_ids(connection, (signal_id,))
    if not found:
        raise NotFound(f"there is no signal {signal_id}")
    return found[0]
