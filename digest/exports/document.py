"""The JSON of exported collections: what is written, and what is accepted back.

Version 1. Whoever reads it may rely on every field below; further ones may be added. Signals are
told by their address: numbers mean nothing on another installation.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from digest.errors import HexinError
from digest.model import Collection, Rule, Saved

NAME = "hexin.collections"
VERSION = 1
MAX_BYTES = 15 * 1024 * 1024
"""More than the largest file we write; Telegram lets a bot fetch up to 20 MB."""

MAX_SAVED = 10_000
"""Saved signals in one file, over all its collections; we write at most 4,000 into one."""

_Text = Annotated[str, Field(max_length=4000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SavedIn(_In):
    """One saved signal of a file: what is needed to find and save it again."""

    url: Annotated[str, Field(min_length=1, max_length=4000)]
    headline: _Text = ""
    title: _Text = ""
    note: Annotated[str, Field(max_length=50_000)] = ""
    saved_at: AwareDatetime | None = None
    by_rule: bool = False

    @property
    def shown(self) -> str:
        """What a person recognises it by."""
        return self.headline or self.title or self.url


class CollectionIn(_In):
    """One collection of a file."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    rule: Any = None
    saved: Annotated[tuple[SavedIn, ...], Field(max_length=5000)] = ()


class Document(_In):
    """A file of exported collections."""

    format: Literal["hexin.collections"]
    version: Literal[1]
    collections: Annotated[tuple[CollectionIn, ...], Field(max_length=100)]


class BadDocument(HexinError):  # noqa: N818  a finding, told to a person
    """The file is no export of ours; `reason` is size, json, format, version or content.

    `where` names the first place that is not as it should be, "" when it is the whole.
    """

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{reason} {where}".strip())
        self.reason = reason
        self.where = where


def read_document(body: bytes) -> Document:
    """Read a file that somebody sent. Raises BadDocument; blocks for as long as it is large."""
    if len(body) > MAX_BYTES:
        raise BadDocument("size")
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadDocument("json") from error
    if not isinstance(data, dict) or data.get("format") != NAME:
        raise BadDocument("format")
    if data.get("version") != VERSION:
        raise BadDocument("version", str(data.get("version"))[:20])
    try:
        document = Document.model_validate(data)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False)[0]["loc"]
        raise BadDocument("content", ".".join(map(str, place))[:100]) from error
    # Each address is looked up: whoever sends half a million must not keep others waiting.
    if sum(len(one.saved) for one in document.collections) > MAX_SAVED:
        raise BadDocument("content", f"> {MAX_SAVED}")
    return document


def document_data(
    shelves: Sequence[tuple[Collection, Sequence[Saved], Rule | None]], now: datetime
) -> dict[str, Any]:
    """Collections with all that is saved in them as the data of a file."""
    return {
        "format": NAME,
        "version": VERSION,
        "exported_at": now.isoformat(),
        "collections": [_collection(*shelf) for shelf in shelves],
    }


def _collection(
    collection: Collection, saved: Sequence[Saved], rule: Rule | None
) -> dict[str, Any]:
    return {
        "name": collection.name,
        "default": collection.is_default,
        "sort": collection.sort.value,
        "created_at": collection.created_at.isoformat(),
        "rule": None
        if rule is None
        else {
            "words": list(rule.words),
            "topics": list(rule.topics),
            "column": rule.column,
            "paused": rule.paused,
        },
        "saved": [_saved(one) for one in saved],
    }


def _saved(one: Saved) -> dict[str, Any]:
    signal, brief = one.signal, one.signal.brief
    return {
        "url": signal.url,
        "title": signal.title,
        "headline": brief.headline,
        "lang": signal.lang,
        "source": signal.source_title,
        "author": signal.author,
        "column": signal.placement.column,
        "topics": list(signal.placement.topics),
        "kind": signal.placement.kind.value,
        "score": signal.score.total,
        "published_at": signal.published_at.isoformat() if signal.published_at else None,
        "read_at": signal.created_at.isoformat(),
        "saved_at": one.saved_at.isoformat(),
        "by_rule": one.by_rule,
        "note": one.note,
        "points": [
            {"text": point.text, "original": point.original, "translated": point.translated}
            for point in brief.points
        ],
        "numbers": [
            {"text": number.text, "measure": number.measure, "zh": number.zh}
            for number in brief.numbers
        ],
        "why": brief.why.text if brief.why else "",
        "keywords": list(brief.keywords),
        "others": [seen.url for seen in signal.seen_in if seen.url != signal.url],
    }
