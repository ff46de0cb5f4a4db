"""Every rule of polling, as a table: a source, an answer, and what follows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import PollFailure, SourceError
from digest.model import (
    Entry,
    FeedReading,
    PollState,
    Source,
    SourceSpec,
    SourceState,
    Validators,
)
from digest.sources.pace import interval_s
from digest.sources.polling import (
    PollAnswer,
    PollDecision,
    after_poll,
    first_spread,
    lease_until,
    request_headers,
    select_new,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday
URL = "https://example.org/feed"
MINUTE, HOUR, DAY = 60, 3600, 86400
HTTP_NOW = "Sun, 22 Nov 2026 12:00:00 GMT"


def source(**changes: Any) -> Source:
    """A source polled before; `url`, `floor`, `state` apart from fields of its poll state."""
    spec = SourceSpec(
        "k",
        changes.pop("url", URL),
        "t",
        "tech",
        "en",
        poll_floor_s=changes.pop("floor", None),
        poll_ceiling_s=changes.pop("ceiling", None),
    )
    state = changes.pop("state", SourceState.ACTIVE)
    ago = NOW - timedelta(hours=1)
    poll = PollState(last_ok_at=ago, last_poll_at=ago, body_hash="before")
    return Source(1, spec, state, replace(poll, **changes))


def entries(gap_s: int, count: int = 20, age_s: int = 0) -> tuple[Entry, ...]:
    newest = NOW - timedelta(seconds=age_s)
    return tuple(
        Entry(str(n), f"{URL}/{n}", "t", published_at=newest - timedelta(seconds=gap_s * n))
        for n in range(count)
    )


def answer(
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    *,
    gap_s: int = 4 * HOUR,
    url: str = URL,
    redirects: tuple[tuple[int, str], ...] = (),
    reading: FeedReading | None = None,
) -> PollAnswer:
    if status == 200 and reading is None:
        reading = FeedReading(entries(gap_s))
    return PollAnswer(
        status, url, headers or {}, "hash" if reading else None, redirects, reading, None
    )


def failing(code: PollFailure, status: int = 0) -> PollAnswer:
    return PollAnswer(status, URL, {}, None, (), None, SourceError(code, "why"))


def wait(decision: PollDecision) -> float:
    """Seconds until the next poll."""
    assert decision.poll.next_poll_at is not None
    return (decision.poll.next_poll_at - NOW).total_seconds()


# --- intervals ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap_s", "interval"),
    [
        (4 * HOUR, 2 * HOUR),
        (10 * MINUTE, 15 * MINUTE),
        (31 * MINUTE, 930),
        (3 * DAY, DAY),
        (20, HOUR),  # one batch: no rhythm to be seen
    ],
)
def test_the_interval_is_half_the_usual_gap(gap_s: int, interval: int) -> None:
    decision = after_poll(source(), answer(gap_s=gap_s), NOW, 0.0)
    assert (decision.poll.interval_s, wait(decision)) == (interval, interval)
    assert decision.outcome == "read"


@pytest.mark.parametrize(
    ("age_s", "interval"), [(6 * HOUR, 15 * MINUTE), (DAY, HOUR), (90 * DAY, DAY)]
)
def test_a_silent_source_is_asked_less(age_s: int, interval: int) -> None:
    reading = FeedReading(entries(10 * MINUTE, age_s=age_s))
    assert wait(after_poll(source(), answer(reading=reading), NOW, 0.0)) == interval


def test_undated_entries_give_no_rhythm() -> None:
    reading = FeedReading((Entry("1", URL, "t"), Entry("2", URL, "t")))
    decision = after_poll(source(), answer(reading=reading), NOW, 0.0)
    assert (decision.poll.gaps_s, wait(decision)) == ((), HOUR)


@pytest.mark.parametrize(
    ("floor", "headers", "interval"),
    [
        (5 * MINUTE, {}, 5 * MINUTE),
        (15, {}, 15),
        (15, {"cache-control": "max-age=600"}, 600),
    ],
)
def test_an_override_sets_the_pace_and_the_server_may_slow_it(
    floor: int, headers: dict[str, str], interval: int
) -> None:
    assert wait(after_poll(source(floor=floor), answer(headers=headers), NOW, 0.0)) == interval


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({"cache-control": "public, max-age=18000"}, 18000),
        ({"cache-control": "max-age=18000", "age": "600"}, 17400),
        ({"cache-control": "max-age=600", "age": "6000"}, 0),
        ({"cache-control": "max-age=18000, no-cache"}, 0),
        ({"cache-control": "no-store, max-age=18000"}, 0),
        ({"cache-control": "s-maxage=18000"}, 0),
        ({"cache-control": "max-age=abc"}, 0),
        ({"expires": "Sun, 22 Nov 2026 17:00:00 GMT", "date": HTTP_NOW}, 18000),
        (
            {"expires": "Sun, 22 Nov 2026 17:00:00 GMT", "date": "Sun, 22 Nov 2026 16:00:00 GMT"},
            3600,
        ),
        ({"expires": "Sun, 22 Nov 2026 17:00:00 GMT"}, 18000),
        ({"expires": "0"}, 0),
        ({"expires": "-1", "cache-control": "max-age=18000"}, 18000),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"cache-control": "max-age=99999999"}, 7 * DAY),
    ],
)
def test_freshness_is_a_hint(headers: dict[str, str], hint: int) -> None:
    decision = after_poll(source(), answer(headers=headers, gap_s=30 * MINUTE), NOW, 0.0)
    assert decision.poll.hint_s == hint
    assert wait(decision) == min(max(hint, 15 * MINUTE), DAY)


def test_the_strongest_hint_counts_up_to_a_day() -> None:
    reading = FeedReading(entries(HOUR), ttl_s=3 * HOUR)
    headers = {"cache-control": "max-age=3600"}
    assert wait(after_poll(source(), answer(200, headers, reading=reading), NOW, 0.0)) == 3 * HOUR
    weekly = replace(reading, ttl_s=7 * DAY)
    assert wait(after_poll(source(), answer(reading=weekly), NOW, 0.0)) == DAY


@given(st.floats(0, 1), st.sampled_from([20 * MINUTE, HOUR, 9 * HOUR, 9 * DAY]))
def test_jitter_only_makes_later_and_by_a_tenth_at_most(jitter: float, gap_s: int) -> None:
    plain = wait(after_poll(source(), answer(gap_s=gap_s), NOW, 0.0))
    assert plain <= wait(after_poll(source(), answer(gap_s=gap_s), NOW, jitter)) <= plain * 1.1 + 1


@pytest.mark.parametrize(
    ("hours", "days", "at"),
    [
        ({14, 15}, set(), NOW.replace(hour=16)),
        (set(), {6}, datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
        ({0, 1, 14}, {6}, datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),
        ({3}, {0}, NOW + timedelta(hours=2)),
        (set(), {6, 0, 1}, NOW + timedelta(hours=26)),  # no more than a day is skipped
    ],
)
def test_skipped_hours_and_days_are_kept(hours: set[int], days: set[int], at: datetime) -> None:
    reading = FeedReading(
        entries(4 * HOUR), skip_hours=frozenset(hours), skip_days=frozenset(days)
    )
    decision = after_poll(source(), answer(reading=reading), NOW, 0.0)
    assert decision.poll.next_poll_at == at


# --- conditional requests ----------------------------------------------------------------


def test_validators_go_back_byte_for_byte() -> None:
    given_back = Validators(URL, 'W/"a b--gzip"', "Sunday, yesterday-ish")
    headers = request_headers(source(validators=given_back), "hexin/1 (+https://x)")
    assert headers["If-None-Match"] == 'W/"a b--gzip"'
    assert headers["If-Modified-Since"] == "Sunday, yesterday-ish"
    assert headers["User-Agent"] == "hexin/1 (+https://x)"
    assert headers["A-IM"] == "feed"
    assert "xml" in headers["Accept"]
    assert "json" in headers["Accept"]


@pytest.mark.parametrize("known", [None, Validators("https://old.example/feed", '"a"', "x")])
def test_nothing_is_invented_and_nothing_sent_to_another_address(known: Validators | None) -> None:
    headers = request_headers(source(validators=known), "u")
    assert not headers.keys() & {"If-None-Match", "If-Modified-Since"}


def test_a_full_answer_replaces_the_validators() -> None:
    known = Validators(URL, '"old"', "old date")
    decision = after_poll(source(validators=known), answer(headers={"etag": '"new"'}), NOW, 0.0)
    assert decision.poll.validators == Validators(URL, '"new"', None)
    assert after_poll(source(validators=known), answer(), NOW, 0.0).poll.validators is None


def test_304_keeps_what_it_does_not_replace() -> None:
    before = source(
        validators=Validators(URL, '"a"', "then"),
        body_hash="old",
        gaps_s=(4 * HOUR,),
        hint_s=3 * HOUR,
        ttl_s=2 * HOUR,
        skip_hours=(15,),
        newest_entry_at=NOW - timedelta(hours=1),
    )
    silent = after_poll(before, answer(304), NOW, 0.0)
    assert silent.outcome == "not_modified"
    assert silent.poll.validators == Validators(URL, '"a"', "then")
    assert (silent.poll.body_hash, silent.poll.gaps_s) == ("old", (4 * HOUR,))
    assert silent.poll.next_poll_at == NOW.replace(hour=16)  # 3 h from the hint, 15:00 is skipped
    spoken = after_poll(
        before, answer(304, {"etag": '"b"', "cache-control": "max-age=60"}), NOW, 0.0
    )
    assert spoken.poll.validators == Validators(URL, '"b"', "then")
    assert (spoken.poll.hint_s, wait(spoken)) == (2 * HOUR, 2 * HOUR)


def test_the_same_body_is_no_news() -> None:
    before = source(body_hash="same", gaps_s=(4 * HOUR,))
    same = PollAnswer(200, URL, {"etag": '"n"'}, "same", (), None, None)
    decision = after_poll(before, same, NOW, 0.0)
    assert (decision.outcome, decision.poll.body_hash) == ("unchanged", "same")
    assert decision.poll.validators == Validators(URL, '"n"', None)
    assert wait(decision) == 2 * HOUR


def test_a_body_that_could_not_be_read_is_asked_for_whole() -> None:
    before = source(validators=Validators(URL, '"a"'), body_hash="old")
    decision = after_poll(before, failing(PollFailure.NOT_A_FEED, 200), NOW, 0.0)
    assert decision.poll.validators is None
    assert decision.poll.body_hash is None
    kept = after_poll(before, failing(PollFailure.TIMEOUT), NOW, 0.0)
    assert kept.poll.validators == Validators(URL, '"a"')


@pytest.mark.parametrize("status", [200, 204, 206])
def test_success_without_a_feed_is_a_failure(status: int) -> None:
    empty = PollAnswer(status, URL, {}, None, (), None, None)
    decision = after_poll(source(), empty, NOW, 0.0)
    assert (decision.outcome, decision.poll.error_code) == ("failed", "not_a_feed")


def test_226_is_an_answer() -> None:
    instance = replace(answer(), status=226)
    assert after_poll(source(), instance, NOW, 0.0).outcome == "read"


# --- leases, start-up, new entries -------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "seconds"),
    [
        (source(interval_s=2 * HOUR), 2 * HOUR),
        (source(interval_s=2 * HOUR, errors=2), 8 * HOUR),
        (source(last_ok_at=None), 15 * MINUTE),
        (source(last_ok_at=None, errors=3), 2 * HOUR),
        (source(interval_s=15, floor=15), 15),
        (source(interval_s=60), 15 * MINUTE),
    ],
)
def test_the_next_poll_is_set_before_the_fetch(place: Source, seconds: int) -> None:
    assert lease_until(place, NOW) == NOW + timedelta(seconds=seconds)


def numbered(number: int, **changes: Any) -> Source:
    return replace(source(**changes), id=number)


def test_overdue_sources_are_spread_and_new_ones_come_first() -> None:
    overdue = [numbered(n, next_poll_at=NOW - timedelta(minutes=n)) for n in range(1, 5)]
    others = [
        numbered(10, last_poll_at=None),
        numbered(11, next_poll_at=NOW + timedelta(minutes=1)),
        numbered(12, next_poll_at=NOW, state=SourceState.PAUSED),
    ]
    slots = first_spread([*overdue, *others], NOW, 0.0)
    assert slots == {
        10: NOW,
        4: NOW,
        3: NOW + timedelta(minutes=2.5),
        2: NOW + timedelta(minutes=5),
        1: NOW + timedelta(minutes=7.5),
    }
    late = first_spread(overdue, NOW, 1.0)
    assert max(late.values()) == NOW + timedelta(minutes=10)
    assert first_spread([], NOW, 0.5) == {}


def test_only_unknown_entries_are_new_each_once() -> None:
    a, b, c = (Entry(key, URL, key) for key in "abc")
    assert select_new((a, b, a, c), {"b"}) == (a, c)
    assert select_new((), {"b"}) == ()


@pytest.mark.parametrize(
    ("floor", "ceiling", "gap_s", "hint_s", "expected"),
    [
        (None, 3600, 40 * 3600, 0, 3600),  # slower than its upper bound
        (None, 2 * 86400, 90 * 86400, 0, 2 * 86400),  # a bound may be over a day
        (300, 3600, 60, 0, 300),  # with both, the pace is its own between them
        (300, 3600, 1200, 0, 600),
        (None, 3600, 40 * 3600, 7200, 7200),  # what the server asks for is kept
        (7200, 3600, 60, 0, 7200),  # bounds the wrong way round: the lower one
    ],
)
def test_a_source_is_polled_within_its_bounds(
    floor: int | None, ceiling: int, gap_s: int, hint_s: int, expected: int
):
    one = source(floor=floor, ceiling=ceiling, gaps_s=(gap_s,), hint_s=hint_s)
    assert interval_s(one.poll, one.spec, NOW) == expected
