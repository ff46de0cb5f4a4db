"""Pages made to keep us busy: each has a defined outcome, and soon."""

import time

import pytest

from digest.errors import ExtractionError
from digest.extract import PAGE_LIMIT_BYTES, extract
from digest.model import ArticleOrigin, EntryState
from tests.digest.extract_pages import EN, html, linked_data, page, paragraphs

TEXT = paragraphs(EN)
FEED = paragraphs(EN)
# Generous on purpose: without our bounds each of these takes from half a minute to for ever.
SOON_S = 10.0


def many(count: int, pattern: str) -> str:
    return "".join(pattern.format(number) for number in range(count))


REFUSED = {
    "20 MB": "<html><body><p>" + "words and more words. " * 950_000 + "</p></body></html>",
    "50,000 attributes": "<p " + many(50_000, "a{}=1 ") + ">x</p>" + TEXT,
    "attributes with angles": "<p " + many(24_000, 'a{}="<" ') + ">x</p>" + TEXT,
    "100,000 divs deep": "<div>" * 100_000 + TEXT,
    "nested tables": "<table><tr><td>" * 5_000 + TEXT,
}
SURVIVED = {
    "an endless script": TEXT + "<script>" + "var x = 1; " * 200_000,
    "an endless style": TEXT + "<style>" + "p { color: red } " * 50_000,
    "a comment that never ends": TEXT + "<!-- " + "x " * 10_000,
    "deep JSON-LD": linked_data('{"@type":"Article","x":' + "[" * 50_000 + "]" * 50_000 + "}")
    + TEXT,
    "5 MB of image in the page": f'<img src="data:image/png;base64,{"A" * 2_500_000}">' + TEXT,
    "a page of data in an attribute": f"<div data-preloaded='{'x' * 200_000}'></div>" + TEXT,
    "10,000 headings": many(10_000, "<h1>Head {} line</h1>") + TEXT,
    "10,000 dates": many(10_000, '<span class="date">2026-01-01 {}</span>') + TEXT,
    "NUL bytes": TEXT.replace("e", "e\x00"),
    "a title of 1 MB": f"<title>{'t | ' * 250_000}</title>" + TEXT,
    "unclosed everything": "<b><i><p><div>" + TEXT.replace("</p>", ""),
    "a stray end": "</div></html></body></p>" + TEXT,
}
SURVIVED_OR_NOT = {
    "100,000 paragraphs": many(100_000, "<p>Words {}.</p>"),
    "200,000 line breaks": "line<br>" * 200_000,
    "60,000 inline tags": "<p>" + "<em>a</em> <b>b</b> " * 30_000 + "</p>",
    "12,000 paragraphs": many(12_000, "<p>Some words {} stand here.</p>"),
    "one word of 3 MB": "<p>" + "a" * 3_000_000,
    "400,000 open comments": "<!-- " * 400_000,
    "300,000 open scripts": "<script " * 300_000,
    "600,000 entities": "<p>" + "&amp;" * 500_000,
    "bylines without end": "<p>" + "文 : " * 100_000 + "</p>" + TEXT,
    "a post that appeared nowhere": "<p>The post "
    + "x appeared first on " * 20_000
    + "</p>"
    + TEXT,
}


def whole(body: str) -> str:
    return f"<html><head></head><body>{body}</body></html>"


@pytest.mark.parametrize("name", REFUSED)
def test_a_page_out_of_bounds_has_failed_unless_its_feed_has_the_text(name: str):
    body = whole(REFUSED[name])
    start = time.monotonic()
    with pytest.raises(ExtractionError) as caught:
        extract(page(body))

    assert caught.value.state == EntryState.FAILED
    assert time.monotonic() - start < SOON_S
    assert extract(page(body, fallback_html=FEED)).origin == ArticleOrigin.FEED


@pytest.mark.parametrize("name", SURVIVED)
def test_what_only_surrounds_the_text_does_not_hide_it(name: str):
    start = time.monotonic()
    article = extract(page(whole(SURVIVED[name])))

    assert time.monotonic() - start < SOON_S
    assert EN[2].split(". ", maxsplit=1)[0] in article.text


@pytest.mark.parametrize("name", SURVIVED_OR_NOT)
def test_a_monstrous_text_ends_soon_either_way(name: str):
    start = time.monotonic()
    try:
        outcome = extract(page(whole(SURVIVED_OR_NOT[name]))).note
    except ExtractionError as error:
        outcome = str(error.state)

    assert time.monotonic() - start < SOON_S
    assert outcome in {"", "failed", "short", "not_article"}


def test_one_byte_over_the_limit_is_refused():
    body = html().encode().ljust(PAGE_LIMIT_BYTES, b" ")

    assert extract(page(body)).paragraphs
    with pytest.raises(ExtractionError, match="bytes"):
        extract(page(body + b" "))


def test_a_hostile_feed_body_is_refused_too():
    with pytest.raises(ExtractionError) as caught:
        extract(page("", status=500, fallback_html=REFUSED["50,000 attributes"]))

    assert caught.value.state == EntryState.FAILED


def test_an_endless_paragraph_is_cut_at_a_stop():
    body = html((*EN, "A sentence without much news in it. " * 3_000))
    last = extract(page(body)).paragraphs[-1]

    assert sum(map(len, last)) <= 20_000
    assert last[-1] == "A sentence without much news in it."
