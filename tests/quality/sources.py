"""Real feeds and pages tried as sources, and lists of feeds told apart offline, in one table.

`python -m tests.quality.sources CORPORA` serves the documents from this machine: every host name
leads to it, so addresses are those of the publishers and nobody else is asked. Of a page, the
feeds that it declares are there (each a real feed); whatever else it may lead to is not.
"""

import argparse
import asyncio
import base64
import gzip
import json
import ssl
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
from rich.console import Console
from yarl import URL

from bot.addresses import AddressPolicy
from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.discovering import Discoverer
from digest.sources.discovery import named_feeds
from digest.sources.services import services_of
from digest.sources.trial import Trial
from tests.bot.kinds.conftest import Everywhere
from tests.quality.__main__ import tables
from tests.quality.common import Row, records

REPORT = Path(__file__).parents[2] / "docs" / "reports" / "sources.md"
PAGES = (
    "ext_scrapinghub", "ext_wcxb", "ext_trafilatura", "ext_readability", "ext_goose_newspaper",
    "ext_postlight_meta", "ext_zh_gne", "ext_zh_handmade",
)  # fmt: skip
console = Console(soft_wrap=True, width=2000)


@dataclass(frozen=True, slots=True)
class Page:
    """A page at its publisher's address (or one made up), and the feeds that it declares."""

    url: str
    body: bytes
    kind: str
    feeds: tuple[str, ...]


def feeds(corpora: Path) -> Iterator[tuple[str, bytes]]:
    """Each real feed with a name."""
    for name in ("feeds_real", "feeds_zh_polls"):
        path = corpora / name / "files.tar.gz"
        if not path.is_file():
            continue
        with tarfile.open(path) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is not None:
                    yield f"{name}/{member.name}", stream.read()


def pages(corpora: Path, name: str) -> Iterator[Page]:
    """The pages of one set."""
    for number, record in enumerate(records(corpora, name)):
        text = record.get("html")
        body = text.encode() if text else base64.b64decode(record.get("html_b64") or "")
        url = str(record.get("url") or f"https://page{number}.{name.replace('_', '-')}.example/a")
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            url = f"https://page{number}.{name.replace('_', '-')}.example/a"
        declared = named_feeds(body.decode("utf-8", "replace"), url)
        yield Page(url.partition("#")[0], body, str(record.get("page_type") or ""), declared)


class Shelf:
    """What the local server has, by address without its scheme."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}

    def put(self, url: str, body: bytes) -> None:
        self.documents[_key(url)] = body

    async def answer(self, request: web.Request) -> web.StreamResponse:
        found = self.documents.get(
            f"{request.host.partition(':')[0]}{request.rel_url.raw_path_qs}"
        )
        if found is None:
            return web.Response(status=404, text="not here")
        return web.Response(body=found, headers={"Content-Type": ""})


def _key(url: str) -> str:
    found = URL(url.strip())
    return f"{found.host or ''}{found.raw_path_qs}"


@asynccontextmanager
async def trying(shelf: Shelf) -> AsyncIterator[Discoverer]:
    """A discoverer for which every host is the local server."""
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", shelf.answer)
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    workers = WorkerPool(2)
    plain, safe = TestServer(app), TestServer(app, scheme="https")
    await plain.start_server()
    await safe.start_server(ssl=_certificate())
    async with (
        Fetcher(
            user_agent="hexin-quality",
            allow=AddressPolicy((f"127.0.0.1:{plain.port}", f"127.0.0.1:{safe.port}")),
            per_host_gap_s=0.0,
            resolver=Everywhere({80: plain.port or 0, 443: safe.port or 0}),
            trust=anybody,
        ) as fetcher,
    ):
        yield Discoverer(fetcher, workers, clock=lambda: datetime.now(UTC), known=_nobody)
    await workers.close()
    await plain.close()
    await safe.close()


async def _nobody() -> tuple[()]:
    return ()


def _certificate() -> ssl.SSLContext:
    folder = Path(tempfile.mkdtemp(prefix="hexin-quality"))
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "1", "-subj", "/CN=local", "-keyout", folder / "key.pem",
            "-out", folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def outcome(trial: Trial) -> str:
    """In a word or two: what the first proposal is, or why there is none."""
    if trial.refusal is not None:
        return f"refused: {trial.refusal.code}"
    return str(trial.best.service) if trial.best else "nothing"


async def measure(corpora: Path, say: Any) -> list[Row]:
    """Every document tried; rows of the report."""
    real = list(feeds(corpora))
    shelf = Shelf()
    rows: list[Row] = []
    async with trying(shelf) as trial:
        for folder in ("feeds_real", "feeds_zh_polls"):
            mine = [(name, body) for name, body in real if name.startswith(folder)]
            tried = []
            for number, (name, body) in enumerate(mine):
                url = f"https://f{number}.{folder.replace('_', '-')}.example/feed"
                shelf.put(url, body)
                tried.append((name, await trial(url)))
            rows += _feed_rows(folder, tried, say)
        for name in PAGES:
            found = list(pages(corpora, name))
            tried_pages = []
            for number, page in enumerate(found):
                shelf.put(page.url, page.body)
                for place, url in enumerate(page.feeds):
                    shelf.documents.setdefault(_key(url), real[(number + place) % len(real)][1])
                tried_pages.append((page, await trial(page.url)))
            rows += _page_rows(name, tried_pages, say)
    return rows


def _feed_rows(folder: str, tried: list[tuple[str, Trial]], say: Any) -> list[Row]:
    outcomes = Counter(outcome(trial) for _, trial in tried)
    remarks = Counter(
        str(remark) for _, trial in tried if trial.best for remark in trial.best.remarks
    )
    for name, trial in tried:
        if trial.refusal is not None or not trial.best or not trial.best.total:
            say(f"{name}: {trial.refusal}")
    whole = sum(bool(trial.best and trial.best.samples) for _, trial in tried)
    return [
        Row("Feeds as sources", {
            "set": folder, "feeds": str(len(tried)), "with samples": str(whole),
            "outcomes": _counted(outcomes), "remarks": _counted(remarks),
        })
    ]  # fmt: skip


def _page_rows(name: str, tried: list[tuple[Page, Trial]], say: Any) -> list[Row]:
    rows = []
    for label, some in (
        ("declares a feed", [one for one in tried if one[0].feeds]),
        ("declares none", [one for one in tried if not one[0].feeds]),
    ):
        if not some:
            continue
        outcomes = Counter(outcome(trial) for _, trial in some)
        for page, trial in some:
            say(f"{name} {label} {page.kind} {page.url}: {outcome(trial)}"
                + (f" {trial.refusal.detail}" if trial.refusal else "")
                + (f" {trial.best.spec.recipe} {[one.title for one in trial.best.samples]}"
                   if trial.best and trial.best.spec.recipe.items else ""))  # fmt: skip
        cells = {"set": name, "pages": label, "tried": str(len(some))}
        rows.append(Row("Pages as sources", {**cells, "outcomes": _counted(outcomes)}))
    return rows


def listed(corpora: Path) -> list[Row]:
    """What each address of the feed lists would be tried as first."""
    rows = []
    for path in sorted((corpora / "feed_lists").glob("*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            urls = sorted(set(_urls(json.load(stream))))
        kinds = Counter(
            next((str(one) for one in services_of(url)), "not understood") for url in urls
        )
        name = path.name.removesuffix(".json.gz")
        cells = {"list": name, "addresses": str(len(urls)), "tried first as": _counted(kinds)}
        rows.append(Row("Feed lists, offline", cells))
    return rows


def _urls(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key in {"routePath", "feeds", "domains", "url"}:
                yield from _texts(value)
            else:
                yield from _urls(value)
    elif isinstance(data, list):
        for value in data:
            yield from _urls(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, Iterable) and not isinstance(value, str | dict):
        yield from (one.strip() for one in value if isinstance(one, str) and one.strip())
    elif isinstance(value, dict):
        yield from _urls(value)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def main() -> None:
    """Try everything and write the report; `--verbose` tells each case to read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    say = console.print if options.verbose else (lambda _: None)
    rows = [*asyncio.run(measure(options.corpora, say)), *listed(options.corpora)]
    text = f"# Sources tried\n\n{(__doc__ or '').strip()}\n\n{tables(rows)}"
    console.print(text, markup=False, soft_wrap=True)
    REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
