"""What the head and the furniture of a page say of its article."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from digest.extract.dates import Moment, parse_moment
from digest.extract.hygiene import clean
from digest.extract.linkeddata import LinkedData
from digest.regexes import regex

_TITLES = (
    "og:title",
    "twitter:title",
    "citation_title",
    "parsely-title",
    "sailthru.title",
    "dc.title",
)
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "mediaid",
)
_SITES = ("og:site_name", "application-name", "al:android:app_name", "apple-mobile-web-app-title")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "weibo: article:create_at",
    "weibo:article:create_at",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "publishdate",
    "publish_date",
    "publish-date",
    "published",
    "pubdate",
    "publicationdate",
    "cxenseparse:recs:publishtime",
    "article.published",
    "og:release_date",
    "article:create_at",
    "apub:time",
    "bytedance:published_time",
    "date",
)
_DATE_LIKE = regex(
    r"(?:^|[-_ ])(?:date|time|pub|publish|published|pubtime|posted|timestamp|info|meta|source"
    r"|byline|post-?info|article-?info)",
    re.IGNORECASE,
)
_AUTHOR_LIKE = regex(
    r"(?:^|[-_ ])(?:author|byline|writer|reporter)(?:$|[-_ ]|name)", re.IGNORECASE
)
_OTHERS_LIKE = regex(r"comment|reply|related|widget|sidebar|recommend", re.IGNORECASE)
_LABELLED_AUTHOR = regex(
    r"(?:^|\s)(?:本文)?(?:作者|撰文|文)\s*[:：丨/]\s*([^\s:：|丨，,。;；<>()（）]{2,20})"
)
_BYLINE = regex(
    r"(?:作者|撰文|采写|文|记者)\s*[:：丨/ ]\s*((?:[^\s:：|丨，,。;；<>()（）]{2,12}[ 、]?){1,4})"
    r"|^[Bb]y\s+([A-Z][^,|·•0-9]{2,40})"
)
_UPDATED = regex(r"更新|修改|updated|modified", re.IGNORECASE)
_URL_DATE = regex(r"/((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})(?:[/_.-]|$)")
_FURNITURE_TAGS = ("span", "div", "p", "a", "em", "li", "address", "i")
_MOST_LOOKED_AT = 10_000
_MOST_FURNITURE = 40
_LONGEST_BYLINE = 80
_LONGEST_FURNITURE = 200
_LONGEST_URL = 2_000
_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go"})


@dataclass(frozen=True, slots=True)
class Metadata:
    """Candidates, strongest first, in the page's own words."""

    window: str = ""
    heads: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    authors: tuple[tuple[str, ...], ...] = ()
    sites: tuple[str, ...] = ()
    moments: tuple[Moment, ...] = ()
    canonical_url: str = ""
    image_url: str = ""
    lang: str = ""
    kind: str = ""
    is_article: bool = False
    is_offer: bool = False
    has_password: bool = False


@dataclass(slots=True)
class _Gathered:
    """What one walk over the tree collects."""

    metas: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, str] = field(default_factory=dict)
    window: str = ""
    heads: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    has_password: bool = False


def read_metadata(tree: HtmlElement, url: str, linked: LinkedData) -> Metadata:
    """Everything the tree and its JSON-LD say of the article at `url`."""
    seen = _gather(tree)
    metas = seen.metas
    kind = next(iter(metas["og:type"]), "").lower()
    written = _dates(seen, linked, url)
    return Metadata(
        window=seen.window,
        heads=tuple(seen.heads),
        titles=tuple(_present([linked.headline, *_named(metas, _TITLES)])),
        authors=(linked.authors, *_author_lists(seen)),
        sites=tuple(_present([*_named(metas, _SITES), linked.publisher])),
        moments=tuple(moment for text in written if (moment := parse_moment(text)) is not None),
        canonical_url=_canonical(seen, url),
        image_url=_image([*_named(metas, _IMAGES), linked.image], url),
        lang=_language(tree, metas),
        kind=kind,
        is_article=linked.is_article
        or kind in {"article", "blog", "news", "newsarticle"}
        or bool(_named(metas, _PUBLISHED[:4])),
        is_offer=linked.is_offer or kind.removeprefix("og:").startswith("product"),
        has_password=seen.has_password,
    )


def byline(line: str) -> str:
    """The author that a line such as "作者：…", "…记者 …" or "By …" names, else ""."""
    found = _BYLINE.search(line)
    return (found[1] or found[2]).strip() if found else ""


def _gather(tree: HtmlElement) -> _Gathered:
    seen = _Gathered()
    for element in tree.iter("meta", "link", "title", "h1", "time", "input"):
        if element.tag == "meta":
            _take_meta(element, seen)
        elif element.tag == "link":
            if element.get("href") and "canonical" in element.get("rel", "").lower().split():
                seen.links.setdefault("canonical", element.get("href"))
        elif element.tag == "title":
            seen.window = seen.window or _text(element)
        elif element.tag == "h1":
            seen.heads.append(_text(element))
        elif element.tag == "time":
            seen.times += _present([element.get("datetime", ""), _text(element)])[:1]
        elif element.get("type", "").lower() == "password":
            seen.has_password = True
    _take_furniture(tree, seen)
    return seen


def _take_meta(element: HtmlElement, seen: _Gathered) -> None:
    # Written by templates that escape what is escaped already.
    content = unescape(element.get("content", "")).strip()
    if content:
        for attribute in ("property", "name", "itemprop"):
            name = element.get(attribute)
            if name:
                seen.metas[name.strip().lower()].append(content)


def _take_furniture(tree: HtmlElement, seen: _Gathered) -> None:
    """Short elements that their class, id or rel calls a date or an author."""
    for element in islice(tree.iter(*_FURNITURE_TAGS), _MOST_LOOKED_AT):
        if len(seen.dates) + len(seen.bylines) >= _MOST_FURNITURE:
            return
        label = " ".join(filter(None, (element.get("class"), element.get("id"))))
        if _OTHERS_LIKE.search(label):
            continue
        is_author = (
            element.get("rel") == "author"
            or element.get("itemprop") == "author"
            or _AUTHOR_LIKE.search(label) is not None
        )
        if not is_author and not _DATE_LIKE.search(label):
            continue
        text = _text(element, _LONGEST_FURNITURE)
        if not text or len(text) > _LONGEST_FURNITURE:
            continue
        if is_author:
            seen.bylines.append(text)
        if any(map(str.isdigit, text)) and not _UPDATED.search(text):
            seen.dates.append(text)
        labelled = _LABELLED_AUTHOR.search(text)
        if labelled is not None:
            seen.bylines.append(labelled[1])


def _dates(seen: _Gathered, linked: LinkedData, url: str) -> list[str]:
    found = [linked.published, *_named(seen.metas, _PUBLISHED), *seen.times[:1], *seen.dates]
    in_url = _URL_DATE.search(urlsplit(url).path) if url else None
    return _present([*found, "-".join(in_url.groups()) if in_url else ""])


def _author_lists(seen: _Gathered) -> list[tuple[str, ...]]:
    lists = [tuple(seen.metas[name]) for name in _AUTHORS if name in seen.metas]
    return [*lists, *((byline,) for byline in seen.bylines if len(byline) <= _LONGEST_BYLINE)]


def _canonical(seen: _Gathered, url: str) -> str:
    """The address the page calls its own, if it is on the same site; else `url`.

    Another site's address would let one page pass for another's article.
    """
    for named in (seen.links.get("canonical", ""), *seen.metas["og:url"]):
        target = _absolute(named, url)
        if not target or not _same_site(target, url):
            continue
        if urlsplit(target).path.strip("/") or not urlsplit(url).path.strip("/"):
            return target
    return url


_BLANKS = regex(r"[\s\x00-\x1f\x7f]+")  # as a browser would ask for it


def _absolute(named: str, url: str) -> str:
    """`named` as an absolute http(s) address, else ""."""
    try:
        target = _BLANKS.sub("%20", urljoin(url, named.strip()))
        parts = urlsplit(target)
    except ValueError:
        return ""
    usable = named and parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    return target if usable and len(target) <= _LONGEST_URL else ""


def _same_site(one: str, other: str) -> bool:
    return not other or _site(one) == _site(other)


def _site(url: str) -> tuple[str, ...]:
    """The registrable part of a host, well enough to tell sites apart."""
    labels = (urlsplit(url).hostname or "").split(".")
    by_country = len(labels[-1]) == len("cn") and labels[-2:-1] and labels[-2] in _SECOND_LEVEL
    return tuple(labels[-3 if by_country else -2 :])


def _image(candidates: Iterable[str], url: str) -> str:
    return next((found for named in candidates if (found := _absolute(named, url))), "")


def _language(tree: HtmlElement, metas: dict[str, list[str]]) -> str:
    root = tree.getroottree().getroot()
    declared = [root.get("lang", ""), root.get("{http://www.w3.org/XML/1998/namespace}lang", "")]
    declared += [*metas.get("og:locale", []), *metas.get("content-language", [])]
    return next(iter(_present(declared)), "")


def _named(metas: dict[str, list[str]], names: Iterable[str]) -> list[str]:
    return [metas[name][0] for name in names if name in metas]


def _present(texts: Iterable[str]) -> list[str]:
    return [text.strip() for text in texts if text and text.strip()]


def _text(element: HtmlElement, limit: int = 1_000) -> str:
    """The element's text on one line; what is longer than `limit` is not looked at further."""
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(piece)
        length += len(piece.strip())
        if length > limit:
            break
    return clean(" ".join(pieces))
