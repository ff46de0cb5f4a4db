"""Announcements: what editors wrote, for whom, and where it stands. Every change is an act.

Each step names the states that it starts from, so of two who press at once one is first and the
other learns it. Who is sent it and how far that is, is in storage/announcing.py.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, false, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.audience import Audience, audience_data
from digest.broadcast import Announcement, Broadcast, BroadcastState, Correction
from digest.model import DigestKind, Lang
from storage.acts import SYSTEM, Act, Acts
from storage.broadcast_rows import UNCORRECTED, body_of, read_broadcast
from storage.database import Database
from storage.schema import AT_WORK, broadcasts, digest_parts, digests, subscribers

RUNNING = (BroadcastState.GATHERING, BroadcastState.SENDING)
_STOPPABLE = (*RUNNING, BroadcastState.PAUSED)
_OVER = (BroadcastState.DONE, BroadcastState.CANCELLED)
_CORRECTABLE = (*_OVER, BroadcastState.PAUSED)


class Shown(NamedTuple):
    """Where the progress is shown: in message `message_id`, 0 for one that is still to be sent."""

    chat_id: int
    thread_id: int
    message_id: int
    lang: Lang


class Broadcasts:
    """The announcements. Whoever changes one is named as `actor` in the audit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    async def create(
        self,
        announcement: Announcement,
        audience: Audience,
        *,
        made_by: int,
        shown: Shown,
        actor: str,
        now: datetime,
    ) -> Broadcast:
        """A new draft, made where it is `shown`."""
        values = {
            "state": BroadcastState.DRAFT,
            "revision": 1,
            "announcement": asdict(announcement),
            "audience": audience_data(audience),
            "made_by": made_by,
            "created_at": now,
            "gathered_to": 0,
            "gather_to": 0,
            "total": 0,
            "confirmed_by": 0,
            "reported": True,
            "correcting": False,
            "text_before": "",
            **UNCORRECTED,
            **shown._asdict(),
        }
        # The audit names what an act was done to, and the number is not known before.
        async with self._acts.act(actor, "broadcast.draft", "broadcast", now) as act:
            key = await act.insert(
                broadcasts, retire={"state": BroadcastState.DISCARDED}, **values
            )
            act.target, act.after = f"broadcast:{key['id']}", announcement.text
        async with self._database.read() as connection:
            return read_broadcast((await connection.execute(_one(key["id"]))).one())

    async def get(self, broadcast_id: int) -> Broadcast | None:
        """The announcement with this number."""
        async with self._database.read() as connection:
            row = (await connection.execute(_one(broadcast_id))).first()
        return read_broadcast(row) if row else None

    async def list(self, limit: int = 10, before: int | None = None) -> tuple[Broadcast, ...]:
        """The newest first, without what was thrown away."""
        query = (
            select(broadcasts)
            .where(broadcasts.c.state != BroadcastState.DISCARDED)
            .order_by(broadcasts.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(broadcasts.c.id < before)
        async with self._database.read() as connection:
            return tuple(read_broadcast(row) for row in await connection.execute(query))

    async def at_work(self) -> tuple[Broadcast, ...]:
        """Those that are under way, or whose last word is not in the chat yet."""
        query = select(broadcasts).where(AT_WORK).order_by(broadcasts.c.id)
        async with self._database.read() as connection:
            return tuple(read_broadcast(row) for row in await connection.execute(query))

    # --- a draft --------------------------------------------------------------------------

    async def revise(
        self,
        broadcast_id: int,
        *,
        announcement: Announcement | None = None,
        audience: Audience | None = None,
        actor: str,
        now: datetime,
    ) -> Broadcast | None:
        """Change a draft; None when it is none any more."""
        values: dict[str, Any] = {}
        if announcement is not None:
            values["announcement"] = asdict(announcement)
        if audience is not None:
            values["audience"] = audience_data(audience)
        drafts = (BroadcastState.DRAFT,)
        async with self._acts.act(actor, "broadcast.edit", _name(broadcast_id), now) as act:
            row = await _take(act, broadcast_id, drafts)
            if row is None:
                return None
            await act.update(broadcasts, {"id": broadcast_id}, **values)
        return await self.get(broadcast_id)

    async def discard(self, broadcast_id: int, *, actor: str, now: datetime) -> bool:
        """Throw a draft away; False when it is none any more."""
        drafts = (BroadcastState.DRAFT,)
        return await self._go(
            broadcast_id, drafts, "broadcast.discard", actor, now, state=BroadcastState.DISCARDED
        )

    async def confirm(
        self, draft: Broadcast, *, confirmed_by: int, shown: Shown, actor: str, now: datetime
    ) -> bool:
        """Send `draft` to whoever is in its audience now; its progress is `shown` there.

        False when it was changed, sent or thrown away meanwhile. Nothing takes this back: what is
        out is withdrawn.
        """
        async with self._acts.act(actor, "broadcast.send", _name(draft.id), now) as act:
            row = await _take(act, draft.id, (BroadcastState.DRAFT,))
            if row is None or row.revision != draft.revision:
                return False
            newest = await act.connection.scalar(select(func.max(subscribers.c.id)))
            act.final, act.after = True, draft.announcement.text
            await act.update(
                broadcasts,
                {"id": draft.id},
                state=BroadcastState.GATHERING,
                digest_id=await _keep(act.connection, draft, now),
                confirmed_by=confirmed_by,
                confirmed_at=now,
                gather_to=newest or 0,
                **shown._asdict(),
            )
        return True

    # --- under way ------------------------------------------------------------------------

    async def pause(self, broadcast_id: int, *, actor: str, now: datetime) -> bool:
        """Stop sending for now; False when nothing is being sent."""
        return await self._go(
            broadcast_id, RUNNING, "broadcast.pause", actor, now, state=BroadcastState.PAUSED
        )

    async def resume(self, broadcast_id: int, *, actor: str, now: datetime) -> bool:
        """Go on; False when it is not paused."""
        paused = (BroadcastState.PAUSED,)
        state = BroadcastState.GATHERING  # which is over at once when it was before
        return await self._go(broadcast_id, paused, "broadcast.resume", actor, now, state=state)

    async def cancel(self, broadcast_id: int, *, actor: str, now: datetime) -> bool:
        """Leave unsent what is unsent; False when nothing is under way."""
        over = {"state": BroadcastState.CANCELLED, "finished_at": now}
        return await self._go(broadcast_id, _STOPPABLE, "broadcast.cancel", actor, now, **over)

    async def finish(self, broadcast_id: int, now: datetime) -> bool:
        """Everything is settled."""
        sending = (BroadcastState.SENDING,)
        over = {"state": BroadcastState.DONE, "finished_at": now}
        return await self._go(broadcast_id, sending, "broadcast.done", SYSTEM, now, **over)

    async def shown_in(self, broadcast_id: int, message_id: int) -> None:
        """The progress is shown in this message from now on."""
        await self._set(broadcast_id, message_id=message_id)

    async def reported(self, broadcast_id: int) -> None:
        """The last word is in the chat; unless there is something new to say meanwhile."""
        done = broadcasts.c.state.in_(_OVER) & (broadcasts.c.correcting == false())
        async with self._database.write() as connection:
            await connection.execute(
                update(broadcasts)
                .where(broadcasts.c.id == broadcast_id, done)
                .values(reported=True)
            )

    # --- afterwards -----------------------------------------------------------------------

    async def correct(
        self, broadcast_id: int, announcement: Announcement, *, actor: str, now: datetime
    ) -> bool:
        """Put `announcement` in the place of what was sent, and of what is still to come.

        False while it is being sent or corrected.
        """
        async with self._acts.act(actor, "broadcast.correct", _name(broadcast_id), now) as act:
            row = await _take(act, broadcast_id, _CORRECTABLE)
            if row is None or row.correcting:
                return False
            before = read_broadcast(row).announcement
            act.before, act.after = before.text, announcement.text
            await act.update(broadcasts, {"id": broadcast_id}, announcement=asdict(announcement))
        return True

    async def withdraw(self, broadcast_id: int, *, actor: str, now: datetime) -> bool:
        """Begin to delete what was sent; what was not is not sent any more.

        False while it is being corrected.
        """
        async with self._acts.act(actor, "broadcast.withdraw", _name(broadcast_id), now) as act:
            row = await _take(act, broadcast_id, (*RUNNING, *_CORRECTABLE))
            if row is None or row.correcting:
                return False
            act.final = True
            await act.update(
                broadcasts,
                {"id": broadcast_id},
                state=BroadcastState.CANCELLED,
                finished_at=row.finished_at or now,
                correction=Correction.WITHDRAW,
                correcting=True,
                **UNCORRECTED,
            )
        return True

    async def corrected(self, broadcast_id: int, up_to: int, done: int, failed: int) -> None:
        """Note that the messages up to this delivery were looked at: `done` are corrected."""
        await self._set(
            broadcast_id,
            corrected_to=up_to,
            corrected=broadcasts.c.corrected + done,
            not_corrected=broadcasts.c.not_corrected + failed,
        )

    async def end_correction(self, broadcast_id: int) -> None:
        """All that was sent has been looked at."""
        await self._set(broadcast_id, correcting=False)

    async def _go(
        self,
        broadcast_id: int,
        states: Sequence[BroadcastState],
        name: str,
        actor: str,
        now: datetime,
        **values: Any,
    ) -> bool:
        async with self._acts.act(actor, name, _name(broadcast_id), now) as act:
            row = await _take(act, broadcast_id, states)
            if row is None:
                return False
            await act.update(broadcasts, {"id": broadcast_id}, **values)
        return True

    async def _set(self, broadcast_id: int, **values: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(broadcasts).where(broadcasts.c.id == broadcast_id).values(**values)
            )


def _one(broadcast_id: int) -> Any:
    return select(broadcasts).where(broadcasts.c.id == broadcast_id)


def _name(broadcast_id: int) -> str:
    return f"broadcast:{broadcast_id}"


async def _take(act: Act, broadcast_id: int, states: Sequence[BroadcastState]) -> Row[Any] | None:
    """The announcement, locked, when it is in one of `states`."""
    row = (await act.connection.execute(_one(broadcast_id).with_for_update())).first()
    return row if row is not None and row.state in states else None


async def _keep(connection: AsyncConnection, draft: Broadcast, now: datetime) -> int:
    """The digest that the announcement's deliveries belong to."""
    digest_id: int = (
        await connection.execute(
            insert(digests)
            .values(
                kind=DigestKind.ANNOUNCEMENT,
                group_key=_name(draft.id),
                window_from=now,
                window_to=now,
                lang=draft.lang,
                signal_ids=(),
                created_at=now,
            )
            .returning(digests.c.id)
        )
    ).scalar_one()
    body = body_of(draft.announcement)
    await connection.execute(insert(digest_parts).values(digest_id=digest_id, part=0, body=body))
    return digest_id
