"""Reading one page: the page's own text, else the feed's, else why neither will do."""

import logging
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from resiliparse.extract.html2text import extract_plain_text

from digest.errors import ExtractionError
from digest.extract import Page
from digest.extract.blocks import paragraphs_in, paragraphs_of
from digest.extract.dates import choose_moment, parse_moment
from digest.extract.furniture import trim
from digest.extract.hygiene import clean, tidy
from digest.extract.linkeddata import LinkedData, read_linked_data
from digest.extract.markup import MOST_TAGS, Markup, NotMarkup, OutOfBounds, markup_of
from digest.extract.metadata import Metadata, byline, read_metadata
from digest.extract.naming import author_of, headline_of, site_of
from digest.extract.unseen import without_unseen
from digest.extract.verdict import (
    amount,
    is_enough,
    is_guard,
    is_list,
    is_short_but_whole,
    is_walled,
    without_wall,
)
from digest.identity import canonical_url
from digest.model import Article, ArticleOrigin, EntryState
from digest.regexes import regex
from digest.text.language import detect_language
from digest.text.sentences import split_sentences
from digest.text.units import clip

# It logs every page that it can make nothing of; we say so ourselves, with the reason.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_HTTP_ERRORS = 400
_MUCH_MORE = 2
_SHORTEST_LABEL = 2
_LONGEST_TITLE = 2_000  # UTF-16 units; real ones are kept whole
_BLANK_LINE = regex(r"\n\s*\n")
_CUT_OFF = regex(
    r"(?:\s*\[?\s*(?:…|\.{3})\s*\]?\s*(?:read more|continue reading|阅读全文|查看全文)?\s*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Text:
    """A readable text; `trouble` says how the entry would end without it."""

    paragraphs: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    linked: LinkedData = field(default_factory=LinkedData)
    walled: bool = False
    trouble: EntryState | None = None
    detail: str = ""

    @property
    def weight(self) -> float:
        """Its amount in words, a wide character counted as 0.4."""
        wide, words = amount(self.paragraphs)
        return wide * 0.4 + words


def read(page: Page, *, now: datetime | None = None) -> Article:
    """See `digest.extract.extract`."""
    own = _page_text(page)
    feed = _feed_text(page)
    chosen, origin = _choose(own, feed)
    if not is_enough(chosen.paragraphs) and not is_short_but_whole(chosen.paragraphs):
        raise _refusal(own, chosen)
    note = _note(own, chosen, origin)
    return _article(page, own, chosen, origin=origin, note=note, now=now)


def _page_text(page: Page) -> _Text:
    if page.status >= _HTTP_ERRORS or page.status == 0:
        return _Text(trouble=EntryState.FAILED, detail=f"HTTP {page.status}")
    try:
        markup = markup_of(page.body, page.content_type)
        read_text = _plain_text(markup) if markup.plain else _html_text(page, markup)
    except NotMarkup as error:
        state = EntryState.FAILED if str(error) == "empty" else EntryState.NOT_ARTICLE
        return _Text(trouble=state, detail=str(error))
    except (OutOfBounds, etree.LxmlError, ValueError, RecursionError) as error:
        return _Text(trouble=EntryState.FAILED, detail=str(error))
    return _judged(page, read_text)


def _plain_text(markup: Markup) -> _Text:
    blocks = _BLANK_LINE.split(markup.html)
    return _Text(tidy(" ".join(block.split()) for block in blocks))


def _html_text(page: Page, markup: Markup) -> _Text:
    tree = _tree_of(markup)
    linked = read_linked_data(markup.linked_data, page.url)
    metadata = read_metadata(tree, page.url, linked)
    without_unseen(tree)
    blocks = _main_blocks(tree, page.url) if markup.tags <= MOST_TAGS else []
    blocks = blocks or _quick_blocks(markup)
    trimmed = trim(tidy(blocks, title=_headline(page, metadata)))
    text = _Text(trimmed.paragraphs, _with_heads(metadata, trimmed.head_lines), linked)
    # Some pages hold their text only for machines and draw it by script.
    told = replace(text, paragraphs=tidy(linked.body.splitlines()))
    run_together = len(text.paragraphs) == 1 < len(told.paragraphs) and told.weight >= text.weight
    return told if run_together or told.weight > _MUCH_MORE * text.weight else text


def _with_heads(metadata: Metadata, lines: tuple[str, ...]) -> Metadata:
    """Metadata that also know the date and author which stood above the text."""
    written = tuple(moment for line in lines if (moment := parse_moment(line)) is not None)
    authors = tuple((name,) for line in lines if (name := byline(line)))
    return replace(
        metadata, moments=metadata.moments + written, authors=metadata.authors + authors
    )


def _main_blocks(tree: HtmlElement, url: str) -> list[str]:
    # Measured: F1 0.962; our own metadata are quicker than its and keep time and zone.
    found: Any = trafilatura.bare_extraction(
        tree, url=url or None, fast=True, with_metadata=False, include_comments=False
    )
    return [] if found is None or found.body is None else paragraphs_of(found.body)


def _tree_of(markup: Markup) -> HtmlElement:
    parser = HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True)
    return document_fromstring(markup.html, parser=parser)


def _quick_blocks(markup: Markup) -> list[str]:
    """For pages that keep the better extractor busy for minutes: 0.2 s where it takes 45."""
    tree = _tree_of(markup)  # anew: the better extractor has changed the other one
    seen = markup.html
    if without_unseen(tree):
        seen = etree.tostring(tree, encoding="unicode", method="html")
    text: str = extract_plain_text(
        seen, main_content=True, alt_texts=False, links=False, form_fields=False
    )
    return text.splitlines()


def _judged(page: Page, text: _Text) -> _Text:
    """The page's text, or why it is none, or without what asks for a subscription."""
    if is_guard(clean(text.metadata.window), text.paragraphs):
        return replace(text, paragraphs=(), trouble=EntryState.NOT_ARTICLE, detail="a guard page")
    if is_walled(text.paragraphs, free=text.linked.free):
        open_part = without_wall(text.paragraphs)
        return replace(text, paragraphs=open_part, walled=True, trouble=EntryState.PAYWALLED)
    if is_list(page.url, text.metadata, text.paragraphs) and text.paragraphs:
        return replace(text, paragraphs=(), trouble=EntryState.NOT_ARTICLE, detail="a list page")
    return text


def _feed_text(page: Page) -> _Text:
    try:
        trimmed = trim(tidy(paragraphs_in(page.fallback_html), title=page.fallback_title))
    except OutOfBounds as error:
        return _Text(trouble=EntryState.FAILED, detail=str(error))
    paragraphs = list(trimmed.paragraphs)
    if paragraphs and _CUT_OFF.search(paragraphs[-1]):
        paragraphs[-1] = _whole_sentences(paragraphs[-1])
    metadata = _with_heads(Metadata(), trimmed.head_lines)
    return _Text(tuple(text for text in paragraphs if text), metadata)


def _whole_sentences(paragraph: str) -> str:
    """A paragraph that was cut off with dots, up to its last whole sentence."""
    lang = detect_language(paragraph)
    sentences = split_sentences(_CUT_OFF.sub("", paragraph), lang)
    return ("" if lang in {"zh", "ja"} else " ").join(sentences[:-1])


def _choose(own: _Text, feed: _Text) -> tuple[_Text, ArticleOrigin]:
    """The page's text unless it failed or the feed plainly has more of the article."""
    if own.paragraphs and own.trouble is None and feed.weight < _MUCH_MORE * own.weight:
        return own, ArticleOrigin.PAGE
    if own.walled and feed.weight < own.weight:
        return own, ArticleOrigin.PAGE
    if own.paragraphs and not is_short_but_whole(feed.paragraphs):
        return own, ArticleOrigin.PAGE
    return feed, ArticleOrigin.FEED


def _refusal(own: _Text, chosen: _Text) -> ExtractionError:
    if own.trouble is not None:
        return ExtractionError(own.trouble, own.detail)
    wide, words = amount(chosen.paragraphs)
    return ExtractionError(EntryState.SHORT, f"{wide} wide characters, {words} words")


def _note(own: _Text, chosen: _Text, origin: ArticleOrigin) -> str:
    if own.walled and not (origin == ArticleOrigin.FEED and is_enough(chosen.paragraphs)):
        return "paywalled"
    if origin == ArticleOrigin.FEED:
        return "feed_body"
    return "thread" if own.linked.is_thread else ""


def _headline(page: Page, metadata: Metadata) -> str:
    return headline_of(
        heads=metadata.heads,
        declared=metadata.titles,
        window=metadata.window,
        feed=page.fallback_title,
        site_names=_site_names(page, metadata),
    )


def _bounded(title: str) -> str:
    """A title without an end, of a tag that was never closed, is cut behind a word."""
    return clip(title, _LONGEST_TITLE) or title[: _LONGEST_TITLE // 2]


def _site_names(page: Page, metadata: Metadata) -> tuple[str, ...]:
    host = urlsplit(page.url).hostname or ""
    labels = [label for label in host.split(".") if len(label) > _SHORTEST_LABEL][:-1]
    return (*metadata.sites, host.removeprefix("www."), *labels)


def _article(
    page: Page,
    own: _Text,
    chosen: _Text,
    *,
    origin: ArticleOrigin,
    note: str,
    now: datetime | None,
) -> Article:
    # A guard page's own name and date are not the article's.
    usable = own.trouble in {None, EntryState.PAYWALLED}
    metadata = own.metadata if usable else Metadata()
    title = _bounded(_headline(page, metadata))
    text = "\n".join((title, *chosen.paragraphs))
    lang = detect_language(text, page.lang_hint or metadata.lang)
    paragraphs = tuple(split_sentences(paragraph, lang) for paragraph in chosen.paragraphs)
    published, offset = choose_moment(
        list(metadata.moments),
        feed=page.fallback_published,
        feed_offset_min=page.fallback_offset_min,
        now=now,
        lang=lang,
    )
    names = _site_names(page, metadata)
    return Article(
        url=page.url,
        canonical_url=canonical_url(metadata.canonical_url or page.url),
        title=title or _bounded(next((one[0] for one in paragraphs if one), "")),
        paragraphs=tuple(sentences for sentences in paragraphs if sentences),
        lang=lang,
        author=author_of(
            (*metadata.authors, (page.fallback_author,), *chosen.metadata.authors), names
        ),
        site=site_of(metadata.sites, urlsplit(page.url).hostname or ""),
        published_at=published,
        utc_offset_min=offset,
        origin=origin,
        note=note,
        image_url=metadata.image_url,
    )
