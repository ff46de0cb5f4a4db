"""Pictures of numbers: every letter has its shape, every word its room, every bar its length."""

import asyncio
import io
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from bot.pictures.drawing import Drawing, draw, figure_of, fitted
from bot.pictures.painter import Painter
from bot.pictures.palette import DARK, LIGHT
from bot.pictures.size import WIDTH, height_of
from bot.type import face
from digest.model import Lang
from digest.numberpictures import PICTURES, picture_of
from digest.pictures import Days, Picture, Row, Rows, Series, Tone, Unit
from digest.sources.catalog import load_catalog
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from tests.bot.web.samples import NOW
from tests.planted_figures import LAST, named, planted

DAYS = tuple(LAST - timedelta(days=back) for back in (6, 5, 4, 3, 2, 1, 0))


def sample(name: str, days: int = 30, lang: Lang = Lang.ZH, **more: int) -> Picture:
    return picture_of(name, planted(days, **more), texts_for(lang), named(lang))


def of_rows(*rows: Row, part: str = "") -> Picture:
    return Picture("x", "题", "", (), (Rows("行", rows, "值", part),), Lang.ZH)


def of_days(*values: float | None, **how: object) -> Picture:
    panel = Days("天", (Series("数", values),), **how)  # type: ignore[arg-type]
    return Picture("x", "题", "", DAYS[: len(values)], (panel,), Lang.ZH, ("分", "时", "天"))


def drawn(picture: Picture, *, dark: bool = False) -> Image.Image:
    return Image.open(io.BytesIO(draw(Drawing(picture, dark)))).convert("RGB")


def lengths(image: Image.Image, colour: str, *, along: str) -> list[int]:
    """How far a colour runs along each of its bars, in pixels, in their order."""
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    same = (np.asarray(image) == wanted).all(axis=2)
    bars, longest = [], 0
    for run in [*same.sum(axis=1 if along == "x" else 0).tolist(), 0]:
        if run > 4:
            longest = max(longest, run)
        elif longest:
            bars.append(longest)
            longest = 0
    return bars


# --- letters -----------------------------------------------------------------------------


def test_every_name_has_all_its_letters():
    """No box and no 〓 in the place of a letter, in any topic, column or source that we bring."""
    taxonomy = load_taxonomy()
    shelves = (*taxonomy.topics.values(), *taxonomy.columns.values())
    names = [one.name(lang) for one in shelves for lang in Lang]
    names += [source.title for source in load_catalog()]
    assert len(names) > 250
    lacking = {name for name in names if face.drawable(name) != " ".join(name.split())}
    assert lacking == set()


def test_every_word_of_the_pictures_has_all_its_letters():
    for lang in Lang:
        texts = texts_for(lang)
        words = "".join(
            texts(key)
            for key in texts.keys
            if key.startswith(("stats.panel", "stats.series", "stats.picture", "stats.unit"))
        )
        assert {letter for letter in words if letter != " " and not face.has(letter)} == set()


def test_a_letter_that_the_face_lacks_is_told_as_lacking():
    assert not face.has("㗎")
    figure = figure_of(Drawing(of_rows(Row("㗎仔新闻", 3), Row("📰 Ω 站", 2))))
    shown = [one.get_text() for one in figure.findobj(Text)]
    assert "〓仔新闻" in shown
    assert "Ω 站" in shown


# --- room --------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "lang"), [(7, Lang.ZH), (30, Lang.EN), (90, Lang.ZH)])
@pytest.mark.parametrize("name", PICTURES)
def test_all_words_stand_on_the_picture_and_are_large_enough(name: str, days: int, lang: Lang):
    for size in (12, 3_000_000):
        picture = sample(name, days, lang, size=size)
        figure = figure_of(Drawing(picture))
        wide, tall = figure.canvas.get_width_height()
        assert (wide, tall) == (WIDTH, height_of(picture))
        figure.draw_without_rendering()
        for text in figure.findobj(Text):
            if text.get_text().strip() and text.get_visible():
                box = text.get_window_extent()
                assert box.x0 >= 0, text
                assert box.x1 <= wide, text
                assert box.y0 >= 0, text
                assert box.y1 <= tall, text
                assert text.get_fontsize() * 100 / 72 >= 28 - 1e-9


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("days", [7, 30, 90])
def test_names_of_days_do_not_run_into_each_other(days: int, lang: Lang):
    figure = figure_of(Drawing(sample("opens", days, lang)))
    figure.draw_without_rendering()
    for axes in figure.axes:
        boxes = [one.get_window_extent() for one in axes.get_xticklabels() if one.get_text()]
        assert len(boxes) >= 4
        gaps = [right.x0 - left.x1 for left, right in pairwise(boxes)]
        assert min(gaps) > 8


def test_long_names_take_two_lines_and_lose_no_half_word():
    assert fitted("Image and video generation", 324, 28) == "Image and video\ngeneration"
    name = "The Proceedings of the National Society of Rather Long Names"
    longer = fitted(name, 324, 28)
    assert longer.count("\n") == 1
    assert longer.endswith("…")
    words = longer.removesuffix("…").split()
    assert words == name.split()[: len(words)]


# --- honesty -----------------------------------------------------------------------------


def test_bars_are_as_long_as_their_numbers():
    image = drawn(of_rows(Row("甲", 400), Row("乙", 200), Row("丙", 100)))
    longest, middle, shortest = lengths(image, LIGHT.tones[Tone.MAIN], along="x")[-3:]
    assert middle == pytest.approx(longest / 2, abs=2)
    assert shortest == pytest.approx(longest / 4, abs=2)


def test_parts_are_parts_of_their_bars():
    image = drawn(of_rows(Row("甲", 400, part=100), Row("乙", 400, part=0), part="部分"))
    assert lengths(image, LIGHT.tones[Tone.MAIN], along="x")[-1] > 100
    part = lengths(image, LIGHT.tones[Tone.MAIN], along="x")[-1]
    rest, whole = lengths(image, LIGHT.tones[Tone.SOFT], along="x")[-2:]
    assert part + rest == pytest.approx(whole, abs=3)
    assert part == pytest.approx(whole / 4, abs=3)


def test_days_begin_at_zero():
    image = drawn(of_days(100.0, 90.0, 80.0, 100.0))
    first, second, third, last = lengths(image, LIGHT.tones[Tone.MAIN], along="y")
    assert second == pytest.approx(0.9 * first, abs=4)
    assert third == pytest.approx(0.8 * first, abs=4)
    assert last == first


def test_a_day_that_was_not_counted_is_no_zero():
    with_gap, with_zero = drawn(of_days(5.0, None, 5.0)), drawn(of_days(5.0, 0.0, 5.0))
    assert with_gap.tobytes() != with_zero.tobytes()


def test_all_bars_of_a_week_say_their_number():
    figure = figure_of(Drawing(of_days(5.0, 0.0, 12345.0, 7.0)))
    said = {one.get_text() for one in figure.findobj(Text)}
    assert {"5", "1.2 万", "7"} <= said


def test_minutes_stand_on_a_scale_of_times():
    figure = figure_of(Drawing(of_days(3.0, 30.0, 300.0, None, lines=True, unit=Unit.MINUTES)))
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    words = [one.get_text() for one in axes.get_yticklabels()]
    assert words == ["3 分", "10 分", "30 分", "60 分", "3 时", "6 时"]


def test_every_picture_is_readable_on_both_grounds():
    def luminance(colour: str) -> float:
        channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [
            one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        bright, faint = sorted((luminance(one), luminance(other)), reverse=True)
        return (bright + 0.05) / (faint + 0.05)

    for palette in (LIGHT, DARK):
        assert contrast(palette.ink, palette.paper) >= 7
        assert contrast(palette.soft, palette.paper) >= 4.5
        for tone in Tone:
            assert contrast(palette.tones[tone], palette.paper) >= 3


def test_empty_panels_are_left_out():
    picture = sample("model", 7, size=0)
    assert [panel.title for panel in picture.panels]
    assert of_days(0.0, None).is_empty
    assert of_days(0.0, None).without_empty().panels == ()


# --- off the loop ------------------------------------------------------------------------


async def test_pictures_are_drawn_elsewhere_and_kept() -> None:
    painter = Painter(lambda: NOW)
    picture, turns = sample("topics", 7), 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    turning = asyncio.create_task(turn())
    try:
        bodies = await asyncio.gather(*(painter.png(picture) for _ in range(3)))
        assert bodies[0][:4] == b"\x89PNG"
        assert bodies[0] is bodies[1] is bodies[2]  # drawn once
        assert turns > 5  # the loop went on turning meanwhile
        dark = await painter.png(picture, dark=True)
        assert dark != bodies[0]
    finally:
        turning.cancel()
        await painter.close()


def test_dates_are_planted_to_the_last_day():
    assert planted(7).span.last == LAST == date(2026, 11, 28)
