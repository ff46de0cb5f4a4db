"""Collections written as Markdown, JSON, CSV or HTML."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.allowed import as_allowed
from digest.exports.document import document_data
from digest.model import Collection, Rule, Saved
from digest.regexes import regex
from digest.render import Rendering

# Spreadsheets run what begins so as a formula.
_FORMULA = regex(r"[=+\-@\t\r\n|%＝＋－＠]")
_MARKDOWN = regex(r"([\\`*_{}\[\]<>#+\-!|~&])")


class Format(StrEnum):
    """How a file of collections is written; the value is the ending of its name."""

    MARKDOWN = "md"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    OPML = "opml"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection with all that is saved in it, in its order."""

    collection: Collection
    saved: Sequence[Saved]
    rule: Rule | None = None


def write(form: Format, shelves: Sequence[Shelf], rendering: Rendering) -> bytes:
    """The file of these collections, for a reader's language and zone. Blocks while it writes.

    OPML is a list of sources and not made here: see digest/sources/opml.py.
    """
    writers = {
        Format.MARKDOWN: _markdown,
        Format.JSON: _json,
        Format.CSV: _csv,
        Format.HTML: _html,
    }
    return writers[form]([_allowed(shelf) for shelf in shelves], rendering)


def _allowed(shelf: Shelf) -> Shelf:
    """The shelf with as much of each signal as its source lets us pass on."""
    saved = [replace(one, signal=as_allowed(one.signal)) for one in shelf.saved]
    return replace(shelf, saved=saved)


def _json(shelves: Sequence[Shelf], rendering: Rendering) -> bytes:
    assert rendering.now is not None  # noqa: S101  a file says when it was made
    data = document_data([(one.collection, one.saved, one.rule) for one in shelves], rendering.now)
    return json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def web_link(url: str) -> str:
    """`url` if it leads to the web, else "": a saved file must not start anything else."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
        return ""
    return quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]")


# --- Markdown ----------------------------------------------------------------------------


def _markdown(shelves: Sequence[Shelf], rendering: Rendering) -> bytes:
    blocks = [block for shelf in shelves for block in _markdown_shelf(shelf, rendering)]
    return ("\n\n".join(blocks) + "\n").encode("utf-8", "replace")


def _markdown_shelf(shelf: Shelf, rendering: Rendering) -> Iterator[str]:
    texts = rendering.texts
    yield f"# {_plain(shelf.collection.name)}"
    yield texts.n("export.count", len(shelf.saved))
    for one in shelf.saved:
        url = web_link(one.signal.url).replace("(", "%28").replace(")", "%29")
        title = _plain(_headline(one))
        yield f"## [{title}]({url})" if url else f"## {title}"
        yield _plain(_meta(one, rendering))
        if points := one.signal.brief.points:
            yield "\n".join(f"- {_plain(point.text)}" for point in points)
        if one.note:
            noted = [f"> {_plain(line)}" if line else ">" for line in one.note.splitlines()]
            yield "\n".join(noted)


def _plain(text: str) -> str:
    """`text` on one line, so that no sign of it means anything to Markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def _headline(one: Saved) -> str:
    return one.signal.brief.headline or one.signal.title or one.signal.url


def _meta(one: Saved, rendering: Rendering) -> str:
    texts, signal = rendering.texts, one.signal
    parts = (
        signal.source_title,
        rendering.column(signal.placement.column),
        rendering.clock(signal.when),
        texts("card.score", score=signal.score.total),
        texts("export.saved_at", at=rendering.clock(one.saved_at)),
        texts("export.by_rule") if one.by_rule else "",
    )
    return " · ".join(part for part in parts if part)


# --- CSV ---------------------------------------------------------------------------------

_COLUMNS = (
    "collection",
    "headline",
    "url",
    "source",
    "column",
    "topics",
    "score",
    "published",
    "saved",
    "by_rule",
    "note",
    "points",
)


def _csv(shelves: Sequence[Shelf], rendering: Rendering) -> bytes:
    """RFC 4180, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([rendering.texts(f"export.column_{name}") for name in _COLUMNS])
    for shelf in shelves:
        for one in shelf.saved:
            writer.writerow([_cell(value) for value in _row(shelf, one, rendering)])
    return out.getvalue().encode("utf-8-sig", "replace")


def _row(shelf: Shelf, one: Saved, rendering: Rendering) -> tuple[str | int, ...]:
    signal = one.signal
    return (
        shelf.collection.name,
        _headline(one),
        signal.url,
        signal.source_title,
        rendering.column(signal.placement.column),
        ", ".join(rendering.topic(topic) for topic in signal.placement.topics),
        signal.score.total,
        signal.when.isoformat(timespec="seconds"),
        one.saved_at.isoformat(timespec="seconds"),
        rendering.texts("export.yes" if one.by_rule else "export.no"),
        one.note,
        "\n".join(point.text for point in signal.brief.points),
    )


def _cell(value: str | int) -> str | int:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and _FORMULA.match(value.lstrip(" ")):
        return f"'{value}"
    return value


# --- HTML --------------------------------------------------------------------------------


def _html(shelves: Sequence[Shelf], rendering: Rendering) -> bytes:
    template = _environment().get_template("collections.html")
    entries = [
        (
            shelf.collection.name,
            [
                {
                    "headline": _headline(one),
                    "url": web_link(one.signal.url),
                    "lang": one.signal.brief.headline_lang,
                    "meta": _meta(one, rendering),
                    "points": [(point.text, point.lang) for point in one.signal.brief.points],
                    "note": one.note,
                }
                for one in shelf.saved
            ],
        )
        for shelf in shelves
    ]
    title = shelves[0].collection.name if len(shelves) == 1 else rendering.texts("export.all")
    page = template.render(
        title=title, shelves=entries, texts=rendering.texts, lang=rendering.lang.value
    )
    return page.encode("utf-8", "replace")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
