"""The face that comes with us: one weight, in every size, and which characters it has."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

_FILE = Path(__file__).with_name("NotoSansCJKsc-Bold-subset.otf")
# No character has this number, so this is how the face draws what it does not have.
_NOBODY = "\U0010ffff"
_PROBE_SIZE = 24
# What printers set for a piece of type that is missing.
GETA = "〓"
MOST_LETTERS = 400


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """The face at `size` pixels."""
    return ImageFont.truetype(str(_FILE), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def has(letter: str) -> bool:
    """Whether the face has a picture of its own for this character."""
    probe = face(_PROBE_SIZE)
    return bytes(probe.getmask(letter)) != _missing()


@cache
def _missing() -> bytes:
    return bytes(face(_PROBE_SIZE).getmask(_NOBODY))


def width(text: str, size: int) -> float:
    """How many pixels `text` takes on one line."""
    return float(face(size).getlength(text))


def drawable(text: str) -> str:
    """`text` with 〓 for letters that the face lacks; emoji and other signs it lacks are dropped.

    Marks that combine are put together with their letters first. No card has room for more than
    MOST_LETTERS, so the rest is left out.
    """
    composed = unicodedata.normalize("NFC", text[:MOST_LETTERS])
    kept = (letter if has(letter) else GETA if _is_letter(letter) else " " for letter in composed)
    return " ".join("".join(kept).split())


def is_legible(text: str) -> bool:
    """Whether enough of `text` (the outcome of `drawable`) can be read to stand on a card."""
    letters = [letter for letter in text if _is_letter(letter) or letter == GETA]
    missing = letters.count(GETA)
    return bool(letters) and missing * 10 <= len(letters)


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"
