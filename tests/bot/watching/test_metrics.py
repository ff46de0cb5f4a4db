import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot import meters
from bot.config import ConfigError, load_settings
from bot.watching.gauges import Gauges
from bot.watching.metrics import MetricsPage
from storage import Storage
from tests.newsdesk import Newsdesk

TOKEN = "watch-me-if-you-can"
EVERYWHERE = "0.0.0.0"  # noqa: S104  what must be refused


def at() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def visit(storage: Storage) -> AsyncIterator[TestClient]:
    gauges = Gauges(storage, at)
    app = web.Application()
    app.router.add_get("/secret", MetricsPage(gauges, TOKEN, open_without=True).answer)
    app.router.add_get("/open", MetricsPage(gauges, "", open_without=True).answer)
    app.router.add_get("/none", MetricsPage(gauges, "", open_without=False).answer)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        ("/secret", "", 404),
        ("/secret", TOKEN, 404),
        ("/secret", f"Bearer {TOKEN}x", 404),
        ("/secret", "Bearer ", 404),
        ("/secret", f"Bearer {TOKEN}", 200),
        ("/open", "", 200),
        ("/none", "", 404),
        ("/none", "Bearer ", 404),
    ],
)
async def test_who_may_see_the_figures(
    visit: TestClient, path: str, told: str, status: int
) -> None:
    async with visit.get(path, headers={"Authorization": told} if told else {}) as answer:
        assert answer.status == status
        assert ("hexin_polls" in await answer.text()) is (status == 200)


async def test_what_waits_is_asked_of_the_database(visit: TestClient, storage: Storage) -> None:
    await Newsdesk(storage).publish("央行下调存款准备金率")
    async with visit.get("/open") as answer:
        families = text_string_to_metric_families(await answer.text())
        found = {sample.name: sample.value for one in families for sample in one.samples}
    assert found["hexin_database_up"] == 1
    assert found["hexin_signals_held"] == 0
    assert found["hexin_newest_signal_age_seconds"] > 0
    assert found["process_resident_memory_bytes"] > 1_000_000


async def test_a_database_that_is_gone_is_a_figure_too(
    visit: TestClient, storage: Storage
) -> None:
    async with storage.database.write() as connection:
        await connection.execute(text("ALTER TABLE entries RENAME TO lost"))
    async with visit.get("/open") as answer:
        assert answer.status == 200
        assert "hexin_database_up 0.0" in await answer.text()


def test_figures_are_not_shown_to_the_world_without_a_token() -> None:
    with pytest.raises(ConfigError, match="METRICS_TOKEN"):
        load_settings(_env_file=None, metrics_host=EVERYWHERE, metrics_port=9100)
    kept = {"metrics_host": EVERYWHERE, "metrics_port": 9100, "metrics_token": TOKEN}
    assert load_settings(_env_file=None, **kept).metrics_port == 9100


def test_names_and_labels_are_as_prometheus_wants_them() -> None:
    for family in meters.REGISTRY.collect():
        if not family.name.startswith("hexin_"):
            continue
        assert family.documentation, family.name
        if family.type == "histogram":
            assert family.name.endswith("_seconds"), family.name
        labels = {name for sample in family.samples for name in sample.labels} - {"le"}
        known = {
            *("outcome", "state", "kind", "purpose", "direction", "step", "status", "priority"),
            "level",
        }
        assert labels <= known, (family.name, labels)


async def test_how_late_the_loop_is_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.watching.lag.EVERY_S", 0.01)
    from bot.watching.lag import LoopWatch

    watch = LoopWatch()
    watch.start()
    await asyncio.sleep(0.03)
    calm = watch.worst_s()
    until = asyncio.get_running_loop().time() + 0.2
    while asyncio.get_running_loop().time() < until:
        pass
    await asyncio.sleep(0.02)
    assert watch.worst_s() > max(calm, 0.1)
    await watch.stop()
