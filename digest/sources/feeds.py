"""Feed bytes to entries: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed.

    bytes ─normalise─▶ document ─fastfeedparser─▶ good enough? ─no─▶ feedparser ─▶ the richer one

Pure. The thorough path may be slow on hostile input: call `parse_feed` in a worker that can be
killed, or `parse_feed_fast` where nothing may block.
"""

from datetime import datetime

from digest.errors import PollFailure, SourceError
from digest.model import FeedReading
from digest.sources.fast import parse_fast, suffices
from digest.sources.full import parse_full
from digest.sources.jsonfeed import parse_json_feed
from digest.sources.normalise import Shape, normalise
from digest.sources.plain import plain_text
from digest.sources.raw import RawFeed, language_code, make_entries, web_address
from digest.sources.rhythm import Rhythm, read_rhythm

_SILENT = Rhythm()


def parse_feed(body: bytes, *, url: str, content_type: str = "", now: datetime) -> FeedReading:
    """Read a feed document that was fetched from `url` at `now`.

    Entries come in document order, at most 1,000, with dates before 1990 or more than a day
    ahead of `now` left out. A feed without entries is a reading with none. Raises SourceError:
    NOT_A_FEED, or TOO_LARGE (over 10 Mi characters, a tag over 64 KiB).
    """
    document = normalise(body, content_type)
    if document.shape is Shape.JSON:
        return reading_of(parse_json_feed(document.body), url, now)
    rhythm = read_rhythm(document.body)
    fast = parse_fast(document.body, rhythm)
    if fast is not None and suffices(fast, document.body):
        return reading_of(fast, url, now, rhythm)
    found = [feed for feed in (parse_full(document.body, rhythm), fast) if feed is not None]
    if not found:
        raise SourceError(PollFailure.NOT_A_FEED, "no parser could read it")
    return reading_of(max(found, key=lambda feed: feed.filled), url, now, rhythm)


def parse_feed_fast(
    body: bytes, *, url: str, content_type: str = "", now: datetime
) -> FeedReading | None:
    """The same by the fast path alone; None when the document needs `parse_feed`.

    Takes milliseconds for bodies under a megabyte. Raises SourceError as `parse_feed` does.
    """
    document = normalise(body, content_type)
    if document.shape is Shape.JSON:
        return reading_of(parse_json_feed(document.body), url, now)
    rhythm = read_rhythm(document.body)
    fast = parse_fast(document.body, rhythm)
    if fast is None or not suffices(fast, document.body):
        return None
    return reading_of(fast, url, now, rhythm)


def reading_of(feed: RawFeed, url: str, now: datetime, rhythm: Rhythm = _SILENT) -> FeedReading:
    """What a parser found at `url`, cleaned and with its addresses resolved."""
    entries, dropped = make_entries(feed, url=url, now=now)
    return FeedReading(
        entries=entries,
        title=plain_text(feed.title, 200),
        site_url=web_address(feed.site_url, url),
        lang=language_code(feed.lang),
        ttl_s=rhythm.ttl_s,
        skip_hours=rhythm.skip_hours,
        skip_days=rhythm.skip_days,
        hub_url=web_address(feed.hub_url, url),
        parser=feed.parser,
        dropped=dropped,
    )
