"""Two changes to one reader's subscription at the same time: neither is lost."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, TypeVar

from digest.wishes import Subscription, Wishes

_T = TypeVar("_T", Subscription, Wishes)

# Lists in which each entry is a wish of its own; other values are set as a whole.
_LISTS = frozenset({"columns", "topics", "sources", "words", "mutes", "stories"})


def merged(base: Subscription, wanted: Subscription, present: Subscription) -> Subscription:
    """`present` with all that was changed from `base` to `wanted`.

    `base` is what somebody saw who then wished for `wanted`; `present` is what it has become
    meanwhile, by the reader's other device or by the planner.
    """
    changes = _changes(base, wanted, present)
    if base.wishes != wanted.wishes:
        wishes = _changes(base.wishes, wanted.wishes, present.wishes)
        changes["wishes"] = replace(present.wishes, **wishes)
    return replace(present, **changes)


def _changes(base: _T, wanted: _T, present: _T) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(base):
        old, new = getattr(base, field.name), getattr(wanted, field.name)
        if old != new:
            now = getattr(present, field.name)
            found[field.name] = _list(old, new, now) if field.name in _LISTS else new
    return found


def _list(old: Iterable[Any], new: Iterable[Any], now: Iterable[Any]) -> tuple[Any, ...]:
    """`now` without what was taken from `old`, and with what was put to it."""
    before, wanted = tuple(old), tuple(new)
    kept = [one for one in now if one in wanted or one not in before]
    return (*kept, *(one for one in wanted if one not in before and one not in kept))
