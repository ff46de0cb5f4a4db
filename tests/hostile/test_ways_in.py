"""Every way by which an address from outside comes in, with addresses that lead inside."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.config import load_settings
from bot.engine.workers import WorkerPool
from bot.jobs.discovering import Discoverer
from bot.jobs.links import LinkReader
from bot.jobs.polling import Poller
from bot.jobs.reading import Reader
from bot.jobs.sourcework import make_source_desk
from bot.model import MemoryCalls, make_model
from bot.model.asker import Patience
from bot.translating.deepl import DeepL
from bot.translating.libretranslate import LibreTranslate
from bot.translating.model_engine import ModelTranslator
from bot.translating.port import TranslationUnavailable
from bot.translating.wire import Wire
from digest.errors import SourceError
from digest.model import Recipe, Signal, Source, SourceKind, SourceSpec
from digest.sources.polling import PollDecision
from digest.translation import load_glossary
from storage import Storage
from tests.bot.jobs.pages import item, page, rss
from tests.bot.jobs.world import Time
from tests.databases import migrated_file
from tests.hostile.inside import SECRET, Handler, Net, two_places
from tests.workers import LentPool

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def net(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Net]:
    async with two_places(monkeypatch) as made:
        made.zone.names["inner.test"] = [("127.0.0.1",)]
        made.answers["/in"] = _moved(f"http://127.0.0.1:{made.port}/moved")
        yield made


@pytest.fixture
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await Storage.open(migrated_file(request, tmp_path))
    yield opened
    await opened.close()


@pytest.fixture
async def workers() -> AsyncIterator[WorkerPool]:
    pool = LentPool()
    yield pool
    await pool.close()


def _moved(target: str) -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(status=301, headers={"Location": target})

    return handler


def _body(text: str, kind: str = "text/html") -> Handler:
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=kind)

    return handler


def _inner(net: Net) -> tuple[str, ...]:
    """Ways to say "inside", directly, by a name and by way of somebody outside."""
    port = net.port
    return (
        f"http://127.0.0.1:{port}/x",
        f"http://[::1]:{port}/x",
        f"http://2130706433:{port}/x",
        f"http://inner.test:{port}/x",
        f"//127.0.0.1:{port}/x",
        f"http://a:b@127.0.0.1:{port}/x",
        f"{net.base}/in",
        "file:///etc/hostname",
        "http://169.254.169.254/latest/meta-data/",
    )


def _kept_out(net: Net, what: str) -> None:
    assert (net.wrongly_dialled(), net.inside) == ([], []), what


def _polling(net: Net, storage: Storage, workers: WorkerPool, time: Time) -> Poller:
    async def told(_: Source, __: PollDecision) -> None:
        return None

    return Poller(
        storage,
        net.fetcher,
        workers,
        clock=time,
        user_agent="hexin-test",
        backlog_per_source=20,
        tell_admins=told,
    )


async def _add(storage: Storage, time: Time, url: str, kind: SourceKind, recipe: Recipe) -> Source:
    spec = SourceSpec(
        key=f"{kind}:{url}",
        url=url,
        title="Outside",
        column="tech",
        lang="en",
        kind=kind,
        recipe=recipe,
    )
    return await storage.sources.add(spec, time(), actor="test")


async def test_sources_and_what_their_documents_name(
    net: Net, storage: Storage, workers: WorkerPool
) -> None:
    time = Time()
    inner = _inner(net)
    entity = f'<!DOCTYPE rss SYSTEM "{inner[0]}" [<!ENTITY x SYSTEM "{inner[0]}">]>'
    sheet = f'<?xml-stylesheet type="text/xsl" href="{inner[0]}"?>'
    feed = rss(*(item(title=f"Machine {n} sold", link=url, guid=str(n), at=time()) for n, url in
                 enumerate(inner)), title="Outside &x;")  # fmt: skip
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{inner[0]}"/>'
    net.answers["/feed.xml"] = _body(feed, "application/xml")
    net.answers["/xxe.xml"] = _body(
        feed.replace("<rss", f"{sheet}{entity}<rss", 1).replace("<item>", f"{include}<item>", 1),
        "application/xml",
    )
    net.answers["/bait.xml"] = _body(f"http://127.0.0.1:{net.port}/bait", "application/xml")
    net.answers["/list"] = _body(
        "<ul>" + "".join(f"<li><a class=t href='{url}'>Machine sold</a></li>" for url in inner)
    )
    net.answers["/list.json"] = _body(
        json.dumps({"a": [{"t": f"Machine {n}", "u": url} for n, url in enumerate(inner)]}),
        "application/json",
    )
    locations = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in inner)
    net.answers["/map.xml"] = _body(
        f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{locations}"
        "</sitemapindex>",
        "application/xml",
    )
    page_recipe = Recipe(items="li", title="a.t", link="a.t")
    for path, kind, recipe in (
        ("/feed.xml", SourceKind.FEED, Recipe()),
        ("/xxe.xml", SourceKind.FEED, Recipe()),
        ("/bait.xml", SourceKind.FEED, Recipe()),
        ("/list", SourceKind.PAGE, page_recipe),
        ("/list.json", SourceKind.JSON, Recipe(items="a", title="t", link="u")),
        ("/map.xml", SourceKind.SITEMAP, Recipe()),
        ("/in", SourceKind.FEED, Recipe()),
    ):
        await _add(storage, time, net.base + path, kind, recipe)
    for url in inner:
        if url.startswith("http") and not url.startswith(net.base):
            await _add(storage, time, url, SourceKind.FEED, Recipe())
    signals: list[Signal] = []

    async def on_signal(signal: Signal) -> None:
        signals.append(signal)

    poller = _polling(net, storage, workers, time)
    await storage.sources.make_due(None, time())
    polled = await poller.run_due()
    _kept_out(net, "polled")
    assert sum(result.new for result in polled) >= len(inner)  # the feed and the lists were read
    reader = Reader(storage, net.fetcher, workers, clock=time, on_signal=on_signal)
    read = list(await reader.run_due())
    _kept_out(net, "read")
    assert read
    assert [one for one in signals if SECRET in repr(one)] == []
    moved = [source.poll.moved_to for source in await storage.sources.all()]
    assert not any(url and "127.0.0.1:" in url for url in moved), moved


async def test_a_link_that_a_reader_sends(net: Net, storage: Storage, workers: WorkerPool) -> None:
    reader = LinkReader(storage, net.fetcher, workers, clock=Time())
    for url in _inner(net):
        read = await reader(url, lambda _: None)
        assert read.signal is None, url
        assert read.trouble is not None, url
        _kept_out(net, url)


async def test_what_a_page_that_is_read_names(
    net: Net, storage: Storage, workers: WorkerPool
) -> None:
    inner = f"http://127.0.0.1:{net.port}/x"
    names = (
        f'<base href="{inner}"><link rel="canonical" href="{inner}"><link rel="amphtml" '
        f'href="{inner}"><link rel="icon" href="{inner}"><link rel="stylesheet" href="{inner}">'
        f'<meta property="og:url" content="{inner}"><meta property="og:image" content="{inner}">'
        f'<meta http-equiv="refresh" content="0;url={inner}"><script src="{inner}"></script>'
        f'<link rel="alternate" type="application/json+oembed" href="{inner}">'
    )
    body = (
        f'<img src="{inner}" srcset="{inner} 2x"><iframe src="{inner}"></iframe>'
        f'<video poster="{inner}"></video><object data="{inner}"></object><a href="{inner}">on</a>'
    )
    html = page("Harbour Robotics sells machines").replace("<title>", f"{names}<title>")
    net.answers["/a"] = _body(html.replace("<p>", f"{body}<p>", 1))
    read = await LinkReader(storage, net.fetcher, workers, clock=Time())(f"{net.base}/a", print)
    _kept_out(net, "page")
    assert read.signal is not None
    assert read.signal.url == f"{net.base}/a"


async def test_discovery_previews_and_lists_of_sources(
    net: Net, storage: Storage, workers: WorkerPool
) -> None:
    inner = _inner(net)
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in inner
    )
    net.answers["/"] = _body(f"<html><head><base href='{inner[0]}'>{head}</head><body>x</body>")
    net.answers["/named"] = _body(f"<html><head>{head}</head><body>x</body>")
    net.answers["/robots.txt"] = _body(
        "User-agent: *\n" + "".join(f"Sitemap: {url}\n" for url in inner), "text/plain"
    )
    for path in ("/feed", "/feed.xml", "/rss.xml", "/sitemap.xml"):
        net.answers[path] = _moved(inner[0])

    async def known() -> tuple[Source, ...]:
        return ()

    trial = Discoverer(net.fetcher, workers, clock=Time(), known=known)
    for words in (*inner, f"{net.base}/", f"{net.base}/named", f"{net.base}/robots.txt"):
        found = await trial(words)
        _kept_out(net, words)
        assert [one.spec.url for one in found.proposals] == [], words
    base = SourceSpec(key="k", url="", title="x", column="tech", lang="en")
    for url in inner:
        assert (await trial.preview(replace(base, url=url))).refusal is not None, url
        _kept_out(net, f"preview {url}")
    desk = make_source_desk(storage, trial, net.fetcher, workers, lambda: None)
    for url in inner:
        with pytest.raises(SourceError):
            await desk.fetch(url)
        _kept_out(net, f"list {url}")


async def test_a_list_of_sources_that_names_places_inside(
    net: Net, storage: Storage, workers: WorkerPool
) -> None:
    inner = [one for one in _inner(net) if one.startswith("http")]
    rows = "".join(f'<outline type="rss" text="x" xmlUrl="{url}"/>' for url in inner)
    system = f'<!DOCTYPE opml SYSTEM "{inner[0]}">'
    net.answers["/list.opml"] = _body(
        f"<?xml version='1.0'?>{system}<opml version='2.0'><body>{rows}</body></opml>", "text/xml"
    )

    async def known() -> tuple[Source, ...]:
        return ()

    trial = Discoverer(net.fetcher, workers, clock=Time(), known=known)
    desk = make_source_desk(storage, trial, net.fetcher, workers, lambda: None)
    found = await desk.read(await desk.fetch(f"{net.base}/list.opml"))
    # One is said twice, with and without an account; each is judged when it is asked for.
    assert len(found.specs) + found.repeated == len(inner)
    for spec in found.specs:
        assert (await trial(spec.url)).proposals == (), spec.url
    _kept_out(net, "opml")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_what_the_owner_configured_sends_us_nowhere_else(net: Net, status: int) -> None:
    """A translator or model that moved away: what readers read is not sent after it."""

    async def away(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": f"http://127.0.0.1:{net.port}/x"})

    for path in ("/translate", "/v2/translate", "/v2/glossaries", "/languages", "/usage",
                 "/v1/chat/completions"):  # fmt: skip
        net.answers[path] = away
    settings = load_settings(
        _env_file=None, model_base_url=f"{net.base}/v1", model_name="m", model_timeout=2
    )
    model = make_model(settings, MemoryCalls(), Time(), patience=Patience(0.01))
    assert model is not None
    wire = Wire(net.base, first_wait_s=0.01)
    engines = DeepL(wire, load_glossary()), LibreTranslate(wire, "key")
    for engine in (*engines, ModelTranslator(model, load_glossary())):
        with pytest.raises(TranslationUnavailable):
            await engine.translate(["One."], source="en", target="zh")
        await engine.close()
    await model.close()
    assert {"/translate", "/v2/translate", "/v1/chat/completions"} <= {
        request.path for request in net.outside
    }
    _kept_out(net, str(status))


# Who else opens connections, and to whom: to what the owner configured, never to what came in.
_OWN = {
    "bot/cli/doctor.py",  # asks the configured Bot API and page address
    "bot/delivery/transport.py",  # the Bot API
    "bot/fetching.py",
    "bot/sandbox/updates.py",  # the webhook that was set in the sandbox
    "bot/translating/download.py",  # the models named in models.toml
    "bot/translating/wire.py",  # the configured translator
}
_OPENING = re.compile(
    r"\b(?:ClientSession|urlopen|urlretrieve|create_connection|open_connection|AsyncClient|"
    r"HTTPConnection|HTTPSConnection|fetch_url|fetch_response)\("
)


def test_no_other_code_opens_connections() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("bot", "handlers", "storage", "digest")
        for path in (ROOT / package).rglob("*.py")
        if _OPENING.search(path.read_text())
    }
    assert found == _OWN
