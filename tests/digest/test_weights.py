from dataclasses import replace

import pytest

from digest.compose import compose, matches, wants_instant
from digest.model import DigestKind, Subscription, Wishes
from digest.weights import names_of, pull, pulls, selection
from tests.newsdesk import NOON, signal

SOURCE = "source:1"  # the source of newsdesk's signals


def wishing(*weights: tuple[str, int], **changes: object) -> Wishes:
    return replace(Wishes(weights=weights), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("weights", "points"),
    [
        ((), 0),
        ((("topic:llm", 2),), 10),
        ((("topic:llm", -3),), -15),
        ((("topic:llm", 3), ("topic:chips", 3)), 15),  # three steps in all, however many topics
        ((("topic:llm", 3), ("topic:chips", -1)), 10),
        (((SOURCE, -2),), -10),
        ((("topic:llm", 3), (SOURCE, 3)), 30),
        ((("topic:robots", 3), ("source:99", 3)), 0),  # of other signals
    ],
)
def test_each_step_counts_five_points(weights: tuple[tuple[str, int], ...], points: int):
    made = signal(topics=("llm", "chips"), total=60)
    wishes = wishing(*weights)
    assert pull(made, wishes) == points
    assert selection(made, wishes) == 60 + points
    assert made.score.total == 60


def test_only_the_weights_that_concern_a_signal_are_named():
    made = signal(topics=("llm",))
    assert names_of(made) == ("topic:llm", SOURCE)
    assert pulls(made, wishing(("topic:llm", 1), ("topic:chips", 2))) == {"topic:llm": 1}


def test_a_weight_carries_a_signal_over_the_minimum_or_below_it():
    made = signal(topics=("llm",), total=60)
    assert not matches(made, Wishes(min_score=70))
    assert matches(made, wishing(("topic:llm", 2), min_score=70))
    assert not matches(made, wishing(("topic:llm", -1), min_score=60))


def test_a_weight_decides_whether_a_signal_is_pushed_at_once():
    made = signal(topics=("llm",), total=78)
    wanted = Subscription(instant_score=80)
    assert not wants_instant(made, wanted, NOON)
    nearer = replace(wanted, wishes=wishing(("topic:llm", 1)))
    assert wants_instant(made, nearer, NOON)
    farther = replace(wanted, instant_score=75, wishes=wishing(("topic:llm", -1)))
    assert not wants_instant(made, farther, NOON)


def test_a_weight_decides_who_stands_first_and_who_is_left_out():
    strong = signal(1, "强", total=80)
    weak = signal(2, "弱", topics=("llm",), total=70)
    weights = (("topic:llm", 3),)

    def ids(wishes: Wishes) -> list[int]:
        made = compose(
            [strong, weak], wishes, kind=DigestKind.DAILY, window_from=NOON, window_to=NOON
        )
        return [one.id for one in made.signals] if made else []

    assert ids(Wishes()) == [1, 2]
    assert ids(wishing(*weights)) == [2, 1]
    assert ids(Wishes(max_items=1)) == [1]
    assert ids(wishing(*weights, max_items=1)) == [2]


def test_equal_weights_make_equal_wishes():
    one = wishing(("topic:b", 1), ("topic:a", 2), ("topic:c", 0)).normal()
    other = wishing(("topic:a", 2), ("topic:b", 1)).normal()
    assert one == other
    assert one != Wishes().normal()
