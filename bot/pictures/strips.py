"""How a picture of trends is drawn: a strip for each, its bars beside its name.

Drawn for a phone like the pictures of numbers, but by Pillow alone: who asks in chat waits for it.
Each strip has a scale of its own: what is told is how a subject differs from itself.
"""

from functools import partial
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.palette import DARK, LIGHT, Palette
from bot.pictures.size import STRIP, STRIPS_HEAD, WIDTH, height_of_strips
from bot.type import face, spare
from bot.type.lines import break_lines, shortened
from digest.pictures import Tone
from digest.trendpictures import Strip, TrendPicture
from digest.trends.board import Bars

_MARGIN = 36
# A phone shows the picture at a third of its size, or less: 36 are 10 to 12 there.
_TITLE, _NOTE, _PLACE, _NAME, _SMALL_NAME, _TOLD, _LONG_TOLD = 54, 36, 46, 46, 38, 36, 30
_NAME_LEFT, _NAME_ROOM = 130, 552
_NAME_TOP, _TOLD_TOP = 22, 102
_BARS_LEFT, _BARS_TOP, _BARS_HEIGHT = 706, 34, 80
_BARS_ROOM = WIDTH - _MARGIN - _BARS_LEFT
_GAP = 3
_LEAST = 6  # how high the lowest bar is that is not none
_HAIRLINE = 3
_DASH, _PAUSE = 10, 7
_LEADING = 1.3
_COLOURS = 96


def draw_strips(picture: TrendPicture, *, dark: bool = False) -> bytes:
    """The picture as PNG."""
    palette = DARK if dark else LIGHT
    image = Image.new("RGB", (WIDTH, height_of_strips(picture)), palette.paper)
    pen = _Pen(ImageDraw.Draw(image), palette, picture)
    pen.line(picture.title, _MARGIN, 34, _TITLE, palette.ink)
    pen.line(picture.note, _MARGIN, 112, _NOTE, palette.soft)
    for number, strip in enumerate(picture.strips):
        pen.strip(strip, STRIPS_HEAD + number * STRIP)
    pen.legend(STRIPS_HEAD + len(picture.strips) * STRIP)
    packed = image.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    body = BytesIO()
    packed.save(body, "PNG")
    return body.getvalue()


class _Pen:
    """Draws on one picture; places are in pixels from the upper left."""

    def __init__(self, pen: ImageDraw.ImageDraw, palette: Palette, picture: TrendPicture) -> None:
        self._pen = pen
        self._palette = palette
        self._picture = picture

    def line(self, words: str, x: float, y: float, size: int, colour: str) -> None:
        """One line of our own words, shortened where it has no room."""
        room = WIDTH - _MARGIN - x
        size = size if face.width(words, size) <= room else _LONG_TOLD
        self._pen.text((x, y), _fitted(words, room, size, 1)[0], colour, face.face(size))

    def strip(self, strip: Strip, top: int) -> None:
        """One trend."""
        palette = self._palette
        edge = (_MARGIN, top, WIDTH - _MARGIN, top)
        self._pen.line(edge, fill=palette.line, width=2)
        self._pen.text(
            (_MARGIN, top + _NAME_TOP), str(strip.place), palette.ink, face.face(_PLACE)
        )
        tone = palette.tones[strip.move_tone]
        self._pen.text((_MARGIN, top + _TOLD_TOP), strip.move, tone, face.face(_TOLD))
        self._name(strip, top)
        self._told(strip, top + _TOLD_TOP)
        self._bars(strip.bars, top + _BARS_TOP, palette.tones[_high(strip)])

    def _name(self, strip: Strip, top: int) -> None:
        """On one line, or in smaller letters on two; what no letters are there for, says so."""
        found = spare.letters_for(strip.name)
        colour = self._palette.ink
        if found is None:
            self._pen.text(
                (_NAME_LEFT, top + _NAME_TOP),
                self._picture.unseen,
                self._palette.soft,
                face.face(_SMALL_NAME),
            )
            return
        words, font_of = found.words, found.font
        large = font_of(_NAME)
        if large.getlength(words) <= _NAME_ROOM:
            self._pen.text((_NAME_LEFT, top + _NAME_TOP), words, colour, large)
            return
        small = font_of(_SMALL_NAME)
        for number, line in enumerate(_lines(words, _NAME_ROOM, small)):
            y = top + 6 + number * 46
            self._pen.text((_NAME_LEFT, y), line, colour, small)

    def _told(self, strip: Strip, top: int) -> None:
        tone = self._palette.tones[strip.phase_tone]
        both = f"{strip.phase} {strip.told}"
        size = _TOLD if face.width(both, _TOLD) + 18 <= _NAME_ROOM else _LONG_TOLD
        small = face.face(size)
        self._pen.text((_NAME_LEFT, top), strip.phase, tone, small)
        left = _NAME_LEFT + (face.width(strip.phase, size) + 18 if strip.phase else 0)
        (told,) = _fitted(strip.told, _NAME_LEFT + _NAME_ROOM - left, size, 1)
        self._pen.text((left, top), told, self._palette.soft, small)

    def _bars(self, bars: Bars, top: int, colour: str) -> None:
        count = len(bars.counts)
        if not count:
            return
        highest = max((one or 0 for one in bars.counts), default=0)
        scale = max(highest, bars.usual or 0, 1)
        step = _BARS_ROOM / count
        floor = top + _BARS_HEIGHT
        for place, number in enumerate(bars.counts):
            left = round(_BARS_LEFT + place * step)
            right = max(left, round(_BARS_LEFT + (place + 1) * step) - _GAP)
            if number is None:
                self._pen.rectangle((left, top, right, floor), fill=self._palette.line)
                continue
            high = max(_LEAST, round(_BARS_HEIGHT * number / scale)) if number else _HAIRLINE
            recent = place >= count - bars.recent
            fill = colour if recent and number else self._palette.tones[Tone.SOFT]
            self._pen.rectangle((left, floor - high, right, floor), fill=fill)
        if bars.usual is not None:
            self._usual(floor - round(_BARS_HEIGHT * bars.usual / scale))
        if bars.begins is not None:
            middle = _BARS_LEFT + (bars.begins + 0.5) * step
            self._pen.text((middle, floor + 3), "▲", colour, face.face(22), anchor="mt")

    def _usual(self, y: int) -> None:
        right = WIDTH - _MARGIN
        for left in range(_BARS_LEFT, right, _DASH + _PAUSE):
            end = min(left + _DASH, right)
            self._pen.line((left, y, end, y), fill=self._palette.ink, width=2)

    def legend(self, top: int) -> None:
        """What the bars are."""
        edge = (_MARGIN, top, WIDTH - _MARGIN, top)
        self._pen.line(edge, fill=self._palette.line, width=2)
        lines = _fitted(self._picture.legend, WIDTH - 2 * _MARGIN, _TOLD, 2)
        for number, line in enumerate(lines):
            y = top + 20 + round(number * _TOLD * _LEADING)
            self._pen.text((_MARGIN, y), line, self._palette.soft, face.face(_TOLD))


def _high(strip: Strip) -> Tone:
    return strip.phase_tone if strip.phase_tone is not Tone.SOFT else Tone.MAIN


def _fitted(words: str, room: float, size: int, most: int) -> list[str]:
    """Our own words in at most so many lines."""
    return _lines(face.drawable(words), room, face.face(size), most) or [""]


def _lines(words: str, room: float, font: ImageFont.FreeTypeFont, most: int = 2) -> list[str]:
    measure = partial(_length, font)
    return break_lines(words, room, most, measure) or shortened(words, room, most, measure)


def _length(font: ImageFont.FreeTypeFont, text: str) -> float:
    return float(font.getlength(text))
