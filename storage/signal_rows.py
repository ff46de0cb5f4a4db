"""From rows to signals: the one place where a signal is put together for readers."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Row,
    Select,
    Text,
    bindparam,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import (
    Access,
    Brief,
    FullText,
    Photo,
    Placement,
    Relation,
    Score,
    SeenIn,
    Signal,
    SignalState,
    Tier,
)
from storage.looking import Ask, Question
from storage.schema import articles, signal_sources, signals, sources, stories
from storage.taxonomy import FORMER, former_topics, led_on, led_to
from storage.upsert import chunks
from storage.values import read_adds, read_brief, read_placement, read_score

_ARTICLE = (
    articles.c.url,
    articles.c.title,
    articles.c.lang,
    articles.c.published_at,
    articles.c.utc_offset_min,
    articles.c.author,
    articles.c.site,
    articles.c.note,
)
# Signals made from their rows before others have a turn: a thousand at once were seen to hold the
# loop for more than 300 ms.
_AT_ONCE = 100
_READ_ONCE = frozenset({"brief", "placement", "score_parts"})


@dataclass(frozen=True, slots=True)
class _Carried:
    """Who carried a signal, and what the first of them lets us show to whom."""

    seen_in: tuple[SeenIn, ...] = ()
    full_text: FullText = FullText.EXCERPT
    access: Access = Access.PUBLIC


@cache
def signal_query() -> Select[Any]:
    """What `load_signals` needs of each signal."""
    own = (_as_kept(column) for column in signals.c)
    both = signals.join(articles, articles.c.id == signals.c.article_id)
    return select(*own, *_ARTICLE).select_from(both)


def _as_kept(column: Column[Any]) -> ColumnElement[Any]:
    if column.name in _READ_ONCE:
        return type_coerce(column, Text).label(column.name)
    return column


# Put together once: for one signal that takes longer than to ask for it.
BY_ID = Question(signal_query().where(signals.c.id.in_(bindparam("ids", expanding=True))))
_SEEN_IN = Question(
    select(signal_sources, sources.c.title, sources.c.full_text, sources.c.access)
    .join(sources, sources.c.id == signal_sources.c.source_id)
    .where(signal_sources.c.signal_id.in_(bindparam("ids", expanding=True)))
    .order_by(signal_sources.c.signal_id, signal_sources.c.place)
)
_STORY_SIZES = Question(
    select(stories.c.id, stories.c.told, stories.c.told_by).where(
        stories.c.id.in_(bindparam("ids", expanding=True))
    )
)


class SignalRows(NamedTuple):
    """All that is kept of some signals: their own rows, and those of what hangs on them."""

    own: Sequence[Row[Any]]
    carriers: Sequence[Row[Any]]
    stories: Sequence[Row[Any]]
    former: Mapping[str, str]


# What was read last is asked for again and again: by the digests of a day, by lists and pages.
# A brief takes 6 KB here, a score 2: what is kept is full within minutes.
@lru_cache(maxsize=256)
def _brief(kept: str) -> Brief:
    return read_brief(json.loads(kept))


@lru_cache(maxsize=256)
def _placement(column: str, kind: str, kept: str) -> Placement:
    return read_placement(column, kind, json.loads(kept))


@lru_cache(maxsize=256)
def _score(kept: str) -> Score:
    return read_score(json.loads(kept))


async def load_signals(
    connection: AsyncConnection, query: Executable, values: Mapping[str, Any] | None = None
) -> tuple[Signal, ...]:
    """The signals that `query` (made by `signal_query`) finds, in its order."""
    rows: list[Row[Any]] = []
    for some in (await connection.execute(query, values)).partitions(_AT_ONCE):
        rows += some
        await _let_others(some)
    seen = await _all(connection, _SEEN_IN, [row.id for row in rows])
    sizes = await _all(connection, _STORY_SIZES, _stories_of(rows))
    former = await former_topics(connection) if rows else {}
    return await made_of(SignalRows(rows, seen, sizes, former))


def look_up(ask: Ask, question: Question, **values: Any) -> SignalRows:
    """What `load_signals` would make signals of, asked in a look (storage/looking.py)."""
    rows = ask(question, **values)
    if not rows:
        return SignalRows((), (), (), {})
    seen = ask(_SEEN_IN, ids=[row.id for row in rows])
    told = _stories_of(rows)
    sizes = ask(_STORY_SIZES, ids=told) if told else ()
    return SignalRows(rows, seen, sizes, led_to(ask(FORMER)))


async def made_of(found: SignalRows) -> tuple[Signal, ...]:
    """The signals of what was found, in its order."""
    carriers: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in found.carriers:
        carriers[row.signal_id].append(row)
    carried = {signal_id: _carried(some) for signal_id, some in carriers.items()}
    # How many live signals and how many sources of theirs each story has.
    sizes = {row.id: (row.told, row.told_by) for row in found.stories}
    made: list[Signal] = []
    for start in range(0, len(found.own), _AT_ONCE):
        some = found.own[start : start + _AT_ONCE]
        made += [_signal(row, carried.get(row.id, _Carried()), sizes) for row in some]
        await _let_others(some)
    if not found.former:
        return tuple(made)
    return tuple(replace(one, placement=led_on(one.placement, found.former)) for one in made)


def _stories_of(rows: Iterable[Row[Any]]) -> list[int]:
    return sorted({row.story_id for row in rows if row.story_id})


async def _all(
    connection: AsyncConnection, question: Question, ids: Sequence[int]
) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for some in chunks(ids):
        rows += await connection.execute(question.statement, {"ids": list(some)})
    return rows


async def _let_others(some: Sequence[Row[Any]]) -> None:
    """Whoever else waits for the loop has a turn after each full lot: an answer, a beat."""
    if len(some) == _AT_ONCE:
        await asyncio.sleep(0)


async def load_by_ids(connection: AsyncConnection, ids: Sequence[int]) -> tuple[Signal, ...]:
    """The signals with these ids, in this order; unknown ids are left out."""
    found: dict[int, Signal] = {}
    for some in chunks(ids):
        loaded = await load_signals(connection, BY_ID.statement, {"ids": list(some)})
        found.update({signal.id: signal for signal in loaded})
    return tuple(found[number] for number in ids if number in found)


def _carried(rows: Sequence[Row[Any]]) -> _Carried:
    return _Carried(
        tuple(SeenIn(row.source_id, row.title, row.url, row.seen_at) for row in rows),
        FullText(rows[0].full_text),
        Access(rows[0].access),
    )


def _access(own: str | None, state: SignalState, carried: _Carried) -> Access:
    if state is SignalState.PRIVATE:  # only who sent its link has one to its page
        return Access.SUBSCRIBERS
    return Access(own) if own else carried.access


def _signal(row: Row[Any], carried: _Carried, sizes: dict[int, tuple[int, int]]) -> Signal:
    state = SignalState(row.state)
    brief = _brief(row.brief)
    own = brief.tier is Tier.EDITOR  # nobody else has a say in how much of it is shown
    in_story, told_by = sizes.get(row.story_id, (0, 0)) if row.story_id else (0, 0)
    return Signal(
        id=row.id,
        url=row.url,
        title=row.title,
        lang=row.lang,
        brief=brief,
        placement=_placement(row.column_id, row.kind, row.placement),
        score=_score(row.score_parts),
        reading_minutes=row.reading_minutes,
        created_at=row.created_at,
        published_at=row.published_at,
        utc_offset_min=row.utc_offset_min,
        author=row.author,
        site=row.site,
        seen_in=carried.seen_in,
        story_id=row.story_id,
        relation=Relation(row.relation),
        adds=read_adds(row.adds),
        # The sizes count live signals; a hidden one is not among its own others.
        others=max(0, in_story - (state is SignalState.LIVE)),
        told_by=told_by,
        views=row.views,
        backlog=row.backlog,
        note=row.note,
        state=state,
        article_id=row.article_id,
        full_text=FullText.FULL if own else carried.full_text,
        access=_access(row.access, state, carried),
        live_at=row.live_at,
        photo=Photo(*row.photo) if row.photo else None,
    )
