"""`hexin lab …`: one stage at a time, JSON lines in, JSON lines out, no database.

A line that cannot be processed gives {"id": …, "error": …} in its place, so that input and output
stay in step.
"""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import typer

from bot.clock import utc_now
from digest.errors import HexinError

app = typer.Typer(no_args_is_help=True)
Record = dict[str, Any]


def _records() -> Iterator[Record]:
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError("a line must be a JSON object")  # noqa: TRY301  one way out
        except (ValueError, TypeError) as error:
            yield {"id": None, "_error": f"line {number}: {error}"}
            continue
        yield record


def _each(stage: Callable[[Record], Record]) -> None:
    """Answer every input line with one output line."""
    for record in _records():
        if "_error" in record:
            answer: Record = {"error": record["_error"]}
        else:
            try:
                answer = stage(record)
            except KeyError as error:
                answer = {"error": f"missing field {error}"}
            except (HexinError, ValueError, TypeError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
        if "id" in record and "id" not in answer:
            answer = {"id": record["id"], **answer}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=_plain) + "\n")
        sys.stdout.flush()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _moment(record: Record, key: str) -> datetime | None:
    value = record.get(key)
    if not value:
        return None
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@app.command()
def feed() -> None:
    """{"url", "body_base64"} → entries."""
    from digest.sources.feeds import parse_feed

    def stage(record: Record) -> Record:
        reading = parse_feed(
            base64.b64decode(record["body_base64"]),
            url=record.get("url", ""),
            content_type=record.get("content_type", ""),
            now=utc_now(),
        )
        return asdict(reading)

    _each(stage)


@app.command()
def extract() -> None:
    """{"url", "html"} or {"url", "body_base64"} → article."""
    from digest.extract import extract as extract_page

    def stage(record: Record) -> Record:
        article = extract_page(_page(record))
        return {**asdict(article), "text": article.text}

    _each(stage)


def _page(record: Record) -> Any:
    from digest.extract import Page

    if "html" in record:
        body, kind = str(record["html"]).encode(), "text/html; charset=utf-8"
    else:
        body, kind = base64.b64decode(record["body_base64"]), record.get("content_type", "")
    return Page(
        url=record.get("url", ""),
        body=body,
        content_type=kind,
        fallback_html=record.get("feed_html", ""),
        fallback_title=record.get("title", ""),
        fallback_author="",
        fallback_published=_moment(record, "date"),
        fallback_offset_min=None,
        lang_hint=record.get("lang", ""),
        status=200,
    )


def _article(record: Record) -> Any:
    from digest.model import Article
    from digest.text.language import detect_language
    from digest.text.sentences import split_sentences

    text = str(record["text"])
    lang = record.get("lang") or detect_language(f"{record.get('title', '')}\n{text}")
    paragraphs = tuple(
        split_sentences(paragraph.strip(), lang)
        for paragraph in text.split("\n")
        if paragraph.strip()
    )
    url = str(record.get("url", ""))
    return Article(
        url=url,
        canonical_url=url,
        title=str(record.get("title", "")),
        paragraphs=paragraphs,
        lang=lang,
        published_at=_moment(record, "date"),
    )


@app.command()
def condense() -> None:
    """{"id", "title", "text", "lang"} → brief, kind, column, topics; evidence with its text."""
    from digest.pipeline import DraftRequest, make_draft

    def stage(record: Record) -> Record:
        article = _article(record)
        draft = make_draft(DraftRequest(article, str(record.get("column", "")), 1.0, utc_now()))
        sentences = [sentence.text for sentence in article.sentences]
        answer = asdict(draft.brief)
        for point in answer["points"]:
            point["evidence_text"] = [sentences[index] for index in point["evidence"]]
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

    _each(stage)


@app.command()
def classify() -> None:
    """{"id", "title", "text"} → column, kind, topics and the words that decided."""
    from digest.classify import classify as place
    from digest.condense import condense as condense_article
    from digest.taxonomy import load_taxonomy

    def stage(record: Record) -> Record:
        article = _article(record)
        brief = condense_article(article)
        placement = place(
            article,
            keywords=brief.keywords,
            column_hint=str(record.get("column", "")),
            taxonomy=load_taxonomy(),
        )
        return asdict(placement)

    _each(stage)


@app.command()
def verify() -> None:
    """{"text", "summary"} → whether the text supports the summary, with the findings."""
    from digest.verify import verify as check

    def stage(record: Record) -> Record:
        return asdict(check(str(record["summary"]), str(record["text"])))

    _each(stage)


@app.command()
def stories() -> None:
    """A stream of {"id", "title", "text", "date"} → story ids, in order of arrival."""
    from digest.condense import condense as condense_article
    from digest.stories import StoryIndex, StoryItem

    index = StoryIndex()
    story_of: dict[int, int] = {}
    count = 0

    def stage(record: Record) -> Record:
        nonlocal count
        count += 1
        article = _article(record)
        brief = condense_article(article)
        item = StoryItem(
            signal_id=count,
            story_id=None,
            title=article.title,
            lead_text=" ".join(sentence.text for sentence in article.sentences[:5]),
            lang=article.lang,
            keywords=brief.keywords,
            numbers=tuple(number.text for number in brief.numbers),
            at=article.published_at or utc_now(),
            score=50,
        )
        placement = index.place(item)
        index.add(item)
        joined = placement.story_of
        story_of[count] = story_of[joined] if joined is not None else count
        return {
            "story": story_of[count],
            "relation": placement.relation,
            "similarity": round(placement.similarity, 3),
        }

    _each(stage)


@app.command()
def render() -> None:
    """{"id", "title", "text"} → the card as Telegram HTML, as a reader would see it."""
    from digest.model import Lang, Signal
    from digest.pipeline import DraftRequest, make_draft
    from digest.render import Links, Rendering, count_units, render_card
    from digest.taxonomy import load_taxonomy
    from digest.texts import texts_for

    def stage(record: Record) -> Record:
        now = utc_now()
        article = _article(record)
        draft = make_draft(DraftRequest(article, str(record.get("column", "")), 1.0, now))
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
        lang = Lang(record.get("reader_lang", "zh"))
        rendering = Rendering(
            Links("https://example.org"), texts_for(lang), load_taxonomy(), "Asia/Shanghai", now
        )
        message = render_card(signal, rendering)
        return {"text": message.text, "units": count_units(message.text)}

    _each(stage)
