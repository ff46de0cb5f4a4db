"""OPML in and out: the common language of feed readers.

An OPML file comes from somebody else, so it is read as hostile input: no DOCTYPE and thus no
entities, bounded size and depth.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import quoteattr

from lxml import etree

from digest.errors import HexinError, SourceError
from digest.model import Source, SourceSpec
from digest.regexes import regex
from digest.sources.normalise import refuse_long_tags
from digest.sources.raw import web_address

MAX_DEPTH = 20

_ROOT = regex(r"<opml[\s>/]", re.IGNORECASE)
_DOCTYPE = regex(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORBIDDEN = regex("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class ListError(HexinError):
    """The file names no sources that can be read.

    `reason` is size, entities, damaged, empty or too_many; there is a text "bot.list_<reason>".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Named:
    """A place as a list names it: its address as written, and the folders around it."""

    address: str
    title: str = ""
    folders: tuple[str, ...] = ()
    lang: str = ""
    site: str = ""


def is_opml(text: str) -> bool:
    """Whether there is an <opml> in it."""
    return _ROOT.search(text) is not None


def read_outlines(text: str) -> Iterator[Named]:
    """The outlines of an OPML document that name a feed, in their order. Raises ListError."""
    for values, folders in _outlines(_root(text), (), 0):
        category = values.get("category", "")
        yield Named(
            values["xmlurl"],
            values.get("title") or values.get("text") or "",
            (*folders, category) if category else folders,
            values.get("language", ""),
            web_address(values.get("htmlurl", ""), values["xmlurl"]),
        )


def write_opml(sources: Iterable[Source], *, title: str = "核心信息 Bot") -> str:
    """An OPML 2.0 document of the sources, one folder per column."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
    ]
    by_column = sorted(sources, key=lambda source: source.spec.column)
    for column, group in groupby(by_column, key=lambda source: source.spec.column):
        lines.append(f"    <outline text={quoteattr(column)} title={quoteattr(column)}>")
        lines += [f"      {_line(source.spec)}" for source in group]
        lines.append("    </outline>")
    lines += ["  </body>", "</opml>", ""]
    return "\n".join(lines)


def _root(text: str) -> etree._Element:
    text = _FORBIDDEN.sub("", text)
    start = _ROOT.search(text)
    if start is None:
        raise ListError("damaged")
    text = text[start.start() :]
    if _DOCTYPE.search(text):
        raise ListError("entities")
    try:
        data = text.encode("utf-8", "replace")
        refuse_long_tags(data)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, recover=True, remove_pis=True
        )
        root = etree.fromstring(data, parser)
    except (SourceError, etree.XMLSyntaxError) as error:
        raise ListError("damaged") from error
    if root is None:
        raise ListError("damaged")
    return root


def _outlines(
    parent: etree._Element, folders: tuple[str, ...], depth: int
) -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    """Outlines that name a feed, with the folders around them, outermost first."""
    if depth > MAX_DEPTH:
        return
    for element in parent:
        if not isinstance(element.tag, str):
            continue
        values = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        if "xmlurl" in values:
            yield values, folders
        name = values.get("text") or values.get("title") or ""
        inside = (*folders, name) if name and "xmlurl" not in values else folders
        yield from _outlines(element, inside, depth + 1)


def _line(spec: SourceSpec) -> str:
    attributes = {
        "type": "rss",
        "text": spec.title,
        "title": spec.title,
        "xmlUrl": spec.url,
        "htmlUrl": web_address(spec.site_url, spec.url),
        "language": spec.lang,
    }
    written = " ".join(
        f"{name}={quoteattr(_clean(text))}" for name, text in attributes.items() if text
    )
    return f"<outline {written}/>"


def _escaped(text: str) -> str:
    return _clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
