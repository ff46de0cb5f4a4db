"""What lies in the database, as gauges: asked for when somebody looks, at most each 5 s."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

from prometheus_client import Gauge

from bot.clock import Clock
from bot.meters import REGISTRY
from digest.model import DeliveryState, EntryState
from storage import Storage
from storage.lengths import Lengths

log = logging.getLogger(__name__)

FRESH_S = 5.0
PATIENCE_S = 4.0
_OPEN = (
    DeliveryState.PENDING,
    DeliveryState.RETRY,
    DeliveryState.CLAIMED,
    DeliveryState.SENDING,
)


def _gauge(name: str, words: str, *labels: str) -> Gauge:
    return Gauge(name, words, labels, registry=REGISTRY)


OUTBOX = _gauge("hexin_outbox_deliveries", "Deliveries that are owed, by state", "state")
OUTBOX_AGE = _gauge("hexin_outbox_oldest_seconds", "How long the longest due push has waited")
UNSURE = _gauge(
    "hexin_outbox_unknown", "Pushes of the last week of which nobody knows whether they arrived"
)
UNREAD = _gauge("hexin_entries_waiting", "Entries to be read, by state", "state")
UNREAD_AGE = _gauge("hexin_entries_oldest_seconds", "How long the longest waiting news has waited")
DUE_SOURCES = _gauge("hexin_sources_due", "Sources whose poll is due")
SOURCES_AGE = _gauge("hexin_sources_oldest_seconds", "How long the longest due poll has waited")
HELD_SIGNALS = _gauge("hexin_signals_held", "Signals that wait for an editor or a time")
NEWEST = _gauge("hexin_newest_signal_age_seconds", "Age of the newest signal that readers see")
DATABASE_UP = _gauge("hexin_database_up", "Whether the database answered in time")
WORKER_MEMORY = _gauge("hexin_worker_resident_bytes", "Memory of the processes that read pages")


class Gauges:
    """Sets the gauges from the database. Many who look at once cause one look."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._lock = asyncio.Lock()
        self._looked_at = float("-inf")

    async def refresh(self) -> None:
        """Look again unless somebody just did; a database that is down is a gauge too."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._looked_at < FRESH_S:
                return
            WORKER_MEMORY.set(_children_bytes())
            try:
                async with asyncio.timeout(PATIENCE_S):
                    lengths = await self._storage.watch.lengths(self._clock())
            except Exception as error:  # noqa: BLE001  whatever is wrong, it is down for us
                log.warning("the database was not asked for its lengths: %r", error)
                DATABASE_UP.set(0)
                return
            DATABASE_UP.set(1)
            _show(lengths, self._clock())
            self._looked_at = now


def _show(lengths: Lengths, now: datetime) -> None:
    for state in _OPEN:
        OUTBOX.labels(state).set(lengths.owed.get(state, 0))
    for entry_state in (EntryState.NEW, EntryState.BACKLOG):
        UNREAD.labels(entry_state).set(lengths.unread.get(entry_state, 0))
    UNSURE.set(lengths.unknown)
    OUTBOX_AGE.set(_age(lengths.late_since, now))
    UNREAD_AGE.set(_age(lengths.unread_since, now))
    DUE_SOURCES.set(lengths.due_sources)
    SOURCES_AGE.set(_age(lengths.unpolled_since, now))
    HELD_SIGNALS.set(lengths.held)
    NEWEST.set(_age(lengths.newest_signal_at, now) if lengths.newest_signal_at else float("nan"))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _children_bytes() -> int:
    """Resident memory of our child processes; 0 where there is no /proc."""
    try:
        tasks = list(Path("/proc/self/task").iterdir())
        pids = {pid for task in tasks for pid in (task / "children").read_text().split()}
    except OSError:
        return 0
    return sum(map(_resident_bytes, pids))


def _resident_bytes(pid: str) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0  # it has just ended
    found = status.partition("VmRSS:")[2].split()
    return int(found[0]) * 1024 if found else 0
