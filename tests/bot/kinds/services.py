"""Local imitations of the services, each in the format that it documents.

Every host name leads here, over TLS as on the net, so addresses in the tests are the real ones.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import escape

from aiohttp import web

from tests.bot.jobs.pages import item, page, rss

Answer = Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]]
CHANNEL = "UCabcdefghijklmnopqrstuv"


@dataclass
class Net:
    """All hosts: what they answer by "host/path?query", and what was asked of them."""

    answers: dict[str, web.Response | Answer | str | bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        whole = f"{request.host.partition(':')[0]}{request.path_qs}"
        self.asked.append(whole)
        self.headers.append(dict(request.headers))
        found = self.answers.get(whole, self.answers.get(whole.partition("?")[0]))
        if found is None:
            found = article(request)
        if callable(found):
            made = found(request)
            return await made if isinstance(made, Awaitable) else made
        if isinstance(found, web.Response):
            return web.Response(status=found.status, body=found.body, headers=dict(found.headers))
        body = found.encode() if isinstance(found, str) else found
        return web.Response(body=body, content_type="text/html")


def article(request: web.Request) -> web.Response:
    """Any address with "story" in it is an article of its own; others are not there."""
    if "story" not in request.path:
        return web.Response(status=404, text="not here")
    name = f"Report {request.host} {request.path}"
    return web.Response(text=page(name, salt=f"{name} has its own end."), content_type="text/html")


def xml(text: str, kind: str = "application/atom+xml") -> web.Response:
    return web.Response(text=text, content_type=kind)


def as_json(data: object) -> web.Response:
    return web.Response(text=json.dumps(data), content_type="application/json")


def atom(title: str, *entries: str, extra: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        ' xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
        ' xmlns:media="http://search.yahoo.com/mrss/">'
        f"<title>{escape(title)}</title><id>tag:{escape(title)}</id>{extra}{''.join(entries)}"
        "</feed>"
    )


def atom_entry(title: str, link: str, at: str, *, more: str = "", text: str = "") -> str:
    content = f'<content type="html">{escape(text)}</content>' if text else ""
    return (
        f"<entry><id>{escape(link)}</id><title>{escape(title)}</title>"
        f'<link rel="alternate" href="{escape(link)}"/><updated>{at}</updated>'
        f"<published>{at}</published>{more}{content}</entry>"
    )


SOLD = "海港机器人周二宣布，已向林德霍尔姆港售出 1200 台分拣机。"
LONG = "Harbour Robotics sold 1,200 machines to the port of Lindholm for $45 million. " * 12


def youtube() -> str:
    entries = [
        atom_entry(
            f"Launch day {number}",
            f"https://www.youtube.com/watch?v=story{number}",
            f"2026-03-0{number}T08:00:00+00:00",
            more=f"<yt:videoId>story{number}</yt:videoId><media:group>"
            f"<media:description>{escape(LONG)}</media:description></media:group>",
        )
        for number in (3, 2, 1)
    ]
    return atom("Harbour TV", *entries, extra=f"<yt:channelId>{CHANNEL}</yt:channelId>")


def youtube_page() -> str:
    return (
        "<html><head><title>Harbour TV - YouTube</title><link rel='alternate' type='text/xml'>"
        f'<meta itemprop="identifier" content="{CHANNEL}"></head><body></body></html>'
    )


def releases(owner: str, name: str, *tags: str) -> str:
    return atom(
        f"Release notes from {name}",
        *(
            atom_entry(
                f"{name} {tag}",
                f"https://github.com/{owner}/{name}/releases/tag/{tag}-story",
                "2026-03-03T10:00:00Z",
                text=f"<p>{LONG} {tag}</p>",
            )
            for tag in tags
        ),
    )


def reddit() -> str:
    return atom(
        "machine parts",
        *(
            atom_entry(
                f"Belt number {number} is out",
                f"https://www.reddit.com/r/belts/comments/x{number}/story/",
                f"2026-03-0{number}T08:00:00+00:00",
                text=f"<!-- SC_OFF --><div>{LONG}</div>",
            )
            for number in (2, 1)
        ),
    )


def algolia() -> dict[str, object]:
    hits = [
        {
            "objectID": str(100 + number),
            "title": f"Show HN: belt {number}",
            "url": f"https://belts.example/story-{number}" if number != 2 else None,
            "author": "li",
            "points": 100,
            "num_comments": 3,
            "created_at": f"2026-03-0{number}T07:00:00Z",
            "created_at_i": 1772400000 + number,
            "story_text": LONG if number == 2 else None,
            "_tags": ["story"],
        }
        for number in (3, 2, 1)
    ]
    return {"hits": hits, "nbHits": 3, "page": 0, "nbPages": 1, "hitsPerPage": 50}


def arxiv() -> str:
    return atom(
        "ArXiv Query: search_query=cat:cs.AI",
        *(
            atom_entry(
                f"On Belts {number}",
                f"http://arxiv.org/abs/2603.0000{number}v1-story",
                f"2026-03-0{number}T01:00:00Z",
                more=f"<summary>{escape(LONG)}</summary><author><name>Li Lei</name></author>",
            )
            for number in (3, 2, 1)
        ),
    )


def mastodon(base: str) -> str:
    # Posts have no titles there.
    posts = [
        item(
            link=f"{base}/11{number}",
            guid=f"{base}/11{number}",
            text=f"<p>Post {number} on belts. {LONG}</p>",
        )
        for number in (2, 1)
    ]
    return rss(*posts, title="Harbour")


def telegram(*posts: str) -> str:
    return (
        "<!doctype html><html><head><title>Harbour news – Telegram</title></head><body>"
        '<div class="tgme_channel_info_header_title"><span dir="auto">海港新闻</span></div>'
        f'<section class="tgme_channel_history">{"".join(posts)}</section></body></html>'
    )


def post(number: int, text: str, *, at: str = "2026-03-03T09:00:00+00:00") -> str:
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message js-widget_message" data-post="harbour/{number}">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        '<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">1.2K'
        '</span><a class="tgme_widget_message_date" '
        f'href="https://t.me/harbour/{number}"><time datetime="{at}" class="time">09:00</time>'
        "</a></div></div></div>"
    )


def author_feed() -> dict[str, object]:
    def one(number: int, **more: object) -> dict[str, object]:
        author = {"did": "did:plc:abc", "handle": "li.bsky.social", "displayName": "Li"}
        return {
            "post": {
                "uri": f"at://did:plc:abc/app.bsky.feed.post/3k{number}story",
                "cid": "bafy",
                "author": author,
                "record": {
                    "$type": "app.bsky.feed.post",
                    "text": f"Belt {number}: {LONG[:250]}",
                    "createdAt": f"2026-03-0{number}T07:00:00.000Z",
                },
                "indexedAt": "2026-03-03T07:00:00.000Z",
            },
            **more,
        }

    reposted = {"reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    return {"feed": [one(3), one(2, **reposted), one(1)], "cursor": "x"}


def podcast() -> str:
    items = "".join(
        f"<item><title>Episode {number}</title><guid>e{number}</guid>"
        f"<link>https://cast.example/story-{number}</link>"
        f"<pubDate>Tue, 0{number} Mar 2026 08:00:00 GMT</pubDate><description>{LONG}</description>"
        f'<enclosure url="https://cast.example/{number}.mp3" length="1" type="audio/mpeg"/></item>'
        for number in (3, 2)
    )
    return (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
        f"<title>Belt talk</title><link>https://cast.example/</link>{items}</channel></rss>"
    )


def sitemap(*urls: tuple[str, str], news: str = "") -> str:
    """Addresses with their lastmod; with `news` in the news form, titled so."""
    blocks = [
        f"<url><loc>{escape(url)}</loc><lastmod>{at}</lastmod>"
        + (
            "<news:news><news:publication><news:name>Harbour</news:name><news:language>en"
            f"</news:language></news:publication><news:publication_date>{at}"
            f"</news:publication_date><news:title>{news} {number}</news:title></news:news>"
            if news
            else ""
        )
        + "</url>"
        for number, (url, at) in enumerate(urls)
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        f"{''.join(blocks)}</urlset>"
    )


def sitemap_index(*urls: str) -> str:
    blocks = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{blocks}</sitemapindex>"
    )


def list_page() -> str:
    rows = "".join(
        f"<li class='news-item'><h3 class='t'><a href='/story-{number}.html'>海港机器人交付第 "
        f"{number} 批分拣机的消息公布</a></h3><span class='time'>{when}</span>"
        f"<p class='sum'>这一批共 {number}00 台，买方是林德霍尔姆港，价格没有公布，年底以前交完。"
        "每台每小时分拣九百件。</p></li>"
        for number, when in enumerate(
            ("3小时前", "昨天 14:20", "03-01", "2026-02-27 08:00", "02-25", "02-20"), start=1
        )
    )
    menu = "".join(
        f"<li><a href='/c{one}'>某个很长很长的栏目名称 {one}</a></li>" for one in range(9)
    )
    return (
        "<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'>"
        "<title>海港要闻</title></head>"
        f"<body><nav><ul>{menu}</ul></nav><div id='main'><ul class='news-list'>{rows}</ul></div>"
        "<div class='footer'><a href='/about'>关于我们以及联系方式的说明</a></div></body></html>"
    )


def newsnow() -> dict[str, object]:
    items = [
        {
            "id": f"i{number}",
            "title": f"海港机器人第 {number} 条热搜",
            "url": f"https://hot.example/story-{number}",
            "mobileUrl": f"https://m.hot.example/story-{number}",
            "extra": {"hover": "林德霍尔姆港买了 1200 台分拣机。", "info": "12 万"},
            "pubDate": 1772500000000 + number,
        }
        for number in range(1, 6)
    ]
    return {"status": "success", "id": "hot", "updatedTime": 1772500000000, "items": items}


def rsshub_json() -> dict[str, object]:
    items = [
        {
            "id": f"https://hub.example/story-{number}",
            "url": f"https://hub.example/story-{number}",
            "title": f"Hub item {number}",
            "content_html": f"<p>{LONG}</p>",
            "date_published": f"2026-03-0{number}T00:00:00.000Z",
        }
        for number in (2, 1)
    ]
    return {"version": "https://jsonfeed.org/version/1.1", "title": "Hub", "items": items}


def make_net() -> Net:
    """A net with one of each service."""
    net = Net()
    video = "www.youtube.com/feeds/videos.xml"
    net.answers |= {
        f"{video}?channel_id={CHANNEL}": xml(youtube()),
        f"{video}?playlist_id=PLharbour-videos": xml(youtube()),
        "www.youtube.com/@harbourtv": youtube_page(),
        "www.youtube.com/c/harbourtv": youtube_page(),
        "github.com/harbour/belts/releases.atom": xml(releases("harbour", "belts", "v2", "v1")),
        "github.com/harbour/belts/tags.atom": xml(releases("harbour", "belts", "v2", "v1")),
        "github.com/harbour/quiet/releases.atom": xml(releases("harbour", "quiet")),
        "github.com/harbour/quiet/tags.atom": xml(releases("harbour", "quiet", "0.3", "0.2")),
        "www.reddit.com/r/belts/.rss": xml(reddit()),
        "www.reddit.com/r/belts/top/.rss?t=week": xml(reddit()),
        "www.reddit.com/user/li/.rss": xml(reddit()),
        "hn.algolia.com/api/v1/search": as_json(algolia()),
        "hn.algolia.com/api/v1/search_by_date": as_json(algolia()),
        "news.ycombinator.com/rss": xml(
            rss(item(title="Belt 1", link="https://belts.example/story-1"), title="Hacker News"),
            "application/rss+xml",
        ),
        "export.arxiv.org/api/query": xml(arxiv()),
        "toots.example/@harbour.rss": xml(
            mastodon("https://toots.example/@harbour"), "application/rss+xml"
        ),
        "toots.example/tags/belts.rss": xml(
            mastodon("https://toots.example/tags/belts"), "application/rss+xml"
        ),
        "t.me/s/harbour": telegram(
            post(7, SOLD + "<br><br>" + "价格为 4500 万美元。" * 40),
            post(
                8, '快讯：新传送带上线 <a href="https://belts.example/story-8">belts.example</a>'
            ),
        ),
        "t.me/s/hidden_channel": web.Response(text="<html><body>Contact</body></html>"),
        "bsky.app/profile/li.bsky.social/rss": web.Response(status=404),
        "public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed": as_json(author_feed()),
        "bsky.app/profile/mei.bsky.social/rss": xml(
            rss(item(link="https://bsky.app/profile/did:plc:x/post/story", text=LONG)),
            "application/rss+xml",
        ),
        "cast.example/feed": xml(podcast(), "application/rss+xml"),
        "itunes.apple.com/lookup?id=123456789&entity=podcast": as_json(
            {
                "resultCount": 1,
                "results": [{"kind": "podcast", "feedUrl": "https://cast.example/feed"}],
            }
        ),
        "daily.example/news-sitemap.xml": xml(
            sitemap(
                ("https://daily.example/story-1", "2026-03-03T08:00:00Z"),
                ("https://daily.example/story-2", "2026-03-03T09:00:00Z"),
                news="Harbour title",
            ),
            "application/xml",
        ),
        "paper.example/sitemap.xml": xml(
            sitemap_index(
                "https://paper.example/page-sitemap.xml",
                "https://paper.example/post-sitemap2.xml",
                "https://paper.example/post-sitemap1.xml",
                "https://paper.example/sitemap.xml",
                "https://elsewhere.example/post-sitemap9.xml",
            ),
            "application/xml",
        ),
        "paper.example/post-sitemap2.xml": xml(
            sitemap(("https://paper.example/story-22", "2026-03-02")), "application/xml"
        ),
        "paper.example/post-sitemap1.xml": xml(
            sitemap(("https://paper.example/story-11", "2026-01-02")), "application/xml"
        ),
        "elsewhere.example/post-sitemap9.xml": xml(
            sitemap(("https://elsewhere.example/story-9", "2026-03-03")), "application/xml"
        ),
        "gazette.example/news": list_page(),
        "api.example/api/s?id=hot": as_json(newsnow()),
        "hub.example/route?format=json": as_json(rsshub_json()),
        "blog.example/": (
            "<html><head><title>Blog</title>"
            "<link rel=alternate type=application/rss+xml title='Comments' href='/comments/feed'>"
            "<link rel=alternate type='application/rss+xml' title='Blog' href='/feed'>"
            "<link rel=alternate type='application/atom+xml' href='/notes.atom'>"
            "</head><body></body></html>"
        ),
        "blog.example/feed": xml(
            rss(
                item(title="Entry 2", link="https://blog.example/story-2"),
                item(title="Entry 1", link="https://blog.example/story-1"),
                title="The blog",
            ),
            "application/rss+xml",
        ),
        "blog.example/comments/feed": xml(
            rss(
                item(title="By Li", link="https://blog.example/story-1#c"),
                title="Comments on Blog",
            ),
            "application/rss+xml",
        ),
        "blog.example/notes.atom": xml(
            atom(
                "Notes",
                atom_entry("A note", "https://blog.example/story-9", "2026-03-01T00:00:00Z"),
            )
        ),
    }
    return net
