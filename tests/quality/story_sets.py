"""The labelled sets of stories, and which of their events training keeps its hands off."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.storying import item_of
from digest.stories import StoryItem
from tests.quality.common import Record, records

SETS = ("ecbplus", "newscluster5w1h", "basil", "uci_stories", "og2021")
MOST = 3000  # texts of a set: whole events are left out until no more are there
_HELD_OUT = 0.3  # of the events
_ITEMS: dict[str, StoryItem] = {}  # by record: reading a text takes 20 ms
_NO_DATE = datetime(2026, 1, 5, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set in the order in which it arrives: the texts and the event of each."""

    name: str
    items: tuple[StoryItem, ...]
    events: tuple[str, ...]

    def part(self, chosen: Sequence[int]) -> "Labelled":
        """The texts with these places, in order."""
        items, events = ([column[at] for at in chosen] for column in (self.items, self.events))
        return Labelled(self.name, tuple(items), tuple(events))


def is_held_out(set_name: str, record: Record) -> bool:
    """Whether training must not see this record's event; three events in ten, by their digest.

    Events that are alike on purpose (those of one topic of ecbplus) stay together.
    """
    name = f"{set_name}:{record.get('topic') or record['cluster']}"
    return _share(name) < _HELD_OUT


def load_set(corpora: Path, name: str, *, held_out: bool = False) -> Labelled | None:
    """One set by date, those without one in a fixed shuffled order; None where it is absent.

    With `held_out` only the events that training does not see.
    """
    found = records(corpora, name)
    if held_out:
        found = [record for record in found if is_held_out(name, record)]
    found = _at_most(name, found)
    if not found:
        return None
    random.Random(f"{name}-order").shuffle(found)
    found.sort(key=lambda record: str(record.get("date") or ""))
    items = tuple(item_of_record(record) for record in found)
    order = sorted(range(len(items)), key=lambda place: items[place].at)
    whole = Labelled(name, items, tuple(record["cluster"] for record in found))
    return whole.part(order)


def item_of_record(record: Record) -> StoryItem:
    """A record as the index is asked about it; read once."""
    if record["id"] not in _ITEMS:
        _ITEMS[record["id"]] = item_of(record, lambda: _NO_DATE)
    return _ITEMS[record["id"]]


def _at_most(name: str, found: list[Record]) -> list[Record]:
    """Whole events, in the order of their digests, until `MOST` texts are there."""
    if len(found) <= MOST:
        return found
    events: dict[str, list[Record]] = {}
    for record in found:
        events.setdefault(record["cluster"], []).append(record)
    some: list[Record] = []
    for event in sorted(events, key=lambda event: _share(f"{name}:some:{event}")):
        if len(some) + len(events[event]) <= MOST:
            some += events[event]
    return some


def _share(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big") / 2**48
