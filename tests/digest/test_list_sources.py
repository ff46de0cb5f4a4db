"""Lists on pages, in JSON and in sitemaps: read by a recipe, and the recipe proposed."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.errors import PollFailure, SourceError
from digest.model import Recipe, SourceKind
from digest.sources.adapters import Document, read_document
from digest.sources.jsonlist import parse_json_list
from digest.sources.jsonproposing import propose_paths
from digest.sources.listpage import parse_list_page
from digest.sources.proposals import propose
from digest.sources.sitemaps import Child, likely_children, parse_sitemap
from digest.sources.telegrampage import parse_channel

NOW = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)
URL = "https://news.example/list"


def html(body: str, head: str = "") -> bytes:
    return f"<html lang='zh'><head>{head}</head><body>{body}</body></html>".encode()


def rows(count: int, row: str, start: int = 1) -> str:
    return "".join(row.format(n=n, d=f"03-{n:02}") for n in range(start, start + count))


def proposed(body: bytes, kind: SourceKind = SourceKind.PAGE) -> tuple[Recipe, ...]:
    return propose(Document(body, URL, "", NOW, kind))


# --- pages ---------------------------------------------------------------------------------

MENU = (
    "<nav><ul>"
    + rows(12, "<li><a href='/m{n}'>一个很长很长的栏目的名称 {n}</a></li>")
    + "</ul></nav>"
)
SHAPES = {
    "cards with headings": "<div class='card'><h2><a href='/s{n}'>Harbour sells machine number "
    "{n} to a port</a></h2><div class='meta'><span class='date'>{d}</span></div>"
    "<p class='dek'>The machine sorts nine hundred parcels an hour, the company said today, and "
    "more are coming.</p></div>",
    "a plain list": "<li><a href='/s{n}'>海港机器人交付第 {n} 批分拣机</a> <span>{d}</span></li>",
    "links around all": "<a class='entry' href='/s{n}'><h3>Harbour sells machine number {n}</h3>"
    "<time datetime='2026-{d}'>whenever</time></a>",
    "rows of a table": "<tr><td class='t'><a href='/s{n}'>海港机器人交付第 {n} 批分拣机的消息</a>"
    "</td><td class='d'>{d}</td></tr>",
    "an image link first": "<article class='it'><a class='pic' href='/s{n}'><img src='x'></a>"
    "<h3 class='ti'><a href='/s{n}'>Harbour sells machine number {n} today</a></h3>"
    "<em class='when'>{d}</em></article>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_repeating_block_is_found_with_its_title_link_and_date(shape: str) -> None:
    inner = rows(8, SHAPES[shape])
    wrap = "table" if "<tr>" in inner else "div"
    body = html(f"{MENU}<{wrap} class='all'>{inner}</{wrap}><footer>x</footer>")
    recipe = proposed(body)[0]
    entries = parse_list_page(body, url=URL, recipe=recipe, now=NOW).entries
    assert [entry.link for entry in entries] == [f"https://news.example/s{n}" for n in range(1, 9)]
    assert all(str(n) in entry.title for n, entry in enumerate(entries, 1))
    # In Peking the days of March began on the evening before.
    dated = [entry.date.at.day for entry in entries[1:4] if entry.date]
    assert dated == [1, 2, 3]


def test_links_in_sentences_menus_and_lists_too_short_are_no_lists() -> None:
    row = (
        "<p>Long words before it, and then <a href='/p{n}'>a link of some words</a> in the midst "
        "of a sentence that goes on and on.</p>"
    )
    prose = rows(9, row)
    assert proposed(html(MENU + prose)) == ()
    assert proposed(html(rows(3, SHAPES["a plain list"]))) == ()


def test_passing_and_made_up_classes_are_not_selected_by() -> None:
    row = (
        "<div class='post-10{n} css-x1Yz9 item'>"
        "<a href='/s{n}'>海港机器人交付第 {n} 批分拣机</a></div>"
    )
    recipe = proposed(html(f"<section>{rows(6, row)}</section>"))[0]
    assert recipe.items == "div.item"


def test_a_recipe_of_ones_own_reads_attributes_and_other_places() -> None:
    body = html(
        "<ul>" + rows(3, "<li data-to='/s{n}' data-at='2026-{d} 10:00'><b>Title {n}</b>"
                         "<i>Li Lei</i><p>A &lt;summary&gt;</p></li>") + "</ul>",
        "<base href='https://cdn.example/x/'>",
    )  # fmt: skip
    own = Recipe(
        items="li",
        title="b",
        link=":scope::attr(data-to)",
        date=":scope::attr(data-at)",
        author="b + i",
        summary="p",
        zone="Asia/Shanghai",
    )
    first = parse_list_page(body, url=URL, recipe=own, now=NOW).entries[0]
    assert (first.link, first.title, first.author) == (
        "https://cdn.example/s1",
        "Title 1",
        "Li Lei",
    )
    assert first.bodies == ("<p>A &lt;summary&gt;</p>",)
    assert first.date is not None
    assert first.date.at == datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "href", ["#top", "javascript:void(0)", "mailto:a@b.example", "", "data:x"]
)
def test_what_leads_nowhere_is_left_out(href: str) -> None:
    body = html(f"<li><a href='{href}'>One</a></li><li><a href='/two'>Two</a></li>")
    found = parse_list_page(body, url=URL, recipe=Recipe(items="li"), now=NOW).entries
    assert [entry.title for entry in found] == ["Two"]


# --- JSON ----------------------------------------------------------------------------------

HOT: dict[str, Any] = {
    "newsnow": {"status": "success", "items": [
        {"id": n, "title": f"第 {n} 条热搜", "url": f"https://h.example/{n}",
         "mobileUrl": f"https://m.h.example/{n}", "pubDate": 1772500000000} for n in range(5)]},
    "nested targets": {"data": [
        {"type": "hot", "target": {"title": f"Question {n}", "url": f"https://z.example/{n}",
                                   "excerpt": "Some words on it.", "created": 1772500000}}
        for n in range(5)], "paging": {"is_end": True}},
    "lists in cards": {"cards": [{"group": [
        {"desc": f"Word {n}{m}", "scheme": f"https://w.example/{n}{m}"} for m in range(4)]}
        for n in range(3)]},
    "a bare list": [{"title": f"Topic {n}", "url": f"/t/{n}", "created": 1772500000,
                     "node": {"name": "belts"}, "content": "Words."} for n in range(6)],
    "keys with hyphens": {"top-stories": [
        {"headline": f"Story {n}", "web-url": f"https://k.example/{n}",
         "published_at": "2026-03-03T00:00:00Z"} for n in range(5)]},
}  # fmt: skip


@pytest.mark.parametrize("name", HOT)
def test_the_list_and_its_fields_are_found(name: str) -> None:
    recipe = propose_paths(HOT[name], NOW)[0].recipe
    body = json.dumps(HOT[name]).encode()
    entries = parse_json_list(body, url="https://api.example/hot", recipe=recipe, now=NOW).entries
    assert len(entries) == {"lists in cards": 12, "a bare list": 6}.get(name, 5)
    assert all(entry.title and entry.link.startswith("https://") for entry in entries)
    dated = name != "lists in cards"
    assert all(bool(entry.date) == dated for entry in entries)


def test_alternatives_and_made_links_are_part_of_the_language() -> None:
    body = b'{"hits": [{"id": "at://x/y/3k7", "t": "One"}, {"url": "/two", "t": "Two"}]}'
    recipe = Recipe(
        items="hits[?t]",
        title="t",
        link="url || join('/', ['https://v.example', split(id, '/')[-1]])",
    )
    found = parse_json_list(body, url="https://api.example/", recipe=recipe, now=NOW).entries
    assert [one.link for one in found] == ["https://v.example/3k7", "https://api.example/two"]


def test_a_field_of_another_type_is_a_field_that_is_missing() -> None:
    body = json.dumps([{"title": {"a": 1}, "url": "/a", "at": []}, {"title": True, "url": "/b"}])
    recipe = Recipe(items="@", date="at", summary="length(url)")
    found = parse_json_list(body.encode(), url="https://api.example/", recipe=recipe, now=NOW)
    assert [(one.title, one.date) for one in found.entries] == [("", None), ("", None)]


# --- sitemaps ------------------------------------------------------------------------------


def sitemap(*urls: str, extra: str = "") -> bytes:
    blocks = "".join(f"<url><loc>{url}</loc>{extra}</url>" for url in urls)
    return f"<?xml version='1.0'?><urlset>{blocks}</urlset>".encode()


def test_what_changed_last_comes_first_and_is_not_dated_by_it() -> None:
    body = (
        b"<urlset><url><loc>https://n.example/old</loc><lastmod>2020-01-01</lastmod></url>"
        b"<url><loc>https://n.example/new</loc><lastmod>2026-03-01</lastmod></url></urlset>"
    )
    feed = parse_sitemap(gzip.compress(body), url=URL, recipe=Recipe()).feed
    assert [(one.link, one.date) for one in feed.entries] == [
        ("https://n.example/new", None),
        ("https://n.example/old", None),
    ]


def test_titles_of_pictures_are_not_those_of_pages() -> None:
    picture = (
        "<image:image xmlns:image='i'><image:loc>https://n.example/p.png</image:loc>"
        "<image:title>A picture</image:title></image:image>"
    )
    feed = parse_sitemap(
        sitemap("https://n.example/a", extra=picture), url=URL, recipe=Recipe()
    ).feed
    assert [(one.link, one.title) for one in feed.entries] == [("https://n.example/a", "")]


def test_a_sitemap_over_its_limit_is_cut_and_filtered_by_address() -> None:
    urls = [f"https://n.example/{'news' if n % 2 else 'tag'}/{n}" for n in range(3000)]
    found = parse_sitemap(sitemap(*urls), url=URL, recipe=Recipe(include="/news/"))
    assert (len(found.feed.entries), found.cut) == (1000, 500)
    assert all("/news/" in one.link for one in found.feed.entries)


def test_of_an_index_the_articles_are_read_and_the_newest_part_of_them() -> None:
    names = (
        "page-sitemap",
        "category-sitemap",
        "post-sitemap1",
        "post-sitemap10",
        "news",
        "video",
    )
    children = [Child(f"https://n.example/{name}.xml", None) for name in names]
    best = [one.url.rpartition("/")[2] for one in likely_children(children, 3)]
    assert best == ["news.xml", "post-sitemap10.xml", "post-sitemap1.xml"]


# --- Telegram ------------------------------------------------------------------------------


def channel(*texts: str) -> bytes:
    posts = "".join(
        f"<div class='tgme_widget_message' data-post='harbour/{n}'>"
        f"<div class='tgme_widget_message_text js-message_text'>{text}</div>"
        "<a class='tgme_widget_message_date'>"
        "<time datetime='2026-03-03T10:00:00+00:00'></time></a></div>"
        for n, text in enumerate(texts, 1)
    )
    return html(f"<div class='tgme_channel_info_header_title'>Harbour</div>{posts}")


def test_posts_are_entries_of_their_own_and_short_ones_stand_for_their_link() -> None:
    body = channel(
        "First line<br>and more<br><br>" + "A long post. " * 40,
        "Out now: <a href='https://belts.example/out'>read</a>",
        "",
        "Two links: <a href='https://a.example/'>a</a> <a href='https://b.example/'>b</a>",
        "Ours: <a href='https://t.me/harbour/1'>before</a>",
    )
    reading = read_document(
        Document(body, "https://t.me/s/harbour", "text/html", NOW, SourceKind.TELEGRAM)
    )
    assert [(one.url, one.title) for one in reading.entries] == [
        ("https://t.me/harbour/5", "Ours: before"),
        ("https://t.me/harbour/4", "Two links: a b"),
        ("https://belts.example/out", "Out now: read"),
        ("https://t.me/harbour/1", "First line"),
    ]
    assert reading.entries[3].body_html.startswith("<p>First line<br>and more</p><p>A long post.")
    assert all(one.published_at == datetime(2026, 3, 3, 10, tzinfo=UTC) for one in reading.entries)
    assert (reading.title, reading.site_url) == ("Harbour", "https://t.me/harbour")


def test_a_channel_without_posts_is_one_and_a_page_of_none_is_not() -> None:
    assert parse_channel(channel(), url="https://t.me/s/harbour", now=NOW).entries == ()
    with pytest.raises(SourceError) as caught:
        parse_channel(html("Contact @harbour"), url="https://t.me/s/harbour", now=NOW)
    assert caught.value.code is PollFailure.NO_ITEMS
