"""An editor's own post: what was typed, what it counts, and how it becomes a signal. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from digest.audience import Audience
from digest.condense import condense
from digest.model import (
    EDITORIAL,
    Article,
    ArticleOrigin,
    Brief,
    FullText,
    Kind,
    Lang,
    Photo,
    Placement,
    Point,
    Score,
    ScorePart,
    Signal,
    Tier,
)
from digest.pipeline import reading_minutes
from digest.regexes import regex
from digest.render.fit import clean
from digest.text.language import detect_language
from digest.text.sentences import split_sentences
from digest.text.units import utf16_length
from digest.verify import Finding, SourceText

HEADLINE_UNITS = 160
"""As much of a headline as a digest shows: none is ever cut."""
LINE_UNITS = 1000
TEXT_UNITS = 4000
MOST_LINES = 20
MOST_TOPICS = 5

EDITOR = "editor"
"""The part of a score that an editor gave."""
_CEILING = 95.0
# What is in front of a line in a list that somebody typed; "-5%" and "1.5 倍" are no lists.
_BULLET = regex(r"(?:[-*–—]\s+|[•·‣▪]\s*|\d{1,2}(?:[.)]\s+|[、）]\s*))(?=\S)")
# Nothing to see, and not part of an emoji or a letter: they hide words from whoever searches.
_INVISIBLE = regex("[\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufff9-\ufffb]")
_BLANK = regex(r"[\s\u115f\u1160\u3164\uffa0\u2800\u200c\u200d\ufe00-\ufe0f]*")


class Level(StrEnum):
    """How important an editor says a post is."""

    NORMAL = "normal"
    NOTABLE = "notable"
    TOP = "top"

    @property
    def points(self) -> int:
        """The least score of such a post: of `notable` on, it is one to push at once."""
        return {Level.NORMAL: 60, Level.NOTABLE: 80, Level.TOP: 95}[self]


class PostKind(StrEnum):
    """What a post is made from: an editor's own `words`, or the article behind a `link`."""

    WORDS = "words"
    LINK = "link"


class PostState(StrEnum):
    """Where a post stands.

    `reading`: its link is being read; `failed`: it could not be; `draft`; `scheduled` for a time;
    `published`; `dropped` is a draft that was thrown away.
    """

    READING = "reading"
    FAILED = "failed"
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    DROPPED = "dropped"


OPEN = (PostState.READING, PostState.FAILED, PostState.DRAFT, PostState.SCHEDULED)
"""The states in which a post is still to be worked on."""


class TextFault(StrEnum):
    """Why typed words make no post."""

    EMPTY = "empty"
    HEADLINE = "headline"
    LINE = "line"
    LINES = "lines"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class PostText:
    """The words of a post: a headline and lines, each a point, without markup."""

    headline: str
    lines: tuple[str, ...] = ()

    @property
    def typed(self) -> str:
        """As one would type it."""
        return "\n".join((self.headline, *self.lines))


@dataclass(frozen=True, slots=True)
class Post:
    """A post and what is set for it.

    `made_by` and `changed_by` are Telegram user ids, 0 for the command line. `version` goes up
    with every change. `signal_id` is the article's for a link, and the post's own once words were
    published. `signature` is who signs it, "" for the editorial office alone. `publish_at` is
    when a scheduled one goes out; `audience` is whom it is pushed to besides those whose wishes
    it meets, None for nobody else.
    """

    id: int
    kind: PostKind
    state: PostState
    text: PostText
    level: Level
    column: str
    topics: tuple[str, ...]
    made_by: int
    changed_by: int
    version: int
    created_at: datetime
    changed_at: datetime
    url: str = ""
    link_id: int | None = None
    signal_id: int | None = None
    photo: Photo | None = None
    signature: str = ""
    audience: Audience | None = None
    pin_until: datetime | None = None
    publish_at: datetime | None = None
    published_at: datetime | None = None
    pushed_at: datetime | None = None
    trouble: str = ""
    sort: Kind = Kind.NEWS

    @property
    def lang(self) -> str:
        """The language of its words."""
        return language_of(self.text)


def read_text(typed: str) -> PostText | TextFault:
    """Read a post: the first line is the headline, every further one a point.

    Empty lines and list marks are left out, and so is what cannot be seen. Nothing is cut: words
    that would have to be are refused.
    """
    lines = [line for line in map(_line, typed.splitlines()) if line]
    if not lines:
        return TextFault.EMPTY
    headline, *rest = lines
    if utf16_length(headline) > HEADLINE_UNITS:
        return TextFault.HEADLINE
    if len(rest) > MOST_LINES:
        return TextFault.LINES
    if any(utf16_length(line) > LINE_UNITS for line in rest):
        return TextFault.LINE
    if utf16_length("\n".join(lines)) > TEXT_UNITS:
        return TextFault.LONG
    return PostText(headline, tuple(rest))


def _line(typed: str) -> str:
    text = clean(_INVISIBLE.sub("", unicodedata.normalize("NFC", typed)))
    while mark := _BULLET.match(text):  # an item of a list in a list, too
        text = text[mark.end() :]
    return "" if _BLANK.fullmatch(text) else text


def language_of(text: PostText) -> str:
    """The language of a post, told from all of its words."""
    return detect_language(f"{text.headline}\n{' '.join(text.lines)}", Lang.ZH.value)


def text_of(signal: Signal) -> PostText:
    """What a reading says, as an editor would have typed it."""
    return PostText(
        clean(signal.brief.headline or signal.title),
        tuple(clean(point.text) for point in signal.brief.points),
    )


# --- words -------------------------------------------------------------------------------


def article_of(post: Post, now: datetime) -> Article:
    """A post's own words as the article that its page shows. It has no address elsewhere."""
    lang = post.lang
    return Article(
        url="",
        canonical_url=f"post:{post.id}",
        title=post.text.headline,
        paragraphs=tuple(
            tuple(split_sentences(line, lang)) or (line,) for line in post.text.lines
        ),
        lang=lang,
        author=post.signature,
        site=EDITORIAL,
        published_at=post.published_at or now,
        origin=ArticleOrigin.EDITOR,
    )


def draft_article(text: PostText) -> Article:
    """Words as an article for those who look at one: the classifier."""
    lang = language_of(text)
    return Article("", "", text.headline, tuple((line,) for line in text.lines), lang)


def brief_of(post: Post, article: Article) -> Brief:
    """The brief of an editor's own words: the words themselves, resting on nothing else."""
    return Brief(
        headline=post.text.headline,
        headline_lang=post.lang,
        points=tuple(Point(line, (), post.lang) for line in post.text.lines),
        keywords=condense(article).keywords,
        tier=Tier.EDITOR,
        version="",
    )


def signal_of_words(post: Post, now: datetime) -> tuple[Signal, Article]:
    """The signal that an editor's own words make, and its article, as of `now`."""
    article = article_of(post, now)
    brief = brief_of(post, article)
    placement = Placement(post.column, post.sort, post.topics)
    signal = Signal(
        id=post.signal_id or 0,
        url="",
        title=article.title,
        lang=article.lang,
        brief=brief,
        placement=placement,
        # Rules that measure articles would say nothing true of an announcement.
        score=with_level(Score(()), post.level),
        reading_minutes=reading_minutes(article),
        created_at=post.published_at or now,
        published_at=article.published_at,
        author=post.signature,
        site=EDITORIAL,
        full_text=FullText.FULL,
        photo=post.photo,
    )
    return signal, article


# --- links -------------------------------------------------------------------------------


def signal_of_link(post: Post, read: Signal) -> Signal:
    """The signal of a post about an article that was `read`.

    What an editor left as it was still rests on the article; what is new is marked as the
    editor's.
    """
    return replace(
        read,
        brief=edited_brief(read.brief, post.text),
        placement=replace(read.placement, column=post.column, topics=post.topics),
        score=with_level(read.score, post.level),
        photo=post.photo or read.photo,
    )


def edited_brief(brief: Brief, text: PostText) -> Brief:
    """`brief` saying `text`: each line that it has already keeps its evidence."""
    known = {clean(point.text): point for point in brief.points}
    points = tuple(
        known.get(line) or Point(line, (), detect_language(line, brief.headline_lang), edited=True)
        for line in text.lines
    )
    if text.headline == clean(brief.headline) and points == brief.points:
        return brief
    if text.headline == clean(brief.headline):
        return replace(brief, points=points)
    return replace(
        brief,
        headline=text.headline,
        headline_lang=detect_language(text.headline, brief.headline_lang),
        headline_original="",
        frame=(),
        points=points,
    )


def unsupported(text: PostText, read: Brief, article: Article) -> tuple[Finding, ...]:
    """Numbers, names and quotes of an editor's words that the article does not have.

    Only what the editor wrote is looked at: what was read was checked when it was.
    """
    known = {clean(read.headline), *(clean(point.text) for point in read.points)}
    written = [line for line in (text.headline, *text.lines) if line not in known]
    if not written:
        return ()
    source = SourceText([sentence.text for sentence in article.sentences], article.lang)
    found = (finding for line in written for finding in source.check(line).findings)
    return tuple({finding.text: finding for finding in found if not finding.holds}.values())


# --- what it counts ----------------------------------------------------------------------


def with_level(known: Score, level: Level) -> Score:
    """`known` raised to what an editor says it is worth; what was measured stays to be seen."""
    measured = Score(tuple(part for part in known.parts if part.name != EDITOR))
    lift = max(0.0, level.points - sum(part.points for part in measured.parts))
    part = ScorePart(EDITOR, round(lift, 1), _CEILING, f"level={level.points}")
    return Score((*measured.parts, part))


def toggled(topics: Sequence[str], topic: str) -> tuple[str, ...]:
    """`topics` with `topic` put in or taken out; a full list stays as it is."""
    if topic in topics:
        return tuple(one for one in topics if one != topic)
    return (*topics, topic) if len(topics) < MOST_TOPICS else tuple(topics)
