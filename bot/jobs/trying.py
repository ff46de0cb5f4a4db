"""Try an address once before it becomes a source: a feed, or a page that names its feeds."""

from dataclasses import dataclass

from bot.addresses import AddressPolicy
from bot.clock import Clock
from bot.config import Settings
from bot.fetching import Fetched, Fetcher
from digest.errors import PollFailure, SourceError
from digest.model import FeedReading, SourceSpec
from digest.sources.discovery import find_feeds
from digest.sources.feeds import parse_feed
from digest.text.decoding import decode
from digest.text.language import detect_language

MOST_CANDIDATES = 6
_FAILURES = {
    401: PollFailure.FORBIDDEN,
    403: PollFailure.FORBIDDEN,
    404: PollFailure.NOT_FOUND,
    410: PollFailure.GONE,
    429: PollFailure.RATE_LIMITED,
}
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Tried:
    """What an address turned out to be: the feed's own `url` and what it holds now."""

    url: str
    reading: FeedReading

    @property
    def lang(self) -> str:
        """The language the feed declares, else the one its titles are in; "" when unclear."""
        declared = self.reading.lang.replace("_", "-").partition("-")[0].lower()
        return declared or detect_language("\n".join(one.title for one in self.reading.entries))


def spec_of(tried: Tried, *, title: str, column: str, weight: float) -> SourceSpec:
    """The source that a tried address makes; `title` "" takes the feed's own."""
    return SourceSpec(
        key=f"own:{tried.url}",
        url=tried.url,
        title=title or tried.reading.title or tried.url,
        column=column,
        lang=tried.lang,
        weight=weight,
        site_url=tried.reading.site_url,
    )


async def try_source(url: str, settings: Settings, clock: Clock) -> Tried:
    """Read `url` as a feed, else as a page with feeds. Raises SourceError with the reason.

    An address without a scheme is taken for a https one, as browsers do.
    """
    if "://" not in url:
        url = f"https://{url}"
    policy = AddressPolicy(settings.allowed_addresses)
    async with Fetcher(user_agent=settings.agent, allow=policy) as fetcher:
        got = await _get(fetcher, url)
        try:
            return Tried(got.url, _parse(got, clock))
        except SourceError:
            for candidate in find_feeds(decode(got.body).text, got.url)[:MOST_CANDIDATES]:
                try:
                    found = await _get(fetcher, candidate)
                    return Tried(found.url, _parse(found, clock))
                except SourceError:
                    continue
            raise


async def _get(fetcher: Fetcher, url: str) -> Fetched:
    got = await fetcher.fetch(url)
    if got.status != 200:  # noqa: PLR2004  HTTP OK
        other = PollFailure.UNAVAILABLE if got.status >= _SERVER_ERROR else PollFailure.HTTP
        code = _FAILURES.get(got.status, other)
        raise SourceError(code, f"HTTP {got.status}", status=got.status)
    return got


def _parse(got: Fetched, clock: Clock) -> FeedReading:
    return parse_feed(
        got.body, url=got.url, content_type=got.headers.get("content-type", ""), now=clock()
    )
