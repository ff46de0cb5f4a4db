"""The nouns of the domain, in the order in which one entry becomes what a reader sees.

    Source ─▶ Entry ─▶ Article ─▶ Brief ─▶ Signal ─▶ Story ─▶ Digest ─▶ Message ─▶ Delivery

Everything here is a frozen value. Times are aware UTC `datetime`s unless a name says otherwise.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from digest.blocks import Block

# What readers wish has a module of its own; its nouns are found here with all the others.
from digest.wishes import Lang as Lang
from digest.wishes import Layout as Layout
from digest.wishes import LookBackWish as LookBackWish
from digest.wishes import Subscription as Subscription
from digest.wishes import WeeklyTime as WeeklyTime
from digest.wishes import Wishes as Wishes
from digest.wishes import Wording as Wording

# --- sources -----------------------------------------------------------------------------


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


# --- entries -----------------------------------------------------------------------------


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


# --- articles ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: `index` counts through the article, `paragraph` from 0."""

    index: int
    paragraph: int
    text: str


class ArticleOrigin(StrEnum):
    """Where the text came from: the full page, the feed's own body when the page failed.

    `editor`: it is an editor's own.
    """

    PAGE = "page"
    FEED = "feed"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Article:
    """Extracted readable text of an entry's page, its sentences numbered once and for all.

    `paragraphs` holds the sentences of each paragraph, in order; evidence refers to the running
    number of a sentence. `published_at` is the original's time, `utc_offset_min` its own zone.
    `note` is an honest remark on the text ("paywalled": only the open part was read,
    "thread": people of a board talk).
    """

    url: str
    canonical_url: str
    title: str
    paragraphs: tuple[tuple[str, ...], ...]
    lang: str
    author: str = ""
    site: str = ""
    published_at: datetime | None = None
    utc_offset_min: int | None = None
    origin: ArticleOrigin = ArticleOrigin.PAGE
    note: str = ""
    image_url: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order, with the numbers that evidence refers to."""
        found: list[Sentence] = []
        for number, paragraph in enumerate(self.paragraphs):
            for text in paragraph:
                found.append(Sentence(len(found), number, text))
        return tuple(found)

    @property
    def text(self) -> str:
        """The readable text: paragraphs apart by a blank line, sentences as they stood."""
        glue = "" if self.lang in {"zh", "ja"} else " "
        return "\n\n".join(glue.join(paragraph) for paragraph in self.paragraphs)


# --- briefs ------------------------------------------------------------------------------


EDITORIAL = "编辑部"
"""Who speaks where an editor wrote: kept as the site, and shown in the reader's language."""


class Tier(StrEnum):
    """Who condensed it: 规则整理稿, 模型增强版, or an editor who wrote it. Always shown."""

    RULES = "rules"
    MODEL = "model"
    EDITOR = "editor"


class Kind(StrEnum):
    """What sort of signal it is, told from cues; `news` when no cue decides."""

    RELEASE = "release"
    PAPER = "paper"
    FUNDING = "funding"
    DEAL = "deal"
    EARNINGS = "earnings"
    POLICY = "policy"
    REVIEW = "review"
    INCIDENT = "incident"
    OPINION = "opinion"
    DATA = "data"
    TUTORIAL = "tutorial"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Point:
    """One key fact. `evidence` are sentence numbers of the article; `text` is shown as it is.

    `lang` is the language of `text`. `translated` says whether it stands in for a foreign one;
    `original` is then the article's own wording. `support` (0..1) says how well its best
    sentences carry it, None where it is the article's own wording. `edited` marks what an editor
    wrote about an article.
    """

    text: str
    evidence: tuple[int, ...]
    lang: str
    translated: bool = False
    original: str = ""
    support: float | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class NumberFact:
    """A number of the article that matters, as it was written and as it reads in Chinese.

    `text` is the article's own wording with its unit ("$1.2 billion"); `zh` the conversion
    ("12 亿美元") or "" when none is certain; `value` the plain value in base units (1.2e9);
    `unit` a currency code, "%", "pp", "x" or the counted noun; `measure` what it measures in the
    article's words; `start`/`end` both ends of a change in the article's wording, else "".
    """

    text: str
    value: float
    kind: str
    unit: str
    sentence: int
    measure: str = ""
    zh: str = ""
    direction: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A dated event that the article tells. `on` is None when the date stays open.

    `when` is the article's own wording ("last Tuesday"); `text` the whole sentence or, in the
    model tier, a statement that rests on it.
    """

    when: str
    on: date | None
    text: str
    sentence: int
    lang: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What the article means to `audience` ("founders", "engineers", "editors", "everyone")."""

    audience: str
    text: str
    evidence: tuple[int, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Insight:
    """详细解读: everything absent that the article gives no ground for.

    `difference` is what is new against what was published before (model tier; the rules tier
    compares when the page is shown). `questions` are those the article raises, `actions` those
    it calls for.
    """

    timeline: tuple[Moment, ...] = ()
    concerned: tuple[Advice, ...] = ()
    questions: tuple[Point, ...] = ()
    actions: tuple[Point, ...] = ()
    difference: Point | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of 数字与名称核对 of what a model or a translator wrote.

    `compared` numbers, names and quotes were looked up in the article; `repaired` points were
    written anew after a first failure; `dropped` are the texts left out, each with its reason.
    """

    compared: int
    repaired: int = 0
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """核心信息: the structured summary of one article. Nothing in it lacks support there.

    `why` is the sentence of the article that says why it matters, None when it says none.
    `gaps` are open points that the article itself names. `frame` are the parts of a Chinese line
    above a foreign headline ("Qwen-Image-2.0", "40 → 4 步"), facts only. `headline_original` is
    the article's title when `headline` is a translation or a model's. `maker` names the model or
    translation engine ("" for plain rules), `prompt` the version of the prompts.
    `headline_en` is what an editor wrote for English readers, "" for none.
    """

    headline: str
    headline_lang: str
    points: tuple[Point, ...]
    numbers: tuple[NumberFact, ...] = ()
    why: Point | None = None
    gaps: tuple[Point, ...] = ()
    keywords: tuple[str, ...] = ()
    tier: Tier = Tier.RULES
    version: str = "rules-1"
    frame: tuple[str, ...] = ()
    headline_original: str = ""
    insight: Insight | None = None
    maker: str = ""
    prompt: str = ""
    checked: Checked | None = None
    headline_en: str = ""


# --- translations ------------------------------------------------------------------------


# The engine of a translation that only changes the script.
OPENCC = "OpenCC"


class Rendered(StrEnum):
    """How one sentence stands in a translation.

    `translated`; `kept` because it is in the reader's language already or is not language (code,
    a name); `failed`: its translation did not pass the check, so the original is shown, marked.
    """

    TRANSLATED = "translated"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """Sentence `index` of the article in the other language; `text` is what is shown."""

    index: int
    text: str
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class Translation:
    """An article in another language, sentence by sentence, in the article's order.

    `engine` names who made it ("firefox en-zh base-memory", "deepl", a model's name; OPENCC when
    only traditional characters were made simplified).
    """

    lang: str
    engine: str
    sentences: tuple[TranslatedSentence, ...]

    @property
    def is_script_only(self) -> bool:
        """Whether the language stayed: 繁 → 简, sentence by sentence, nothing translated."""
        return self.engine == OPENCC


# --- placement and score -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a signal belongs, and why we think so.

    `topics` are topic ids, strongest first; `cues` maps "column", "kind" and each topic id to the
    words of the article that decided (for explanations).
    """

    column: str
    kind: Kind
    topics: tuple[str, ...] = ()
    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One named part of a score: `points` of at most `ceiling`, from `evidence` ("3 sources")."""

    name: str
    points: float
    ceiling: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, the rounded sum of its parts."""

    parts: tuple[ScorePart, ...]

    @property
    def total(self) -> int:
        """The sum of the parts, clamped to 0..100."""
        return max(0, min(100, round(sum(part.points for part in self.parts))))


# --- signals -----------------------------------------------------------------------------


class SignalState(StrEnum):
    """`live` is seen by readers, `held` waits for review, `rejected` is hidden.

    `private` was read for those who sent us its link, and is seen by them alone until a source
    brings the same article: then it goes live under its number.
    """

    LIVE = "live"
    HELD = "held"
    REJECTED = "rejected"
    PRIVATE = "private"


class Relation(StrEnum):
    """What a signal is to its story.

    `duplicate`: told before; `update`: new facts about the event (see `Signal.adds`); `follow_up`:
    what came of it, or what others say to it, which reads on its own.
    """

    LEAD = "lead"
    DUPLICATE = "duplicate"
    UPDATE = "update"
    FOLLOW_UP = "follow_up"

    @property
    def is_news(self) -> bool:
        """Whether it has something for those who know its story."""
        return self in {Relation.UPDATE, Relation.FOLLOW_UP}


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that was another one: number `number` of a brief, `before` till then.

    `before_zh` is how that reads in Chinese, "" where that is not certain; `direction` "up" or
    "down"; `fate` what befell those whom it counts ("失踪", "injured"), "" for other numbers.
    """

    number: int
    before: str
    before_zh: str = ""
    direction: str = ""
    fate: str = ""


@dataclass(frozen=True, slots=True)
class Adds:
    """What a signal adds to what its story had told before it.

    `points` and `numbers` are places in its brief; `changes` are those of its numbers that were
    told before with another figure. `because` says what its relation was decided by
    ("points=2 numbers=1 hours=5"), as the evidence of a score part does.
    """

    points: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    changes: tuple[Changed, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class NameSeen:
    """A name as an article writes it; `pair` is its spelling in the other script, "" for none.

    `kind`: company, institution, product, person, or "" when the article does not show it.
    """

    text: str
    kind: str
    pair: str = ""


@dataclass(frozen=True, slots=True)
class SignalDraft:
    """A signal before storage gave it a number.

    `simple` is a traditional Chinese article in simplified characters, which its brief was made
    from; None for any other article. `names` are those that later articles may profit from.
    """

    article: Article
    brief: Brief
    placement: Placement
    score: Score
    reading_minutes: int
    simple: Translation | None = None
    names: tuple[NameSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenIn:
    """One source that carried the article."""

    source_id: int
    title: str
    url: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that belongs to a signal, made by us from what an editor sent.

    `file_id` is what Telegram calls it once it was sent there, "" before.
    """

    id: int
    width: int
    height: int
    file_id: str = ""


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A JPEG of ours without anything but its picture, in pixels."""

    body: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Signal:
    """What readers see: entry + article + brief + column + topics + score.

    `title` is the original's title; `seen_in` lists the sources, the first one leading.
    `others` counts further signals of the same story, `told_by` the sources of all of them (0
    without a story). `adds`: what it has that its story had not, None when that was not compared.
    `backlog` marks what was already there when its source was first polled:
    found by queries, never pushed. `full_text` is what the leading
    source allows; `access` is the signal's own setting, else the leading source's.
    """

    id: int
    url: str
    title: str
    lang: str
    brief: Brief
    placement: Placement
    score: Score
    reading_minutes: int
    created_at: datetime
    published_at: datetime | None = None
    utc_offset_min: int | None = None
    author: str = ""
    site: str = ""
    seen_in: tuple[SeenIn, ...] = ()
    story_id: int | None = None
    relation: Relation = Relation.LEAD
    adds: Adds | None = None
    others: int = 0
    told_by: int = 0
    views: int = 0
    backlog: bool = False
    note: str = ""
    state: SignalState = SignalState.LIVE
    article_id: int = 0
    full_text: FullText = FullText.EXCERPT
    access: Access = Access.PUBLIC
    photo: Photo | None = None
    live_at: datetime | None = None

    @property
    def arrived_at(self) -> datetime:
        """When readers could first see it: later than it was read when an editor had to agree."""
        return self.live_at or self.created_at

    @property
    def when(self) -> datetime:
        """The time shown to readers: the original's, else when we first saw it."""
        return self.published_at or self.created_at

    @property
    def other_sources(self) -> int:
        """How many sources besides the leading one tell this or another signal of its story."""
        return max(len(self.seen_in), self.told_by, 1) - 1

    @property
    def source_title(self) -> str:
        """The leading source's name, else the site's."""
        return self.seen_in[0].title if self.seen_in else self.site


# --- readers -----------------------------------------------------------------------------


class ChatKind(StrEnum):
    """Telegram's chat types."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A chat we may write to. `thread_id` is 0 outside forum topics; `gone` chats are kept.

    `used_at` is when it last spoke to us, to the day; None when that is not known.
    """

    id: int
    chat_id: int
    thread_id: int
    kind: ChatKind
    title: str
    lang: Lang
    active: bool
    created_at: datetime
    subscription: Subscription
    used_at: datetime | None = None


class SavedSort(StrEnum):
    """What stands first in a collection: last saved, best score, newest signal."""

    SAVED = "saved"
    SCORE = "score"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Collection:
    """A reader's named list; `count` is how many signals are saved in it.

    Whoever knows `share_key` ("" when it is not shared) may look at it; the notes are shown to
    them only with `share_notes`.
    """

    id: int
    subscriber_id: int
    name: str
    is_default: bool
    count: int
    created_at: datetime
    sort: SavedSort = SavedSort.SAVED
    share_key: str = ""
    share_notes: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """One signal in a collection, with the reader's note; `by_rule` when a rule put it there."""

    collection_id: int
    signal: Signal
    note: str
    saved_at: datetime
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What is saved into a collection by itself: one rule per collection.

    A signal fits when one of `words` stands in it or it has one of `topics` (or there are neither)
    and it is of `column` ("" for any). It counts for signals made after `since`.
    """

    collection_id: int
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    column: str = ""
    paused: bool = False
    since: datetime | None = None


class UndoAct(StrEnum):
    """What a reader did to collections and can take back."""

    REMOVE = "remove"
    DELETE = "delete"
    MERGE = "merge"
    IMPORT = "import"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Undo:
    """A change of collections that can still be taken back; `title` names what it was done to.

    `count` is how many saved signals it touched, `collection_id` the only list they were in
    (0: several, or not asked for).
    """

    id: int
    act: UndoAct
    title: str
    count: int
    at: datetime
    collection_id: int = 0


# --- digests and messages ----------------------------------------------------------------


class DigestKind(StrEnum):
    """Why a digest was made.

    `instant`: one strong signal at once; `daily`; `first`: a newcomer's; `weekly`: a review that
    may show again what dailies brought; `story`: news of a story that the reader knows; `trend`:
    something followed is told of unusually often, since just now; `look_back`: something of the
    past, and what came of it.
    """

    INSTANT = "instant"
    DAILY = "daily"
    FIRST = "first"
    WEEKLY = "weekly"
    STORY = "story"
    TREND = "trend"
    LOOK_BACK = "look_back"
    ANNOUNCEMENT = "announcement"


PINNED = "pinned"
"""The shelf, in the place of a column, of what editors let lead a whole digest."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One column of a digest, or what is PINNED, with the signals chosen for it."""

    column: str
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Rising:
    """What is unusually frequent now: `count` in the window, `usual` per window before.

    `topic` is a topic's id, or with a `name` of its own a word's key. `since` is when it began,
    None where that is not known; `followed`: the reader follows it.
    """

    topic: str
    count: int
    usual: float
    name: str = ""
    since: datetime | None = None
    followed: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """Ordered signals for one wish set and window. `read` counts what was considered.

    `left_out` counts what also matched; when the digest is `capped` by the most that the reader
    wants in a day, that comes in the next digest. `pinned` are those that editors let lead.
    """

    kind: DigestKind
    window_from: datetime
    window_to: datetime
    shelves: tuple[Shelf, ...]
    read: int
    left_out: int = 0
    capped: bool = False
    pinned: frozenset[int] = frozenset()
    rising: tuple[Rising, ...] = ()
    lang: Lang = Lang.ZH
    zone: str = "Asia/Shanghai"

    @property
    def signals(self) -> tuple[Signal, ...]:
        """All signals in reading order."""
        return tuple(signal for shelf in self.shelves for signal in shelf.signals)


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does: a verb and its arguments, packed by handlers/callbacks.py."""

    verb: str
    args: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """A button with a label and one of a link, an action, or a page of the Mini App.

    `web_app` is the page's whole address; Telegram takes it in private chats only.
    """

    label: str
    url: str = ""
    action: Action | None = None
    web_app: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to show with a text: by the id that Telegram gave it, and on a page of ours.

    `url` is "" where our pages cannot be reached from outside.
    """

    file_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """Rendered text (Telegram HTML) and buttons, free of transport.

    At most 4096 UTF-16 units after entity parsing, 100 entities, 32,768 raw bytes.
    `signals` are the ids of the signals that a reader has seen once this part was delivered;
    `blocks` the pieces of its text that show signals, in their order.
    A text that fits under a `picture` is its caption; one too long shows it as a preview.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    signals: tuple[int, ...] = ()
    picture: Picture | None = None
    blocks: tuple[Block, ...] = ()


class DeliveryState(StrEnum):
    """pending → claimed → sending → sent | retry | dead | unknown (see storage/deliveries.py).

    `held`: owed, but not to be sent for now.
    """

    HELD = "held"
    PENDING = "pending"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message owed to one subscriber. `body` is the stored message part as JSON data.

    `version` counts how often that body was changed.
    """

    id: int
    digest_id: int
    subscriber_id: int
    chat_id: int
    thread_id: int
    part: int
    state: DeliveryState
    attempts: int
    body: dict[str, Any]
    silent: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a delivery was sent."""

    delivery_id: int
    message_id: int
    sent_at: datetime
