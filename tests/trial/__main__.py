"""`make trial CORPORA=…`: feeds, entries, articles, signals; every failure by its name."""

import argparse
import asyncio
import logging
import tempfile
import time
from collections import Counter
from pathlib import Path

import sqlalchemy
from aiohttp import web
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.clock import utc_now
from bot.config import load_settings
from bot.running import Running
from bot.runtime import start
from storage import Storage
from storage.schema import articles, entries
from tests.trial.site import Site, load_site

console = Console()


async def trial(corpora: Path, pages_per_set: int, backlog: int) -> None:
    runner = web.AppRunner(web.Application(client_max_size=1))
    site_port = await _free_port()
    base = f"http://127.0.0.1:{site_port}"
    site = load_site(corpora, base, utc_now(), pages_per_set=pages_per_set)
    runner = web.AppRunner(site.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", site_port).start()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            _env_file=None,
            telegram_bot_token="",
            database_url=f"sqlite:///{folder}/trial.db",
            data_dir=Path(folder),
            port=0,
            sandbox_port=0,
            catalog=False,
            sandbox_newsroom=False,
            fetch_allow=f"127.0.0.1:{site_port}",
            backlog_per_source=backlog,
            workers=2,
        )
        async with start(settings) as running:
            await running.storage.sources.seed(tuple(site.specs(base)), utc_now())
            await _until_quiet(running, site)
            await _report(running.storage, site, time.monotonic() - began)
    await runner.cleanup()


async def _free_port() -> int:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = int(server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()
    return port


async def _until_quiet(running: Running, site: Site) -> None:
    """Until every feed has been polled as often as it has something to show, and all is read."""
    storage = running.storage
    with Progress(console=console) as progress:
        polls = progress.add_task("polls", total=sum(len(feed) for feed in site.feeds.values()))
        reads = progress.add_task("entries", total=None)
        quiet = 0
        while quiet < 3:
            shown = sum(
                min(site.served.get(f"/feed/{name}", 0), len(feed))
                for name, feed in site.feeds.items()
            )
            waiting = await storage.entries.waiting(utc_now())
            total = sum((await storage.entries.counts()).values())
            progress.update(polls, completed=shown)
            progress.update(reads, total=total, completed=total - waiting)
            shown_all = shown >= sum(len(feed) for feed in site.feeds.values())
            if not shown_all:
                # The feeds ask for minutes between polls; here their next state is ready now.
                for source in await storage.sources.all():
                    if source.poll.last_poll_at is not None:
                        await storage.sources.make_due(source.id, utc_now())
            quiet = quiet + 1 if shown_all and waiting == 0 else 0
            await asyncio.sleep(1)


async def _report(storage: Storage, site: Site, seconds: float) -> None:
    found = await storage.sources.all()
    parsed = [one for one in found if one.poll.last_ok_at is not None]
    counts = await storage.entries.counts()
    async with storage.database.read() as connection:
        langs = Counter((await connection.execute(sqlalchemy.select(articles.c.lang))).scalars())
        origins = Counter(
            (await connection.execute(sqlalchemy.select(articles.c.origin))).scalars()
        )
        ends = (
            await connection.execute(sqlalchemy.select(entries.c.state, entries.c.detail))
        ).all()
    console.print(
        f"{len(site.feeds)} feeds and {len(site.pages)} pages on loopback: "
        f"{len(parsed)} of {len(found)} feeds parsed, {sum(counts.values())} entries known, "
        f"{await storage.signals.total()} signals made, {seconds:.0f} s"
    )
    console.print(f"text from: {dict(origins)}; languages: {dict(langs.most_common(8))}")
    _show_ends(Counter((str(state), _reason(detail)) for state, detail in ends))
    for one in found:
        if one.poll.last_ok_at is None:
            poll = one.poll
            console.print(f"not parsed: {one.spec.key}: {poll.error_code} {poll.error_text}")


def _reason(detail: str) -> str:
    """The kind of reason, without the address it happened at."""
    if "Cannot connect" in detail:
        return "dns: the entry's own site is out of reach here; to be tried again"
    return detail[:70]


def _show_ends(ends: Counter[tuple[str, str]]) -> None:
    table = Table(title="entries by state and reason")
    for heading in ("state", "reason", "entries"):
        table.add_column(heading, overflow="fold")
    for (state, reason), count in ends.most_common(40):
        table.add_row(state, reason or "–", str(count))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=1000, help="most pages of each set")
    parser.add_argument("--backlog", type=int, default=20, help="most old entries per feed")
    chosen = parser.parse_args()
    if not chosen.corpora.is_dir():
        parser.exit(2, f"{chosen.corpora} is no folder: make trial CORPORA=…\n")
    logging.getLogger().setLevel(logging.WARNING)
    asyncio.run(trial(chosen.corpora, chosen.pages, chosen.backlog))


if __name__ == "__main__":
    main()
