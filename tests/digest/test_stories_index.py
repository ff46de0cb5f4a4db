"""The index as a structure: what it holds, forgets and finds, whatever it is given."""

import gc
import math
import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.stories import ALONE, StoryItem, StoryPlacement, postings
from digest.stories.index import StoryIndex
from digest.stories.postings import Postings
from digest.stories.rarity import Rarity
from digest.stories.shelf import Sheet, Shelf, sheet_of
from digest.stories.traits import traits_of
from tests.digest.articles import NOW
from tests.digest.test_stories import QUAKE, index_with, item
from tests.soak.press import Press
from tests.soak.report import KB_A_SIGNAL

_HOSTILE = [
    "",
    " \n\t",
    "🙂" * 50,
    "\ud800 broken \udfff",
    "地震" * 50_000,
    "a" * 100_000,
    "1" * 5_000,
    "Землетрясение в Токио",
    "زلزال في طوكيو",
    "地震 ក ខ គ ฆ ก្រ",
    "；" * 300,
    "A：B：C：" * 200,
]


@pytest.mark.parametrize("title", _HOSTILE)
def test_any_title_is_placed_and_kept(title: str) -> None:
    index = index_with(QUAKE)
    one = item(2, title, title, keywords=(title[:50],), numbers=(title[:50],))
    assert index.place(one).story_of is None
    index.add(one)
    assert index.place(replace(QUAKE, signal_id=3)).story_of == 1


def stream(size: int, seed: int) -> list[StoryItem]:
    """Events of a few texts each, in made-up words, in the order of their dates."""
    draw = random.Random(seed)
    words = [
        "".join(draw.choices("bdfgklmnprstvz", k=3)) + draw.choice("aeiou") for _ in range(900)
    ]
    out: list[StoryItem] = []
    for number in range(1, size + 1):
        if out and draw.random() < 0.4:
            told = draw.choice(out[-40:]).title.split()
            draw.shuffle(told)
        else:
            told = draw.choices(words, k=7)
        title = " ".join(told)
        lead = f"{title} {' '.join(draw.choices(words, k=9))}"
        out.append(item(number, title, lead, lang="en", hours=number / 10))
    return out


def told(index: StoryIndex, items: Sequence[StoryItem]) -> list[StoryPlacement]:
    """Each item placed, then added to the story that it was placed in."""
    out = []
    for one in items:
        placement = index.place(one)
        story = None
        if placement.story_of is not None:
            story = index.story_of(placement.story_of) or placement.story_of
            index.move(placement.story_of, story)
        index.add(replace(one, story_id=story))
        out.append(placement)
    return out


def test_the_same_stream_makes_the_same_stories() -> None:
    items = stream(150, 4)
    one, other = told(StoryIndex(), items), told(StoryIndex(), items)
    assert one == other
    assert sum(placement is not ALONE for placement in one) > 30


def test_equal_times_are_no_trouble() -> None:
    index = StoryIndex()
    for one in stream(60, 5):
        same = replace(one, at=NOW)
        index.place(same)
        index.add(same)
    index.forget_before(NOW)
    assert len(index) == 60
    index.forget_before(NOW + timedelta(seconds=1))
    assert len(index) == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from("asmf"), st.integers(0, 9)), max_size=60
    )
)
def test_what_is_held_is_what_was_added_and_not_forgotten(
    steps: list[tuple[int, str, int]],
) -> None:
    index, held = StoryIndex(), dict[int, tuple[int, int | None]]()
    for number, step, value in steps:
        if step in "as":
            story = value if step == "s" else None
            index.add(replace(item(number, f"word{number} tale", hours=value), story_id=story))
            held[number] = (value, story)
        elif step == "m" and number in held:
            index.move(number, value)
            held[number] = (held[number][0], value)
        elif step == "f":
            index.forget_before(NOW + timedelta(hours=value))
            held = {one: kept for one, kept in held.items() if kept[0] >= value}
        assert len(index) == len(held)
    for number in range(1, 13):
        assert index.story_of(number) == held.get(number, (0, None))[1]
        twin = item(99, f"word{number} tale", hours=5)
        found = [one for one, _ in index.near(twin, 50)]
        assert (number in found) == (number in held)


def test_postings_find_what_a_dictionary_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "_SEALED", 4)
    monkeypatch.setattr(postings, "_LARGEST", 64)
    draw, index, known = random.Random(3), Postings(), dict[int, list[int]]()
    for place in range(400):
        terms = draw.sample(range(1, 60), 5) + ([2**32 - 1] if place % 7 == 0 else [])
        index.add(place, terms)
        for term in terms:
            known.setdefault(term, []).append(place)
    asked = np.array([*range(1, 60), 70, 2**32 - 1], np.uint32)
    found = index.find(asked)
    assert [sorted(places.tolist()) for places in found] == [
        known.get(term, []) for term in asked.tolist()
    ]
    index.forget_before(399)
    assert sum(map(len, index.find(asked))) < 400


def test_the_shelf_goes_round_and_grows_without_mixing_rows_up() -> None:
    shelf, rarity, places = Shelf(), Rarity(), dict[int, int]()
    for number in range(300):
        traits = traits_of(item(number, f"title{number}"))
        places[number] = shelf.put(sheet_of(traits, float(number), rarity), number, None)
        if number >= 90:
            shelf.drop(places.pop(number - 90))
    for number, place in places.items():
        assert shelf.signal_at(place) == number
        assert shelf.times(np.array([place]))[0] == number
        own = traits_of(item(number, f"title{number}")).title
        assert shelf.rows(np.array([place])).title[0, : len(own)].tolist() == list(own)
    assert sorted(shelf.older_than(215.0)) == [210, 211, 212, 213, 214]


def test_a_few_bytes_are_kept_of_each() -> None:
    """Rows and postings; the dictionaries of numbers and stories come on top."""
    row = sum(getattr(Sheet.empty(1), one.name).nbytes for one in fields(Sheet))
    assert row <= 1200


def test_what_is_not_sealed_yet_takes_little_too() -> None:
    signals, terms = 1_000, 30
    index, draw = Postings(), random.Random(5)
    tracemalloc.start()
    try:
        for place in range(signals):
            index.add(place, [draw.getrandbits(32) for _ in range(terms)])
        assert tracemalloc.get_traced_memory()[0] <= 2048 * signals
    finally:
        tracemalloc.stop()


def test_an_index_that_nobody_asked_yet_takes_next_to_nothing() -> None:
    tracemalloc.start()
    try:
        index = StoryIndex()
        assert tracemalloc.get_traced_memory()[0] <= 256 * 1024
        index.add(QUAKE)
        assert tracemalloc.get_traced_memory()[0] > 1024 * 1024
    finally:
        tracemalloc.stop()


class _Some:
    """An encoder that gives every text the same meaning."""

    def encode(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        return [[1.0, *[0.0] * 511]] * len(sentences)


def test_a_signal_takes_what_the_soak_allows_it_and_of_full_days_no_more_is_kept() -> None:
    """Bytes that the allocator counts: three windows of signals as the soak brings them."""
    window, press, index, kept = 192, Press(1), StoryIndex(_Some()), list[int]()
    stories = [press.publish() for _ in range(3 * window)]
    items = [
        item(one.number, one.title, "\n".join(one.lines), hours=one.number / window)
        for one in stories
    ]
    for one in items:  # what is remembered of words is bounded, and no part of the index
        traits_of(one)
    tracemalloc.start()
    try:
        for one in items:
            index.add(one)
            index.forget_before(one.at - timedelta(hours=1))
            if one.signal_id % (64) == 0:
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert (kept[2] - kept[0]) / 128 <= KB_A_SIGNAL * 1024
    second, third = kept[3:6], kept[6:]  # parts of postings go as a whole, so it swings a little
    assert max(third) - max(second) <= window * 256


class _Meaning:
    """An encoder that lays texts with "harbour" or "港口" beside each other, and counts texts."""

    def __init__(self) -> None:
        self.read = 0

    def encode(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        self.read += len(sentences)
        port, other = [1.0, *[0.0] * 511], [0.0, 1.0, *[0.0] * 510]
        return [port if self._port(one) else other for one in sentences]

    @staticmethod
    def _port(text: str) -> bool:
        return "harbour" in text or "港口" in text


def test_an_encoder_reads_what_is_placed_and_adds_to_what_is_compared() -> None:
    zh = item(
        1, "埃尔德摩港口大火后停电", "埃尔德摩港口周一晚间因变电站起火停电，Kestrel 称周四修复。"
    )
    en = item(
        2,
        "Eldmoor harbour dark after Kestrel fire",
        "Power is out until Thursday.",
        lang="en",
        hours=2,
    )
    encoder = _Meaning()
    with_it, without = StoryIndex(encoder), StoryIndex()
    for index in (with_it, without):
        index.place(zh)
        index.add(zh)
    cold = StoryIndex(encoder)
    cold.add(zh)
    assert encoder.read == 1
    indexes = (with_it, without, cold)
    meant, plain, unread = (index.near(en, 1)[0][1] for index in indexes)
    assert unread == plain
    assert meant > plain


class _Near:
    """An encoder that turns each text away by the number it ends with, in degrees."""

    def encode(self, sentences: Sequence[str]) -> Sequence[Sequence[float]]:
        turns = [math.radians(float(one.split()[-1])) for one in sentences]
        return [[math.cos(turn), math.sin(turn), *[0.0] * 510] for turn in turns]


def across(turn: float, other: float) -> int | None:
    """What an English text joins that means nearly what a Chinese one does, and what another."""
    index = StoryIndex(_Near())
    told = [("Kestrel 港口停电", turn), ("Kestrel 发布新手机", other)]
    for number, (title, away) in enumerate(told, 1):
        one = item(number, title, f"{title}。 {away}", keywords=("Kestrel",))
        index.place(one)
        index.add(one)
    en = item(3, "Kestrel harbour dark", "Power is out. 0", lang="en", keywords=("Kestrel",))
    return index.place(en).story_of


def test_the_nearest_in_meaning_by_far_is_the_same_event_in_the_other_language() -> None:
    assert across(10, 80) == 1
    assert across(80, 10) == 2


def test_of_two_that_are_near_in_meaning_neither_is_taken_for_the_same_event() -> None:
    assert across(40, 45) is None


def test_one_name_in_two_languages_is_not_one_event() -> None:
    index = index_with(
        item(1, "Kestrel 港口停电", "Kestrel 港口周一停电。", keywords=("Kestrel",))
    )
    en = item(2, "Kestrel sues a partner", "Kestrel went to court.", lang="en")
    assert index.place(replace(en, keywords=("Kestrel",))).story_of is None


def test_a_name_with_a_figure_in_two_languages_is_one_event() -> None:
    zh = item(
        1, "Kestrel 以 70 亿美元收购 Eldmoor", "Kestrel 周一宣布以 70 亿美元收购 Eldmoor。",
        keywords=("Kestrel", "Eldmoor"), numbers=("70 亿美元",),
    )  # fmt: skip
    en = item(
        2, "Kestrel buys Eldmoor for $7 billion", "Kestrel said it will buy Eldmoor.", lang="en",
        keywords=("Kestrel", "Eldmoor"), numbers=("$7 billion",),
    )  # fmt: skip
    assert index_with(zh).place(en).story_of == 1
