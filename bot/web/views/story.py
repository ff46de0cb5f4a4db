"""A signal beside the other signals of its story: the order of events and what it adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.web.moments import Moment, short_moment
from bot.web.views.items import Setting, Text, headline_of
from bot.web.words import short
from digest.model import Relation, Signal

MAX_STEPS = 8
MAX_HEADLINE = 120
MAX_NEW_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One signal in the order of events; `here` is the page's own, which has no link."""

    at: Moment
    headline: Text
    source: str
    relation: Relation
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class StoryView:
    """The story's signals, oldest first; `left_out` of them are not shown.

    `new_numbers` stand in this signal and in none before it, compared by value and unit.
    """

    steps: tuple[Step, ...]
    left_out: int
    earlier: int
    new_numbers: tuple[str, ...]


def story_of(
    signal: Signal,
    story: Sequence[Signal],
    setting: Setting,
    told: tuple[int, int] | None = None,
) -> StoryView | None:
    """The story around `signal`, None when it is the only one told.

    Where `story` is a part of it, `told` says how many were told before the signal, and how many
    there are; what is new in it is not said then.
    """
    ordered = sorted(story, key=lambda member: (member.when, member.id))
    if not {signal.id} < {member.id for member in ordered}:
        return None
    earlier = list(takewhile(lambda member: member.id != signal.id, ordered))
    # Keep the page's own signal in sight: the window ends at the newest that still shows it.
    first = max(0, min(len(earlier) - MAX_STEPS // 2, len(ordered) - MAX_STEPS))
    window = ordered[first : first + MAX_STEPS]
    before, total = told or (len(earlier), len(ordered))
    return StoryView(
        steps=tuple(_step(member, signal, setting) for member in window),
        left_out=total - len(window),
        earlier=before,
        new_numbers=_new_numbers(signal, earlier) if before == len(earlier) else (),
    )


def _step(member: Signal, signal: Signal, setting: Setting) -> Step:
    headline = headline_of(member)
    here = member.id == signal.id
    return Step(
        at=short_moment(member.when, setting.now, setting.visit.lang),
        headline=Text(short(headline.text, MAX_HEADLINE), headline.tag),
        source=short(member.source_title, 40),
        relation=member.relation,
        href="" if here else setting.visit.url(f"/s/{member.id}"),
        here=here,
    )


def _new_numbers(signal: Signal, earlier: Sequence[Signal]) -> tuple[str, ...]:
    if not earlier:
        return ()
    known = {(fact.value, fact.unit) for member in earlier for fact in member.brief.numbers}
    fresh = {
        (fact.value, fact.unit): short(fact.text, 40)
        for fact in signal.brief.numbers
        if (fact.value, fact.unit) not in known
    }
    return tuple(fresh.values())[:MAX_NEW_NUMBERS]
