"""Whom the bot answers, as its settings say."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from digest.audience import Circle


class AccessMode(StrEnum):
    """Whom the bot answers: everyone, whom the settings name, or those and whoever is invited."""

    OPEN = "open"
    ALLOWLIST = "allowlist"
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Access:
    """The rule: `allowed` are ids of people, groups and channels."""

    mode: AccessMode = AccessMode.OPEN
    allowed: frozenset[int] = frozenset()


def circle_of(access: Access, zone: str, staff: Iterable[int]) -> Circle:
    """What bounds the bot's audiences: whom it answers, and who looks after it."""
    named = None if access.mode is AccessMode.OPEN else access.allowed
    return Circle(zone, frozenset(staff), named, invited=access.mode is AccessMode.INVITE)
