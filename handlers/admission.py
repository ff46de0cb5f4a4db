"""Whom the bot answers, as its settings say."""

from dataclasses import dataclass
from enum import StrEnum


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
