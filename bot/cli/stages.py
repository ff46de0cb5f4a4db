"""The stages that `hexin lab` shows, each from one JSON object to another."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache

from babel import Locale
from babel.core import get_global

from bot.cli.stream import BadLine, Record, moment_field, text_field
from bot.clock import Clock
from digest.classify import classify
from digest.condense import condense
from digest.condense.points import summary
from digest.extract import Page
from digest.model import Article, Lang, Signal, SignalDraft
from digest.pipeline import DraftRequest, make_draft
from digest.render import Links, Rendering, count_units, render_card
from digest.sources.adapters import Document
from digest.taxonomy import load_taxonomy
from digest.text.language import detect_language
from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences
from digest.texts import texts_for
from digest.verify import verify

# What a reader could get through; the largest page that we fetch is 3 MiB of markup.
LONGEST_TEXT = 2_000_000


# --- from the wire -----------------------------------------------------------------------


def feed_request(record: Record, now: datetime) -> Document:
    """{"url", "body_base64", "content_type"?} as a feed document."""
    return Document(
        _bytes(record),
        text_field(record, "url", required=False),
        text_field(record, "content_type", required=False),
        now,
    )


def page_request(record: Record) -> Page:
    """{"url", "html" or "body_base64", …} as a fetched page."""
    if "html" in record:
        body, kind = text_field(record, "html").encode(), "text/html; charset=utf-8"
    elif "body_base64" in record:
        body, kind = _bytes(record), text_field(record, "content_type", required=False)
    else:
        raise BadLine("missing field 'html' or 'body_base64'")
    return Page(
        url=text_field(record, "url", required=False),
        body=body,
        content_type=kind,
        fallback_html=text_field(record, "feed_html", required=False),
        fallback_title=text_field(record, "title", required=False),
        fallback_published=moment_field(record, "date"),
        lang_hint=text_field(record, "lang", required=False),
    )


def _bytes(record: Record) -> bytes:
    written = "".join(text_field(record, "body_base64").split())
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLine(f"'body_base64' is not base64: {error}") from error


def shown_article(article: Article) -> Record:
    """An article with its text in one piece."""
    return {**asdict(article), "text": article.text}


# --- from the text -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SummaryWish:
    """A summary of another length than a card's: sentences at most, words (Chinese: letters)."""

    sentences: int
    words: int | None = None


def condense_stage(record: Record, clock: Clock, wish: SummaryWish | None = None) -> Record:
    """The brief of a text and where it belongs; evidence with its place in the given text.

    With `wish` also `summary`: the sentences that the same rules choose for that length.
    """
    article = article_of(record)
    draft = _draft(record, article, clock())
    answer = asdict(draft.brief)
    remarks = [answer["why"]] if answer["why"] else []
    add_places(text_field(record, "text"), article, [*answer["points"], *remarks, *answer["gaps"]])
    if wish is not None:
        chosen = summary(article, wish.sentences, words=wish.words)
        answer["summary"] = [point.text for point in chosen]
    return {
        **answer,
        "lang": article.lang,
        "kind": draft.placement.kind,
        "column": draft.placement.column,
        "topics": draft.placement.topics,
        "score": draft.score.total,
        "score_parts": [asdict(part) for part in draft.score.parts],
        "reading_minutes": draft.reading_minutes,
    }


def add_places(text: str, article: Article, points: Iterable[Record]) -> None:
    """Give each point `evidence_offsets` ([start, end] in characters) and `evidence_text`."""
    wanted = list(points)
    last = max((index for point in wanted for index in point["evidence"]), default=-1)
    sentences = [sentence.text for sentence in article.sentences[: last + 1]]
    found = list(places(text, sentences))
    for point in wanted:
        spans = [found[index] for index in point["evidence"]]
        point["evidence_offsets"] = spans
        point["evidence_text"] = [text[start:end] for start, end in spans]


def places(text: str, sentences: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where sentences stand in the text that was cut into them: only its white space differs."""
    at = 0
    for sentence in sentences:
        start = None
        for letter in "".join(sentence.split()):
            at = text.index(letter, at)
            start = at if start is None else start
            at += 1
        yield (at if start is None else start, at)


def classify_stage(record: Record) -> Record:
    """Column, kind and topics of a text, and the words that decided."""
    article = article_of(record)
    placement = classify(
        article,
        keywords=condense(article).keywords,
        column_hint=_column(record),
        taxonomy=load_taxonomy(),
    )
    return asdict(placement)


def verify_stage(record: Record) -> Record:
    """Whether a text supports a summary, with the findings."""
    said = _bounded(record, "summary")
    return asdict(verify(said, _bounded(record, "text")))


def render_stage(record: Record, clock: Clock) -> Record:
    """The card of a text as Telegram HTML, and its length as Telegram counts it."""
    now = clock()
    article = article_of(record)
    draft = _draft(record, article, now)
    signal = Signal(
        id=1,
        url=article.url,
        title=article.title,
        lang=article.lang,
        brief=draft.brief,
        placement=draft.placement,
        score=draft.score,
        reading_minutes=draft.reading_minutes,
        created_at=now,
        published_at=article.published_at,
    )
    rendering = Rendering(
        Links("https://example.org"),
        texts_for(_reader_lang(record)),
        load_taxonomy(),
        "Asia/Shanghai",
        now,
    )
    message = render_card(signal, rendering)
    return {"text": message.text, "units": count_units(message.text)}


def _draft(record: Record, article: Article, now: datetime) -> SignalDraft:
    return make_draft(DraftRequest(article, _column(record), 1.0, now))


def article_of(record: Record) -> Article:
    """The text of a record as an article, its language guessed where it names none."""
    title = text_field(record, "title", required=False)
    text = _bounded(record, "text")
    lang = _lang(record) or detect_language(f"{title}\n{text[:20_000]}")
    paragraphs = (split_sentences(paragraph, lang) for paragraph in paragraphs_of(text))
    url = text_field(record, "url", required=False)
    return Article(
        url=url,
        canonical_url=url,
        title=title,
        paragraphs=tuple(paragraphs),
        lang=lang,
        published_at=moment_field(record, "date"),
    )


def _bounded(record: Record, name: str) -> str:
    text = text_field(record, name)
    if len(text) > LONGEST_TEXT:
        raise BadLine(f"'{name}' has over {LONGEST_TEXT:,} characters")
    return text


def _lang(record: Record) -> str:
    """The language the record names, "" when it names none."""
    tag = text_field(record, "lang", required=False).strip()
    code = tag.replace("_", "-").partition("-")[0].lower()
    aliases: Mapping[str, str] = get_global("language_aliases")
    code = aliases.get(code, code)  # of three letters: "eng" is "en"
    if code and code not in _known_languages():
        raise BadLine(f"unknown language {tag[:40]!r}")
    return code


@cache
def _known_languages() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages)


def _reader_lang(record: Record) -> Lang:
    wanted = text_field(record, "reader_lang", required=False) or "zh"
    try:
        return Lang(wanted)
    except ValueError as error:
        raise BadLine("'reader_lang' must be zh or en") from error


def _column(record: Record) -> str:
    column = text_field(record, "column", required=False)
    if column and column not in load_taxonomy().columns:
        raise BadLine(f"unknown column {column[:40]!r}")
    return column
