from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.dates import FeedDate, parse_date, plausible
from digest.sources.feeds import parse_feed

NOON = datetime(2026, 1, 6, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        ("Tue, 06 Jan 2026 12:00:00 GMT", NOON, 0),
        ("Tue, 06 Jan 2026 20:00:00 +0800", NOON, 480),
        ("Tue, 06 Jan 2026 20:00:00 GMT+0800 (China Standard Time)", NOON, 480),
        ("6 jan 26 12:00 UT", NOON, 0),
        ("Tuesday, 06-Jan-2026 07:00:00 EST", NOON, -300),
        ("Tue, 6 Jan 2026 12:00:00 Z", NOON, 0),
        ("Tue, 06 Jan 2026 12:00:00 -0000", NOON, 0),
        ("Tue Jan  6 12:00:00 UTC 2026", NOON, 0),
        ("Tue Jan  6 12:00:00 2026", NOON, None),
        ("January 6, 2026 12:00 PM", NOON, None),
        ("Jan 6, 2026 at noon", None, None),
        ("2026-01-06T12:00:00Z", NOON, 0),
        ("2026-01-06T20:00:00.123456+08:00", NOON, 480),
        ("2026-01-06T20:00:00+0800", NOON, 480),
        ("2026-01-06 20:00:00  +0800", NOON, 480),
        ("2026-01-06 12:00:00", NOON, None),
        ("2026-01-06", NOON - timedelta(hours=12), None),
        ("2026/1/6 12:00", NOON, None),
        ("2026年1月6日", NOON - timedelta(hours=12), None),
        ("2026年01月06日 12时00分", NOON, None),
        ("2026年1月6日 星期二 20:00 北京时间", NOON, 480),
        ("2026-01-05T24:00:00Z", NOON - timedelta(hours=12), 0),
        ("2026-01-06T11:59:60Z", NOON - timedelta(seconds=1), 0),
        ("1767700800", NOON, None),
        ("1767700800000", NOON, None),
        ("20260106", NOON - timedelta(hours=12), None),
        ("2026-01", datetime(2026, 1, 1, tzinfo=UTC), None),
        ("2026-02-30T10:00:00Z", None, None),
        ("Mon, 99 Foo 2026 12:00:00 GMT", None, None),
        ("7 hours ago", None, None),
        ("12345", None, None),
        ("", None, None),
        ("0000-00-00 00:00:00", None, None),
        ("9999-12-31T23:59:59-23:00", None, None),
        ("x" * 5000, None, None),
    ],
)
def test_dates_as_feeds_write_them(text: str, at: datetime | None, offset: int | None) -> None:
    assert parse_date(text) == (FeedDate(at, offset) if at else None)


@given(st.text(max_size=90))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.at.tzinfo is UTC


@given(
    st.datetimes(datetime(1991, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001  the zone is drawn
    st.integers(-12 * 4, 14 * 4),
)
def test_rfc_and_iso_agree(moment: datetime, quarters: int) -> None:
    moment = moment.replace(microsecond=0)
    offset = timedelta(minutes=15 * quarters)
    sign, minutes = "-" if quarters < 0 else "+", abs(15 * quarters)
    zone = f"{sign}{minutes // 60:02d}{minutes % 60:02d}"
    expected = FeedDate((moment - offset).replace(tzinfo=UTC), 15 * quarters)
    assert parse_date(f"{moment:%a, %d %b %Y %H:%M:%S} {zone}") == expected
    assert parse_date(f"{moment:%Y-%m-%dT%H:%M:%S}{zone}") == expected


@pytest.mark.parametrize(
    ("at", "kept"),
    [
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(hours=23), True),
        (NOW + timedelta(hours=25), False),
        (datetime(1, 1, 1, tzinfo=UTC), False),
    ],
)
def test_dates_that_cannot_be_are_left_out(at: datetime, kept: bool) -> None:
    assert (plausible(FeedDate(at, 0), NOW) is not None) is kept


def read_dates(*insides: str) -> list[tuple[datetime | None, int | None]]:
    rows = "".join(f"<item><title>t{n}</title>{text}</item>" for n, text in enumerate(insides))
    reading = parse_feed(
        f"<rss><channel>{rows}</channel></rss>".encode(), url="https://e.org/f", now=NOW
    )
    assert reading.parser == "fast"
    return [(entry.published_at, entry.utc_offset_min) for entry in reading.entries]


def test_each_entry_gets_its_own_date() -> None:
    assert read_dates(
        "<pubDate>2026年1月6日</pubDate>",
        "<pubDate><![CDATA[Tue, 06 Jan 2026 20:00:00 +0800]]></pubDate>",
        "<guid>2026-01-06</guid>",
        "<description><![CDATA[<pubDate>Tue, 06 Jan 2026 12:00:00 GMT</pubDate>"
        + "<item>" * 40
        + "]]></description>",
        "<lastBuildDate>Tue, 06 Jan 2026 12:00:00 GMT</lastBuildDate>",
        "<updated>2026-01-07T00:00:00Z</updated><pubDate>2026-01-06T12:00:00Z</pubDate>",
        "<pubDate>Tue, 06 Jan 2099 12:00:00 GMT</pubDate>",
        "<pubDate>soon</pubDate>",
    ) == [
        (NOON - timedelta(hours=12), None),
        (NOON, 480),
        (None, None),
        (None, None),
        (NOON, 0),
        (NOON, 0),
        (None, None),
        (None, None),
    ]
