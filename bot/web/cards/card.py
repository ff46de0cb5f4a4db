"""What stands on a card, and which drawing of it is kept."""

from dataclasses import dataclass
from typing import Final

VERSION: Final = 1
"""Goes up when the drawing changes: cards kept from before are then drawn anew."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card, in words. `number` is "" where there is none worth showing.

    Words in a script that the face does not have are left out; for such a headline the next of
    `instead` is shown that can be.
    """

    kicker: str
    headline: str
    meta: tuple[str, ...]
    brand: str
    instead: tuple[str, ...] = ()
    number: str = ""
    measure: str = ""
