"""`hexin lab condense --tier model`, beside a server that imitates a model."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web

from tests.bot.cli.hexin import Hexin
from tests.bot.model.briefs import ARTICLE, GOOD
from tests.bot.model.imitation import Imitation, answers, fails

TEXT = "\n".join(" ".join(paragraph) for paragraph in ARTICLE.paragraphs)
RECORD = {"id": 1, "title": ARTICLE.title, "text": TEXT}


@pytest.fixture
def imitation() -> Iterator[tuple[Imitation, str]]:
    """An imitation in a thread of its own: the command brings its own loop."""
    imitated = Imitation(answers(GOOD))
    loop = asyncio.new_event_loop()
    application = web.Application()
    application.router.add_post("/v1/chat/completions", imitated.answer)
    runner = web.AppRunner(application)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    port = runner.addresses[0][1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield imitated, f"http://127.0.0.1:{port}/v1"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(runner.cleanup())
    loop.close()


def lines(hexin: Hexin, *records: dict[str, Any]) -> list[dict[str, Any]]:
    given = "\n".join(json.dumps(record) for record in records) + "\n"
    result = hexin("lab", "condense", "--tier", "model", input_=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_brief_what_it_cost_and_where_it_stands(
    hexin: Hexin, imitation: tuple[Imitation, str]
) -> None:
    hexin.env |= {
        "MODEL_BASE_URL": imitation[1],
        "MODEL_NAME": "imitation-1",
        "MODEL_PRICE_OUT": "10",
    }
    wrong = {"text": "公司还融资 77 亿欧元。", "sentences": [3]}
    imitation[0].replies = [
        answers({**GOOD, "points": [*GOOD["points"], wrong]}),
        answers({"statements": []}),
        fails(400, "maximum context length"),
    ]
    made, kept = lines(hexin, RECORD, {**RECORD, "id": 2, "title": "Another"})
    assert (made["id"], made["tier"], made["outcome"]) == (1, "model", "ok")
    assert made["headline"] == GOOD["headline"]
    assert "77 亿欧元" in made["checked"]["dropped"][0]
    assert [call["purpose"] for call in made["calls"]] == ["brief", "repair"]
    assert made["tokens_out"] == 600
    assert made["cost"] == pytest.approx(0.006)
    start, end = made["points"][1]["evidence_offsets"][0]
    assert "from 40 watts to 4 watts" in TEXT[start:end]
    assert (kept["tier"], kept["outcome"], kept["fell_back"]) == ("rules", "too_long", True)


def test_without_a_model_it_says_what_to_set(hexin: Hexin) -> None:
    result = hexin("lab", "condense", "--tier", "model", input_="{}\n")
    assert result.exit_code == 2
    assert "MODEL_BASE_URL" in result.output
