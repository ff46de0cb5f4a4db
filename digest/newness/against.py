"""A signal against all of the last 30 days: the points that nothing like it had told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from digest.model import Signal
from digest.newness.account import Account
from digest.newness.told import Told

MONTH = timedelta(days=30)
_LIKE = 0.25
"""Share of a title that makes an earlier signal one to compare with."""


@dataclass(frozen=True, slots=True)
class FirstTold:
    """The point at this place of a brief, and the earlier signal most like the one it is in."""

    point: int
    compared: Signal


def first_told(signal: Signal, earlier: Sequence[Signal]) -> FirstTold | None:
    """The first point that none of the signals of the month before it had told.

    None when nothing before it is like it: then all of it is new, and no comparison says more.
    What is in another language is left out. Its own story is what it is told of beside, so it is
    compared with another; but what that story told is told.
    """
    month = [
        one
        for one in earlier
        if one.id != signal.id
        and one.lang == signal.lang
        and signal.when - MONTH <= one.when < signal.when
    ]
    accounts = {one.id: _account(one) for one in month}
    others = (one for one in month if one.story_id is None or one.story_id != signal.story_id)
    likest = max(
        others, key=lambda one: (_likeness(signal, accounts[one.id]), one.id), default=None
    )
    if likest is None or _likeness(signal, accounts[likest.id]) < _LIKE:
        return None
    told = Told.by(accounts.values())
    for place, point in enumerate(signal.brief.points):
        if not told.has_point(point, signal.lang):
            return FirstTold(place, likest)
    return None


def _likeness(signal: Signal, account: Account) -> float:
    return Told.by([account]).carries(signal.title, signal.lang) or 0.0


def _account(signal: Signal) -> Account:
    kind = signal.placement.kind
    return Account(signal.id, signal.title, signal.lang, kind, signal.when, signal.brief)
