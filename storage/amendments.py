"""Amendments: what was sent, or waits to be sent, and shows a signal that has changed since.

    change ─▶ spread: each part that shows the signal is put right ─▶ one row per message
    pending ─▶ sending ─▶ done | gone | impossible

An edit of a message is idempotent, so whatever a killed process left in `sending` is simply
edited again; a part that changes once more takes its messages back to `pending`. A message that
is older than the bound stays as it is: the page shows the correction.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from digest.model import DeliveryState
from storage.amendment_messages import (
    AMENDED_FOR,
    UNDER_WAY,
    change_waiting,
    keep_amended,
    load_amending,
    owe_amended,
)
from storage.amendment_rows import (
    Amending,
    AmendState,
    Before,
    Changed,
    Notice,
    Part,
    Settled,
    read_part,
    select_parts,
)
from storage.database import Database
from storage.schema import (
    UNAMENDED,
    UNSPREAD,
    amended,
    amendment_notices,
    deliveries,
    digest_mentions,
    digest_parts,
    digest_signals,
    digests,
    edits,
    signal_changes,
)
from storage.upsert import chunks, insert

# A digest may have waited so much longer for its readers to wake.
_WAITED_FOR = timedelta(hours=24)
FOLLOWED_FOR = AMENDED_FOR + _WAITED_FOR
"""How old a digest may be that still follows its signals."""
# Whoever composed a digest had read its signals a little before or after the digest's own time.
_READ_WITHIN = timedelta(seconds=30)


class Amendments:
    """The changes of signals, and the messages that follow them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- changes ---

    async def unspread(self, limit: int = 50) -> tuple[Changed, ...]:
        """The oldest changes of which nobody knows yet which messages they concern."""
        query = select(signal_changes).where(UNSPREAD).order_by(signal_changes.c.id).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            return tuple(Changed(row.id, row.signal_id, row.at) for row in rows)

    async def parts(self, signal_id: int, now: datetime) -> tuple[Part, ...]:
        """Every part that shows the signal and that somebody got lately or is still to get."""
        since = now - FOLLOWED_FOR
        shown = select(digest_signals.c.digest_id, digest_signals.c.part).where(
            digest_signals.c.signal_id == signal_id
        )
        named = select(digest_mentions.c.digest_id, digest_mentions.c.part).where(
            digest_mentions.c.signal_id == signal_id
        )
        either = shown.union(named).subquery()
        query = (
            select_parts()
            .join(
                either,
                (either.c.digest_id == digest_parts.c.digest_id)
                & (either.c.part == digest_parts.c.part),
            )
            .where(digests.c.created_at >= since, digests.c.look.is_not(None))
            .order_by(digest_parts.c.digest_id.desc(), digest_parts.c.part)
        )
        async with self._database.read() as connection:
            return tuple(read_part(row) for row in await connection.execute(query) if row.blocks)

    async def before(self, signal_ids: Iterable[int], moment: datetime) -> dict[int, Before]:
        """How those of the signals that changed after `moment` were before, and why now."""
        ids = sorted(signal_ids)
        found: dict[int, Before] = {}
        async with self._database.read() as connection:
            for some in chunks(ids):
                query = (
                    select(signal_changes.c.signal_id, signal_changes.c.before, edits.c.note)
                    .join(edits, edits.c.signal_id == signal_changes.c.signal_id, isouter=True)
                    .where(signal_changes.c.signal_id.in_(some))
                    .where(signal_changes.c.at > moment - _READ_WITHIN)
                    .order_by(signal_changes.c.id)
                )
                for row in await connection.execute(query):
                    earlier = found.get(row.signal_id, Before((), row.note or ""))
                    found[row.signal_id] = replace(earlier, shown=(*earlier.shown, row.before))
        return found

    async def put_right(
        self,
        part: Part,
        change_id: int,
        *,
        sent: Mapping[str, Any],
        waiting: Mapping[str, Any] | None,
        taken_out: Sequence[int],
        now: datetime,
    ) -> int:
        """Keep how a part must read for those who have it (`sent`) and for those to come.

        With nothing left for the latter (None) their deliveries end. Returns how many messages
        have to be edited; none when the part reads as it does already.
        """
        async with self._database.write() as connection:
            await change_waiting(connection, part, waiting, taken_out, now)
            shown = part.amended if part.amended is not None else part.body
            if dict(sent) == shown:
                return 0
            version = await keep_amended(connection, part, sent)
            return await owe_amended(connection, part, change_id, version, now)

    async def spread(self, change_id: int, now: datetime) -> None:
        """All parts that a change concerns are put right."""
        async with self._database.write() as connection:
            await connection.execute(
                update(signal_changes)
                .where(signal_changes.c.id == change_id)
                .values(spread_at=now)
            )

    # --- messages ---

    async def claim(self, now: datetime, limit: int) -> tuple[Amending, ...]:
        """Take messages to edit, those sent last first."""
        due = (
            select(amended.c.delivery_id)
            .join(deliveries, deliveries.c.id == amended.c.delivery_id)
            .where(amended.c.state == AmendState.PENDING, amended.c.not_before <= now)
            .where(deliveries.c.state.not_in(UNDER_WAY))
            .order_by(amended.c.delivery_id.desc())
            .limit(limit)
        )
        async with self._database.write() as connection:
            ids = tuple((await connection.execute(due)).scalars())
            for some in chunks(ids):
                await connection.execute(
                    update(amended)
                    .where(amended.c.delivery_id.in_(some))
                    .values(state=AmendState.SENDING, tries=amended.c.tries + 1)
                )
            return await load_amending(connection, ids, now)

    async def settle(self, outcomes: Sequence[Settled], now: datetime) -> None:
        """Keep what came of edits; one that was overtaken by a newer version stays pending."""
        async with self._database.write() as connection:
            for one in outcomes:
                state = AmendState.PENDING if one.again else one.state
                mine = update(amended).where(
                    amended.c.delivery_id == one.delivery_id,
                    amended.c.state == AmendState.SENDING,
                )
                await connection.execute(
                    mine.where(amended.c.version == one.version).values(
                        state=state,
                        error=one.error,
                        not_before=one.again or now,
                        settled_at=None if one.again else now,
                    )
                )
                await connection.execute(
                    mine.where(amended.c.version != one.version).values(state=AmendState.PENDING)
                )

    async def recover(self) -> int:
        """After a crash: what was being edited is edited again. Returns how many."""
        async with self._database.write() as connection:
            result = await connection.execute(
                update(amended)
                .where(amended.c.state == AmendState.SENDING)
                .values(state=AmendState.PENDING)
            )
            return result.rowcount

    async def next_due(self) -> datetime | None:
        """When the next message may be edited (maybe in the past); None when none waits."""
        query = select(func.min(amended.c.not_before)).where(UNAMENDED)
        async with self._database.read() as connection:
            moment: datetime | None = await connection.scalar(query)
            return moment

    async def progress(self, change_id: int) -> Counter[AmendState]:
        """How many messages of a change stand where."""
        query = (
            select(amended.c.state, func.count())
            .where(amended.c.change_id == change_id)
            .group_by(amended.c.state)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
            return Counter({AmendState(state): count for state, count in rows})

    async def newest_change(self, signal_id: int) -> int | None:
        """The last change of a signal."""
        query = select(func.max(signal_changes.c.id)).where(
            signal_changes.c.signal_id == signal_id
        )
        async with self._database.read() as connection:
            number: int | None = await connection.scalar(query)
            return number

    async def was_sent(self, signal_id: int, now: datetime) -> bool:
        """Whether messages that show the signal were sent lately."""
        query = (
            select(deliveries.c.id)
            .join(
                digest_signals,
                (digest_signals.c.digest_id == deliveries.c.digest_id)
                & (digest_signals.c.part == deliveries.c.part),
            )
            .where(digest_signals.c.signal_id == signal_id)
            .where(deliveries.c.state == DeliveryState.SENT)
            .where(deliveries.c.settled_at >= now - AMENDED_FOR)
            .limit(1)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) is not None

    # --- who watches ---

    async def watch(self, change_id: int, chat_id: int, message_id: int, told: str) -> None:
        """Let a message of ours count on how far a change has come."""
        values = {"message_id": message_id, "told": told}
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, amendment_notices)
                .values(change_id=change_id, chat_id=chat_id, **values)
                .on_conflict_do_update(index_elements=["change_id", "chat_id"], set_=values)
            )

    async def watched(self) -> tuple[Notice, ...]:
        """The messages that count on."""
        query = select(amendment_notices, signal_changes.c.spread_at).join(
            signal_changes, signal_changes.c.id == amendment_notices.c.change_id
        )
        async with self._database.read() as connection:
            return tuple(
                Notice(row.change_id, row.chat_id, row.message_id, row.told, bool(row.spread_at))
                for row in await connection.execute(query)
            )

    async def unwatch(self, change_id: int, chat_id: int) -> None:
        """A message has told the end."""
        async with self._database.write() as connection:
            await connection.execute(
                amendment_notices.delete().where(
                    amendment_notices.c.change_id == change_id,
                    amendment_notices.c.chat_id == chat_id,
                )
            )
