"""`make trial-model`: articles through the model tier with a real model on this machine."""

import argparse
import asyncio
import logging
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from bot.clock import utc_now
from bot.config import Settings
from bot.model import MemoryCalls, Model, make_model
from digest.condense import condense
from tests.trial_model.report import Result, cards, figures
from tests.trial_model.samples import Sample, choose
from tests.trial_model.weights import ALIAS, CONTEXT, serving, set_up_server, set_up_weights


async def run(samples: Sequence[Sample], base_url: str, out: Path, minutes: float) -> None:
    """Every sample in turn; the report is rewritten after each, so that a stop loses nothing."""
    settings = Settings(
        _env_file=None,
        model_base_url=base_url,
        model_name=ALIAS,
        model_timeout=1800,
        model_concurrency=1,
        model_context=CONTEXT,
        model_daily_tokens=0,
    )
    calls = MemoryCalls()
    model = make_model(settings, calls, utc_now)
    assert model is not None
    results: list[Result] = []
    until = time.monotonic() + 60 * minutes
    for number, sample in enumerate(samples, 1):
        if time.monotonic() > until:
            print(f"time is up after {number - 1} of {len(samples)} articles")
            break
        results.append(await _one(model, calls, sample))
        last = results[-1]
        print(f"{number}/{len(samples)} {last.tried.outcome} {last.seconds:.0f} s", flush=True)
        _write(out, results)
    await model.close()


def _write(out: Path, results: Sequence[Result]) -> None:
    out.write_text(f"{figures(results)}\n\n{cards(results)}\n", encoding="utf-8")


async def _one(model: Model, calls: MemoryCalls, sample: Sample) -> Result:
    before = len(calls.calls)
    started = time.monotonic()
    tried = await model.attempt(sample.article, condense(sample.article))
    return Result(sample, tried, calls.calls[before:], time.monotonic() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, help="folder of real articles")
    parser.add_argument("--folder", type=Path, default=Path(".trial-model"), help="set-up is here")
    parser.add_argument("--venv", type=Path, help="environment with the server")
    parser.add_argument("--models", type=Path, help="folder with the wheels or the joined model")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=240, help="start no article after that")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, help="the report")
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    corpora = chosen.corpora if chosen.corpora and chosen.corpora.is_dir() else None
    python = set_up_server(chosen.venv or chosen.folder / "venv")
    weights = set_up_weights(chosen.models or chosen.folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    out = chosen.out or (chosen.models or chosen.folder) / "report.md"
    with serving(python, weights, port, chosen.threads) as base_url:
        asyncio.run(run(choose(corpora, chosen.count), base_url, out, chosen.minutes))
    print(out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
