"""The whole bot, watched from outside as Prometheus and a platform would."""

import asyncio
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.e2e.conftest import Start

TOKEN = "a-token-for-whoever-watches"


async def figures(session: aiohttp.ClientSession, url: str) -> dict[tuple[str, str], float]:
    """What is told at `url`, by name and the value of the first label."""
    async with session.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        assert answer.status == 200
        told = await answer.text()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


async def readiness(session: aiohttp.ClientSession, url: str) -> tuple[int, dict[str, Any]]:
    async with session.get(url) as answer:
        return answer.status, await answer.json()


async def test_what_a_reader_does_shows_and_the_process_is_ready(hexin: Start) -> None:
    watched = {"metrics_port": 0, "metrics_token": SecretStr(TOKEN)}
    async with hexin(**watched) as running, aiohttp.ClientSession() as session:
        own, public = running.metrics_url, f"{running.pages_url}metrics"
        before = await figures(session, own)
        assert running.sandbox is not None
        wang = running.sandbox.person("wang")
        wang.send("/help")
        await wang.wait_for(lambda seen: "/latest" in seen.text)
        async with asyncio.timeout(20):
            # The answer is there a moment before its update counts as handled.
            due = {("hexin_signals_total", ""), ("hexin_update_seconds_count", "message")}
            after = await figures(session, own)
            while any(after.get(one, 0) <= before.get(one, 0) for one in due):
                await asyncio.sleep(0.1)
                after = await figures(session, own)

        def grown(name: str, label: str = "") -> float:
            return after.get((name, label), 0) - before.get((name, label), 0)

        assert grown("hexin_updates_total", "message") == 1
        assert grown("hexin_update_seconds_count", "message") == 1
        assert grown("hexin_polls_total", "read") >= 1
        assert grown("hexin_entries_total") >= grown("hexin_signals_total") >= 1
        assert grown("hexin_condense_seconds_count") >= 1
        assert grown("hexin_telegram_calls_total", "ok") >= 1
        assert grown("hexin_limiter_wait_seconds_count", "answer") >= 1
        assert await figures(session, public)
        for refused in (own, public):
            async with session.get(refused) as answer:
                assert answer.status == 404
        status, report = await readiness(session, own.replace("/metrics", "/readyz"))
        assert (status, report["reasons"]) == (200, {})
        running.watching.reach.note(answered=True, refused="InvalidToken")
        status, report = await readiness(session, f"{running.pages_url}readyz")
        assert (status, report["reasons"]) == (503, {"telegram": "token refused"})
