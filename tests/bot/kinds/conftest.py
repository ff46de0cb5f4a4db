"""A net of our own: every host is the local server, over TLS with a certificate that we trust."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.addresses import AddressPolicy
from bot.fetching import Fetcher
from bot.jobs.discovering import Discoverer
from bot.jobs.polling import Poller
from bot.jobs.reading import Reader
from digest.model import Signal, Source
from digest.sources.polling import PollDecision
from storage import Storage
from tests.bot.jobs.world import Time, World
from tests.bot.kinds.services import Net, make_net
from tests.workers import LentPool

_HOSTS = (
    "www.youtube.com,github.com,www.reddit.com,reddit.com,hn.algolia.com,news.ycombinator.com,"
    "export.arxiv.org,arxiv.org,t.me,bsky.app,public.api.bsky.app,itunes.apple.com,medium.com,"
    "cast.example,toots.example,daily.example,paper.example,gazette.example,api.example,"
    "hub.example,blog.example,belts.example,hot.example,m.hot.example,bad.example,elsewhere.example"
).split(",")


class Everywhere(AbstractResolver):
    """A name server by which each host is the local server; "inner." names are private ones."""

    def __init__(self, ports: dict[int, int]) -> None:
        self._ports = ports

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002  the base's
    ) -> list[ResolveResult]:
        inner = host.startswith("inner")
        return [
            ResolveResult(
                hostname=host,
                host="10.0.0.7" if inner else "127.0.0.1",
                port=self._ports.get(port, port),
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Kinds:
    """The parts that make a source of words and signals of a source."""

    net: Net
    world: World
    trial: Discoverer


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    names = ",".join(f"DNS:{host}" for host in _HOSTS)
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=local", "-addext", f"subjectAltName={names}",
            "-keyout", folder / "key.pem", "-out", folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem", folder / "key.pem"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def kinds(
    tmp_path_factory: pytest.TempPathFactory,
    certificate: tuple[Path, Path],
    sqlite_template: Path,
) -> AsyncIterator[Kinds]:
    """One world for a module's tests: its processes are slow to start."""
    net, time = make_net(), Time()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", net.answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    file = tmp_path_factory.mktemp("kinds") / "kinds.db"
    shutil.copy(sqlite_template, file)
    url = f"sqlite:///{file}"
    storage = await Storage.open(url)
    workers = LentPool()
    plain, safe = TestServer(app), TestServer(app, scheme="https")
    await plain.start_server()
    await safe.start_server(ssl=context)
    fetcher = Fetcher(
        user_agent="hexin-test",
        allow=AddressPolicy((f"127.0.0.1:{plain.port}", f"127.0.0.1:{safe.port}")),
        per_host_gap_s=0.0,
        resolver=Everywhere({80: plain.port or 0, 443: safe.port or 0}),
        trust=trust,
        timeout_s=2.0,
    )
    signals: list[Signal] = []
    told: list[tuple[Source, PollDecision]] = []

    async def on_signal(signal: Signal) -> None:
        signals.append(signal)

    async def tell(source: Source, decision: PollDecision) -> None:
        told.append((source, decision))

    async with fetcher:
        poller = Poller(
            storage,
            fetcher,
            workers,
            clock=time,
            user_agent="hexin-test",
            backlog_per_source=8,
            tell_admins=tell,
        )
        reader = Reader(storage, fetcher, workers, clock=time, on_signal=on_signal)
        world = World(storage, poller, reader, time, "", {}, [], told, signals)
        trial = Discoverer(fetcher, workers, clock=time, known=storage.sources.all)
        yield Kinds(net, world, trial)
    await workers.close()
    await storage.close()
    await plain.close()
    await safe.close()
