"""What goes wrong with the bot itself for long, and when the staff is told: once, and once more.

What is wrong together is told together; what comes and goes within minutes is not told at all,
and what could not be told while it lasted is told when it is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

GATHERED = timedelta(seconds=60)
SETTLED = timedelta(minutes=5)
# Over before it could be told, and shorter than this: not worth a word.
WORTH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Note:
    """A trouble: `since` when, first `seen` when, whether it was `told`, well again `well`."""

    since: datetime
    seen: datetime
    told: bool = False
    well: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What is known from now on, and what is to be told: kinds with how many minutes."""

    notes: dict[str, Note]
    began: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)


def turn(
    notes: Mapping[str, Note], bad: Mapping[str, datetime], now: datetime, *, can_tell: bool
) -> Turn:
    """Go on from `notes`, when `bad` is what is wrong now and since when."""
    known = {kind: _seen(note, kind in bad, now) for kind, note in notes.items()}
    for kind, since in bad.items():
        known.setdefault(kind, Note(min(since, now), now))
    if not can_tell:
        return Turn(known)
    began: dict[str, int] = {}
    fresh = {kind: one for kind, one in known.items() if not one.told and one.well is None}
    if any(now - one.seen >= GATHERED for one in fresh.values()):
        began = {kind: _minutes(one.since, now) for kind, one in fresh.items()}
        known |= {kind: replace(one, told=True) for kind, one in fresh.items()}
    well = {kind: one for kind, one in known.items() if one.well is not None}
    if any(now - one.well < SETTLED for one in well.values() if one.well is not None):
        return Turn(known, began)
    ended = {
        kind: _minutes(one.since, one.well)
        for kind, one in well.items()
        if one.well is not None and (one.told or one.well - one.since >= WORTH)
    }
    return Turn({kind: one for kind, one in known.items() if kind not in well}, began, ended)


def plain(notes: Mapping[str, Note]) -> dict[str, Any]:
    """Notes as plain data."""
    return {
        kind: [
            one.since.isoformat(),
            one.seen.isoformat(),
            one.told,
            one.well.isoformat() if one.well else None,
        ]
        for kind, one in notes.items()
    }


def read_notes(data: Mapping[str, Any]) -> dict[str, Note]:
    """Notes from plain data."""
    return {
        kind: Note(
            datetime.fromisoformat(since),
            datetime.fromisoformat(seen),
            bool(told),
            datetime.fromisoformat(well) if well else None,
        )
        for kind, (since, seen, told, well) in data.items()
    }


def _seen(note: Note, still: bool, now: datetime) -> Note:  # noqa: FBT001  a fact
    return replace(note, well=None if still else note.well or now)


def _minutes(since: datetime, until: datetime) -> int:
    return max(1, round((until - since).total_seconds() / 60))
