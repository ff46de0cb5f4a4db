"""Days in words, as each language writes them (by Babel)."""

from datetime import date
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from digest.model import Lang

# Whose way of writing dates and names of places: 11月20日 and 20 Nov.
BABEL = {Lang.ZH: "zh_Hans_CN", Lang.EN: "en_GB"}


@lru_cache(maxsize=2_000)  # a list shows the same few days again and again
def day_words(day: date, lang: Lang, *, year: bool = False) -> str:
    """A day, perhaps with its year: "11月20日", "20 Nov 2026"."""
    pattern = "yMMMd" if year else "MMMd"
    return str(format_skeleton(pattern, day, locale=BABEL[lang]))


@lru_cache(maxsize=2_000)
def weekday_words(day: date, lang: Lang, *, whole: bool = False) -> str:
    """The day of the week: "周五", "Fri"; `whole`: "星期五", "Friday"."""
    return str(format_date(day, "EEEE" if whole else "EEE", locale=BABEL[lang]))
