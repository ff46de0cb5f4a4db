"""A site that means no good: three feeds, a sitemap and a list, and the pages they lead to.

Every article is real enough to be taken in; in every field that its writer fills stand the words
of `words.py`, once as text and once as what they would like to be.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

from digest.model import Recipe, SourceKind, SourceSpec

# What XML 1.0 has no way to write at all.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Each the subject of one article: maker, product, place, figures.
_SUBJECTS = (
    ("蓝杉科技", "推理芯片", "苏州"),
    ("云河机器人", "仓储机械臂", "青岛"),
    ("南屏数据", "向量数据库", "成都"),
    ("远帆航天", "可回收火箭", "海南"),
    ("青石生物", "疫苗平台", "武汉"),
    ("星桥汽车", "固态电池", "合肥"),
    ("松原智能", "翻译模型", "长春"),
    ("海隅能源", "海上风机", "福州"),
    ("明湖医疗", "手术机器人", "济南"),
    ("北辰安全", "漏洞扫描器", "沈阳"),
    ("听潮音频", "语音助手", "厦门"),
    ("千岭农业", "育种平台", "昆明"),
    ("白塔量子", "量子处理器", "兰州"),
    ("赤水材料", "碳纤维", "贵阳"),
    ("丹江通信", "卫星终端", "西安"),
    ("金沙支付", "跨境清算系统", "重庆"),
    ("秋浦软件", "编程助手", "合肥"),
    ("雁门物流", "无人货车", "太原"),
    ("长滩游戏", "图形引擎", "珠海"),
    ("玉泉教育", "批改系统", "杭州"),
    ("竹溪半导体", "存储控制器", "无锡"),
    ("伏牛矿业", "锂提取工艺", "郑州"),
    ("鹿泉视觉", "质检相机", "石家庄"),
    ("枫桥云", "对象存储服务", "南京"),
)
_KINDS = ("rss", "atom", "json", "sitemap", "page")


@dataclass(frozen=True)
class Piece:
    """An article: `words` in it mean harm, `link` is where its feed says that it is."""

    number: int
    kind: str
    words: str
    link: str

    @property
    def title(self) -> str:
        maker, product, _ = _SUBJECTS[self.number % len(_SUBJECTS)]
        return f"{maker}发布{product} {self.words}"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        maker, product, place = _SUBJECTS[self.number % len(_SUBJECTS)]
        money, share = 3 + self.number, 11 + self.number
        return (
            f"{maker}周二在{place}发布新一代{product}，并宣布完成 {money} 亿元融资。",
            f"公司称，新产品把成本降低了 {share}%，首批客户有 {money + 20} 家。{self.words}",
            f"“我们用了两年时间重写整个系统。”{maker}创始人{self.words}说，量产将于 2027 年开始。",
            f"{maker}去年收入 {money * 2} 亿元，同比增长 {share + 5}%；{product}占其中的三成。"
            f"分析人士认为，{place}的补贴政策帮助了它，但竞争者的价格更低。",
        )


def pieces(all_words: Sequence[str], links: Sequence[str], base: str) -> list[Piece]:
    """One article for each of the words, dealt to the feeds; every fourth has a bad link."""
    found = []
    for number, words in enumerate(all_words):
        # Sitemaps and lists have no text of their own: what they name must be reachable.
        kind = _KINDS[number % len(_KINDS)]
        bad = number % 4 == 3 and kind in {"rss", "atom", "json"}
        link = links[number % len(links)] if bad else f"{base}/a/{number}"
        found.append(Piece(number, kind, words, link))
    return found


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _cdata(text: str) -> str:
    return f"<![CDATA[{_NOT_XML.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _body(piece: Piece) -> str:
    """The text as HTML: the words as text, and raw, as if they were markup."""
    told = "".join(f"<p>{escape(one)}</p>" for one in piece.paragraphs)
    return (
        f'<div onclick="alert(1)" style="background:url(//evil.test/z)">{told}'
        f'<img src="//evil.test/pixel.gif" onerror="alert(1)" srcset="//evil.test/s 2x">'
        f'<a href="javascript:alert(1)">x</a>{piece.words}</div>'
    )


def rss(found: Sequence[Piece], words: str, now: datetime) -> str:
    """RSS 2.0: raw in CDATA where that is usual, escaped once and twice elsewhere."""
    items = "".join(
        f"<item><title>{_xml(escape(one.title))}</title><link>{_xml(one.link)}</link>"
        f'<guid isPermaLink="true">{_xml(one.link)}#{one.number}</guid>'
        f"<author>{_xml(one.words)}</author><dc:creator>{_cdata(one.words)}</dc:creator>"
        f"<category>{_cdata(one.words)}</category><comments>javascript:alert(1)</comments>"
        f'<enclosure url="javascript:alert(1)" type="image/svg+xml" length="1"/>'
        f"<pubDate>{_rfc822(now, one)}</pubDate><description>{_cdata(one.words)}</description>"
        f"<content:encoded>{_cdata(_body(one))}</content:encoded></item>"
        for one in found
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e "<script>alert(1)</script>">]>'
        '<?xml-stylesheet href="javascript:alert(1)"?>'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{_cdata(words)}</title><link>javascript:alert(1)</link>"
        f"<description>{_xml(words)}</description><language>zh</language>"
        f"<image><url>javascript:alert(1)</url><title>{_xml(words)}</title></image>"
        f"{items}</channel></rss>"
    )


def atom(found: Sequence[Piece], words: str, now: datetime) -> str:
    """Atom: titles as html, bodies as xhtml with namespaces that run, bases that lead away."""
    entries = "".join(
        f'<entry xml:base="javascript:alert(1)//"><title type="html">{_xml(escape(one.title))}'
        f'</title><id>{_xml(one.link)}#{one.number}</id><link href="{_xml(one.link)}"/>'
        f'<link rel="enclosure" href="data:text/html,x"/><updated>{_iso(now, one)}</updated>'
        f"<author><name>{_xml(one.words)}</name><uri>javascript:alert(1)</uri></author>"
        f'<category term="{_xml(one.words)}"/><summary type="html">{_xml(one.words)}</summary>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)">'
        '<script>alert(1)</script><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'
        "<script>alert(1)</script></svg>"
        + "".join(f"<p>{_xml(text)}</p>" for text in one.paragraphs)
        + "</div></content></entry>"
        for one in found
    )
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh">'
        f'<title type="html">{_xml(words)}</title><id>x</id><icon>javascript:alert(1)</icon>'
        f'<link href="javascript:alert(1)"/><updated>{now:%Y-%m-%dT%H:%M:%SZ}</updated>'
        f"{entries}</feed>"
    )


def json_feed(found: Sequence[Piece], words: str, now: datetime) -> str:
    """JSON Feed: everything raw."""
    items = [
        {
            "id": f"x{one.number}",
            "url": one.link,
            "external_url": "javascript:alert(1)",
            "image": "javascript:alert(1)",
            "title": one.title,
            "content_html": _body(one),
            "authors": [{"name": one.words, "url": "javascript:alert(1)"}],
            "tags": [one.words],
            "date_published": _iso(now, one),
        }
        for one in found
    ]
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": words,
            "home_page_url": "javascript:alert(1)",
            "language": "zh",
            "items": items,
        }
    )


def sitemap(found: Sequence[Piece], words: str, now: datetime) -> str:
    """A news sitemap, with addresses that lead to programs beside the true ones."""
    urls = "".join(
        f"<url><loc>{_xml(one.link)}</loc><lastmod>{_iso(now, one)}</lastmod><news:news>"
        f"<news:publication><news:name>{_xml(words)}</news:name><news:language>zh"
        f"</news:language></news:publication><news:title>{_cdata(one.title)}</news:title>"
        f"<news:publication_date>{_iso(now, one)}</news:publication_date></news:news>"
        "<image:image><image:loc>javascript:alert(1)</image:loc></image:image></url>"
        for one in found
    )
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        f"<url><loc>javascript:alert(1)</loc></url>{urls}</urlset>"
    )


def list_page(found: Sequence[Piece], now: datetime) -> str:
    """A page with a list of articles, for a source that is read by selectors."""
    rows = "".join(
        f'<li class="one" onclick="alert(1)"><a href="{escape(one.link)}">{escape(one.title)}</a>'
        f'<time datetime="{_iso(now, one)}"></time><i>{escape(one.words)}</i></li>'
        for one in found
    )
    return f'<!doctype html><base href="javascript:alert(1)//"><ul>{rows}</ul>'


def article_page(piece: Piece, now: datetime) -> str:
    """The page of an article; its data for machines tries to end the script it stands in."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": piece.title,
        "author": {"@type": "Person", "name": piece.words, "url": "javascript:alert(1)"},
        "publisher": {"@type": "Organization", "name": piece.words},
        "image": "javascript:alert(1)",
        "keywords": [piece.words],
        "datePublished": _iso(now, piece),
    }
    linked = json.dumps(data).replace("</", "<\\/").replace("<!", "<\\u0021")
    text = "".join(f"<p>{escape(one)}</p>" for one in piece.paragraphs)
    return (
        f'<!doctype html><html lang="zh"><head><title>{escape(piece.title)}</title>'
        f'<link rel="canonical" href="javascript:alert(1)"><base href="//evil.test/">'
        f'<meta property="og:title" content="{escape(piece.title)}">'
        f'<meta property="og:site_name" content="{escape(piece.words)}">'
        f'<meta property="og:image" content="javascript:alert(1)">'
        f'<meta name="author" content="{escape(piece.words)}">'
        f'<script type="application/ld+json">{linked}</script></head><body><article>'
        f"<h1>{escape(piece.title)}</h1>{text}{_body(piece)}</article></body></html>"
    )


def _when(now: datetime, piece: Piece) -> datetime:
    return now - timedelta(minutes=30 + piece.number)


def _iso(now: datetime, piece: Piece) -> str:
    return f"{_when(now, piece):%Y-%m-%dT%H:%M:%SZ}"


def _rfc822(now: datetime, piece: Piece) -> str:
    return format_datetime(_when(now, piece))


class HostileSite:
    """Serves it all. `pieces` are what it has published, once it is served."""

    def __init__(self, all_words: Sequence[str], links: Sequence[str]) -> None:
        self._words = all_words
        self._links = links
        self.now = datetime.now(UTC).replace(microsecond=0)
        app = web.Application()
        app.router.add_get("/feed/{kind}", self._feed)
        app.router.add_get("/a/{number}", self._article)
        self.server = TestServer(app)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def pieces(self) -> list[Piece]:
        return pieces(self._words, self._links, self.base)

    def sources(self) -> list[SourceSpec]:
        """How the bot is told of the feeds: named by whoever runs them."""
        kinds = {"sitemap": SourceKind.SITEMAP, "page": SourceKind.PAGE}
        recipe = Recipe(items="li.one", title="a", link="a", date="time", author="i")
        return [
            SourceSpec(
                kind,
                f"{self.base}/feed/{kind}",
                f"{kind} {self._words[number]}",
                "ai",
                "zh",
                kind=kinds.get(kind, SourceKind.FEED),
                recipe=recipe if kind == "page" else Recipe(),
            )
            for number, kind in enumerate(_KINDS)
        ]

    async def _feed(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind not in _KINDS:
            raise web.HTTPNotFound
        found = [one for one in self.pieces if one.kind == kind]
        words = self._words[-1]
        text, said = {
            "rss": lambda: (rss(found, words, self.now), "application/rss+xml"),
            "atom": lambda: (atom(found, words, self.now), "application/atom+xml"),
            "json": lambda: (json_feed(found, words, self.now), "application/feed+json"),
            "sitemap": lambda: (sitemap(found, words, self.now), "application/xml"),
            "page": lambda: (list_page(found, self.now), "text/html"),
        }[kind]()
        body = text.encode("utf-8", "replace")
        return web.Response(body=body, content_type=said, charset="utf-8")

    async def _article(self, request: web.Request) -> web.Response:
        piece = self.pieces[int(request.match_info["number"])]
        body = article_page(piece, self.now).encode("utf-8", "replace")
        return web.Response(body=body, content_type="text/html", charset="utf-8")
