"""Links that readers send us: what becomes of one, and how many a person may send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from digest.identity import canonical_url
from digest.model import Signal

# A link that could not be read costs a quarter of one that could; one known already, nothing.
WHOLE_COST = 4
FAILED_COST = 1
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_PREFIXES = ("www.", "m.", "mobile.", "amp.", "wap.")


class Stage(StrEnum):
    """How far the reading of a link has come."""

    WAITING = "waiting"
    OPENING = "opening"
    EXTRACTING = "extracting"
    CONDENSING = "condensing"
    BETTERING = "bettering"


class Trouble(StrEnum):
    """Why a link could not be read."""

    NO_ADDRESS = "no_address"
    OFF_LIMITS = "off_limits"
    LOGIN = "login"
    PAYWALL = "paywall"
    BLOCKED = "blocked"
    NOT_FOUND = "not_found"
    TIMEOUT = "timeout"
    DOWN = "down"
    REDIRECTS = "redirects"
    LISTING = "listing"
    VIDEO = "video"
    PICTURE = "picture"
    SOUND = "sound"
    PDF = "pdf"
    FILE = "file"
    FEED = "feed"
    TELEGRAM = "telegram"
    TOO_LARGE = "too_large"
    SHORT = "short"
    LANGUAGE = "language"
    UNREADABLE = "unreadable"
    WITHHELD = "withheld"
    BROKEN = "broken"


# Trouble that may be over in a while: trying again makes sense.
PASSING = frozenset(
    {Trouble.TIMEOUT, Trouble.DOWN, Trouble.BLOCKED, Trouble.BROKEN, Trouble.UNREADABLE}
)
# Nothing at the address for a browser to open, or nothing that we would lead anybody to.
NOTHING_THERE = frozenset({Trouble.NO_ADDRESS, Trouble.OFF_LIMITS})


@dataclass(frozen=True, slots=True)
class LinkReading:
    """What became of a link: the signal made of it, or the trouble in the way.

    `known` says that the signal was there already, `story` is another signal on the same event.
    """

    signal: Signal | None = None
    trouble: Trouble | None = None
    known: bool = False
    story: Signal | None = None


def same_page(url: str) -> tuple[str, ...]:
    """The canonical addresses that the page at `url` may be known by, its own first.

    With and without TLS, www and the prefixes of mobile pages; () when it is no web address.
    """
    own = canonical_url(url)
    parts = _split(own)
    host = parts.netloc
    if parts.scheme not in {"http", "https"} or not parts.hostname or host.split() != [host]:
        return ()
    bare = next((host.removeprefix(one) for one in _PREFIXES if host.startswith(one)), host)
    named = bare.rpartition(".")[2][:1].isalpha()  # not an IP address
    hosts = dict.fromkeys((host, bare, f"www.{bare}")) if named else {host: None}
    schemes = dict.fromkeys((parts.scheme, "https", "http"))
    return tuple(
        parts._replace(scheme=scheme, netloc=place).geturl()
        for scheme in schemes
        for place in hosts
    )


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host, with or without www or the prefix of mobile pages.

    A page that calls an address of another host its own is not believed.
    """
    return bool(_bare_host(one)) and _bare_host(one) == _bare_host(other)


def _bare_host(url: str) -> str:
    host = (_split(url).hostname or "").casefold()
    return next((host.removeprefix(one) for one in _PREFIXES if host.startswith(one)), host)


def _split(url: str) -> SplitResult:
    """The parts of an address; of what only looks like one ("https://[::1") there are none."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


@dataclass(frozen=True, slots=True)
class Quota:
    """How many links a person may have read in an hour and in a day; 0 means any number."""

    hourly: int = 20
    daily: int = 60

    def free_at(self, spent: Iterable[tuple[datetime, int]], now: datetime) -> datetime | None:
        """When the next link may be read, None when it may be now.

        `spent` are the moments and costs (in quarters of a link) of those of the last day.
        """
        costs = sorted(spent)
        waits = [
            _free_at(costs, limit * WHOLE_COST, span, now)
            for limit, span in ((self.hourly, _HOUR), (self.daily, _DAY))
            if limit
        ]
        return max((moment for moment in waits if moment is not None), default=None)


def _free_at(
    costs: list[tuple[datetime, int]], limit: int, span: timedelta, now: datetime
) -> datetime | None:
    within = [(at, cost) for at, cost in costs if at > now - span]
    left = limit - sum(cost for _, cost in within)
    if left >= WHOLE_COST:
        return None
    for at, cost in within:
        left += cost
        if left >= WHOLE_COST:
            return at + span
    return None
