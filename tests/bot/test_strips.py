"""The picture of trends: drawn for every name and count, and bars as long as they should be."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures.painter import Painter
from bot.pictures.palette import DARK, LIGHT
from bot.pictures.size import WIDTH, height_of_strips
from bot.pictures.strips import draw_strips
from bot.type import face, spare
from digest.model import Lang
from digest.pictures import Tone
from digest.texts import texts_for
from digest.trendpictures import Strip, TrendPicture
from digest.trends.board import Bars
from tests.bot.web.samples import NOW

HOSTILE = (
    "🚀🔥",
    "مرحبا بالعالم",
    "<b>&amp;</b> onerror=alert(1)",
    "核" * 300,
    "W" * 300,
    "龘囍〓",
    "한국은행",
    "a\u0301\u202e\x00\ud83d",
    "",
    " ",
)


def strip(
    name: str = "大模型", *counts: int | None, recent: int = 2, **how: float | None
) -> Strip:
    bars = Bars(counts or (1, 0, 2, 9), recent, how.get("usual", 1.0), None)
    return Strip(1, "▲2", Tone.MAIN, name, "升温", Tone.MAIN, "12 条，平时 3 条", bars)


def picture(*strips: Strip) -> TrendPicture:
    return TrendPicture("正在升温", "今天 20:00", strips, "一格一天", "（名称见文字）", Lang.ZH)


def drawn(made: TrendPicture, *, dark: bool = False) -> Image.Image:
    return Image.open(io.BytesIO(draw_strips(made, dark=dark))).convert("RGB")


def heights(image: Image.Image, *colours: str) -> list[int]:
    """How high the bars stand right of the names, in pixels, from left to right."""
    part = np.asarray(image)[:, 640:, :].astype(int)
    same = np.zeros(part.shape[:2], dtype=bool)
    for colour in colours:
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        same |= (abs(part - wanted) <= 6).all(axis=2)
    found, inside = [], 0
    for run in [*same.sum(axis=0).tolist(), 0]:
        if run:
            inside = max(inside, run)
        elif inside:
            found.append(inside)
            inside = 0
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_drawn_or_said_to_stand_in_the_text(name: str):
    image = drawn(picture(strip(name)))
    assert image.size == (WIDTH, height_of_strips(picture(strip(name))))
    # Whatever it is, something stands in its place, and none of it runs into the bars.
    band = np.asarray(image)[200:260, 130:682].astype(int)
    paper = [int(LIGHT.paper[at : at + 2], 16) for at in (1, 3, 5)]
    assert (abs(band - paper) > 40).any()
    between = np.asarray(image)[200:260, 686:704].astype(int)
    assert (abs(between - paper) <= 6).all()


@given(st.text(max_size=60), st.lists(st.none() | st.integers(0, 10**6), max_size=30))
@settings(max_examples=6, deadline=None)
def test_whatever_is_counted_and_however_it_is_called(name: str, counts: list[int | None]):
    bars = Bars(tuple(counts), min(2, len(counts)), None if len(counts) % 2 else 3.5, None)
    assert drawn(picture(replace(strip(name), bars=bars))).size[0] == WIDTH


@pytest.mark.parametrize("count", [1, 12])
def test_one_and_twelve(count: int):
    made = picture(*(replace(strip(f"第 {n} 个"), place=n + 1) for n in range(count)))
    assert drawn(made).size == (WIDTH, height_of_strips(made))


def test_bars_are_as_high_as_their_counts_and_recent_ones_have_the_colour():
    image = drawn(picture(strip("大模型", 4, 8, 2, 8, usual=None)))
    assert heights(image, LIGHT.tones[Tone.SOFT]) == [41, 81]
    assert heights(image, LIGHT.tones[Tone.MAIN]) == [21, 81]


def test_none_at_all_is_no_bar_and_unknown_is_no_zero():
    zero = drawn(picture(strip("大模型", 0, 0, 0, usual=None)))
    assert max(heights(zero, LIGHT.tones[Tone.SOFT])) == 4
    unknown = drawn(picture(strip("大模型", None, 3, 3, usual=None)))
    assert heights(unknown, LIGHT.line)[0] > 80


def test_the_dark_one_has_its_own_ground():
    image = drawn(picture(strip()), dark=True)
    assert image.getpixel((4, 4)) == tuple(int(DARK.paper[at : at + 2], 16) for at in (1, 3, 5))


def test_letters_come_from_a_face_that_has_them():
    own = spare.letters_for("大模型 GPT-6")
    assert own is not None
    assert own.font(30).path == face.face(30).path
    assert spare.letters_for("مرحبا") is None
    assert spare.letters_for("🚀") is None
    rare = spare.letters_for("한국은행")
    if spare.installed():
        assert rare is not None
        assert face.GETA not in rare.words
    else:
        assert rare is None


def test_every_word_of_the_pictures_has_all_its_letters():
    for lang in Lang:
        texts = texts_for(lang)
        keys = ("trends.title", "trends.span", "trends.phase", "trends.legend", "trends.short")
        words = "".join("".join(texts.forms(key)) for key in texts.keys if key.startswith(keys))
        assert face.GETA not in face.drawable(words)


async def test_the_worker_draws_it_once_an_hour():
    painter = Painter(lambda: NOW)
    try:
        first = await painter.png(picture(strip()))
        assert first.startswith(b"\x89PNG")
        assert await painter.png(picture(strip())) is first
    finally:
        await painter.close()
