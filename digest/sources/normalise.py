"""Feed bytes from the wire, made safe and well enough formed for any XML parser.

What is repaired here are habits seen in real feeds: a wrong or missing charset, a PHP warning in
front, HTML entities without their DTD, bare ampersands, characters that XML forbids. What is
refused are attacks: a tag of megabytes (attribute checks are quadratic in every parser we tried)
and a DOCTYPE with its entities, which simply goes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from html.entities import html5

from digest.errors import PollFailure, SourceError
from digest.text.decoding import decode

MAX_CHARACTERS = 10 * 1024 * 1024
MAX_TAG = 64 * 1024
_MAX_ATTRIBUTES = 500
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{3000,}")
# A feed's root stands in front; a page of HTML shows itself even sooner.
_HEAD = 64 * 1024

_ROOT = re.compile(
    r"<(?:[A-Za-z_][\w.-]{0,40}:)?(rss|feed|rdf|channel|opml|urlset|sitemapindex|html|body|head)"
    r"(?=[\s/>])",
    re.IGNORECASE,
)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# An open end counts as an end: looking for one from each start in turn would be quadratic.
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
# References that XML knows and allows stay as they are; everything else after "&" is looked at.
_SOUND = (
    r"amp;|lt;|gt;|quot;|apos;|#(?:3[2-9]|[4-9]\d|[1-9]\d{2,3}|[1-4]\d{4});"
    r"|#x(?:[2-9A-Fa-f][0-9A-Fa-f]|[0-9A-Fa-f]{3}|[0-9A-Ca-c][0-9A-Fa-f]{3});"
)
_REFERENCE = re.compile(
    rf"&(?!{_SOUND})(?:#(\d{{1,8}});|#[xX]([0-9A-Fa-f]{{1,7}});|([A-Za-z][A-Za-z0-9]{{1,31}});)?"
)
_MARKUP = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


class Shape(StrEnum):
    """What kind of document the bytes hold."""

    XML = "xml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document ready for parsing: UTF-8 XML with one root, or JSON text."""

    shape: Shape
    text: str

    @property
    def body(self) -> bytes:
        """The text as UTF-8."""
        return self.text.encode("utf-8", "replace")


def normalise(body: bytes, content_type: str = "") -> Document:
    """Decode and repair a feed.

    Raises SourceError: TOO_LARGE over 10 Mi characters or for a tag over 64 KiB, NOT_A_FEED when
    the root element is none of a feed (a page, a sitemap, plain text).
    """
    if len(body) > 4 * MAX_CHARACTERS:
        raise SourceError(PollFailure.TOO_LARGE, f"{len(body)} bytes")
    text = decode(body, content_type).text
    if len(text) > MAX_CHARACTERS:
        raise SourceError(PollFailure.TOO_LARGE, f"{len(text)} characters")
    if text[:_HEAD].lstrip("\ufeff \t\r\n").startswith("{"):
        return Document(Shape.JSON, text.lstrip("\ufeff \t\r\n"))
    text = _from_root(_without_forbidden(text))
    refuse_long_tags(text)
    return Document(Shape.XML, _with_sound_references(text))


def refuse_long_tags(text: str) -> None:
    """Raise SourceError(TOO_LARGE) for a tag over 64 KiB or with over 500 attributes."""
    for tag in _LONG_TAG.finditer(text):
        if tag[0].count("=") > _MAX_ATTRIBUTES:
            raise SourceError(PollFailure.TOO_LARGE, f"over {_MAX_ATTRIBUTES} attributes")
    # Most documents have no such stretch without ">" at all, which is cheap to see.
    if max(map(len, text.split(">"))) <= MAX_TAG:
        return
    position = 0
    while (position := text.find("<", position)) >= 0:
        if text.startswith("<![CDATA[", position):
            end = text.find("]]>", position)
        elif text.startswith("<!--", position):
            end = text.find("-->", position)
        else:
            end = text.find(">", position)
            if (len(text) if end < 0 else end) - position > MAX_TAG:
                raise SourceError(PollFailure.TOO_LARGE, "a tag over 64 KiB")
        if end < 0:
            return
        position = end


def _without_forbidden(text: str) -> str:
    """Characters that XML forbids taken out; the check is cheaper than the substitution."""
    return _FORBIDDEN.sub("", text) if _FORBIDDEN.search(text) else text


def _from_root(text: str) -> str:
    """The document from its root element on: no prolog, no DOCTYPE, no warnings in front."""
    found = _ROOT.search(text, 0, _HEAD)
    if not found:
        raise SourceError(PollFailure.NOT_A_FEED, _summary(text))
    if found[1].lower() not in _FEED_ROOTS:
        raise SourceError(PollFailure.NOT_A_FEED, f"the document is <{found[1].lower()}>")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + text[found.start() :]


def _summary(text: str) -> str:
    start = " ".join(text[:200].split())[:60]
    return f"begins with {start!r}" if start else "empty"


def _with_sound_references(text: str) -> str:
    """HTML entities as characters and bare ampersands escaped, outside CDATA sections."""
    if "&" not in text:
        return text
    if "<![CDATA[" not in text:
        return _repair(text)
    pieces: list[str] = []
    position = 0
    for section in _CDATA.finditer(text):
        pieces += (_repair(text[position : section.start()]), section[0])
        position = section.end()
    pieces.append(_repair(text[position:]))
    return "".join(pieces)


def _repair(text: str) -> str:
    return _REFERENCE.sub(_reference, text)


def _reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        character = html5.get(name + ";")
        if character is None:
            return "&amp;" + found[0][1:]
        return "".join(_MARKUP.get(each, each) for each in character)
    if decimal is None and hexadecimal is None:
        return "&amp;"
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return found[0] if _allowed(code) else ""


def _allowed(code: int) -> bool:
    """Whether XML 1.0 allows this character."""
    return (
        code in {0x09, 0x0A, 0x0D}
        or 0x20 <= code <= 0xD7FF  # noqa: PLR2004  XML 1.0, production 2
        or 0xE000 <= code <= 0xFFFD  # noqa: PLR2004  same
        or 0x10000 <= code <= 0x10FFFF  # noqa: PLR2004  same
    )
