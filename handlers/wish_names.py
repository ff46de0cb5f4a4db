"""What is followed and muted, under one kind of name. Pure.

A name is "column:ai", "topic:llm", "source:12", or a word as it was typed (which has no colon), so
that every follow and every mute fits behind a button in the same way.
"""

from dataclasses import replace
from typing import Literal

from digest.model import Subscription, Wishes
from digest.words import fold

KINDS = ("column", "topic", "source", "word")
MOST = 100
"""Follows, and mutes, that a chat may have."""

Deed = Literal["follow", "mute"]


def kind_of(name: str) -> str:
    """One of KINDS."""
    kind, found, _ = name.partition(":")
    return kind if found and kind in KINDS else "word"


def value_of(name: str) -> str:
    """The id or word without its kind."""
    return name if kind_of(name) == "word" else name.partition(":")[2]


def names_of(wishes: Wishes, deed: Deed) -> tuple[str, ...]:
    """Everything that is followed (or muted): columns, topics, sources, then words."""
    if deed == "mute":
        return tuple(sorted(wishes.mutes, key=lambda name: KINDS.index(kind_of(name))))
    return (
        *(f"column:{one}" for one in wishes.columns),
        *(f"topic:{one}" for one in wishes.topics),
        *(f"source:{one}" for one in wishes.sources),
        *wishes.words,
    )


def has(wishes: Wishes, deed: Deed, name: str) -> bool:
    """Whether `name` is followed (or muted); words compare however they are spelt."""
    return any(_same(name, other) for other in names_of(wishes, deed))


def added(wishes: Wishes, deed: Deed, name: str) -> Wishes:
    """`wishes` with `name` followed and no longer muted, or the other way round."""
    other: Deed = "mute" if deed == "follow" else "follow"
    cleared = dropped(wishes, other, name)
    if has(cleared, deed, name):
        return cleared
    return _with(cleared, deed, (*names_of(cleared, deed), name))


def dropped(wishes: Wishes, deed: Deed, name: str) -> Wishes:
    """`wishes` without `name`."""
    kept = tuple(other for other in names_of(wishes, deed) if not _same(name, other))
    return wishes if len(kept) == len(names_of(wishes, deed)) else _with(wishes, deed, kept)


def _with(wishes: Wishes, deed: Deed, names: tuple[str, ...]) -> Wishes:
    if deed == "mute":
        return replace(wishes, mutes=names)
    values = {kind: [value_of(n) for n in names if kind_of(n) == kind] for kind in KINDS}
    return replace(
        wishes,
        columns=tuple(values["column"]),
        topics=tuple(values["topic"]),
        sources=tuple(int(value) for value in values["source"] if value.isdecimal()),
        words=tuple(values["word"]),
    )


def _same(one: str, other: str) -> bool:
    if kind_of(one) != kind_of(other):
        return False
    return one == other or (kind_of(one) == "word" and fold(one) == fold(other))


def by_default(subscription: Subscription) -> Subscription:
    """`subscription` as a new reader's; language, zone and whether it is paused stay."""
    wishes = subscription.wishes
    return Subscription(
        wishes=Wishes(lang=wishes.lang, weights=wishes.weights),
        paused=subscription.paused,
        stopped=subscription.stopped,
        zone=subscription.zone,
        next_digest_at=subscription.next_digest_at,
        considered_until=subscription.considered_until,
    )
