"""OPML in and out: the common language of feed readers.

An OPML file comes from somebody else, so it is read as hostile input: no DOCTYPE and thus no
entities, bounded size, depth and number of feeds.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from lxml import etree

from digest.errors import HexinError, SourceError
from digest.identity import canonical_url
from digest.model import Source, SourceSpec
from digest.sources.normalise import refuse_long_tags
from digest.sources.plain import plain_text
from digest.sources.raw import web_address
from digest.text.decoding import decode

MAX_BYTES = 5 * 1024 * 1024
MAX_FEEDS = 2_000
_MAX_DEPTH = 20
_MAX_TITLE = 120
_FALLBACK_COLUMN = "tech"

_ROOT = re.compile(r"<opml[\s>/]", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HAN = re.compile("[\u4e00-\u9fff]")
_SLUG = re.compile(r"[^a-z0-9]+")

# Words of folder names that tell the column, in the order in which they are asked: a folder
# "AI 论文" is AI before it is science.
_COLUMN_WORDS = {
    "ai": r"\bai\b|\bml\b|llm|machine.?learning|人工智能|大模型|机器学习|深度学习",
    "dev": r"\bdev|program|engineer|coding|open.?source|linux|github|security|database|cloud"
    r"|开发|编程|开源|程序|技术团队|后端|前端|运维|安全|数据库",
    "science": r"scien|research|academ|paper|physics|biolog|space|科学|学术|论文|科研|航天|医学",
    "business": r"business|financ|econom|market|startup|invest|venture|money"
    r"|商业|财经|金融|经济|投资|创业|创投|股",
    "policy": r"polic|politic|government|law\b|legal|regulat|world|society"
    r"|政策|时政|法律|政治|国际|社会|监管",
    "tech": r"tech|gadget|digital|product|apple|android|internet|科技|数码|互联网|产品|手机",
}
_COLUMNS = {column: re.compile(words, re.IGNORECASE) for column, words in _COLUMN_WORDS.items()}


class OpmlError(HexinError):
    """The file is no OPML, or is larger or deeper than one has reason to be."""


def read_opml(body: bytes) -> tuple[SourceSpec, ...]:
    """The feeds of an OPML file, each address once, at most 2,000.

    Nested folders tell the column ("tech" when none does), script of the title the language.
    Keys are made from the address, so importing twice gives the same ones. Raises OpmlError.
    """
    specs: dict[str, SourceSpec] = {}
    for outline, folders in _outlines(_root(body), (), 0):
        spec = _spec(outline, folders)
        if spec is not None:
            specs.setdefault(canonical_url(spec.url), spec)
        if len(specs) > MAX_FEEDS:
            raise OpmlError(f"over {MAX_FEEDS} feeds")
    return tuple(specs.values())


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


def _root(body: bytes) -> etree._Element:
    if len(body) > MAX_BYTES:
        raise OpmlError(f"over {MAX_BYTES // 1024 // 1024} MiB")
    text = _FORBIDDEN.sub("", decode(body).text)
    start = _ROOT.search(text)
    if start is None:
        raise OpmlError("there is no <opml> in it")
    text = text[start.start() :]
    if _DOCTYPE.search(text):
        raise OpmlError("it declares entities")
    try:
        data = text.encode("utf-8", "replace")
        refuse_long_tags(data)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, huge_tree=False, recover=True, remove_pis=True
        )
        root = etree.fromstring(data, parser)
    except (SourceError, etree.XMLSyntaxError) as error:
        raise OpmlError(str(error)) from error
    if root is None:
        raise OpmlError("it cannot be read as XML")
    return root


def _outlines(
    parent: etree._Element, folders: tuple[str, ...], depth: int
) -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    """Outlines that name a feed, with the folders around them, outermost first."""
    if depth > _MAX_DEPTH:
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


def _spec(values: dict[str, str], folders: tuple[str, ...]) -> SourceSpec | None:
    url = web_address(values["xmlurl"], "")
    if not url:
        return None
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    title = plain_text(values.get("title") or values.get("text") or "", _MAX_TITLE) or host
    return SourceSpec(
        key=_key(host, url),
        url=url,
        title=title,
        column=_column((*folders, values.get("category", ""))),
        lang=_lang(values, title),
        site_url=web_address(values.get("htmlurl", ""), ""),
    )


def _key(host: str, url: str) -> str:
    digest = blake2b(canonical_url(url).encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{_SLUG.sub('-', host.lower()).strip('-')[:40] or 'feed'}-{digest}"


def _column(folders: tuple[str, ...]) -> str:
    """The column that the innermost telling folder names."""
    for name in reversed(folders):
        plain = name.strip().lower()
        if plain in _COLUMNS:
            return plain
        for column, words in _COLUMNS.items():
            if words.search(name):
                return column
    return _FALLBACK_COLUMN


def _lang(values: dict[str, str], title: str) -> str:
    declared = values.get("language", "").partition("-")[0].strip().lower()
    if declared in {"zh", "en"}:
        return declared
    return "zh" if _HAN.search(title) else "en"


def _line(spec: SourceSpec) -> str:
    attributes = {
        "type": "rss",
        "text": spec.title,
        "title": spec.title,
        "xmlUrl": spec.url,
        "htmlUrl": spec.site_url,
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
