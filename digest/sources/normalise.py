"""Feed bytes from the wire, made safe and well enough formed for any XML parser.

What is repaired here are habits seen in real feeds: a wrong or missing charset, a PHP warning in
front, HTML entities without their DTD, bare ampersands, characters that XML forbids. What is
refused are attacks: a tag of megabytes or thousands of attributes (the check of attributes is
quadratic in every parser we tried). A DOCTYPE with its entities simply goes.

Everything works on UTF-8 bytes: searching them is several times faster than searching text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html.entities import html5

from digest.errors import PollFailure, SourceError
from digest.regexes import regex
from digest.text.decoding import decode

MAX_BYTES = 10 * 1024 * 1024
MAX_TAG = 64 * 1024
_MAX_ATTRIBUTES = 500
_SUSPECT = 3_000
# A feed's root stands in front; a page of HTML shows itself even sooner.
_HEAD = 64 * 1024

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_ROOT = regex(
    rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(rss|feed|rdf|channel|opml|urlset|sitemapindex|html|body|head)"
    rb"(?=[\s/>])",
    re.IGNORECASE,
)
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_LONG_TAG = regex(rb"<[A-Za-z][^<>]{3000,}")
_FORBIDDEN = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_NON_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
# References that XML knows and allows stay as they are; everything else after "&" is looked at.
_SOUND = (
    rb"amp;|lt;|gt;|quot;|apos;|#(?:3[2-9]|[4-9]\d|[1-9]\d{2,3}|[1-4]\d{4});"
    rb"|#x(?:[2-9A-Fa-f][0-9A-Fa-f]|[0-9A-Fa-f]{3}|[0-9A-Ca-c][0-9A-Fa-f]{3});"
)
_REFERENCE = regex(
    rb"&(?!%b)(?:#(\d{1,8});|#[xX]([0-9A-Fa-f]{1,7});|([A-Za-z][A-Za-z0-9]{1,31});)?" % _SOUND
)
_MARKUP = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


class Shape(StrEnum):
    """What kind of document the bytes hold."""

    XML = "xml"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document ready for parsing: UTF-8 XML from its root element on, or UTF-8 JSON."""

    shape: Shape
    body: bytes


def normalise(
    body: bytes, content_type: str = "", roots: frozenset[str] = _FEED_ROOTS
) -> Document:
    """Decode and repair a feed, or a document with another of `roots`.

    Raises SourceError: TOO_LARGE over 10 MiB or for a tag over 64 KiB or 500 attributes,
    NOT_A_FEED when the root element is none of a feed (a page, a sitemap, plain text).
    """
    if len(body) > MAX_BYTES:
        raise SourceError(PollFailure.TOO_LARGE, f"{len(body)} bytes")
    body = _utf8(body, content_type)
    start = body[:_HEAD].lstrip()
    if start.startswith(b"{"):
        return Document(Shape.JSON, body)
    body = _from_root(_without_forbidden(body), roots)
    refuse_long_tags(body)
    return Document(Shape.XML, _with_sound_references(body))


def refuse_long_tags(body: bytes) -> None:
    """Raise SourceError(TOO_LARGE) for a tag over 64 KiB or with over 500 attributes."""
    # Most documents have no such stretch without ">" at all, which is cheap to see.
    longest = max(map(len, body.split(b">")))
    if longest > _SUSPECT:
        for tag in _LONG_TAG.finditer(body):
            if tag[0].count(b"=") > _MAX_ATTRIBUTES:
                raise SourceError(PollFailure.TOO_LARGE, f"over {_MAX_ATTRIBUTES} attributes")
    if longest > MAX_TAG:
        _refuse_huge_tags(body)


def outside_cdata(body: bytes, least: int = 0) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch between CDATA sections of at least `least` bytes.

    An unclosed section reaches to the end of the document.
    """
    position = look = 0
    while (start := body.find(b"<![CDATA[", look)) >= 0:
        end = body.find(b"]]>", start)
        end = len(body) if end < 0 else end + 3
        look = end
        if end - start >= least:
            yield position, start
            position = end
    yield position, len(body)


def _refuse_huge_tags(body: bytes) -> None:
    position = 0
    while (position := body.find(b"<", position)) >= 0:
        if body.startswith(b"<![CDATA[", position):
            end = body.find(b"]]>", position)
        elif body.startswith(b"<!--", position):
            end = body.find(b"-->", position)
        else:
            end = body.find(b">", position)
            if (len(body) if end < 0 else end) - position > MAX_TAG:
                raise SourceError(PollFailure.TOO_LARGE, f"a tag over {MAX_TAG} bytes")
        if end < 0:
            return
        position = end


def _utf8(body: bytes, content_type: str) -> bytes:
    decoded = decode(body, content_type)
    if decoded.encoding == "utf-8" and not decoded.bad:
        return body.removeprefix(b"\xef\xbb\xbf")
    encoded = decoded.text.encode("utf-8", "replace")
    if len(encoded) > 2 * MAX_BYTES:
        raise SourceError(PollFailure.TOO_LARGE, f"{len(encoded)} bytes as UTF-8")
    return encoded


def _without_forbidden(body: bytes) -> bytes:
    """Characters that XML forbids taken out."""
    body = body.translate(None, _FORBIDDEN)
    for character in _NON_CHARACTERS:
        if character in body:
            body = body.replace(character, b"")
    return body


def _from_root(body: bytes, roots: frozenset[str]) -> bytes:
    """The document from its root element on: no prolog, no DOCTYPE, no warnings in front."""
    found = _ROOT.search(body, 0, _HEAD)
    if not found:
        raise SourceError(PollFailure.NOT_A_FEED, _summary(body))
    name = found[1].decode().lower()
    if name not in roots:
        raise SourceError(PollFailure.NOT_A_FEED, f"the document is <{name}>")
    return _DECLARATION + body[found.start() :]


def _summary(body: bytes) -> str:
    start = " ".join(body[:200].decode("utf-8", "replace").split())[:60]
    return f"begins with {start!r}" if start else "empty"


def _with_sound_references(body: bytes) -> bytes:
    """HTML entities as characters and bare ampersands escaped, outside CDATA sections."""
    pieces: list[bytes] = []
    position = 0
    for start, end in outside_cdata(body):
        for found in _REFERENCE.finditer(body, start, end):
            pieces += (body[position : found.start()], _reference(found))
            position = found.end()
    return b"".join((*pieces, body[position:])) if pieces else body


def _reference(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = found.groups()
    if name:
        character = html5.get(name.decode() + ";")
        if character is None:
            return b"&amp;" + found[0][1:]
        return "".join(_MARKUP.get(each, each) for each in character).encode()
    if decimal is None and hexadecimal is None:
        return b"&amp;"
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return b"&#%d;" % code if _allowed(code) else b""


def _allowed(code: int) -> bool:
    """Whether XML 1.0 allows this character."""
    return (
        code in {0x09, 0x0A, 0x0D}
        or 0x20 <= code <= 0xD7FF  # noqa: PLR2004  XML 1.0, production 2
        or 0xE000 <= code <= 0xFFFD  # noqa: PLR2004  same
        or 0x10000 <= code <= 0x10FFFF  # noqa: PLR2004  same
    )
