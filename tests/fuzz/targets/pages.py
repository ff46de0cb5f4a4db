"""Pages to articles, articles to drafts."""

import re
import unicodedata
from datetime import timedelta
from html import unescape

from hypothesis import strategies as st

from digest.errors import ExtractionError
from digest.extract import Page, extract
from digest.model import Article
from digest.pipeline import DraftRequest, make_draft
from digest.text.decoding import decode
from digest.translation.script import simplified
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, article
from tests.digest.extract_pages import EN, ZH, html, linked_data, paragraphs
from tests.digest.test_condense_hostile import check_draft
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_address, check_kept, check_line
from tests.fuzz.target import Target, text_of
from tests.fuzz.targets.feeds import NOW

URL = "https://courier.example/2026/11/harwick-buses"
HEAD = (
    '<meta property="og:title" content="Buses"><meta name="author" content="Mara Lindqvist">'
    '<meta property="article:published_time" content="2026-11-20T06:00:00+01:00">'
    '<link rel="canonical" href="/2026/11/x">'
    '<meta property="og:image" content="//i.example/a.png">'
)
LINKED = linked_data(
    '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Buses",'
    '"datePublished":"2026-11-20","author":[{"name":"Mara"}],"articleBody":"A body."}'
)
SEEDS = (
    html(EN, head=HEAD).encode(),
    html(ZH, head=LINKED, title="清河公交", heading="清河公交").encode(),
    html(ZH).replace("utf-8", "gbk").encode("gb18030"),
    f"<table><tr><td><ul><li>{EN[0]}</li></ul>{paragraphs(EN)}<br><pre>a  b</pre>".encode(),
)
WORDS = (
    b"<p>", b"</p>", b"<div>", b"<table><tr><td>", b"<br>", b"<!--", b"-->", b"<script>",
    b"</script>",
    b"<svg>", b"<template>", b"<noscript>", b"&nbsp;", b"&#0;", b"&#xD800;", b"<h1>",
    b'<time datetime="',
    b'<meta property="og:title" content="', b'<link rel=canonical href="http://[">',
    b'<base href="',
    b'{"@type":', b"<blockquote>", b'<a href="//[">', b"\x00", b"\xff", b"\xa1\xa1", b"<![CDATA[",
    b"charset=utf-7", b"<body", b"<html", b"</html>", b"<article>", b"<ul><li>", b"<iframe>",
    b"<math>",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]{3,}")
_TAG = re.compile(r"<[^<>]*>")
_BROKEN_TAG = re.compile(r"<[a-zA-Z/!?][^>]*>")
_QUOTING_TAG = re.compile(r"""<[a-zA-Z/](?:=\s*"[^"]*"|=\s*'[^']*'|[^>])*+>""")
# What stands in these is no text; what stands around them stands together, as in a browser.
_SILENT = re.compile(
    r"<(script|style|iframe|template|noscript|svg)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_UNSEEN = re.compile(r"[\W_]+")
_LONGEST_SENTENCE = 20_000


def check_page(body: bytes) -> None:
    page = Page(URL, body, "text/html", fallback_title="Buses")
    try:
        found = extract(page, now=NOW)
    except ExtractionError:
        return
    check_article(found)
    check_told(found, body)
    assert extract(page, now=NOW) == found, "read twice, read differently"


def check_article(found: Article) -> None:
    assert found.paragraphs
    assert all(found.paragraphs), "an empty paragraph"
    for sentence in found.sentences:
        check_kept(sentence.text, _LONGEST_SENTENCE)
        assert sentence.text.strip(), "an empty sentence"
    check_line(found.title, 2000)
    check_line(found.author, 400)
    check_line(found.site, 400)
    check_address(found.canonical_url)
    check_address(found.image_url)
    if found.published_at is not None:
        assert found.published_at.utcoffset() == timedelta(0)
        assert found.published_at <= NOW + timedelta(days=1)
        assert found.published_at.year >= 1990


def check_told(found: Article, body: bytes) -> None:
    """Each word of the text is one of the page's: nothing is made up on the way."""
    written = decode(body, "text/html").text
    told = "\n".join((written, unescape(written), unescape(unescape(written))))
    told = told.replace("\u00ad", "")
    # Letters and figures alone: what cannot be seen may have stood between them.
    # A tag that is never closed reaches to the end of the next one, as in a browser.
    seen = (told, *(_TAG.sub("", one) for one in (told, _SILENT.sub("", told))))
    # What is quoted in a tag may hold the sign that ends it.
    seen = (*seen, _BROKEN_TAG.sub("", told), _QUOTING_TAG.sub("", told))
    known = " ".join(_UNSEEN.sub("", _plain(one)) for one in seen)
    for sentence in found.sentences:
        for word in _WORD.findall(_plain(sentence.text)):
            assert word in known, f"{word!r} is not in the page"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


_BLOCKS = st.one_of(
    st.sampled_from([*(f"<p>{text}</p>" for text in (*EN, *ZH)), HEAD, LINKED]),
    texts(12).flatmap(
        lambda text: st.sampled_from(
            ["<p>{}</p>", "<div>{}", "<li>{}</li>", "<h1>{}</h1>", "<td>{}", "<b>{}<i>", "{}<br>",
             "<title>{}</title>", "<blockquote>{}</blockquote>", "<!--{}-->",
             "<span class=author>{}</span>",
             "<time datetime='{}'>{}</time>", "<a href='{}'>{}</a>", "<pre>{}</pre>",
             "<script>{}</script>"]
        ).map(lambda shape: shape.replace("{}", text))
    ),
)  # fmt: skip
_PAGES = st.tuples(
    st.lists(_BLOCKS, max_size=10),
    st.sampled_from(["<html><body>{}</body></html>", "{}", "<html><body><article>{}",
    "<table><tr><td>{}"]),
    st.sampled_from(["utf-8", "gb18030", "utf-16", "latin-1"]),
).map(lambda made: made[1].replace("{}", "\n".join(made[0])).encode(made[2],
    "replace"))  # fmt: skip

_ARTICLES = st.lists(
    st.sampled_from([one for told in (LAUNCH_EN,
    LAUNCH_ZH) for one in told.text.split("\n\n")]) | texts(12),
    min_size=1, max_size=6,
).map("\n".join)  # fmt: skip


def check_condensed(text: str) -> None:
    """What a text is condensed to stands in it."""
    told = article(text.split("\n", maxsplit=1)[0][:200], *text.split("\n"))
    # What stands in other characters is shown in simplified ones.
    if told.paragraphs and (told.lang != "zh" or simplified(text) == text):
        check_draft(make_draft(DraftRequest(told, "tech", 1.0, NOW)), told)


TARGETS = (
    Target(
        "page",
        "ExtractionError or an article: sentences that a database takes, each word of them in the"
        " page, title and author of one line, absolute addresses, a time between 1990 and"
        " tomorrow; reading twice gives the same.",
        check_page,
        _PAGES,
        read=bytes,
        seeds=SEEDS,
        words=WORDS,
    ),
    Target(
        "draft",
        "A text is condensed to points that are parts of its sentences, with evidence in range,"
        " figures that stand in it, keywords of its own, a score from 0 to 100.",
        check_condensed,
        _ARTICLES,
        read=text_of,
        seeds=(LAUNCH_EN.text.encode(), LAUNCH_ZH.text.encode()),
        words=(b"$", b"%", b". ", "。".encode(), "亿".encode(), b"said", "表示".encode(), b"\n",
        b"(", b'"'),
        longest=1500,
    ),
)  # fmt: skip
