"""Sending, beside python-telegram-bot as it comes, aiogram and a bare aiohttp loop, in one run.

`make delivery` writes docs/reports/delivery.md. Every client and the Bot API are processes of
their own; the others run in a virtual environment with nothing of ours in it.
"""

import bisect
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Row, percentile
from tests.benchmarks.talking import rows as talking_rows
from tests.benchmarks.telegram import BODY, TEXT, Came, telegram

MESSAGES = int(os.environ.get("HEXIN_BENCH_MESSAGES", "1500"))
THOUSANDS = 6000
PACED, REPLIES = 900, 100
JITTER_S = 0.1
ALLOWED = 30
REPORT = Path(__file__).parents[2] / "docs" / "reports" / "delivery.md"
_PEERS = Path(__file__).with_name("peers")
_VENV = Path(os.environ.get("HEXIN_PEERS_VENV", ".venv-peers"))
Figures = dict[str, Any]


def rows() -> list[Row]:
    """The same figures for the table of all benchmarks."""
    return [*fan_out_rows(), *thousand_rows(), *pacing_rows()]


def fan_out_rows() -> list[Row]:
    """CPU of one process that sends one digest to many, each beside PTB's own transport."""
    with telegram() as server:
        default = _theirs("ptb", server.base, MESSAGES, 10)
        figures = {
            "ours, out of the outbox, 10 in flight": _ours("outbox", server.base, MESSAGES, 10),
            "ours, out of the outbox, 100 in flight": _ours("outbox", server.base, MESSAGES, 100),
            "ours, prepared bodies, 10 in flight": _ours("bodies", server.base, MESSAGES, 10),
            "python-telegram-bot on our transport": _ours("calls", server.base, MESSAGES, 10),
            "bare aiohttp, prepared bodies": _theirs("aiohttp", server.base, MESSAGES, 10),
            "aiogram": _theirs("aiogram", server.base, MESSAGES, 10),
            "python-telegram-bot as it comes, 100 in flight": _theirs(
                "ptb", server.base, MESSAGES // 2, 100
            ),
            "python-telegram-bot as it comes, 10 in flight": default,
        }
    return [_cost_row(work, one, default) for work, one in figures.items()]


def thousand_rows() -> list[Row]:
    """A thousand messages a second against answers that take 50 ms: how much of a core.

    Beside a loop of bare aiohttp at the same pace, which is what a core cannot do without.
    """
    figures = {
        "bare aiohttp": _at_a_thousand(_theirs, "aiohttp-paced", 1000),
        "out of the outbox": _at_a_thousand(_ours, "thousand-outbox", 0),
        "prepared bodies": _at_a_thousand(_ours, "thousand-bodies", 0),
    }
    floor, _ = figures["bare aiohttp"]
    found: list[Row] = []
    for name, (cost, came) in figures.items():
        reached = (len(came) - 1) / (came[-1].arrived - came[0].arrived)
        found.append(
            Row(
                f"1,000/s asked for, {name}",
                f"{reached:.0f}/s at {reached * cost:.0%} of a core",
                "" if name == "bare aiohttp" else "at most 40 %",
                f"{cost / floor:.2f}x",
                f"{cost * 1e3:.2f} CPU s per 1,000, {_most(came)} in the fullest second",
            )
        )
    return found


def _at_a_thousand(run: Callable[..., Figures], what: str, more: int) -> tuple[float, list[Came]]:
    """CPU seconds a message, and what came."""
    with telegram(latency_s=0.05) as server:
        one = run(what, server.base, THOUSANDS, more)
        return one["cpu_s"] / one["messages"], server.came()[-THOUSANDS:]  # not what warmed up


def pacing_rows() -> list[Row]:
    """A broadcast over a way of 0 to 100 ms, with answers to people now and then."""
    found: list[tuple[Figures, list[Came]]] = []
    for run, what in ((_ours, "paced"), (_theirs, "ptb-limited")):
        with telegram(jitter_s=JITTER_S) as server:
            figures = run(what, server.base, PACED, REPLIES)
            found.append((figures, server.came()))
    (mine, at_mine), (other, at_other) = found
    limited = mine["limited"]
    return [
        Row(
            "most that arrived in any second (30 allowed)",
            _most(at_mine),
            f"AIORateLimiter {_most(at_other)}",
        ),
        Row(
            "share of the allowed that was used",
            f"{_share(at_mine):.1%}",
            f"AIORateLimiter {_share(at_other):.1%}",
            note="from the first message to the last, answers included",
        ),
        Row(
            "wait in the limiter of an answer during the broadcast",
            f"p50 {percentile(limited, 0.5) * 1e3:.0f} ms, "
            f"p95 {percentile(limited, 0.95) * 1e3:.0f} ms",
            "at most 150 ms",
        ),
        Row(
            "an answer during the broadcast, asked to answered",
            _waits(mine["waits"]),
            f"AIORateLimiter {_waits(other['waits'])}",
            note="up to 100 ms of it is the way",
        ),
    ]


def _cost_row(work: str, one: Figures, default: Figures) -> Row:
    cost, other = (each["cpu_s"] / each["messages"] for each in (one, default))
    return Row(
        work,
        f"{cost * 1e3:.3f} CPU s per 1,000",
        f"{1 / cost:,.0f} a CPU second",
        f"{other / cost:.1f}x",
        f"{one['messages'] / one['wall_s']:,.0f}/s by the clock, {one['rss_mb']:.0f} MB",
    )


def _most(came: list[Came]) -> str:
    """The worst second by arrival, whatever moment it begins at."""
    times = [one.arrived for one in came]
    most = max(bisect.bisect_left(times, at + 1.0) - n for n, at in enumerate(times))
    return f"{most}"


def _share(came: list[Came]) -> float:
    times = [one.arrived for one in came]
    return (len(times) - 1) / (times[-1] - times[0]) / ALLOWED


def _waits(waits: list[float]) -> str:
    middle, late = percentile(waits, 0.5), percentile(waits, 0.95)
    return f"p50 {middle * 1e3:,.0f} ms, p95 {late * 1e3:,.0f} ms"


def _ours(*work: object) -> Figures:
    return _run([sys.executable, "-m", "tests.benchmarks.fanout", *map(str, work)])


def _theirs(*work: object) -> Figures:
    return _run([_peers(), _PEERS / "client.py", *map(str, work)])


def _run(command: list[str | Path]) -> Figures:
    done = subprocess.run(
        command, input=json.dumps(BODY), capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    figures: Figures = json.loads(done.stdout)
    return figures


def _peers() -> Path:
    """The Python of the others, set up when it is not there yet."""
    python = _VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(_VENV)], check=True)
        wanted = _PEERS / "requirements.txt"
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
    return python


def _table(found: list[Row], *heads: str) -> list[str]:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for row in found:
        cells = (row.work, row.ours, row.beside, row.ratio, row.note)
        lines.append("| " + " | ".join(cells[: len(heads)]) + " |")
    return [*lines, ""]


def main() -> None:
    lines = [
        "# Delivery: what sending costs, and how it keeps within Telegram's limits",
        "",
        "    make delivery",
        "",
        f"One run on {os.cpu_count()} cores that others were using too: times by the clock are "
        "upper bounds, CPU seconds and ratios of the run say more. The Bot API is a process of "
        f"its own on bare sockets. Each message is a digest of {len(TEXT):,} characters with "
        "three buttons; the answer is the whole message, 6 KB.",
        "",
        "## Fan-out",
        "",
        "The ratio is to python-telegram-bot as it comes with 10 in flight, its best point. "
        "Out of the outbox includes claiming, the commit before each write and the receipt, in "
        "SQLite; prepared bodies are the same request, limiter and reading of answers without "
        "the database. We hold ourselves to 10x.",
        "",
        *_table(fan_out_rows(), "client", "cost", "so many", "ratio", "besides"),
        "## A thousand a second",
        "",
        f"{THOUSANDS:,} messages whose answers take 50 ms, paced by the limiter. Reached is what "
        "arrived a second, from the first to the last. A bare loop of aiohttp at the same pace "
        "says what cannot be saved.",
        "",
        *_table(thousand_rows(), "work", "reached", "held to", "to the bare loop", "cost"),
        "## Pacing and answers",
        "",
        f"{PACED} messages to as many chats at the usual pace, out of the outbox, and {REPLIES} "
        "answers to people, five a second, by the same limiter. The way to the server takes 0 to "
        "100 ms, and what arrives is counted there, in windows that begin at every message. "
        "AIORateLimiter has its defaults. We hold ourselves to never over 30, and 90 % used.",
        "",
        *_table(pacing_rows(), "", "ours", "beside", "", "note"),
        "## Updates",
        "",
        "We hold ourselves to 300 a second with 99 % answered within 150 ms. The update is a "
        "whole /latest, read and rendered.",
        "",
        *_table(talking_rows(), "work", "ours", "beside", "ratio", "note"),
    ]
    REPORT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    print(REPORT)


if __name__ == "__main__":
    main()
