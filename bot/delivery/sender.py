"""Sends what is owed: claims deliveries, paces them, writes each once, settles what came of it.

A delivery is `claimed` while it waits for its turn and `sending` from a commit of its own just
before the write, so a killed process leaves in doubt only what was being written. What may have
been sent is settled as `unknown` and never sent again; only alerts may be set to go once more.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

import aiohttp

from bot import meters
from bot.clock import Clock
from bot.delivery.bodies import Bodies
from bot.delivery.fates import Answer, fate_of, next_attempt, read_answer
from bot.delivery.ledger import Ledger
from bot.delivery.limiter import PUSH, Limiter, Turn, is_group
from bot.delivery.transport import redacted
from bot.delivery.wire import Wire
from bot.watching.about import about
from digest.errors import DeliveryError, DeliveryFate
from digest.model import Delivery
from storage import Storage

log = logging.getLogger(__name__)

_IN_HAND = 60
_LEASE_S = 60
# Shorter than the lease, lest a slow answer is taken for a crash.
_TIMEOUT = aiohttp.ClientTimeout(total=50, connect=15, sock_connect=10, sock_read=30)
_PATIENCE_S, _LOOK_S = 30.0, 1.0
# A chat that may not be written to for longer than this leaves its place to others.
_LONGEST_PARKING = timedelta(seconds=10)
_DRAIN_S = 7.0
_IDLE_S = 30.0
_WAITS = "waits for the chat's earlier messages"
_OFFLINE_FIRST_S, _OFFLINE_LONGEST_S = 1.0, 30.0
_TROUBLES = 3
_SENT, _RESENT = (meters.DELIVERIES.labels(name) for name in ("sent", "resent"))


@dataclass(slots=True, eq=False)
class _Lane:
    """The deliveries in hand for one chat, sent one after the other."""

    chat_id: int
    queue: deque[Delivery] = field(default_factory=deque)
    waiting_since: float | None = None
    writing: bool = False


class Sender:
    """One per bot token. The messages of one chat go in order, at most one under way."""

    def __init__(  # noqa: PLR0913,PLR0917  what it speaks to, as whom, and how fast
        self,
        storage: Storage,
        session: aiohttp.ClientSession,
        api_base: str,
        token: str,
        limiter: Limiter,
        clock: Clock,
        owner: str,
        *,
        paid: bool = False,
    ) -> None:
        self._storage = storage
        self._owed = storage.deliveries
        self._wire = Wire(session)
        self._url = f"{api_base.rstrip('/')}/bot{token}/"
        self._limiter = limiter
        self._clock = clock
        self._owner = owner
        self._bodies = Bodies(paid=paid)
        self._ledger = Ledger(self._commit)
        self._lanes: dict[int, _Lane] = {}
        self._tasks: dict[asyncio.Task[None], _Lane] = {}
        self._in_hand = 0
        self._room = max(_IN_HAND, 4 * limiter.in_flight)
        self._wake = asyncio.Event()
        self._stopping = False
        self._fatal: DeliveryError | None = None
        self._troubles = 0
        self._offline_s = 0.0
        self._offline_until = 0.0
        self._sent = 0
        self._watch: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """Look for due deliveries now."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set, then finish what is being written and give back the rest.

        Raises DeliveryError (fate `stop`) when Telegram refuses the token.
        """
        self._stopping = False
        _, unknown = await self._owed.recover(self._clock(), self._owner)
        meters.DELIVERIES.labels("unknown").inc(unknown)
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set() and self._fatal is None:
                self._wake.clear()
                await self._step(stopping)
        finally:
            stopping.cancel()
            await self._drain()
        if self._fatal is not None:
            raise self._fatal

    async def deliver_due(self, limit: int) -> int:
        """Send at most `limit` deliveries that are due now. Returns how many were sent."""
        before = self._sent
        self._stopping = False
        await self._claim(limit)
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._ledger.written()
        if self._fatal is not None:
            raise self._fatal
        return self._sent - before

    # --- claiming and waiting ---

    async def _step(self, stopping: asyncio.Task[bool]) -> None:
        """Claim when there is room, else wait for a reason to look again."""
        offline = self._offline_for()
        if self._in_hand > self._room // 2 or (self._offline_s and self._tasks):
            await self._until(stopping, _IDLE_S)
        elif offline > 0:
            await self._until(stopping, offline)
        # While Telegram cannot be reached, a single delivery finds out whether it can again.
        elif not await self._claim(1 if self._offline_s else self._room - self._in_hand):
            await self._rest(stopping)

    async def _claim(self, limit: int) -> int:
        """Take up to `limit` due deliveries into the lanes of their chats."""
        claimed = await self._owed.claim(self._clock(), limit, self._owner, lease_s=_LEASE_S)
        for delivery in claimed:
            self._take(delivery)
        return len(claimed)

    async def _commit(self, sending: Sequence[int], receipts: Mapping[int, int]) -> frozenset[int]:
        return await self._owed.advance(sending, receipts, self._clock(), owner=self._owner)

    def _take(self, delivery: Delivery) -> None:
        self._in_hand += 1
        lane = self._lanes.get(delivery.chat_id)
        if lane is None:
            lane = self._lanes[delivery.chat_id] = _Lane(delivery.chat_id)
            task = asyncio.create_task(self._serve(lane))
            self._tasks[task] = lane
            task.add_done_callback(self._over)
            if self._watch is None:
                self._watch = asyncio.get_running_loop().call_later(_LOOK_S, self._look)
        lane.queue.append(delivery)

    async def _rest(self, stopping: asyncio.Task[bool]) -> None:
        """Until something is due, someone wakes us or we are to stop."""
        due = await self._owed.next_due()
        seconds = _IDLE_S if due is None else (due - self._clock()).total_seconds()
        # Overdue but not for us to claim (a chat that is switched off): no spinning.
        await self._until(stopping, min(seconds, _IDLE_S) if seconds > 0 else 1.0)

    async def _until(self, stopping: asyncio.Task[bool], seconds: float) -> None:
        waking = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait(
                [stopping, waking], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waking.cancel()

    async def _drain(self) -> None:
        """Let what is being written come to its end, give back everything else."""
        self._stopping = True
        until = asyncio.get_running_loop().time() + _DRAIN_S
        tasks = dict(self._tasks)
        for task, lane in tasks.items():
            if lane.waiting_since is not None:
                task.cancel()
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=_DRAIN_S)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            left = until - asyncio.get_running_loop().time()
            await self._ledger.written(max(left, _LOOK_S))

    # --- one chat ---

    async def _serve(self, lane: _Lane) -> None:
        """Send what is queued for one chat; whatever happens, give back what was not sent."""
        try:
            while lane.queue and self._going():
                not_before = await self._send(lane)
                if not_before is not None:
                    await self._hold(lane, not_before)
        except Exception:
            # Storage failed: the leases will run out, and what was being written is unknown.
            log.exception("the messages of one chat were interrupted")
        finally:
            await self._give_back(lane)

    async def _send(self, lane: _Lane) -> datetime | None:
        """Deal with the first delivery of `lane`. Returns when the next may follow, None: now."""
        parked = timedelta(seconds=self._limiter.chat_wait(lane.chat_id))
        if parked > _LONGEST_PARKING:
            return self._clock() + parked
        turn = await self._turn(lane)
        lane.writing = True
        try:
            with turn:
                if not self._going(lane):
                    await self._give_back(lane)
                    return None
                delivery = self._next(lane)
                if not await self._ledger.mark_sending(delivery.id):
                    return None  # it is not ours any more
                await turn.ripe()
                plain = self._bodies.is_plain(delivery)
                outcome = await self._write(delivery, turn)
            if isinstance(outcome, Answer) and outcome.message_id:
                self._keep_receipt(delivery, outcome.message_id)
                return None
            with about(delivery=delivery.id):
                return await self._settle(delivery, outcome, plain=plain)
        finally:
            lane.writing = False

    async def _turn(self, lane: _Lane) -> Turn:
        """Leave to write to the chat. Only here may a stop or a lease that ends interrupt us."""
        lane.waiting_since = asyncio.get_running_loop().time()
        try:
            return await self._limiter.acquire(
                lane.chat_id, is_group=is_group(lane.chat_id), priority=PUSH, ahead=True
            )
        finally:
            lane.waiting_since = None

    def _look(self) -> None:
        """End the lanes whose turn does not come in time for the lease."""
        loop = asyncio.get_running_loop()
        too_long = loop.time() - _PATIENCE_S
        for task, lane in self._tasks.items():
            if lane.waiting_since is not None and lane.waiting_since < too_long:
                task.cancel()
        self._watch = loop.call_later(_LOOK_S, self._look) if self._tasks else None

    async def _write(
        self, delivery: Delivery, turn: Turn
    ) -> Answer | aiohttp.ClientError | OSError:
        """The only place where a push is sent: one request, never repeated."""
        body = self._bodies.of(delivery)
        url = self._url + self._bodies.method(delivery)
        turn.begin()
        began = monotonic()
        try:
            status, said = await self._wire.post(url, body, _TIMEOUT)
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            return error
        except asyncio.CancelledError:
            await self._owed.settle_unknown(delivery.id, "stopped while sending", self._clock())
            raise
        finally:
            meters.DELIVERY_TIME.observe(monotonic() - began)
        self._limiter.road.heard()
        return read_answer(status, said)

    def _keep_receipt(self, delivery: Delivery, message_id: int) -> None:
        (_RESENT if delivery.resent else _SENT).inc()
        self._online()
        self._ledger.settle_sent(delivery.id, message_id)
        self._sent += 1

    async def _settle(
        self, delivery: Delivery, outcome: Answer | Exception, *, plain: bool
    ) -> datetime | None:
        """Record why it was not sent. Returns when the chat may be written to again."""
        now = self._clock()
        if not isinstance(outcome, Answer):
            self._limiter.road.broke()
        error = fate_of(outcome, now)
        meters.DELIVERIES.labels(error.fate).inc()
        detail = redacted(str(error))
        log.warning("delivery %d: %s", delivery.id, detail)
        if error.fate is DeliveryFate.UNKNOWN:
            self._trouble()
            await self._owed.settle_unknown(delivery.id, detail, now)
            self._wake.set()  # an alert may be due once more
            return None
        again = next_attempt(error, delivery.attempts, now)
        await self._react(delivery, error, now)
        if again is None or (plain and error.fate is DeliveryFate.PLAIN):
            await self._owed.settle_dead(delivery.id, detail, now)
            return None
        await self._owed.settle_retry(delivery.id, again, detail)
        self._wake.set()  # the next due moment may have come nearer
        return again

    async def _react(self, delivery: Delivery, error: DeliveryError, now: datetime) -> None:
        """Draw the consequences beyond this delivery."""
        chat_id, subscribers = delivery.chat_id, self._storage.subscribers
        if error.fate is DeliveryFate.RETRY and error.not_before is None:
            self._trouble(certain=True)
            return
        self._online()
        match error.fate:
            case DeliveryFate.GONE:
                await subscribers.set_active(chat_id, active=False, reason=str(error), now=now)
            case DeliveryFate.TOPIC_GONE:
                await subscribers.close_topic(chat_id, delivery.thread_id, now)
            case DeliveryFate.MIGRATED if error.new_chat_id is not None:
                await subscribers.migrate_chat(chat_id, error.new_chat_id)
            case DeliveryFate.RETRY if error.not_before is not None:
                self._limiter.penalise(chat_id, (error.not_before - now).total_seconds())
            case DeliveryFate.PLAIN:
                self._bodies.make_plain(delivery)
            case DeliveryFate.NO_PICTURE:
                self._bodies.spare_pictures(chat_id)
            case DeliveryFate.STOP:
                self._fatal = error
                self._wake.set()

    async def _hold(self, lane: _Lane, not_before: datetime) -> None:
        """Keep the order: what follows in this chat waits for what has to be tried again."""
        while lane.queue:
            await self._owed.settle_retry(self._next(lane).id, not_before, _WAITS)

    def _next(self, lane: _Lane) -> Delivery:
        self._in_hand -= 1
        if self._in_hand in {self._room // 2, 0}:
            self._wake.set()
        return lane.queue.popleft()

    async def _give_back(self, lane: _Lane) -> None:
        """End a lane; what it has not sent is for anyone to claim."""
        if self._lanes.get(lane.chat_id) is lane:
            del self._lanes[lane.chat_id]
        ids = [delivery.id for delivery in lane.queue]
        lane.queue.clear()
        self._in_hand -= len(ids)
        if ids:
            await self._owed.release(ids)
            self._wake.set()

    def _over(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if self._offline_s:
            self._wake.set()

    # --- when Telegram cannot be reached ---

    def _going(self, mine: _Lane | None = None) -> bool:
        """Whether another message may be begun; one at a time until Telegram answers again."""
        if self._stopping or self._fatal is not None or self._offline_for() > 0:
            return False
        others = (lane for lane in self._tasks.values() if lane is not mine)
        return not self._offline_s or not any(lane.writing for lane in others)

    def _offline_for(self) -> float:
        return self._offline_until - asyncio.get_running_loop().time()

    def _trouble(self, *, certain: bool = False) -> None:
        """Pause after a failed connection, or a few lost answers: each more is left in doubt."""
        self._troubles += 1
        if self._offline_for() > 0 or not (certain or self._troubles >= _TROUBLES):
            return
        if not self._offline_s:
            log.warning("Telegram cannot be reached; what is owed waits")
        self._offline_s = min(max(_OFFLINE_FIRST_S, self._offline_s * 2), _OFFLINE_LONGEST_S)
        self._offline_until = asyncio.get_running_loop().time() + self._offline_s

    def _online(self) -> None:
        if self._offline_s:
            log.warning("Telegram answers again")
            self._wake.set()
        self._troubles, self._offline_s, self._offline_until = 0, 0.0, 0.0
