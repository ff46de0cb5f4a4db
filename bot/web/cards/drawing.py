"""A card of 1200 by 630 pixels: what it is about, headline, key number, where it is from."""

from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw

from bot.type.face import drawable, face, is_legible, width
from bot.type.lines import break_lines, shortened
from bot.web.cards.card import Card

WIDTH, HEIGHT = 1200, 630
_PAPER, _INK, _SOFT, _ACCENT, _LINE = "#fbfaf7", "#1d1c1a", "#65615a", "#a2301d", "#e4e0d7"
_MARGIN = 72
_ROOM = WIDTH - 2 * _MARGIN
_TOP = 150
_FOOT = HEIGHT - 92
_NUMBER_HEIGHT = 96
_KICKER, _META, _NUMBER, _MEASURE = 34, 30, 60, 30
# The headline's sizes in pixels, its leading, and the most lines that are still read at a glance.
_SIZES = (76, 64, 56, 48)
_LEADING = 1.28
_MOST_LINES = 6
_COLOURS = 64


def draw(card: Card) -> bytes:
    """The card as a PNG. Takes some tens of milliseconds of CPU."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 14), fill=_ACCENT)
    pen.text((_MARGIN, 62), _one_line(card.kicker, _KICKER, _ROOM), _ACCENT, face(_KICKER))
    number = _one_line(card.number, _NUMBER, _ROOM) if card.number else ""
    _draw_headline(pen, card, with_number=bool(number))
    if number:
        _draw_number(pen, number, card.measure)
    _draw_foot(pen, card)
    return _png(image)


def _draw_headline(pen: ImageDraw.ImageDraw, card: Card, *, with_number: bool) -> None:
    asked = map(drawable, (card.headline, *card.instead))
    text = next(filter(is_legible, asked), drawable(card.kicker))
    size, lines = _set(text, with_number=with_number)
    top = _TOP
    for line in lines:
        pen.text((_MARGIN, top), line, _INK, face(size))
        top += round(size * _LEADING)


def _set(text: str, *, with_number: bool) -> tuple[int, list[str]]:
    """The largest size at which `text` fits, and its lines."""
    for size in _SIZES:
        lines = break_lines(text, _ROOM, lines_of(size, with_number), partial(_measure, size))
        if lines is not None:
            return size, lines
    size = _SIZES[-1]
    return size, shortened(text, _ROOM, lines_of(size, with_number), partial(_measure, size))


def lines_of(size: int, with_number: bool) -> int:  # noqa: FBT001  the one question about a card
    """For how many lines of `size` there is room above the number, or above the foot."""
    bottom = _FOOT - _NUMBER_HEIGHT - 30 if with_number else _FOOT - 10
    return min(_MOST_LINES, int((bottom - _TOP) / (size * _LEADING)))


def _draw_number(pen: ImageDraw.ImageDraw, number: str, measure: str) -> None:
    top = _FOOT - _NUMBER_HEIGHT - 18
    pen.text((_MARGIN, top), number, _ACCENT, face(_NUMBER))
    left = _MARGIN + width(number, _NUMBER) + 24
    words = _one_line(measure, _MEASURE, WIDTH - _MARGIN - left)
    pen.text((left, top + _NUMBER - _MEASURE + 2), words, _SOFT, face(_MEASURE))


def _draw_foot(pen: ImageDraw.ImageDraw, card: Card) -> None:
    pen.line((_MARGIN, _FOOT, WIDTH - _MARGIN, _FOOT), fill=_LINE, width=2)
    brand = drawable(card.brand)
    left = WIDTH - _MARGIN - width(brand, _META)
    pen.text((left, _FOOT + 22), brand, _INK, face(_META))
    legible = [part for part in map(drawable, card.meta) if is_legible(part)]
    meta = _one_line(" · ".join(legible), _META, left - _MARGIN - 40)
    pen.text((_MARGIN, _FOOT + 22), meta, _SOFT, face(_META))


def _measure(size: int, text: str) -> float:
    return width(text, size)


def _one_line(text: str, size: int, room: float) -> str:
    """`text` on one line, shortened by whole pieces when it is too long, "" when none fits."""
    known = drawable(text)
    if width(known, size) <= room:
        return known
    (line,) = shortened(known, room, 1, partial(_measure, size))
    return line if len(line) > 1 else ""


def _png(image: Image.Image) -> bytes:
    """Few colours are enough for letters on paper, and a third of the bytes."""
    packed = image.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = BytesIO()
    packed.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
