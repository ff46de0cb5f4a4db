"""How editors change columns and topics: each change is an act (storage/acts.py).

A shelf is a column or a topic, named by its kind and id. Merging and splitting reach everything
that names the shelf: signals, what readers follow, mute and weigh, their rules, sources, policies.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, Table, Text, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import Lang
from digest.taxonomy import Taxonomy
from storage.acts import Act, Acts, Stale
from storage.bulk import Listed, Members, Placed, Valued, Weighed
from storage.changes import Change
from storage.database import Database
from storage.errors import NotFound
from storage.schema import (
    collection_rules,
    columns,
    policies,
    refused_topics,
    signal_topics,
    signals,
    sources,
    subscribers,
    subscriptions,
    topics,
    weights,
)
from storage.taxonomy import ACTIVE, MERGED, RETIRED, former_topics
from storage.upsert import chunks

ShelfKind = Literal["column", "topic"]
TABLES: Mapping[str, Table] = {"column": columns, "topic": topics}
MOST_ALIASES, MOST_CUES = 40, 60
# What is done to columns and topics, by the names that the audit has for it.
ACTS = (
    "topic.rename",
    "topic.aliases",
    "topic.cues",
    "topic.shelve",
    "topic.retire",
    "topic.revive",
    "topic.create",
    "topic.merge",
    "column.rename",
    "column.emoji",
    "column.aliases",
    "column.cues",
    "column.create",
    "column.merge",
)


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A column or topic as it is kept. `emoji` is a column's, `column` a topic's, else ""."""

    kind: ShelfKind
    id: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    cues: tuple[str, ...]
    state: str
    position: int
    emoji: str = ""
    column: str = ""
    merged_into: str = ""

    def name(self, lang: Lang) -> str:
        """The name in somebody's language."""
        return self.zh if lang == Lang.ZH else self.en


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic to be made. Its id is made of its English name."""

    id: str
    zh: str
    en: str
    column: str = ""
    aliases: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()

    def marked_by(self, cues: Sequence[str]) -> "NewTopic":
        """The same with these cues."""
        return replace(self, cues=tuple(cues))


@dataclass(frozen=True, slots=True)
class Split:
    """Part of the signals of `old` go to `fresh`: those numbered, in addition or `instead`.

    The `cues` mark the new one from then on, and with `instead` the old one no longer.
    """

    old: str
    fresh: NewTopic
    signal_ids: Sequence[int]
    instead: bool


class Shelves:
    """Reads columns and topics with their figures, and changes them for editors."""

    def __init__(self, database: Database, acts: Acts) -> None:
        self._database = database
        self._acts = acts

    async def get(self, kind: ShelfKind, id_: str) -> ShelfRow | None:
        """A column or topic in any state, None when there is none."""
        table = TABLES[kind]
        async with self._database.read() as connection:
            row = (await connection.execute(select(table).where(table.c.id == id_))).first()
            return None if row is None else _shelf(kind, row)

    async def all(self, kind: ShelfKind) -> tuple[ShelfRow, ...]:
        """All columns or topics in any state, in their order."""
        table = TABLES[kind]
        query = select(table).order_by(table.c.position, table.c.id)
        async with self._database.read() as connection:
            return tuple(_shelf(kind, row) for row in await connection.execute(query))

    async def followers(self, kind: ShelfKind) -> dict[str, int]:
        """How many readers follow each column or topic, whether they get pushes now or not."""
        names = subscriptions.c.columns if kind == "column" else subscriptions.c.topics
        query = (
            select(names, func.count())
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(names != [], subscribers.c.active)
            .group_by(names)
        )
        found: dict[str, int] = {}
        async with self._database.read() as connection:
            for ids, count in await connection.execute(query):
                for id_ in ids:
                    found[id_] = found.get(id_, 0) + count
        return found

    # --- one row -------------------------------------------------------------------------

    async def edit(
        self, kind: ShelfKind, id_: str, verb: str, *, actor: str, now: datetime, **values: Any
    ) -> None:
        """Set columns of one shelf as the act "`kind`.`verb`" (see ACTS). Raises NotFound.

        A shelf that was edited is the editors': the bundled file changes it no more.
        """
        async with self._acts.act(actor, f"{kind}.{verb}", f"{kind}:{id_}", now) as act:
            await _edit(act, kind, id_, **values)

    async def move(self, column: str, steps: int, *, actor: str, now: datetime) -> bool:
        """Move a column up (-1) or down (1) in the order of all; False at the end of it."""
        async with self._acts.act(actor, "column.order", f"column:{column}", now) as act:
            rows = await _in_order(act.connection, columns)
            ids = [row.id for row in rows if row.state == ACTIVE]
            place = ids.index(column) if column in ids else -1
            if place < 0 or not 0 <= place + steps < len(ids):
                return False
            ids.insert(place + steps, ids.pop(place))
            for position, id_ in enumerate(ids):
                await act.update(columns, {"id": id_}, position=position, edited=True)
            act.before, act.after = place + 1, place + steps + 1
            return True

    async def create(
        self,
        kind: ShelfKind,
        fresh: NewTopic,
        *,
        emoji: str = "",
        signal_ids: Sequence[int] = (),
        actor: str,
        now: datetime,
    ) -> None:
        """Make a topic or column, behind all others; a topic gets these signals besides.

        Raises Stale when its id is taken.
        """
        async with self._acts.act(actor, f"{kind}.create", f"{kind}:{fresh.id}", now) as act:
            await _create(act, kind, fresh, emoji)
            act.after = [fresh.zh, fresh.en]
            if signal_ids:
                await _place(act, signal_ids, lambda names: (*names, fresh.id))
                await act.bulk(Listed({fresh.id: signal_ids}, {}))

    async def take_over(self, given: Taxonomy, *, actor: str, now: datetime) -> tuple[int, int]:
        """Make columns and topics those of a file. Returns how many are new, how many changed.

        What the file does not have stays as it is, and so does what was merged.
        """
        fresh = changed = 0
        async with self._acts.act(actor, "taxonomy.import", "taxonomy:file", now) as act:
            for kind, values in _given(given):
                table, key = TABLES[kind], {"id": values["id"]}
                row = (
                    await act.connection.execute(
                        select(table).where(table.c.id == values["id"]).with_for_update()
                    )
                ).first()
                if row is None:
                    gone = {"state": RETIRED} if kind == "topic" else {"state": MERGED}
                    await act.insert(table, retire=gone, **values, edited=True, merged_into=None)
                    fresh += 1
                elif row.state != MERGED and any(
                    getattr(row, name) != value for name, value in values.items()
                ):
                    await act.update(table, key, **values, edited=True)
                    changed += 1
            act.after = [fresh, changed]
        return fresh, changed

    async def refuse(self, phrase: str, *, actor: str, now: datetime) -> None:
        """Never suggest this phrase as a topic again."""
        async with self._acts.act(actor, "topic.refuse", f"phrase:{phrase}", now) as act:
            await act.put(refused_topics, {"phrase": phrase}, refused_at=now)

    async def refused(self) -> frozenset[str]:
        """The phrases that editors did not want."""
        async with self._database.read() as connection:
            return frozenset((await connection.execute(select(refused_topics.c.phrase))).scalars())

    # --- merge and split -----------------------------------------------------------------

    async def merge(
        self, kind: ShelfKind, old: str, new: str, *, actor: str, now: datetime
    ) -> None:
        """Everything of `old` is of `new` from now on; the id `old` leads there.

        Raises NotFound, and Stale when one of them is not in use any more.
        """
        async with self._acts.act(actor, f"{kind}.merge", f"{kind}:{old}", now) as act:
            gone = await _in_use(act, kind, old)
            kept = await _in_use(act, kind, new)
            if old == new:
                return
            _hold(act, kept)
            await act.update(TABLES[kind], {"id": old}, state=MERGED, merged_into=new, edited=True)
            await _edit(act, kind, new, aliases=_names(kept, gone), cues=_cues(kept, gone))
            act.before, act.after = gone.zh, kept.zh
            if kind == "topic":
                await _merge_signal_topics(act, old, new)
                await _merge_weights(act, old, new)
            else:
                await _move_column(act, old, new)
            await _merge_readers(act, kind, old, new)

    async def split_topic(self, split: Split, *, actor: str, now: datetime) -> None:
        """Make a topic of part of another. Raises NotFound, and Stale when `old` is not in use."""
        async with self._acts.act(actor, "topic.split", f"topic:{split.old}", now) as act:
            old = await _in_use(act, "topic", split.old)
            _hold(act, old)
            fresh = split.fresh
            await _create(act, "topic", fresh, "")
            if split.instead:
                kept = [cue for cue in old.cues if cue not in fresh.cues]
                await _edit(act, "topic", old.id, cues=kept)
            ids = await _split_signals(act, split)
            act.before, act.after = old.zh, [fresh.zh, len(ids)]
            await _split_readers(act, "topic", old.id, fresh.id)
            await _split_weights(act, old.id, fresh.id)

    async def split_column(self, split: Split, emoji: str, *, actor: str, now: datetime) -> None:
        """Make a column of part of another: a signal is in one, so these move. Raises as above."""
        async with self._acts.act(actor, "column.split", f"column:{split.old}", now) as act:
            old = await _in_use(act, "column", split.old)
            _hold(act, old)
            fresh = split.fresh
            await _create(act, "column", fresh, emoji)
            act.before, act.after = old.zh, [fresh.zh, len(split.signal_ids)]
            await act.bulk(Valued(signals, "column_id", old.id, fresh.id, split.signal_ids))
            await _split_readers(act, "column", old.id, fresh.id)


def _shelf(kind: ShelfKind, row: Row[Any]) -> ShelfRow:
    return ShelfRow(
        kind,
        row.id,
        row.zh,
        row.en,
        tuple(row.aliases),
        tuple(row.cues),
        row.state,
        row.position,
        emoji=row.emoji if kind == "column" else "",
        column=row.column_id if kind == "topic" else "",
        merged_into=row.merged_into or "",
    )


def _given(taxonomy: Taxonomy) -> Iterator[tuple[ShelfKind, dict[str, Any]]]:
    """The rows of a file's columns and topics."""
    for column in taxonomy.columns.values():
        values = asdict(column) | {"state": ACTIVE}
        yield "column", values | {"aliases": list(column.aliases), "cues": list(column.cues)}
    topics_of = [(one, ACTIVE) for one in taxonomy.topics.values()]
    topics_of += [(one, RETIRED) for one in taxonomy.retired.values()]
    for position, (topic, state) in enumerate(topics_of):
        values = asdict(topic) | {"state": state, "position": position}
        values["column_id"] = values.pop("column")
        yield "topic", values | {"aliases": list(topic.aliases), "cues": list(topic.cues)}


async def _in_order(connection: AsyncConnection, table: Table) -> Sequence[Row[Any]]:
    query = select(table).order_by(table.c.position, table.c.id).with_for_update()
    return (await connection.execute(query)).all()


async def _in_use(act: Act, kind: ShelfKind, id_: str) -> ShelfRow:
    table = TABLES[kind]
    query = select(table).where(table.c.id == id_).with_for_update()
    row = (await act.connection.execute(query)).first()
    if row is None:
        raise NotFound(f"there is no {kind} {id_}")
    if row.state == MERGED:
        raise Stale({"state": row.state, "merged_into": row.merged_into})
    return _shelf(kind, row)


def _hold(act: Act, shelf: ShelfRow) -> None:
    """Tie the act to the state of a shelf: merged since, that has to be taken back first.

    What readers follow is put back by name, and one that was merged is in no list any more.
    """
    state = {"state": shelf.state}
    act.changes.append(Change(TABLES[shelf.kind], {"id": shelf.id}, state, state))


async def _edit(act: Act, kind: ShelfKind, id_: str, **values: Any) -> None:
    before = await act.update(TABLES[kind], {"id": id_}, edited=True, **values)
    changed = {name: value for name, value in values.items() if before[name] != value}
    act.before = {name: before[name] for name in changed}
    act.after = changed


async def _create(act: Act, kind: ShelfKind, fresh: NewTopic, emoji: str) -> None:
    table = TABLES[kind]
    found = await act.connection.scalar(select(table.c.id).where(table.c.id == fresh.id))
    if found is not None:
        raise Stale({"id": fresh.id})
    last = await act.connection.scalar(select(func.max(table.c.position)))
    own = {"emoji": emoji} if kind == "column" else {"column_id": fresh.column}
    # Readers may follow it by the time it is taken back: its id stays, and is nobody else's.
    gone = {"state": RETIRED} if kind == "topic" else {"state": MERGED, "merged_into": None}
    await act.insert(
        table,
        retire=gone,
        id=fresh.id,
        zh=fresh.zh,
        en=fresh.en,
        aliases=list(fresh.aliases),
        cues=list(fresh.cues),
        position=(last or 0) + 1,
        state=ACTIVE,
        edited=True,
        merged_into=None,
        **own,
    )


def _names(kept: ShelfRow, gone: ShelfRow) -> list[str]:
    """The aliases of what was merged: whoever types an old name finds it."""
    known = {name.casefold() for name in (kept.zh, kept.en, *kept.aliases)}
    more = [one for one in (gone.zh, gone.en, *gone.aliases) if one.casefold() not in known]
    return list(dict.fromkeys([*kept.aliases, *more]))


def _cues(kept: ShelfRow, gone: ShelfRow) -> list[str]:
    return list(dict.fromkeys([*kept.cues, *gone.cues]))


# --- signals -----------------------------------------------------------------------------


async def _merge_signal_topics(act: Act, old: str, new: str) -> None:
    def under(topic: str) -> Any:
        return select(signal_topics.c.signal_id).where(signal_topics.c.topic_id == topic)

    held = (await act.connection.execute(under(old))).scalars().all()
    both = set(
        (
            await act.connection.execute(
                under(new).where(signal_topics.c.signal_id.in_(under(old)))
            )
        ).scalars()
    )
    alone = [id_ for id_ in held if id_ not in both]
    await act.bulk(Listed({new: alone}, {old: held}))


async def _split_signals(act: Act, split: Split) -> Sequence[int]:
    """List the signals that still are under the old topic under the new one; their numbers."""
    ids: list[int] = []
    for some in chunks(split.signal_ids):
        under = select(signal_topics.c.signal_id).where(
            signal_topics.c.signal_id.in_(some), signal_topics.c.topic_id == split.old
        )
        ids += (await act.connection.execute(under)).scalars().all()
    former = await former_topics(act.connection)
    await _place(act, ids, lambda names: _split_names(names, split, former))
    removed = {split.old: ids} if split.instead else {}
    await act.bulk(Listed({split.fresh.id: ids}, removed))
    return ids


async def _place(
    act: Act, ids: Sequence[int], renamed: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> None:
    """Let placements name what `renamed` makes of the topics they name."""
    groups: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = defaultdict(list)
    for some in chunks(ids):
        query = select(signals.c.id, signals.c.placement).where(signals.c.id.in_(some))
        for row in (await act.connection.execute(query)).all():
            before = tuple(row.placement.get("topics", ()))
            groups[before, renamed(before)].append(row.id)
    await act.bulk(Placed([(*names, some) for names, some in groups.items()]))


def _split_names(
    before: tuple[str, ...], split: Split, former: Mapping[str, str]
) -> tuple[str, ...]:
    """The topics of a signal with the new one after the old one, or in its place.

    The old one may stand there by the id of one that was merged into it.
    """
    named: list[str] = []
    for topic in before:
        if former.get(topic, topic) != split.old:
            named.append(topic)
        elif not split.instead:
            named += [topic, split.fresh.id]
        else:
            named.append(split.fresh.id)
    return tuple(dict.fromkeys(named))


async def _move_column(act: Act, old: str, new: str) -> None:
    """Signals, sources, topics and rules of a column, and its policy where the other has none."""
    for table, name in (
        (signals, "column_id"),
        (sources, "column_id"),
        (collection_rules, "column_id"),
    ):
        (number,) = table.primary_key.columns
        query = select(number).where(table.c[name] == old)
        ids = (await act.connection.execute(query)).scalars().all()
        await act.bulk(Valued(table, name, old, new, ids))
    spoke = select(topics.c.id).where(topics.c.column_id == old)
    for id_ in (await act.connection.execute(spoke)).scalars().all():
        await act.update(topics, {"id": id_}, column_id=new, edited=True)
    scopes = {scope: {"scope": f"column:{scope}"} for scope in (old, new)}
    query = select(policies).where(policies.c.scope.in_([one["scope"] for one in scopes.values()]))
    found = {row["scope"]: dict(row) for row in (await act.connection.execute(query)).mappings()}
    policy = found.get(f"column:{old}")
    if policy is not None:
        await act.delete(policies, scopes[old])
        if f"column:{new}" not in found:
            await act.insert(policies, **policy | scopes[new])


# --- readers -----------------------------------------------------------------------------

_LISTS: Mapping[str, tuple[tuple[Table, str, str], ...]] = {
    "topic": (
        (subscriptions, "topics", ""),
        (subscriptions, "mutes", "topic:"),
        (collection_rules, "topics", ""),
    ),
    "column": (
        (subscriptions, "columns", ""),
        (subscriptions, "mutes", "column:"),
    ),
}
"""Where lists of readers name topics and columns: table, column, and what stands before an id."""


async def _merge_readers(act: Act, kind: ShelfKind, old: str, new: str) -> None:
    for table, name, prefix in _LISTS[kind]:
        gone, kept = prefix + old, prefix + new
        swaps: list[int] = []
        drops: list[tuple[int, int]] = []
        for number, names in await _naming(act, table, name, gone):
            if kept in names:
                drops.append((number, names.index(gone)))
            else:
                swaps.append(number)
        if swaps or drops:
            await act.bulk(Members(table, name, gone, kept, swaps, drops))


async def _split_readers(act: Act, kind: ShelfKind, old: str, new: str) -> None:
    """Whoever follows, mutes or collects the old one does so with both, and loses nothing."""
    for table, name, prefix in _LISTS[kind]:
        had, gets = prefix + old, prefix + new
        rows = await _naming(act, table, name, had)
        adds = [(number, names.index(had) + 1) for number, names in rows if gets not in names]
        if adds:
            await act.bulk(Members(table, name, had, gets, adds=adds))


async def _naming(act: Act, table: Table, name: str, wanted: str) -> list[tuple[int, list[str]]]:
    """The rows whose list holds `wanted`."""
    (number,) = table.primary_key.columns
    # Ids have no character that JSON escapes or LIKE takes for another.
    column = table.c[name]
    pattern = '%"' + wanted.replace("_", r"\_") + '"%'
    query = select(number, column).where(type_coerce(column, Text).like(pattern, escape="\\"))
    rows = (await act.connection.execute(query.order_by(number).with_for_update())).all()
    return [(id_, list(names)) for id_, names in rows if wanted in names]


async def _weighing(act: Act, topic: str) -> dict[int, Row[Any]]:
    query = select(weights).where(weights.c.kind == "topic", weights.c.target == topic)
    return {row.subscriber_id: row for row in (await act.connection.execute(query)).all()}


async def _merge_weights(act: Act, old: str, new: str) -> None:
    """A reader who weighed both keeps the weight of the one that stays."""
    kept, gone = await _weighing(act, new), await _weighing(act, old)
    swaps = [reader for reader in gone if reader not in kept]
    drops = [_weight(row) for reader, row in gone.items() if reader in kept]
    if gone:
        await act.bulk(Weighed(old, new, swaps, drops))


async def _split_weights(act: Act, old: str, new: str) -> None:
    adds = [_weight(row) for row in (await _weighing(act, old)).values()]
    if adds:
        await act.bulk(Weighed(old, new, adds=adds))


def _weight(row: Row[Any]) -> tuple[int, int, str]:
    return row.subscriber_id, row.steps, row.changed_at.isoformat()
