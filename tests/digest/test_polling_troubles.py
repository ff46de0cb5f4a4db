"""Polling when things go wrong: redirects, failures, and who is told of them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import PollFailure
from digest.model import (
    Source,
    SourceState,
    Validators,
)
from digest.sources.polling import (
    PollAnswer,
    PollDecision,
    after_poll,
)
from tests.digest.test_polling import DAY, HOUR, MINUTE, NOW, URL, answer, failing, source, wait

# --- redirects ---------------------------------------------------------------------------

NEW = "https://new.example/feed"


def test_a_permanent_move_needs_three_polls_and_a_day() -> None:
    place = source()
    moved = answer(url=NEW, redirects=((301, "https://x.example/"), (308, NEW)))
    urls = []
    for hours in (0, 10, 20, 30):
        decision = after_poll(place, moved, NOW + timedelta(hours=hours), 0.0)
        urls.append(decision.url)
        place = replace(place, poll=decision.poll)
    assert urls == [None, None, None, NEW]
    assert decision.poll.moved_to is None
    assert decision.poll.validators is None


@pytest.mark.parametrize(("seen", "hours"), [(1, 90), (2, 23)])
def test_too_few_polls_or_too_short_a_time_move_nothing(seen: int, hours: int) -> None:
    place = source(moved_to=NEW, moved_seen=seen, moved_since=NOW - timedelta(hours=hours))
    decision = after_poll(place, answer(url=NEW, redirects=((301, NEW),)), NOW, 0.0)
    assert (decision.url, decision.poll.moved_seen) == (None, seen + 1)


def test_after_the_move_the_validators_belong_to_the_new_address() -> None:
    place = source(moved_to=NEW, moved_seen=2, moved_since=NOW - timedelta(hours=25))
    moved = answer(url=NEW, redirects=((301, NEW),), headers={"etag": '"n"'})
    decision = after_poll(place, moved, NOW, 0.0)
    assert decision.url == NEW
    assert decision.poll.validators == Validators(NEW, '"n"', None)


@pytest.mark.parametrize(
    ("redirects", "url"),
    [
        (((302, NEW),), NEW),
        (((301, "https://x.example/"), (302, NEW)), NEW),
        (((307, NEW),), NEW),
        ((), URL),
        (((301, "https://x.example/"), (301, URL)), URL),
    ],
)
def test_other_redirects_move_nothing_and_end_the_count(
    redirects: tuple[tuple[int, str], ...], url: str
) -> None:
    place = source(moved_to=NEW, moved_seen=2, moved_since=NOW - timedelta(days=9))
    decision = after_poll(place, answer(url=url, redirects=redirects), NOW, 0.0)
    assert (decision.url, decision.poll.moved_seen, decision.poll.moved_to) == (None, 0, None)


def test_a_new_target_starts_the_count_again() -> None:
    place = source(
        moved_to="https://other.example/", moved_seen=2, moved_since=NOW - timedelta(days=9)
    )
    decision = after_poll(place, answer(url=NEW, redirects=((301, NEW),)), NOW, 0.0)
    assert (decision.url, decision.poll.moved_to, decision.poll.moved_seen) == (None, NEW, 1)


def test_a_move_to_what_is_no_feed_does_not_count() -> None:
    broken = replace(failing(PollFailure.NOT_A_FEED, 200), url=NEW, redirects=((301, NEW),))
    decision = after_poll(source(), broken, NOW, 0.0)
    assert (decision.url, decision.poll.moved_to) == (None, None)


@pytest.mark.parametrize(
    ("new", "at_once"),
    [
        ("https://example.org/feed", True),
        ("https://example.org/feed/", False),
        ("https://www.example.org/feed", False),
    ],
)
def test_https_on_the_same_host_is_taken_at_once(new: str, at_once: bool) -> None:
    place = source(url="http://example.org/feed")
    decision = after_poll(place, answer(url=new, redirects=((301, new),)), NOW, 0.0)
    assert decision.url == (new if at_once else None)


# --- failures ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "interval", "waits"),
    [
        (0, HOUR, 2 * HOUR),
        (1, HOUR, 4 * HOUR),
        (3, HOUR, 16 * HOUR),
        (4, HOUR, DAY),
        (500, HOUR, DAY),
        (0, DAY, DAY),
        (0, 60, 30 * MINUTE),
    ],
)
@pytest.mark.parametrize("status", [401, 403, 404, 500, 502])
def test_failures_are_tried_ever_more_rarely(
    errors: int, interval: int, waits: int, status: int
) -> None:
    place = source(errors=errors, interval_s=interval, failing_since=NOW)
    decision = after_poll(place, answer(status), NOW, 0.0)
    assert wait(decision) == waits
    assert (decision.poll.errors, decision.outcome) == (errors + 1, "failed")
    assert decision.state is SourceState.ACTIVE


@pytest.mark.parametrize(
    "code", [PollFailure.TIMEOUT, PollFailure.DNS, PollFailure.TLS, PollFailure.CONNECT]
)
def test_a_source_never_reached_is_tried_again_soon(code: PollFailure) -> None:
    decision = after_poll(source(last_ok_at=None), failing(code), NOW, 0.0)
    assert wait(decision) == 30 * MINUTE
    assert decision.poll.error_code == code.value
    assert "why" in (decision.poll.error_text or "")


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not_found"), (403, "forbidden"), (410, "gone"), (429, "rate_limited"), (500, "http")],
)
def test_each_status_has_its_name(status: int, code: str) -> None:
    assert after_poll(source(), answer(status), NOW, 0.0).poll.error_code == code


def test_a_challenge_is_left_alone_for_a_day() -> None:
    decision = after_poll(source(), answer(403, {"cf-mitigated": "challenge"}), NOW, 0.0)
    assert (decision.poll.error_code, wait(decision)) == ("challenged", DAY)


@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [
        (429, {}, 4 * HOUR),
        (503, {}, 2 * HOUR),
        (429, {"retry-after": "7200"}, 2 * HOUR),
        (503, {"retry-after": "7200"}, 2 * HOUR),
        (429, {"retry-after": "5"}, 15 * MINUTE),
        (429, {"retry-after": "0"}, 15 * MINUTE),
        (429, {"retry-after": "nonsense"}, 4 * HOUR),
        (429, {"retry-after": "-5"}, 4 * HOUR),
        (429, {"retry-after": "999999999"}, 7 * DAY),
        (429, {"retry-after": "Sun, 22 Nov 2026 15:00:00 GMT"}, 3 * HOUR),
        (
            503,
            {
                "retry-after": "Sun, 22 Nov 2026 15:00:00 GMT",
                "date": "Sun, 22 Nov 2026 14:00:00 GMT",
            },
            HOUR,
        ),
        (503, {"retry-after": "Sun, 22 Nov 2026 09:00:00 GMT"}, 15 * MINUTE),
    ],
)
def test_retry_after_is_obeyed(status: int, headers: dict[str, str], waits: int) -> None:
    decision = after_poll(source(), answer(status, headers), NOW, 0.0)
    assert (wait(decision), decision.outcome) == (waits, "waiting")


def test_repeated_503_backs_off() -> None:
    place = source(errors=3, failing_since=NOW)
    assert wait(after_poll(place, answer(503), NOW, 0.0)) == 16 * HOUR


@pytest.mark.parametrize(
    ("url", "status", "headers", "blocked"),
    [
        (URL, 429, {"retry-after": "7200"}, timedelta(hours=2)),
        (URL, 429, {"retry-after": "999999"}, timedelta(hours=24)),
        (URL, 503, {"retry-after": "7200"}, None),
        ("http://10.0.0.7:1200/route", 429, {}, None),
        ("http://[::1]/route", 429, {}, None),
        ("http://rsshub/route", 429, {}, None),
        ("http://nas.local/route", 429, {}, None),
    ],
)
def test_a_429_of_a_public_host_blocks_the_host(
    url: str, status: int, headers: dict[str, str], blocked: timedelta | None
) -> None:
    decision = after_poll(source(url=url), answer(status, headers), NOW, 0.0)
    assert decision.host_block == (NOW + blocked if blocked else None)


# --- telling the admins ------------------------------------------------------------------


def poll_hourly(place: Source, answers: list[PollAnswer]) -> list[PollDecision]:
    decisions = []
    for hour, each in enumerate(answers):
        decisions.append(after_poll(place, each, NOW + timedelta(hours=2 * hour), 0.0))
        place = replace(place, poll=decisions[-1].poll, state=decisions[-1].state)
    return decisions


def test_illness_and_recovery_are_told_once_each() -> None:
    decisions = poll_hourly(source(), [answer(500)] * 9 + [answer()] * 3)
    assert [each.tell for each in decisions] == [False] * 4 + [True] + [False] * 7
    assert [each.recovered for each in decisions] == [False] * 9 + [True, False, False]
    assert all(each.state is SourceState.ACTIVE for each in decisions)
    well = decisions[9].poll
    assert (well.errors, well.failing_since, well.error_code, well.told_at) == (
        0,
        None,
        None,
        None,
    )


def test_a_short_illness_is_told_to_nobody() -> None:
    decisions = poll_hourly(source(), [answer(500)] * 4 + [answer(304), answer(500)])
    assert not any(each.tell or each.recovered for each in decisions)
    assert decisions[-1].poll.errors == 1


def test_an_endless_validator_is_not_kept() -> None:
    headers = {"etag": f'"{"x" * 30_000}"', "last-modified": "Sun, 01 Mar 2026 00:00:00 GMT"}
    known = after_poll(source(), answer(200, headers), NOW, 0.0).poll.validators
    assert known is not None
    assert (known.etag, known.last_modified) == (None, headers["last-modified"])


def test_not_modified_means_nothing_before_a_document_was_read() -> None:
    unread = after_poll(source(body_hash=None, last_ok_at=None), answer(304), NOW, 0.0)
    assert (unread.outcome, unread.poll.error_code) == ("failed", "http")
    assert unread.poll.last_ok_at is None  # so that what comes first is still its backlog


def test_many_errors_in_a_short_time_wait_to_be_told() -> None:
    place = source(errors=20, failing_since=NOW - timedelta(hours=5))
    assert not after_poll(place, answer(500), NOW, 0.0).tell
    assert after_poll(place, answer(500), NOW + timedelta(hours=1), 0.0).tell


def test_gone_is_told_at_once_even_to_who_knows_it_ill() -> None:
    decision = after_poll(source(told_at=NOW - timedelta(days=1)), answer(410), NOW, 0.0)
    assert (decision.tell, decision.state, decision.outcome) == (True, SourceState.GONE, "gone")
    again = after_poll(
        replace(source(), poll=decision.poll, state=decision.state), answer(410), NOW, 0.0
    )
    assert not again.tell


def test_a_gone_source_that_answers_again_is_back() -> None:
    decision = after_poll(source(state=SourceState.GONE, told_at=NOW), answer(), NOW, 0.0)
    assert (decision.state, decision.recovered) == (SourceState.ACTIVE, True)


def test_a_paused_source_stays_paused() -> None:
    assert after_poll(source(state=SourceState.PAUSED), answer(), NOW, 0.0).state == "paused"


@given(
    st.lists(
        st.sampled_from([200, 304, 403, 404, 410, 429, 500, 503, 0]), min_size=1, max_size=30
    ),
    st.floats(0, 1),
)
@example([*[403] * 6, 410, 200, *[403] * 6, 410], 0.0)
def test_no_history_leads_to_hammering_or_to_silence(statuses: list[int], jitter: float) -> None:
    place, moment = source(), NOW
    told = 0
    for status in statuses:
        each = failing(PollFailure.TIMEOUT) if status == 0 else answer(status)
        decision = after_poll(place, each, moment, jitter)
        assert decision.poll.next_poll_at is not None
        delay = decision.poll.next_poll_at - moment
        assert timedelta(minutes=15) <= delay <= timedelta(hours=24) * 1.1
        # Of one illness it is told that it is ill and that it is gone, of its end once.
        told = 0 if decision.recovered else told + decision.tell
        assert told in {0, 1, 2}
        assert not decision.recovered or decision.poll.told_at is None
        place = replace(place, poll=decision.poll, state=decision.state)
        moment = decision.poll.next_poll_at
