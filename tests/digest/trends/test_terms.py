"""What may be a subject; and words that were made to take long take none."""

import time

import pytest

from digest.sources.shelving import guess_column
from digest.trends.terms import key_of, may_be_named


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ("九月", False),
        ("二十一日", False),
        ("第三季", False),
        ("大模型", True),
        ("十月革命", True),
        ("G20", True),
        ("2026", False),
    ],
)
def test_dates_and_numbers_are_no_subjects(said: str, *, may: bool) -> None:
    assert may_be_named(said) is may


@pytest.mark.parametrize("piece", ["一", "一月", "machine", " ", "open ", "安全x", "AI."])
def test_hostile_words_take_no_time(piece: str) -> None:
    """A hundred thousand letters: what looks at each of them once takes a tenth of a second."""
    said = piece * (100_000 // len(piece)) + "x"
    started = time.process_time()
    may_be_named(said)
    key_of(said)
    guess_column([said])
    assert time.process_time() - started < 2
