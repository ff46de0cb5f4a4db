"""Who may read a page and how much of the original stands on it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import Access, FullText, Lang, SignalDraft
from digest.render import Links
from digest.seals import KEY_NAME, LASTS, is_sealed, make_seal
from storage import PrivateReading, Storage
from tests.bot.web.conftest import SPEC, Newsroom
from tests.bot.web.samples import ARTICLE, NOW, SIGNAL
from tests.bot.web.test_pages import links, page, select, words
from tests.covering import covers

Client = TestClient[Any, Any]

KEY = "a" * 64
CLOSED = replace(SPEC, access=Access.SUBSCRIBERS)
SECRETS = ("three rivers", "12 亿美元", "$1.2 billion", "It cost", "who will rent it")


async def sealed_link(storage: Storage, signal_id: int, made_at: Any = NOW) -> str:
    """The address as the bot writes it, without the host."""
    key = await storage.meta.secret(KEY_NAME)
    made = Links("https://pages.example", lambda number: make_seal(key, number, made_at))
    return made.signal(signal_id, Access.SUBSCRIBERS).removeprefix("https://pages.example")


def test_a_seal_opens_its_own_page_for_thirty_days():
    seal = make_seal(KEY, 7, NOW)
    assert is_sealed(KEY, 7, seal, NOW)
    assert is_sealed(KEY, 7, seal, NOW + LASTS)
    assert not is_sealed(KEY, 7, seal, NOW + LASTS + timedelta(days=2))
    assert not is_sealed(KEY, 8, seal, NOW)
    assert not is_sealed("b" * 64, 7, seal, NOW)


@pytest.mark.parametrize("change", ["day", "mac", "case", "cut", "more"])
def test_a_seal_that_was_tampered_with_opens_nothing(change: str):
    seal = make_seal(KEY, 7, NOW)
    day, mac = seal.split("-", 1)
    forged = {
        "day": f"{int(day, 16) + 400:x}-{mac}",
        "mac": f"{day}-{mac[::-1]}",
        "case": f"0{day}-{mac}",
        "cut": seal[:-1],
        "more": seal + "A",
    }[change]
    assert not is_sealed(KEY, 7, forged, NOW)


@pytest.mark.parametrize("seal", ["", "-", "zz-x", "-1-x", "9" * 500, "五-x", "1e5-", "50c2"])
def test_nonsense_is_no_seal(seal: str):
    assert not is_sealed(KEY, 7, seal, NOW)


async def test_the_key_is_made_once_and_kept(storage: Storage):
    first = await storage.meta.secret(KEY_NAME)
    assert len(first) == 64
    assert await storage.meta.secret(KEY_NAME) == first
    assert await storage.meta.secret("another") != first


@covers("page /s/{id}", "subscribers' page")
@pytest.mark.parametrize("lang", [Lang.ZH, Lang.EN])
async def test_a_link_of_the_bot_opens_a_subscribers_page(
    client: Client, newsroom: Newsroom, lang: Lang
):
    kept = await newsroom.add(spec=CLOSED)
    address = await sealed_link(newsroom.storage, kept.id)
    async with client.get(f"{address}&lang={lang.value}") as response:
        body = await response.text()
        assert response.status == 200
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "three rivers" in body
    assert {Lang.ZH: "订阅者可读", Lang.EN: "For subscribers"}[lang] in body
    shown = await page(client, address)
    seal = address.partition("k=")[2]
    carrying = [link for link in shown.xpath("//@href") if seal in link]
    # The other language of this very page keeps the key; nothing else carries it away.
    assert {link.partition("?")[0] for link in carrying} == {f"/s/{kept.id}"}
    assert shown.xpath("//link[@rel='canonical']/@href") == [f"https://pages.example/s/{kept.id}"]


@covers("subscribers' page")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "这一页给订阅者看"),
        ("?k=50c2-forged", "这个链接打不开了"),
        ("?k=%3Cscript%3E", "这个链接打不开了"),
    ],
)
async def test_without_a_valid_link_there_is_the_public_part_and_the_way_to_the_bot(
    client: Client, newsroom: Newsroom, query: str, said: str
):
    kept = await newsroom.add(spec=CLOSED)
    shown = await page(client, f"/s/{kept.id}{query}")
    text = words(shown)
    assert said in text
    assert "Northwind opens its largest data centre in Oslo" in text
    assert [secret for secret in SECRETS if secret in text] == []
    assert f"https://t.me/hexin_bot?start=s_{kept.id}" in links(shown, "main")
    assert shown.xpath("//meta[@name='robots']/@content") == ["noindex"]
    described = " ".join(shown.xpath("//meta/@content"))
    assert [secret for secret in SECRETS if secret in described] == []


async def test_an_expired_link_says_so(client: Client, newsroom: Newsroom):
    kept = await newsroom.add(spec=CLOSED)
    old = await sealed_link(newsroom.storage, kept.id, NOW - LASTS - timedelta(days=2))
    assert "这个链接打不开了" in words(await page(client, old))
    other = await newsroom.add(spec=CLOSED)
    elsewhere = (await sealed_link(newsroom.storage, kept.id)).replace(
        f"/s/{kept.id}", f"/s/{other.id}"
    )
    assert "这个链接打不开了" in words(await page(client, elsewhere))


async def test_only_who_read_it_is_counted(client: Client, newsroom: Newsroom):
    kept = await newsroom.add(spec=CLOSED)
    await page(client, f"/s/{kept.id}")
    await page(client, await sealed_link(newsroom.storage, kept.id))
    again = await newsroom.storage.signals.get(kept.id)
    assert again is not None
    assert again.views == 1


@pytest.mark.parametrize("path", ["/", "/column/ai", "/topic/llm", "/day/2026-11-22", "/feed.xml"])
async def test_lists_show_only_the_headline_of_a_subscribers_signal(
    client: Client, newsroom: Newsroom, path: str
):
    await newsroom.add(spec=CLOSED)
    async with client.get(path) as response:
        body = await response.text()
    assert "Northwind opens its largest data centre in Oslo" in body
    assert [secret for secret in SECRETS if secret in body] == []


async def test_a_signals_own_setting_outranks_its_sources(client: Client, newsroom: Newsroom):
    kept = await newsroom.add()
    signals = newsroom.storage.signals
    await signals.set_access(kept.id, Access.SUBSCRIBERS, actor="test", now=NOW)
    assert "这一页给订阅者看" in words(await page(client, f"/s/{kept.id}"))
    await signals.set_access(kept.id, None, actor="test", now=NOW)
    assert "核心信息" in words(await page(client, f"/s/{kept.id}"))
    closed = await newsroom.add(spec=replace(CLOSED, key="k", url="https://k.example/feed"))
    await signals.set_access(closed.id, Access.PUBLIC, actor="test", now=NOW)
    assert "three rivers" in words(await page(client, f"/s/{closed.id}"))


async def test_where_only_the_link_is_allowed_nothing_of_the_text_is_quoted(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add(spec=replace(SPEC, full_text=FullText.LINK))
    shown = await page(client, f"/s/{kept.id}")
    text = words(shown)
    assert "Power comes from three rivers, the longest first." in text
    assert "依据：原文第 6 段" in text
    assert "只允许展示要点" in text
    assert select(shown, "blockquote") == []
    assert select(shown, ".paragraphs") == []
    assert [one for one in links(shown, "main") if one.startswith("#")] == []
    for sentence in ("Power comes from three rivers. ", "Nobody has said", "was served soup"):
        assert sentence not in text


async def test_what_was_read_for_a_reader_opens_by_the_bots_link_alone(
    client: Client, newsroom: Newsroom
):
    made = SignalDraft(ARTICLE, SIGNAL.brief, SIGNAL.placement, SIGNAL.score, 3)
    kept = await newsroom.storage.signals.insert_private(PrivateReading(made, "own"), NOW)
    assert kept.access is Access.SUBSCRIBERS
    for query in ("", "?k=50c2-forged"):
        async with client.get(f"/s/{kept.id}{query}") as response:
            assert response.status == 404
            assert "three rivers" not in await response.text()
    async with client.get(await sealed_link(newsroom.storage, kept.id)) as response:
        assert response.status == 200
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert "three rivers" in await response.text()
    for address in ("/", "/feed.xml", "/sitemap.xml", "/search?q=Northwind"):
        async with client.get(address) as response:
            assert f"/s/{kept.id}" not in await response.text()
