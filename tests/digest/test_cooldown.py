"""How long the news of a story waits after a reader heard of it."""

from datetime import timedelta

import pytest

from digest.cooldown import cool_down, waits
from digest.model import Kind, Relation
from tests.digest.render.samples import a_signal


@pytest.mark.parametrize(
    ("kind", "score", "times", "followed", "hours"),
    [
        (Kind.INCIDENT, 90, 1, False, 4),
        (Kind.INCIDENT, 90, 2, False, 4),
        (Kind.INCIDENT, 90, 3, False, 24),
        (Kind.POLICY, 85, 1, False, 4),
        (Kind.POLICY, 84, 1, False, 18),
        (Kind.RELEASE, 90, 1, False, 18),
        (Kind.RELEASE, 69, 1, False, 48),
        (Kind.EARNINGS, 50, 4, False, 48),
        (Kind.NEWS, 69, 1, False, 36),
        (Kind.DATA, 70, 1, False, 18),
        (Kind.OPINION, 95, 1, False, 168),
        (Kind.PAPER, 40, 1, False, 168),
        (Kind.OPINION, 95, 5, True, 4),
        (Kind.NEWS, 10, 1, True, 4),
    ],
)
def test_the_rule(kind: Kind, score: int, times: int, followed: bool, hours: int) -> None:
    waited = cool_down(kind, score, times=times, followed=followed)
    assert waited == timedelta(hours=hours)


def test_what_repeats_a_story_waits_for_ever() -> None:
    for relation in (Relation.LEAD, Relation.DUPLICATE):
        assert waits(a_signal(relation=relation), times=1, followed=True) is None
    for relation in (Relation.UPDATE, Relation.FOLLOW_UP):
        assert waits(a_signal(relation=relation), times=1) is not None
