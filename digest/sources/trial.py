"""What came of trying something a person typed as a source, before anything is saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from digest.errors import PollFailure
from digest.model import (
    Entry,
    FeedReading,
    Source,
    SourceKind,
    SourceSpec,
)
from digest.sources.plain import plain_text
from digest.sources.raw import MAX_ENTRIES
from digest.sources.shelving import guess_column
from digest.text.language import detect_language
from digest.texts import Texts

# How many entries of a proposal are shown.
SAMPLES = 3
_OLD = timedelta(days=90)
_SOME_TEXT = 80
_LANG_ENTRIES, _LANG_TEXT = 30, 300
_LONGEST_TITLE = 120


class Service(StrEnum):
    """What a proposal was recognised as; `feed`, `page`, `json`, `sitemap` are no one service."""

    FEED = "feed"
    PODCAST = "podcast"
    YOUTUBE = "youtube"
    GITHUB = "github"
    REDDIT = "reddit"
    HACKER_NEWS = "hacker_news"
    ARXIV = "arxiv"
    MASTODON = "mastodon"
    TELEGRAM = "telegram"
    BLUESKY = "bluesky"
    SITEMAP = "sitemap"
    PAGE = "page"
    JSON = "json"


class Remark(StrEnum):
    """What an editor should know of a proposal before saving it."""

    NO_DATES = "no_dates"
    SOME_DATES = "some_dates"
    ONLY_TITLES = "only_titles"
    NO_TITLES = "no_titles"
    NO_LINKS = "no_links"
    EMPTY = "empty"
    OLD = "old"
    GUESSED = "guessed"
    COMMENTS = "comments"
    PLAIN_HTTP = "plain_http"
    MOVED = "moved"
    CUT = "cut"


class Refused(StrEnum):
    """Why nothing can be proposed, besides the reasons of a failed poll."""

    NO_WORDS = "no_words"
    NOT_UNDERSTOOD = "not_understood"
    NOTHING_FOUND = "nothing_found"
    NO_SUCH_CHANNEL = "no_such_channel"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: `code`, the address at which it showed, and a detail for who looks after the bot.

    Of several attempts it is the one that says most.
    """

    code: Refused | PollFailure
    url: str = ""
    detail: str = ""

    def words(self, texts: Texts) -> str:
        """The reason as a sentence for people."""
        if isinstance(self.code, PollFailure):
            return texts(f"kinds.failure_{self.code}")
        return texts(f"kinds.refused_{self.code}")


@dataclass(frozen=True, slots=True)
class Sample:
    """One entry as it would come: `url` may be "", `published_at` is None when unknown."""

    title: str
    url: str
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source ready to be saved, with its newest entries.

    `total` is how many entries the document holds; `known` the source that is this one already,
    None when it is new.
    """

    spec: SourceSpec
    service: Service
    samples: tuple[Sample, ...]
    total: int
    remarks: tuple[Remark, ...] = ()
    known: Source | None = None

    @property
    def rank(self) -> int:
        """Its place among several: whole entries before guessed ones, addresses alone last."""
        if self.spec.kind is SourceKind.SITEMAP:
            return 3 if Remark.NO_TITLES in self.remarks else 1
        comments = Remark.COMMENTS in self.remarks
        return 2 if comments or Remark.GUESSED in self.remarks else 0

    def remark_words(self, texts: Texts) -> tuple[str, ...]:
        """The remarks for people, in their order."""
        return tuple(texts(f"kinds.remark_{remark}") for remark in self.remarks)

    def service_words(self, texts: Texts) -> str:
        """What it is, in a word or two."""
        return texts(f"kinds.service_{self.service}")


@dataclass(frozen=True, slots=True)
class Trial:
    """What `words` turned out to be: proposals, the best first, or the reason why none."""

    words: str
    proposals: tuple[Proposal, ...] = ()
    refusal: Refusal | None = None

    @property
    def best(self) -> Proposal | None:
        """The first proposal."""
        return self.proposals[0] if self.proposals else None


def column_guess(service: Service, title: str) -> str:
    """The column that a service is of, else the one that a title tells."""
    if service in {Service.GITHUB, Service.HACKER_NEWS}:
        return "dev" if service is Service.GITHUB else "tech"
    if service is Service.ARXIV:
        learning = any(part in title for part in ("cs.AI", "cs.LG", "cs.CL", "cs.CV", "stat.ML"))
        return "ai" if learning else "science"
    return guess_column((title,))


def proposal_of(
    spec: SourceSpec, service: Service, reading: FeedReading, now: datetime
) -> Proposal:
    """A proposal for what was read by `spec`, its title and language made out from it."""
    entries = reading.entries
    title = plain_text(spec.title, _LONGEST_TITLE)
    if title == spec.url and reading.title:
        title = reading.title
    return Proposal(
        replace(spec, title=title, lang=_lang(spec, reading)),
        service,
        tuple(Sample(one.title, one.url, one.published_at) for one in entries[:SAMPLES]),
        len(entries),
        tuple(_remarks(spec, service, reading, now)),
    )


def _lang(spec: SourceSpec, reading: FeedReading) -> str:
    """What the titles are in, else what is declared, which generators often leave as it was."""
    some = reading.entries[:_LANG_ENTRIES]
    words = " ".join(f"{one.title} {plain_text(one.body_html, _LANG_TEXT)}" for one in some)
    declared = reading.lang.replace("_", "-").partition("-")[0].lower()
    sure = len(words) >= _SOME_TEXT or not declared
    return (detect_language(words) if sure else "") or declared or spec.lang


def _remarks(
    spec: SourceSpec, service: Service, reading: FeedReading, now: datetime
) -> Iterator[Remark]:
    if not reading.entries:
        yield Remark.EMPTY
    else:
        yield from _lacks(reading.entries, service)
        dates = [entry.published_at for entry in reading.entries if entry.published_at]
        if dates and max(dates) < now - _OLD:
            yield Remark.OLD
    if service in {Service.PAGE, Service.JSON}:
        yield Remark.GUESSED
    if _is_of_comments(spec):
        yield Remark.COMMENTS
    if spec.url.startswith("http://"):
        yield Remark.PLAIN_HTTP
    if len(reading.entries) >= MAX_ENTRIES and reading.dropped:
        yield Remark.CUT


def _lacks(entries: tuple[Entry, ...], service: Service) -> Iterator[Remark]:
    """What some or most of the entries lack."""
    most = len(entries) // 2
    dated = sum(entry.published_at is not None for entry in entries)
    if dated < len(entries):
        yield Remark.SOME_DATES if dated else Remark.NO_DATES
    if sum(not entry.title for entry in entries) > most:
        yield Remark.NO_TITLES
    elif sum(len(entry.body_html) < _SOME_TEXT for entry in entries) > most:
        yield Remark.ONLY_TITLES
    if sum(not entry.url for entry in entries) > most and service is not Service.TELEGRAM:
        yield Remark.NO_LINKS


def _is_of_comments(spec: SourceSpec) -> bool:
    title, url = spec.title.lower(), spec.url.lower()
    return "/comments/feed" in url or "comments on" in title or "comments for" in title
