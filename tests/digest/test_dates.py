from datetime import date

import pytest

from digest.dates import day_words, weekday_words
from digest.model import Lang

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("lang", "year", "said"),
    [
        (Lang.ZH, False, "11月20日"),
        (Lang.ZH, True, "2026年11月20日"),
        (Lang.EN, False, "20 Nov"),
        (Lang.EN, True, "20 Nov 2026"),
    ],
)
def test_a_day_is_written_as_its_readers_write_it(lang: Lang, year: bool, said: str):
    assert day_words(FRIDAY, lang, year=year) == said


@pytest.mark.parametrize(
    ("lang", "whole", "said"),
    [
        (Lang.ZH, False, "周五"),
        (Lang.ZH, True, "星期五"),
        (Lang.EN, False, "Fri"),
        (Lang.EN, True, "Friday"),
    ],
)
def test_weekdays_too(lang: Lang, whole: bool, said: str):
    assert weekday_words(FRIDAY, lang, whole=whole) == said
