"""When to ask a source again, and what to make of its answer. Pure: no clock, no network.

Manners first: validators go back byte for byte, hints of the server and the feed are kept, a
poll may come later than planned and never earlier, and a server that says "not now" is left
alone for as long as it asks. A failing source is polled ever more rarely, at least once a day,
and never given up in silence: its admins are told once when it sickens and once when it is well.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digest.model import Entry, PollState, Source, SourceKind, SourceState, Validators
from digest.sources.answers import NOT_MODIFIED, PollAnswer, PollDecision, failure_of
from digest.sources.cachewords import freshness_s
from digest.sources.failing import after_failure
from digest.sources.pace import (
    LONGEST_HINT_S,
    backed_off,
    entry_gaps,
    floor_s,
    interval_s,
    later,
    newest_date,
    outside_skips,
)

__all__ = [
    "PollAnswer",
    "PollDecision",
    "after_poll",
    "first_spread",
    "lease_until",
    "own_headers",
    "request_headers",
    "select_new",
]

_PERMANENT = frozenset({301, 308})
_LONGEST_VALIDATOR = 1_000
_MOVED_POLLS = 3
_MOVED_AFTER = timedelta(hours=24)
_SPREAD = timedelta(minutes=10)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9,"
    " application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8,"
    " application/json;q=0.6, */*;q=0.1"
)
_ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, application/xml;q=0.5, */*;q=0.1"
_FEEDLIKE = frozenset({SourceKind.FEED, SourceKind.SITEMAP, SourceKind.JSON})


def after_poll(source: Source, answer: PollAnswer, now: datetime, jitter: float) -> PollDecision:
    """Decide what an answer means. `jitter` in 0..1 makes the next poll up to a tenth later."""
    error = failure_of(answer, source.poll)
    if error is not None:
        return after_failure(source, answer, error, now, jitter)
    return _after_success(source, answer, now, jitter)


def request_headers(
    source: Source, user_agent: str, *, conditional: bool = True
) -> dict[str, str]:
    """Headers for polling `source`; its validators only if they came from its present address.

    `conditional` False leaves them out: they are those of no other document.
    """
    headers = {
        "User-Agent": user_agent,
        "Accept": _ACCEPT if source.spec.kind in _FEEDLIKE else _ACCEPT_PAGE,
        "Accept-Encoding": "gzip, br",
    }
    if source.spec.kind is SourceKind.FEED:
        headers["A-IM"] = "feed"
    known = _usable_validators(source) if conditional else None
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def own_headers(source: Source) -> dict[str, str]:
    """What an admin adds to the polls of `source`: for its own host and no other."""
    return dict(source.spec.headers)


def lease_until(source: Source, now: datetime) -> datetime:
    """The next poll time to store before the fetch, so that a crash cannot hammer a server."""
    known = source.poll.last_ok_at is not None
    usual = max(source.poll.interval_s, floor_s(source.spec)) if known else floor_s(source.spec)
    return now + timedelta(seconds=backed_off(usual, source.poll.errors))


def first_spread(sources: Sequence[Source], now: datetime, jitter: float) -> dict[int, datetime]:
    """Poll times for the sources that are overdue at start-up, by source id.

    Never polled ones at once, so that a new installation has something to show; the others
    evenly over ten minutes, the longest overdue first, `jitter` in 0..1 setting the phase.
    """
    overdue = [
        source
        for source in sources
        if source.state is SourceState.ACTIVE
        and (source.poll.next_poll_at is None or source.poll.next_poll_at <= now)
    ]
    fresh = [source for source in overdue if source.poll.last_poll_at is None]
    old = [source for source in overdue if source.poll.last_poll_at is not None]
    old.sort(key=lambda source: (source.poll.next_poll_at or now, source.id))
    slots = {source.id: now for source in fresh}
    for place, source in enumerate(old):
        slots[source.id] = now + _SPREAD * ((place + min(max(jitter, 0.0), 1.0)) / len(old))
    return slots


def select_new(entries: Sequence[Entry], known: AbstractSet[str]) -> tuple[Entry, ...]:
    """The entries whose keys are not known, each once, in their order."""
    fresh: dict[str, Entry] = {}
    for entry in entries:
        if entry.key not in known:
            fresh.setdefault(entry.key, entry)
    return tuple(fresh.values())


# --- success -----------------------------------------------------------------------------


def _after_success(
    source: Source, answer: PollAnswer, now: datetime, jitter: float
) -> PollDecision:
    poll = _remembered(source, answer, now)
    url, poll = _moved(source, answer, poll, now)
    poll = replace(
        poll,
        validators=_validators(source, answer, url),
        last_poll_at=now,
        last_ok_at=now,
        errors=0,
        failing_since=None,
        error_code=None,
        error_text=None,
        told_at=None,
    )
    interval = interval_s(poll, source.spec, now)
    due = outside_skips(later(now, interval, jitter), poll.skip_hours, poll.skip_days)
    return PollDecision(
        poll=replace(poll, interval_s=interval, next_poll_at=due),
        # A source that was gone and answers again (an admin asked) is a source again.
        state=SourceState.ACTIVE if source.state is SourceState.GONE else source.state,
        url=url,
        tell=False,
        recovered=source.poll.told_at is not None,
        host_block=None,
        outcome=_success(answer),
    )


def _success(answer: PollAnswer) -> str:
    if answer.status == NOT_MODIFIED:
        return "not_modified"
    return "unchanged" if answer.reading is None else "read"


def _remembered(source: Source, answer: PollAnswer, now: datetime) -> PollState:
    """What the answer says of the source's rhythm; a 304 says only what its headers say."""
    poll, reading = source.poll, answer.reading
    if reading is not None:
        poll = replace(
            poll,
            body_hash=answer.body_hash,
            gaps_s=entry_gaps(reading.entries),
            newest_entry_at=newest_date(reading.entries) or poll.newest_entry_at,
            ttl_s=reading.ttl_s,
            skip_hours=tuple(sorted(reading.skip_hours)),
            skip_days=tuple(sorted(reading.skip_days)),
        )
    if _usable_validators(source) is None:
        poll = replace(poll, last_unconditional_at=now)
    silent = answer.status == NOT_MODIFIED and not (
        answer.headers.keys() & {"cache-control", "expires"}
    )
    # A 304 need not repeat its headers; then what the last full answer said still holds.
    hint = poll.hint_s if silent else max(freshness_s(answer.headers, now), poll.ttl_s)
    return replace(poll, hint_s=min(hint, LONGEST_HINT_S))


def _usable_validators(source: Source) -> Validators | None:
    """The validators, unless another address gave them (an admin changed it)."""
    known = source.poll.validators
    return known if known is not None and known.url == source.spec.url else None


def _validators(source: Source, answer: PollAnswer, url: str | None) -> Validators | None:
    """Kept byte for byte, with the address that the next request goes to.

    A 304 may replace one and leave the other; a full answer replaces both. Endless ones are not
    kept: sent back, they are refused as too large a request, now and at every later poll.
    """
    etag, modified = (
        value if value and len(value) <= _LONGEST_VALIDATOR else None
        for value in (answer.headers.get("etag"), answer.headers.get("last-modified"))
    )
    known = _usable_validators(source)
    if answer.status == NOT_MODIFIED and known is not None:
        etag, modified = etag or known.etag, modified or known.last_modified
    if not etag and not modified:
        return None
    return Validators(url or source.spec.url, etag, modified)


def _moved(
    source: Source, answer: PollAnswer, poll: PollState, now: datetime
) -> tuple[str | None, PollState]:
    """The new address once a permanent redirect has proved itself, and what to remember of it.

    Proof is three polls over at least a day, for servers redirect "permanently" by accident (a
    captive portal, a broken proxy). From http to https on the same host needs none.
    """
    settled = replace(poll, moved_to=None, moved_seen=0, moved_since=None)
    permanent = answer.redirects and all(status in _PERMANENT for status, _ in answer.redirects)
    if not permanent or answer.url == source.spec.url:
        return None, settled
    if _upgrade(source.spec.url, answer.url):
        return answer.url, settled
    if poll.moved_to != answer.url or poll.moved_since is None:
        return None, replace(poll, moved_to=answer.url, moved_seen=1, moved_since=now)
    seen = poll.moved_seen + 1
    if seen >= _MOVED_POLLS and now - poll.moved_since >= _MOVED_AFTER:
        return answer.url, settled
    return None, replace(poll, moved_seen=seen)


def _upgrade(old: str, new: str) -> bool:
    """Whether `new` is `old` over https: same host and the rest the same."""
    before, after = urlsplit(old), urlsplit(new)
    return (
        (before.scheme, after.scheme) == ("http", "https")
        and before.hostname == after.hostname
        and (before.path or "/", before.query) == (after.path or "/", after.query)
    )
