import pytest

from digest.model import Lang
from digest.texts import texts_for
from handlers.admin.sources.spans import read_span, span_words


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("10分钟", 600),
        ("10 min", 600),
        ("２ｈ", 7200),
        ("2 小时", 7200),
        ("半小时", 1800),
        ("1个半小时", 5400),
        ("半个小时", 1800),
        ("一天", 86400),
        ("1h30", 5400),
        ("2h 15m", 8100),
        ("90", 5400),
        ("every 20 minutes", 1200),
        ("at least half an hour", 1800),
        ("每 3 天", 3 * 86400),
        ("1.5 hours", 5400),
        ("两周", 14 * 86400),
    ],
)
def test_spans_are_read_as_people_write_them(typed: str, seconds: int) -> None:
    assert read_span(typed) == seconds


@pytest.mark.parametrize("typed", ["", "soon", "-5m", "10 lightyears", "0", "5:30", "1e9", "h"])
def test_what_is_no_span_is_none(typed: str) -> None:
    assert read_span(typed) is None


def test_spans_in_words_keep_their_two_largest_units() -> None:
    zh, en = texts_for(Lang.ZH), texts_for(Lang.EN)
    assert span_words(5400, zh) == "1 小时 30 分钟"
    assert span_words(86400 + 3600 + 60, en) == "1 day 1 hour"
    assert span_words(15, en) == "15 seconds"
    for seconds in (60, 5400, 86400, 90_000):
        assert read_span(span_words(seconds, en)) == seconds
        assert read_span(span_words(seconds, zh)) == seconds
