"""A source: how it is read, how its polls went, and what they brought."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SourceState(StrEnum):
    """Whether a source is polled: `active`, `paused` by an editor, or `gone` (HTTP 410).

    `retired` is not wanted any more: nobody sees it, but what it brought stays.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"
    RETIRED = "retired"


class FullText(StrEnum):
    """How much of its articles a source lets us show in public.

    `full`: every paragraph; `excerpt`: the beginning and what points rest on; `link`: our points
    and the way to the original, no sentence quoted beside them.
    """

    FULL = "full"
    EXCERPT = "excerpt"
    LINK = "link"


class Access(StrEnum):
    """Who may read a signal's page: everybody, or holders of a link that the bot made."""

    PUBLIC = "public"
    SUBSCRIBERS = "subscribers"


class SourceKind(StrEnum):
    """How a source is read; each has an adapter of its own (digest/sources/adapters.py).

    `feed`: RSS, RDF, Atom, JSON Feed; `sitemap`: sitemap.xml, its news form, an index of them;
    `page`: a list on a page, by CSS selectors; `json`: a JSON list, by JMESPath expressions;
    `telegram`: the public page of a Telegram channel.
    """

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"
    JSON = "json"
    TELEGRAM = "telegram"


class HotList(StrEnum):
    """Whether a source's order is a ranking (热榜), and whether its items are read as articles.

    `no`: a usual source; `ranks`: only who stands where is noted, of titles that are no news by
    themselves; `both`: the ranks are noted and the items are read.
    """

    NO = "no"
    RANKS = "ranks"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Where in a document the entries are and what they consist of; "" is "as usual".

    For a page these are CSS selectors (`items` in the page, the others in an item), for a JSON
    list JMESPath expressions (`items` in the document, the others in an item). `zone` is that of
    dates written without one. `include` keeps only the addresses that contain it.
    """

    items: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    summary: str = ""
    author: str = ""
    zone: str = ""
    include: str = ""


AS_USUAL = Recipe()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "changed since?", byte for byte, and the URL that gave it."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class PollNote:
    """One poll that is over: how many new entries it brought, or the PollFailure it ended with."""

    at: datetime
    new: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class PollState:
    """What we remember about polling one source.

    `interval_s` and `hint_s` are seconds; `gaps_s` the seconds between its newest entries.
    `errors` counts failures in a row since `failing_since`; `told_at` is when admins were told.
    `moved_to` is the target of a permanent redirect, seen `moved_seen` times since `moved_since`.
    `ttl_s`, `skip_hours` (GMT) and `skip_days` (0 = Monday) are what the document last said; a
    304 carries no document, so they are kept here. `history` are the last polls, newest first.
    """

    validators: Validators | None = None
    body_hash: str | None = None
    next_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_unconditional_at: datetime | None = None
    interval_s: int = 3600
    hint_s: int = 0
    gaps_s: tuple[int, ...] = ()
    newest_entry_at: datetime | None = None
    errors: int = 0
    failing_since: datetime | None = None
    error_code: str | None = None
    error_text: str | None = None
    told_at: datetime | None = None
    moved_to: str | None = None
    moved_seen: int = 0
    moved_since: datetime | None = None
    ttl_s: int = 0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    history: tuple[PollNote, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as the catalog or an admin describes it. `key` is stable and unique.

    `full_text` is how much of its articles we may show, `access` who may read their pages.
    `headers` go out with its polls, to its own host only; they may hold secrets, so no `repr`
    shows them. `poll_floor_s` and `poll_ceiling_s` bound how often it is polled. `translate`
    says whether the translator takes on its articles, `hot` whether its order is a ranking.
    """

    key: str
    url: str
    title: str
    column: str
    lang: str
    weight: float = 1.0
    site_url: str = ""
    kind: SourceKind = SourceKind.FEED
    poll_floor_s: int | None = None
    full_text: FullText = FullText.EXCERPT
    access: Access = Access.PUBLIC
    recipe: Recipe = AS_USUAL
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    poll_ceiling_s: int | None = None
    translate: bool = True
    hot: HotList = HotList.NO


@dataclass(frozen=True, slots=True)
class Source:
    """A place we poll, with its own schedule and health."""

    id: int
    spec: SourceSpec
    state: SourceState
    poll: PollState
    origin: str = "catalog"
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as the source published it.

    `key` identifies it within its source (hash of guid, else canonical URL, else title + date).
    `published_at` is None when the feed gave no usable date; `utc_offset_min` is the offset that
    the feed wrote, in minutes, None when it wrote none. `body_html` is the feed's own text.
    """

    key: str
    url: str
    title: str
    author: str = ""
    body_html: str = ""
    lang: str = ""
    published_at: datetime | None = None
    utc_offset_min: int | None = None
    content_hash: str = ""


class EntryState(StrEnum):
    """Where an entry stands on its way to a signal.

    `backlog` and `new` wait to be read; `done` has a signal; the others end honestly:
    `merged` (its article already had a signal), `short`, `paywalled`, `not_article`, `old`,
    `failed` (tries used up), `off_limits` (address refused).
    """

    BACKLOG = "backlog"
    NEW = "new"
    DONE = "done"
    MERGED = "merged"
    SHORT = "short"
    PAYWALLED = "paywalled"
    NOT_ARTICLE = "not_article"
    OLD = "old"
    OFF_LIMITS = "off_limits"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FeedReading:
    """A parsed feed document: its entries and what it says of its own rhythm.

    `ttl_s` is the strongest hint in the document (RSS ttl, sy:updatePeriod), 0 when none.
    `skip_hours` are GMT hours, `skip_days` weekday numbers (0 = Monday), `parser` the one used.
    `dropped` counts entries left out: over the cap, repeated or empty.
    """

    entries: tuple[Entry, ...]
    title: str = ""
    site_url: str = ""
    lang: str = ""
    ttl_s: int = 0
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub_url: str = ""
    parser: str = ""
    dropped: int = 0
