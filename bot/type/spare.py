"""Letters that our own face lacks, from a face that this machine happens to have.

Only for scripts whose letters stand side by side as they are: what has to be joined or turned
(Arabic, Devanagari) would be drawn wrong, and is better not drawn.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from bot.type import face

_NOBODY = "\U0010ffff"
_PROBE = 24
# Scripts drawn letter by letter, by how the names of their letters begin.
_PLAIN = ("CJK ", "HANGUL ", "HIRAGANA ", "KATAKANA ", "LATIN ", "GREEK ", "CYRILLIC ")
_PLACES = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "/Library/Fonts")
_FILES = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Bold.otf",
    "SourceHanSansSC-Bold.otf",
    "PingFang.ttc",
    "wqy-zenhei.ttc",
    "DejaVuSans-Bold.ttf",
)


@dataclass(frozen=True, slots=True)
class Letters:
    """Words as they can be drawn, and the font of each size that has their letters."""

    words: str
    font: Callable[[int], ImageFont.FreeTypeFont]


def letters_for(text: str) -> Letters | None:
    """How to draw `text`: in our own face, else in another that has all of it; None in none."""
    own = face.drawable(text)
    if own and face.GETA not in own:
        return Letters(own, face.face)
    words = " ".join(
        unicodedata.normalize("NFC", "".join(filter(_is_drawn, text[: face.MOST_LETTERS]))).split()
    )
    letters = [letter for letter in words if _is_letter(letter)]
    if not letters or not all(map(_is_plain, letters)):
        return None
    for path in installed():
        if all(_has(path, letter) for letter in letters):
            return Letters(words, lambda size, path=path: _font(path, size))  # type: ignore[misc]
    return Letters(own, face.face) if face.is_legible(own) else None


@cache
def installed() -> tuple[str, ...]:
    """Faces of this machine that are known to have many letters, best first."""
    found: dict[str, str] = {}
    for place in map(Path, _PLACES):
        if place.is_dir():
            found |= {path.name: str(path) for path in place.rglob("*") if path.name in _FILES}
    return tuple(found[name] for name in _FILES if name in found)


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4_000)
def _has(path: str, letter: str) -> bool:
    return bytes(_font(path, _PROBE).getmask(letter)) != _missing(path)


@cache
def _missing(path: str) -> bytes:
    return bytes(_font(path, _PROBE).getmask(_NOBODY))


def _is_drawn(letter: str) -> bool:
    return _is_letter(letter) or face.has(letter) or letter.isspace()


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"


def _is_plain(letter: str) -> bool:
    return face.has(letter) or unicodedata.name(letter, "").startswith(_PLAIN)
