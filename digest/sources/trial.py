"""What came of trying something a person typed as a source, before anything is saved."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.errors import PollFailure
from digest.model import Source, SourceSpec
from digest.texts import Texts

# How many entries of a proposal are shown.
SAMPLES = 3


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
    NO_ITEMS = "no_items"
    BAD_SELECTOR = "bad_selector"
    BAD_PATH = "bad_path"
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
