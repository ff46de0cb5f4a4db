"""That the tally sees what must not be, whatever the bot does."""

from tests.chaos.tally import Round, Shown, tally

ROUNDS = (Round((1, 2), loud=1), Round((3, 4), loud=3))
READERS = (7,)


def shown(number: int, *signals: int, marked: bool = False, words: str = "") -> Shown:
    return Shown(7, signals, marked, words or f"{number}:{signals}", number)


ALL_WELL = (shown(0, 1), shown(0, 2), shown(1, 3), shown(1, 4))


def test_all_is_well_when_everything_came_once() -> None:
    found = tally(ALL_WELL, ROUNDS, READERS, ())
    assert found.faults == []
    assert (found.messages, found.repeated) == (4, 0)


def test_a_message_that_came_again_without_a_word_is_doubled() -> None:
    found = tally((*ALL_WELL, ALL_WELL[0]), ROUNDS, READERS, {(7, 1)})
    assert found.faults == ["messages doubled: 1"]


def test_what_came_again_and_says_so_is_a_duplicate_or_a_rescue() -> None:
    again = shown(0, 1, marked=True, words=ALL_WELL[0].words)
    found = tally((*ALL_WELL, again), ROUNDS, READERS, ())
    assert (found.faults, found.duplicates, found.rescued) == ([], 1, 0)
    found = tally((again, *ALL_WELL[1:]), ROUNDS, READERS, ())
    assert (found.faults, found.duplicates, found.rescued) == ([], 0, 1)
    # Once more, and no more.
    found = tally((*ALL_WELL, again, again), ROUNDS, READERS, ())
    assert found.faults == ["messages doubled: 1"]


def test_what_never_came_is_lost_and_a_digest_that_came_without_it_late() -> None:
    found = tally(ALL_WELL[1:], ROUNDS, READERS, ())
    assert found.faults == ["content lost: 1", "content not in the next digest: 1"]
    # No digest was shown in which it could have come.
    found = tally((shown(0, 2), shown(1, 3)), ROUNDS, READERS, ())
    assert found.faults == ["content lost: 2"]
    # It came, but a round too late.
    rounds = (*ROUNDS, Round((5, 6), loud=5))
    late = (*ALL_WELL[1:], shown(2, 1, 6), shown(2, 5))
    found = tally(late, rounds, READERS, ())
    assert found.faults == ["content not in the next digest: 1"]


def test_content_may_come_again_only_where_it_is_in_doubt() -> None:
    carried = (*ALL_WELL[:3], shown(1, 2, 4))
    assert tally(carried, ROUNDS, READERS, {(7, 2)}).faults == []
    found = tally(carried, ROUNDS, READERS, ())
    assert found.faults == ["content repeated without a doubt: 1"]
