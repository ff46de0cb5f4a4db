"""Try an address once before it becomes a source: a feed, or a page that names its feeds."""

from dataclasses import dataclass

from bot.addresses import AddressPolicy
from bot.clock import Clock
from bot.config import Settings
from bot.fetching import Fetched, Fetcher
from digest.errors import PollFailure, SourceError
from digest.model import FeedReading
from digest.sources.discovery import find_feeds
from digest.sources.feeds import parse_feed

MOST_CANDIDATES = 6


@dataclass(frozen=True, slots=True)
class Tried:
    """What an address turned out to be: the feed's own `url` and what it holds now."""

    url: str
    reading: FeedReading


async def try_source(url: str, settings: Settings, clock: Clock) -> Tried:
    """Read `url` as a feed, else as a page with feeds. Raises SourceError with the reason."""
    policy = AddressPolicy(settings.allowed_addresses)
    async with Fetcher(user_agent=settings.user_agent, allow=policy) as fetcher:
        got = await _get(fetcher, url)
        try:
            return Tried(got.url, _parse(got, clock))
        except SourceError:
            page = got.body.decode("utf-8", errors="replace")
            for candidate in find_feeds(page, got.url)[:MOST_CANDIDATES]:
                try:
                    found = await _get(fetcher, candidate)
                    return Tried(found.url, _parse(found, clock))
                except SourceError:
                    continue
            raise


async def _get(fetcher: Fetcher, url: str) -> Fetched:
    got = await fetcher.fetch(url)
    if got.status != 200:  # noqa: PLR2004  HTTP OK
        code = PollFailure.NOT_FOUND if got.status == 404 else PollFailure.HTTP  # noqa: PLR2004
        raise SourceError(code, f"HTTP {got.status}", status=got.status)
    return got


def _parse(got: Fetched, clock: Clock) -> FeedReading:
    return parse_feed(
        got.body, url=got.url, content_type=got.headers.get("content-type", ""), now=clock()
    )
