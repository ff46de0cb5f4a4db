"""Who leads: of the processes that share one PostgreSQL, one at a time, by an advisory lock.

The lock belongs to a connection of its own and goes with it. Beside it stands a row that says
until when the leader may act without having reached the database again. It is renewed every
second; a leader that cannot renew it stops before that moment, and whoever wins the lock begins
no sooner. So two never lead at once, and a leader that ends well is followed at once.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any
from zlib import crc32

import psycopg

from storage.address import read_address

log = logging.getLogger(__name__)

LEASE_S = 4.0
# In leases: between two beats; between two looks of who stands by; how much sooner a leader gives
# up than others may begin; how far behind its time one hangs, whose connection still stands.
_BEAT, _LOOK, _MARGIN, _HANGS = 0.25, 0.125, 0.125, 0.75
_CLASS = 1_902_417  # any number, the same for all: half of the lock's key
# Without these the server would keep the lock of a machine that is gone for two hours.
_WATCHFUL = (
    "SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2;"
    " SET idle_session_timeout = 0"
)
# Asked again and again: a question that waits for the lock would hold back vacuuming.
_LOCK = "SELECT pg_try_advisory_lock(%(class)s, %(number)s)"
_UNLOCK = "SELECT pg_advisory_unlock(%(class)s, %(number)s)"
_LEFT = """
SELECT split_part(value, ' ', 1)::float8 - extract(epoch FROM clock_timestamp())::float8
FROM meta WHERE key = %(key)s"""
_RENEW = """
INSERT INTO meta (key, value)
VALUES (%(key)s,
        (extract(epoch FROM clock_timestamp())::float8 + %(lease)s)::text || ' ' || %(owner)s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value"""
_DEPOSE = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND granted AND classid = %(class)s::int8 AND objid = %(objid)s::int8
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
# What it was in the middle of changing would keep its rows from whoever follows.
_DEPOSE_WHOLE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name =
  (SELECT left('hexin ' || substr(value, strpos(value, ' ') + 1), 63)
   FROM meta WHERE key = %(key)s)"""

_TROUBLE = (psycopg.Error, OSError)  # TimeoutError is an OSError


class Lead:
    """One process's part in it. `name` is what is led, such as a bot; `owner` who we are.

    The lease is the same for all processes.
    """

    def __init__(self, url: str, name: str, owner: str, *, lease_s: float = LEASE_S) -> None:
        self._lease_s = lease_s
        self._url = read_address(url).url.render_as_string(hide_password=False)
        number = crc32(name.encode())
        self._values = {
            "class": _CLASS,
            "number": number - (1 << 32) if number >= 1 << 31 else number,
            "objid": number,
            "key": f"lead:{name}",
            "lease": lease_s,
            "owner": owner,
        }
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._until = 0.0

    @property
    def holds(self) -> bool:
        """Whether we lead at this moment."""
        return time.monotonic() < self._until

    async def win(self, stand_by: Callable[[], None] = lambda: None) -> None:
        """Wait until we lead. `stand_by` is called when another one does, or nobody can tell."""
        while True:
            try:
                if await self._try():
                    return
            except _TROUBLE as error:
                log.warning("nobody can be asked who leads: %s", " ".join(str(error).split()))
                await self._close()
            stand_by()
            await asyncio.sleep(_LOOK * self._lease_s)

    async def hold(self) -> None:
        """Stay the leader until that is over: the database was not reached in time."""
        while True:
            await asyncio.sleep(_BEAT * self._lease_s)
            try:
                await self._renew()
            except _TROUBLE as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                log.warning("the lead is lost: %s", reason)
                self._until = 0.0
                await self._close()
                return

    async def give_up(self) -> None:
        """Let another lead at once. Call it when nothing is done any more."""
        held, self._until = self.holds, 0.0
        connection = self._connection
        if held and connection is not None:
            try:
                async with asyncio.timeout(self._lease_s):
                    await connection.execute(_RENEW, self._values | {"lease": 0.0})
                    await connection.execute(_UNLOCK, self._values)
            except _TROUBLE as error:
                log.warning("the lead is left without a word: %s", " ".join(str(error).split()))
        await self._close()

    async def _try(self) -> bool:
        async with asyncio.timeout(2 * self._lease_s):
            connection = await self._connected()
            locked = await (await connection.execute(_LOCK, self._values)).fetchone()
            row = await (await connection.execute(_LEFT, self._values)).fetchone()
        left = row[0] if row else 0.0
        if not (locked and locked[0]):
            if row and left < -_HANGS * self._lease_s:
                log.warning("the leader hangs: its connections are ended")
                await connection.execute(_DEPOSE, self._values)
                await connection.execute(_DEPOSE_WHOLE, self._values)
            return False
        # The last one may act until then, if it lives and is only cut off. A clock of the
        # server's that was set back must not make us wait for ever.
        await asyncio.sleep(min(max(0.0, left), self._lease_s))
        self._until = time.monotonic() + self._lease_s
        await self._renew()
        return True

    async def _renew(self) -> None:
        """Raises what `_TROUBLE` lists when it is too late or cannot be done."""
        begun = time.monotonic()
        if self._connection is None:
            raise ConnectionError("no connection")
        patience = self._until - _MARGIN * self._lease_s - begun
        if patience <= 0:
            raise TimeoutError("too late")
        async with asyncio.timeout(patience):
            await self._connection.execute(_RENEW, self._values)
        self._until = begun + self._lease_s

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None:
            made: psycopg.AsyncConnection[Any] = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=3, application_name="hexin lead"
            )
            self._connection = made
            await made.execute(_WATCHFUL)
        return self._connection

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
