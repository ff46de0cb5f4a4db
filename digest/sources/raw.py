"""What any parser found in a feed, before it becomes ours; and how it becomes ours."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from digest.identity import entry_key
from digest.model import Entry
from digest.regexes import regex
from digest.sources.dates import FeedDate, plausible
from digest.sources.plain import clip_words, plain_text

MAX_ENTRIES = 1_000
MAX_TITLE = 500
MAX_AUTHOR = 120
MAX_BODY = 500_000
_MAX_URL = 2_048
# A post without a title is called by its beginning.
_BEGINNING = 80

_CODE = regex("[a-z]{2}")
_HAN = regex("[\u4e00-\u9fff]")
# Nothing to resolve or to check: a plain host, no blanks, no dots to climb.
_ABSOLUTE = regex(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,250}(?:/(?!\S*/\.)\S*)?")
_OPENABLE = regex(r"https?://", re.IGNORECASE)
_TAG = regex(r"<[^<>]{0,2000}>")
_BLANKS = regex(r"\s+")
# What JSON can escape and no text holds: NUL, and halves of surrogate pairs. In an address no
# control character means anything either; browsers leave some out, and name servers know none.
NO_LETTERS = regex("[\x00\ud800-\udfff]")
_NO_ADDRESS = regex("[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One item in a parser's own words: nothing cleaned, nothing resolved."""

    guid: str = ""
    link: str = ""
    title: str = ""
    author: str = ""
    bodies: tuple[str, ...] = ()
    date: FeedDate | None = None

    @property
    def text(self) -> str:
        """The longest text the item carries."""
        return max(self.bodies, key=len, default="")

    @property
    def filled(self) -> int:
        """How many of title, address, text and date are there."""
        return sum(map(bool, (self.title, self.link or self.guid, self.text, self.date)))


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A feed in a parser's own words. `base` is the document's xml:base."""

    parser: str
    entries: tuple[RawEntry, ...]
    title: str = ""
    site_url: str = ""
    lang: str = ""
    base: str = ""
    hub_url: str = ""

    @property
    def filled(self) -> int:
        """How much was found altogether, to compare parsers by."""
        return sum(entry.filled for entry in self.entries)


@dataclass(slots=True)
class _Shelf:
    """Entries being collected, each key once."""

    entries: list[Entry] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    dropped: int = 0

    def put(self, entry: Entry) -> None:
        if entry.key in self.keys or not (entry.url or entry.title or entry.body_html):
            self.dropped += 1
            return
        self.keys.add(entry.key)
        self.entries.append(entry)


def make_entries(feed: RawFeed, *, url: str, now: datetime) -> tuple[tuple[Entry, ...], int]:
    """Entries of a feed read from `url`, in document order, and how many were left out.

    At most 1,000 entries, the newest ones where all are dated, else the first ones. Left out are
    the rest, repeated ones and empty ones. An entry without a link has the address "". A guid
    that several different entries carry identifies none of them.
    """
    base = web_address(feed.base, url) or url
    chosen = _chosen(feed.entries)
    shelf = _Shelf(dropped=len(feed.entries) - len(chosen))
    shared = _shared_guids(chosen)
    for raw in chosen:
        # Parsers give the link as guid where there is none; then the address identifies.
        lacking = raw.guid in shared or raw.guid == raw.link
        shelf.put(_entry(raw, "" if lacking else raw.guid, base, feed.lang, now))
    return tuple(shelf.entries), shelf.dropped


def _chosen(entries: tuple[RawEntry, ...]) -> tuple[RawEntry, ...]:
    if len(entries) <= MAX_ENTRIES:
        return entries
    dates = [raw.date.at for raw in entries if raw.date]
    if len(dates) < len(entries):
        return entries[:MAX_ENTRIES]
    oldest = sorted(dates)[-MAX_ENTRIES]
    return tuple(raw for raw in entries if raw.date and raw.date.at >= oldest)[:MAX_ENTRIES]


def web_address(link: str, base: str) -> str:
    """`link` made absolute; "" unless it is http(s) with a host and of sane length."""
    link = _NO_ADDRESS.sub("", link).strip()
    if not link or len(link) > _MAX_URL:
        return ""
    if _ABSOLUTE.fullmatch(link):
        return link
    try:
        address = _NO_ADDRESS.sub("", urljoin(base, _with_scheme(link, base)))
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    return _BLANKS.sub("%20", address)


def _with_scheme(link: str, base: str) -> str:
    """A link that begins with the feed's own host forgot its scheme."""
    host = (urlsplit(base).hostname or "").removeprefix("www.")
    return f"https://{link}" if host and link.removeprefix("www.").startswith(f"{host}/") else link


def _entry(raw: RawEntry, guid: str, base: str, lang: str, now: datetime) -> Entry:
    address = web_address(raw.link, base) or (
        web_address(raw.guid, raw.guid) if _OPENABLE.match(raw.guid) else ""
    )
    body = _capped(raw.text.strip())
    title = plain_text(raw.title, MAX_TITLE) or _beginning(body)
    date = plausible(raw.date, now)
    return Entry(
        key=entry_key(guid, address, title, date.at if date else None),
        url=address,
        title=title,
        author=plain_text(raw.author, MAX_AUTHOR),
        body_html=body,
        lang=_language(lang, title),
        published_at=date.at if date else None,
        utc_offset_min=date.offset_min if date else None,
        content_hash=_content_hash(title, body),
    )


def _shared_guids(entries: Iterable[RawEntry]) -> frozenset[str]:
    """Guids that stand on entries with different links: a site's name rather than an entry's."""
    links = {(raw.guid, raw.link) for raw in entries if raw.guid and raw.link}
    counts = Counter(guid for guid, _ in links)
    return frozenset(guid for guid, count in counts.items() if count > 1)


def _capped(body: str) -> str:
    """At most 500,000 characters, cut behind a tag or word where one is near."""
    if len(body) <= MAX_BODY:
        return body
    cut = max(body.rfind(end, MAX_BODY - 10_000, MAX_BODY) for end in (">", " ", "。"))
    room = body[: cut + 1] if cut > 0 else body[:MAX_BODY]
    opened = room.rfind("<", len(room) - 10_000)
    return room[:opened] if opened > room.rfind(">") else room


def _beginning(body: str) -> str:
    text = plain_text(_TAG.sub(" ", body[:20_000]), MAX_TITLE)
    return clip_words(text, _BEGINNING)


def language_code(declared: str) -> str:
    """The two letters (ISO 639-1) that a declared language begins with, "" for anything else."""
    code = re.split("[-_]", declared.strip().lower(), maxsplit=1)[0]
    return code if _CODE.fullmatch(code) else ""


def _language(declared: str, title: str) -> str:
    """The declared language, unless the title's script says otherwise (generators' defaults)."""
    language = language_code(declared)
    if _HAN.search(title) and language not in {"zh", "ja", "ko"}:
        return ""
    return language


def _content_hash(title: str, body: str) -> str:
    # Without the date: generators that write the time of polling into every item would
    # otherwise make every entry an edited one.
    return blake2b(f"{title}\0{body}".encode("utf-8", "replace"), digest_size=8).hexdigest()
