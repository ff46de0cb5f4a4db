"""Bytes to markup that a parser can be trusted with: of the right kind and within bounds."""

import re
from dataclasses import dataclass

from digest.extract import PAGE_LIMIT_BYTES
from digest.regexes import regex
from digest.text.decoding import decode
from digest.text.folding import small

# Measured: 50,000 attributes on one tag or 100,000 siblings keep the parsers busy for minutes,
# 5 MB of JSON-LD takes 670 MB. Of 311 real pages none had more than 19,252 tags.
MOST_TAGS = 25_000
_LONGEST_TAG = 64 * 1024
_LONGEST_LINKED_DATA = 200_000

_OTHER_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"ID3",
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"\x7fELF",
    b"%!PS",
)
_MARKUP_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml"})
_HTML_START = regex(
    r"\s*(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype html|html|head|body|title|meta|link|script"
    r"|article|main|section|div|h[1-6]|p|table|span|center|font|a|b|br)\b",
    re.IGNORECASE | re.DOTALL,
)
_FEED_START = regex(
    r"\s*(?:<\?xml[^>]*>|<\?xml-stylesheet[^>]*>|<!--.*?-->|\s)*<(?:rss|feed|rdf:rdf|urlset)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML_DECLARATION = regex(r"^\s*<\?xml[^>]*>")
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Inlined images and whole JSON documents; no attribute that we read is as long.
_LONG_VALUE = regex(r"=\s*+(?>\"[^\"<>]{8000,}+\"|'[^'<>]{8000,}+')")
_LONG_TAG = regex(rf"<[a-zA-Z/!?][^<>]{{{_LONGEST_TAG},}}")
# Possessive throughout: one step per character, whatever the tag.
_CROWDED_TAG = regex(
    r"<[a-zA-Z][^\s<>/]*+(?>\s++[^\s=<>\"'/]++"
    r"(?:\s*+=\s*+(?>\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++))?+){1000}"
)
_NESTING = regex(
    r"<(/?)(?:div|span|section|article|font|center|b|i|em|strong|a|table|ul|ol|blockquote)\b",
    re.IGNORECASE,
)
_DEEPEST = 2_000
_FEW_TAGS = 4_000
# The whole name: <svg-icon> hides nothing. ASCII: "\u017fcript" is no script.
_NAMES = re.IGNORECASE | re.ASCII
_UNREAD = regex(r"<!--|<(script|style|svg)(?=[\s/>])([^>]*)>", _NAMES)
_UNREAD_ELEMENT = regex(r"<(script|style|svg)(?=[\s/>])([^>]*)>", _NAMES)
_ENDS = {name: regex(rf"</{name}\s*>", _NAMES) for name in ("script", "style", "svg")}
_LINKED_DATA = regex(r"application/(?:ld\+json|settings\+json)", re.IGNORECASE)


class NotMarkup(Exception):  # noqa: N818  an answer, not a fault
    """The body is not a page: a document, an image, data, or nothing."""


class OutOfBounds(Exception):  # noqa: N818  an answer, not a fault
    """The markup would keep a parser busy for too long."""


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML without what no reader sees. `linked_data` are its JSON-LD scripts' texts.

    `plain` says that `html` is plain text; `tags` counts "<".
    """

    html: str
    linked_data: tuple[str, ...] = ()
    plain: bool = False

    @property
    def tags(self) -> int:
        """How many tags there are, roughly."""
        return self.html.count("<")


def markup_of(body: bytes, content_type: str) -> Markup:
    """Decoded and stripped markup. Raises `NotMarkup` and `OutOfBounds`."""
    if not body.strip(b" \t\r\n\x00"):
        raise NotMarkup("empty")
    if len(body) > PAGE_LIMIT_BYTES:
        raise OutOfBounds(f"{len(body)} bytes")
    if body.startswith(_OTHER_MAGIC) or body[4:8] == b"ftyp":
        raise NotMarkup("a binary file")
    text = _CONTROL.sub("", decode(body, content_type).text)
    return markup_from(text, plain=_is_plain(text, content_type))


def markup_from(text: str, *, plain: bool = False) -> Markup:
    """Stripped markup of decoded text. Raises `OutOfBounds`."""
    if plain:
        return Markup(text, plain=True)
    html, linked_data = _visible(_XML_DECLARATION.sub("", text))
    html = _LONG_VALUE.sub('=""', html)
    if _LONG_TAG.search(html) or _CROWDED_TAG.search(html):
        raise OutOfBounds("a tag with too much in it")
    markup = Markup(html, linked_data)
    if markup.tags > _FEW_TAGS and _depth(html) > _DEEPEST:
        raise OutOfBounds(f"tags nested over {_DEEPEST} deep")
    return markup


def _depth(html: str) -> int:
    depth = deepest = 0
    for closing in _NESTING.findall(html):
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _is_plain(text: str, content_type: str) -> bool:
    """Whether the body is plain text; raises `NotMarkup` when neither text nor page.

    What the body looks like outweighs its label: pages come as text/plain and
    application/octet-stream, and images as text/html.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if _FEED_START.match(text[:4096]):
        raise NotMarkup("a feed")
    if _HTML_START.match(text[:4096]):
        return False
    if kind in _MARKUP_TYPES or not kind:
        if "<" not in text and (kind or text.lstrip()[:1] in "{["):
            raise NotMarkup("no tag in it")
        return "<" not in text
    if kind in {"text/plain", "text/markdown"}:
        return True
    raise NotMarkup(kind)


def _visible(html: str) -> tuple[str, tuple[str, ...]]:
    """Markup without scripts, styles, drawings and comments, and its JSON-LD, in one pass."""
    kept: list[str] = []
    linked_data: list[str] = []
    position = 0
    pattern = _UNREAD
    while (found := pattern.search(html, position)) is not None:
        kept.append(html[position : found.start()])
        start, position = _end_of(html, found)
        if position == found.end() and not found[1]:
            # No comment ends behind here; looking again for each would take for ever.
            pattern = _UNREAD_ELEMENT
        if found[1] and _LINKED_DATA.search(found[2]) and position - start < _LONGEST_LINKED_DATA:
            linked_data.append(html[start:position].rpartition("</")[0])
            kept.append(html[found.start() : position])
    kept.append(html[position:])
    return "".join(kept), tuple(linked_data)


def _end_of(html: str, opening: re.Match[str]) -> tuple[int, int]:
    """Where the hidden content begins and where the page goes on; at its end when never closed."""
    if not opening[1]:
        end = html.find("-->", opening.end())
        # An unclosed comment is taken for a slip of the pen, an unclosed script hides the rest.
        return opening.end(), end + 3 if end >= 0 else opening.end()
    if opening[2].endswith("/") and opening[1].lower() == "svg":
        return opening.end(), opening.end()
    closing = _ENDS[small(opening[1])].search(html, opening.end())
    return opening.end(), closing.end() if closing else len(html)
