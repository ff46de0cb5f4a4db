import json
from datetime import UTC, datetime, timedelta

import pytest

from digest.troubles import Note, Turn, plain, read_notes, turn

BEGAN = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def minutes(number: float) -> datetime:
    return BEGAN + timedelta(minutes=number)


def course(*looks: tuple[float, set[str], bool]) -> list[tuple[float, dict, dict]]:
    """What is told at which minute, when these kinds are bad then (and Telegram can be told)."""
    notes: dict[str, Note] = {}
    told = []
    for at, bad, can_tell in looks:
        made: Turn = turn(notes, dict.fromkeys(bad, BEGAN), minutes(at), can_tell=can_tell)
        notes = read_notes(json.loads(json.dumps(plain(made.notes))))
        if made.began or made.ended:
            told.append((at, made.began, made.ended))
    return told


def test_a_trouble_is_told_once_and_its_end_once() -> None:
    looks = [(at, {"model"} if at < 60 else set(), True) for at in range(20, 90)]
    assert course(*looks) == [(21, {"model": 21}, {}), (65, {}, {"model": 60})]


def test_what_goes_wrong_together_is_told_together() -> None:
    looks = [
        (20.0, {"model"}, True),
        (20.5, {"model", "delivery"}, True),
        (21.0, {"model", "delivery"}, True),
        (40.0, {"delivery"}, True),
        (43.0, set(), True),
        (46.0, set(), True),
        (48.0, set(), True),
    ]
    assert course(*looks) == [
        (21.0, {"model": 21, "delivery": 21}, {}),
        (48.0, {}, {"model": 40, "delivery": 43}),
    ]


def test_what_comes_and_goes_is_one_trouble() -> None:
    looks = [(20, {"model"}, True), (21, {"model"}, True), (22, set(), True)]
    again = [(24, {"model"}, True), (26, set(), True), (31, set(), True)]
    assert [at for at, *_ in course(*looks, *again)] == [21, 31]


@pytest.mark.parametrize(("long", "ended"), [(5, []), (15, [(20, {}, {"telegram": 15})])])
def test_what_could_not_be_told_is_told_when_it_is_over_if_it_was_long(
    long: int, ended: list[object]
) -> None:
    during = [(float(at), {"telegram"}, False) for at in range(1, long)]
    after = [(float(at), set(), True) for at in range(long, long + 8)]
    assert course(*during, *after) == ended
