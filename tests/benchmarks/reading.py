"""Feed parsing and extraction: CPU time."""

import io
from datetime import UTC, datetime

import feedparser
import trafilatura

from digest.errors import HexinError
from digest.extract import Page, extract
from digest.model import Article
from digest.sources.feeds import parse_feed
from digest.text.sentences import split_sentences
from tests.benchmarks.measure import Row, in_turn
from tests.benchmarks.samples import feeds, pages

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def feed_rows() -> list[Row]:
    documents = feeds()
    megabytes = sum(map(len, documents)) / 1e6

    def ours() -> int:
        total = 0
        for body in documents:
            try:
                total += len(parse_feed(body, url="https://example.org/feed", now=NOW).entries)
            except HexinError:
                continue
        return total

    def beside() -> int:
        return sum(len(feedparser.parse(io.BytesIO(body)).entries) for body in documents)

    mine, theirs = in_turn(ours, beside, rounds=2)
    return [
        Row(
            f"feed parsing ({len(documents)} feeds, {megabytes:.1f} MB)",
            f"{len(documents) / mine:.0f} feeds/s, {ours()} entries",
            f"feedparser {len(documents) / theirs:.0f} feeds/s, {beside()} entries",
            f"{theirs / mine:.1f}x",
        )
    ]


def extraction_rows() -> list[Row]:
    documents = pages()

    def ours() -> None:
        for number, html in enumerate(documents):
            try:
                extract(page_of(f"https://example.org/{number}", html))
            except HexinError:
                continue

    def beside() -> None:
        for html in documents:
            trafilatura.bare_extraction(
                html, fast=True, with_metadata=True, include_comments=False
            )

    mine, theirs = in_turn(ours, beside, rounds=3)
    return [
        Row(
            f"page → article ({len(documents)} pages)",
            f"{mine / len(documents) * 1e3:.1f} ms/page",
            f"bare trafilatura (fast, metadata) {theirs / len(documents) * 1e3:.1f} ms/page",
            f"{mine / theirs:.2f}x its CPU",
            "with sentences, zones, states, fallbacks",
        )
    ]


def page_of(url: str, html: str) -> Page:
    """A page as it was fetched."""
    return Page(
        url=url,
        body=html.encode("utf-8", "surrogatepass"),
        content_type="text/html; charset=utf-8",
        fallback_html="",
        fallback_title="",
        fallback_author="",
        fallback_published=None,
        fallback_offset_min=None,
        lang_hint="",
        status=200,
    )


def article_of(title: str, text: str, lang: str) -> Article:
    """An article of a plain text, one paragraph a line."""
    paragraphs = tuple(
        split_sentences(line.strip(), lang) for line in text.split("\n") if line.strip()
    )
    return Article("https://example.org/a", "https://example.org/a", title, paragraphs, lang)
