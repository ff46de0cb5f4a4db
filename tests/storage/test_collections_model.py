"""Whatever a reader does to collections, in any order: storage keeps what a simple model keeps."""

import asyncio
import copy
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from storage import DuplicateName, Storage
from storage.migrate import migrate_now
from storage.undos import merged_notes
from tests.storage.making import NOW, add_signal, add_subscriber, minutes

T = TypeVar("T")
SINCE = NOW - timedelta(days=1)
SIGNALS = 2


class Shared:
    """One database for all walks: each has a reader of its own."""

    loop: asyncio.AbstractEventLoop
    storage: Storage
    signals: list[int]
    readers = count(1)


@pytest.fixture(autouse=True, scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    url = f"sqlite:///{tmp_path_factory.mktemp('shelves') / 'hexin.db'}"
    migrate_now(url)
    loop = Shared.loop = asyncio.new_event_loop()
    storage = Shared.storage = loop.run_until_complete(Storage.open(url, check=False))
    Shared.signals = [loop.run_until_complete(add_signal(storage)).id for _ in range(SIGNALS)]
    yield
    loop.run_until_complete(storage.close())
    loop.close()


@dataclass
class Box:
    """One list of the model: what is saved in it, as (note, minute)."""

    name: str
    position: int
    is_default: bool = False
    saved: dict[int, tuple[str, int]] = field(default_factory=dict)


@dataclass
class Before:
    """What an act of the model noted: the list it ended, and what single places held."""

    ended: tuple[int, Box] | None
    into: int | None
    places: dict[tuple[int, int], tuple[str, int] | None]


class Shelves(RuleBasedStateMachine):
    """One reader's lists, kept twice."""

    undos = Bundle("undos")

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[int, Box] = {}
        self.minute = 0

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return Shared.loop.run_until_complete(act)

    @initialize()
    def open(self) -> None:
        self.storage, self.signals = Shared.storage, Shared.signals
        self.reader = self.run(add_subscriber(self.storage, next(Shared.readers))).id
        box = self.run(self.storage.collections.default(self.reader, NOW, "默认"))
        self.boxes[box.id] = Box("默认", 0, is_default=True)
        self.create("a")  # so that there is something to merge from the beginning

    def pick(self, place: int) -> int:
        return sorted(self.boxes)[place % len(self.boxes)]

    def now(self) -> int:
        self.minute += 1
        return self.minute

    @rule(name=strategies.sampled_from("abcd"))
    def create(self, name: str) -> None:
        taken = name in {box.name for box in self.boxes.values()}
        try:
            made = self.run(self.storage.collections.create(self.reader, name, NOW))
        except DuplicateName:
            assert taken
            return
        assert not taken
        last = max(box.position for box in self.boxes.values())
        self.boxes[made.id] = Box(name, last + 1)

    @rule(place=strategies.integers(0, 9), name=strategies.sampled_from("abcd"))
    def rename(self, place: int, name: str) -> None:
        number = self.pick(place)
        taken = name in {box.name for key, box in self.boxes.items() if key != number}
        try:
            assert self.run(self.storage.collections.rename(self.reader, number, name))
        except DuplicateName:
            assert taken
            return
        assert not taken
        self.boxes[number].name = name

    @rule(
        place=strategies.integers(0, 9),
        signal=strategies.integers(0, SIGNALS - 1),
        note=strategies.sampled_from(["", "甲", "乙"]),
    )
    def save(self, place: int, signal: int, note: str) -> None:
        number, minute = self.pick(place), self.now()
        wanted = self.signals[signal]
        self.run(self.storage.collections.save(number, wanted, NOW + minutes(minute), note))
        held = self.boxes[number].saved.get(wanted)
        self.boxes[number].saved[wanted] = (
            (note, minute) if held is None else (note or held[0], held[1])
        )

    @rule(place=strategies.integers(0, 9), by=strategies.integers(-3, 3))
    def move(self, place: int, by: int) -> None:
        number = self.pick(place)
        self.run(self.storage.collections.move(self.reader, number, by))
        order = sorted(self.boxes, key=lambda one: (self.boxes[one].position, one))
        at = order.index(number)
        order.insert(max(0, min(len(order) - 1, at + by)), order.pop(at))
        for position, one in enumerate(order):
            self.boxes[one].position = position

    @rule(place=strategies.integers(0, 9))
    def make_default(self, place: int) -> None:
        number = self.pick(place)
        assert self.run(self.storage.collections.make_default(self.reader, number))
        for key, box in self.boxes.items():
            box.is_default = key == number

    @rule(
        target=undos, place=strategies.integers(0, 9), signal=strategies.integers(0, SIGNALS - 1)
    )
    def remove(self, place: int, signal: int) -> Any:
        number, wanted = self.pick(place), self.signals[signal]
        undo = self.run(self.storage.undos.remove(self.reader, number, wanted, NOW, "x"))
        held = self.boxes[number].saved.pop(wanted, None)
        assert (undo is None) == (held is None)
        if undo is None:
            return multiple()
        return undo, Before(None, None, {(number, wanted): held})

    @rule(target=undos, place=strategies.integers(0, 9))
    def delete(self, place: int) -> Any:
        number = self.pick(place)
        undo = self.run(self.storage.undos.delete(self.reader, number, NOW))
        assert (undo is None) == self.boxes[number].is_default
        if undo is None:
            return multiple()
        return undo, Before((number, self.boxes.pop(number)), None, {})

    @precondition(lambda self: len(self.boxes) > 1)
    @rule(target=undos, one=strategies.integers(0, 9), other=strategies.integers(0, 9))
    def merge(self, one: int, other: int) -> Any:
        source, into = self.pick(one), self.pick(other)
        undo = self.run(self.storage.undos.merge(self.reader, source, into, NOW))
        assert (undo is None) == (source == into)
        if undo is None:
            return multiple()
        gone, grown = self.boxes.pop(source), self.boxes[into]
        before = Before((source, copy.deepcopy(gone)), into, {})
        for wanted, (note, minute) in gone.saved.items():
            held = grown.saved.get(wanted)
            before.places[into, wanted] = held
            grown.saved[wanted] = (
                (note, minute)
                if held is None
                else (merged_notes(held[0], note), max(held[1], minute))
            )
        grown.is_default = grown.is_default or gone.is_default
        return undo, before

    @rule(made=consumes(undos))
    def take_back(self, made: tuple[int, Before]) -> None:
        undo, before = made
        assert self.run(self.storage.undos.undo(self.reader, undo, SINCE))
        assert self.run(self.storage.undos.undo(self.reader, undo, SINCE)) is None
        if before.ended is not None:
            number, box = before.ended
            default = next((key for key, one in self.boxes.items() if one.is_default), None)
            box.is_default = box.is_default and default in {None, before.into}
            if box.is_default and default is not None:
                self.boxes[default].is_default = False
            plain, names = box.name, {one.name for one in self.boxes.values()}
            tries = 2
            while box.name in names:
                box.name, tries = f"{plain} {tries}", tries + 1
            self.boxes[number] = box
        for (number, wanted), held in before.places.items():
            if number in self.boxes and held is None:
                self.boxes[number].saved.pop(wanted, None)
            elif number in self.boxes and held is not None:
                self.boxes[number].saved[wanted] = held

    @invariant()
    def alike(self) -> None:
        if not hasattr(self, "storage"):
            return
        listed = self.run(self.storage.collections.list(self.reader))
        order = sorted(self.boxes, key=lambda one: (self.boxes[one].position, one))
        assert [box.id for box in listed] == order
        assert sum(box.is_default for box in listed) == 1
        for box in listed:
            kept = self.run(self.storage.collections.saved(box.id, 100))
            expected = self.boxes[box.id]
            assert (box.name, box.is_default) == (expected.name, expected.is_default)
            assert box.count == len(kept)
            assert {
                one.signal.id: (one.note, round((one.saved_at - NOW) / minutes(1))) for one in kept
            } == expected.saved


TestShelves = Shelves.TestCase
TestShelves.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
