"""What a soak found, in words and figures."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.soak.memory import Sample, slope

# Everything is loaded and every pool is filled after this share of the run.
SETTLED = 1 / 3
# What the index of stories may keep of one signal that it holds: it holds seven days of them by
# design. 3.3 are measured where this bound is asserted (tests/digest/test_stories_index.py).
KB_A_SIGNAL = 4
NOISE_KB = 4 * 1024
_HELD_SHOWN = 8
LEFT_OVER = 100
_MB = 1024 * 1024
_WHERE = (
    ("used", "malloc, in use, MB", _MB),
    ("sqlite", "of these SQLite, MB", _MB),
    ("free", "malloc, free, MB", _MB),
    ("large", "large blocks (dictionaries, arrays), MB", _MB),
    ("python_blocks", "objects of Python, thousands", 1000),
)
_BAD = ("commands without an answer", "probes without an answer", "deliveries dead")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen: `code` is the exit status after SIGTERM, None when it had to be killed."""

    minutes: float
    times: float
    took_s: float
    code: int | None
    stopped_s: float
    samples: tuple[Sample, ...]
    signals_at: tuple[tuple[float, int], ...]
    indexed: tuple[int, ...]
    probes_ms: tuple[float, ...]
    answers_ms: tuple[float, ...]
    counts: Counter[str]
    complaints: Counter[str]
    metrics: str
    inside: tuple[dict[str, Any], ...] = ()

    @property
    def sqlite_kb(self) -> float:
        """How much the caches of SQLite, which are bounded, filled meanwhile."""
        later = self.inside[int(len(self.inside) * SETTLED) :]
        found = [line["heap"].get("sqlite", 0) for line in later]
        return (found[-1] - found[0]) / 1024 if found else 0.0

    @property
    def allowed_kb(self) -> float:
        """How much the settled process may have grown."""
        return NOISE_KB + KB_A_SIGNAL * self.indexed_settled + max(0.0, self.sqlite_kb)

    @property
    def settled(self) -> tuple[Sample, ...]:
        """The samples after the beginning."""
        return self.samples[int(len(self.samples) * SETTLED) :]

    @property
    def grown_kb(self) -> float:
        """How much the settled process grew, by the line nearest to its samples."""
        settled = self.settled
        steep = slope([(one.at, one.own) for one in settled])
        return steep * (settled[-1].at - settled[0].at) if settled else 0.0

    @property
    def signals_settled(self) -> int:
        """The signals that came meanwhile."""
        later = self.signals_at[int(len(self.signals_at) * SETTLED) :]
        return later[-1][1] - later[0][1] if later else 0

    @property
    def indexed_settled(self) -> int:
        """By how many signals the index of stories grew meanwhile."""
        later = self.indexed[int(len(self.indexed) * SETTLED) :]
        return max(0, later[-1] - later[0]) if later else 0


def report(found: Findings) -> tuple[str, bool]:
    """The report as Markdown, and whether all is well."""
    faults = _faults(found)
    lines = [
        "# Soak",
        "",
        f"    make soak  # HEXIN_SOAK_MINUTES={found.minutes:g} HEXIN_SOAK_TIMES={found.times:g}",
        "",
        f"One process with everything in it, on SQLite, for {found.took_s / 60:.1f} minutes at"
        f" {found.times:g} times the real rate, the first third of the time at twice that, so that"
        " what is kept up to a number has come to it when the watching begins. Telegram, the news"
        " site and the readers are in another process.",
        "",
        "## Memory",
        "",
        "| minute | own MB | mapped files MB | all with workers MB | open files | signals |",
        "|---:|---:|---:|---:|---:|---:|",
        *_table(found),
        "",
        f"After the first third the process grew by {found.grown_kb / 1024:+.1f} MB"
        f" ({_an_hour(found, 'own'):+.1f} MB an hour; with its workers"
        f" {_an_hour(found, 'whole'):+.1f} MB an hour) while {found.signals_settled} signals came."
        f" Allowed are {found.allowed_kb / 1024:.1f} MB: {NOISE_KB // 1024} MB, {KB_A_SIGNAL} KB"
        f" for each of the {found.indexed_settled} signals by which the index of stories grew"
        f" ({_window()}), and the"
        f" {found.sqlite_kb / 1024:.1f} MB by which SQLite's own caches filled (4 MB of pages of"
        " the writer, 1 MB of statements a connection, which then stay).",
        "",
        *_parts(found),
        "## What held the loop",
        "",
        "Seconds beyond the first 300 ms, and where, innermost first (the start included):",
        "",
        *_held(found),
        "",
        "## Work done",
        "",
        "| what | how much |",
        "|---|---:|",
        *(f"| {name} | {number} |" for name, number in sorted(found.counts.items())),
        f"| answer to a command, median / 95 % / longest | {_spread(found.answers_ms)} |",
        f"| answer of /healthz, median / 95 % / longest | {_spread(found.probes_ms)} |",
        f"| event loop late, by half-second sleepers | {_late(found.metrics)} |",
        f"| end after SIGTERM | {found.stopped_s:.1f} s, exit status {found.code} |",
        "",
        "## Complaints in the log",
        "",
        *(
            [f"- {number} × {line}" for line, number in found.complaints.most_common(12)]
            or ["None."]
        ),
        "",
        "## Verdict",
        "",
        *([f"- {fault}" for fault in faults] or ["Flat memory, nothing lost."]),
        "",
    ]
    return "\n".join(lines), not faults


def _faults(found: Findings) -> list[str]:
    faults = []
    if found.grown_kb > found.allowed_kb:
        faults.append(f"memory grew by {found.grown_kb / 1024:.1f} MB")
    settled = found.settled
    if settled and settled[-1].files > settled[0].files + 20:
        faults.append(f"open files grew from {settled[0].files} to {settled[-1].files}")
    faults += [f"{found.counts[what]} {what}" for what in _BAD if found.counts[what]]
    # The last round of polls may have brought some that are still read.
    if found.counts["entries new"] > LEFT_OVER:
        faults.append(f"{found.counts['entries new']} articles were waiting at the end")
    if found.counts["entries"] < found.counts["articles published"] / 2:
        faults.append("articles were not found as fast as they came")
    if found.code != 0:
        faults.append("the process did not end by itself")
    return faults


def _table(found: Findings) -> list[str]:
    rows = min(10, len(found.samples))
    picked = [round(one * (len(found.samples) - 1) / max(1, rows - 1)) for one in range(rows)]
    first = found.samples[0].at if found.samples else 0.0
    return [
        f"| {(one.at - first) / 60:.1f} | {one.own / 1024:.1f} | {one.mapped / 1024:.1f}"
        f" | {one.whole / 1024:.1f} | {one.files} | {found.signals_at[number][1]} |"
        for number in picked
        for one in [found.samples[number]]
    ]


def _parts(found: Findings) -> list[str]:
    """Where memory lay a third of the way and at the end."""
    if not found.inside:
        return []
    third, last = found.inside[int(len(found.inside) * SETTLED)], found.inside[-1]
    rows = [
        f"| {name} | {before / size:.1f} | {after / size:.1f} |"
        for key, name, size in _WHERE
        for before, after in [(third["heap"].get(key, 0), last["heap"].get(key, 0))]
    ]
    full = sorted(
        (entries - third["caches"].get(name, 0), name, entries)
        for name, entries in last["caches"].items()
    )[::-1]
    grown = ", ".join(f"{name} {entries} (+{more})" for more, name, entries in full[:6] if more)
    return [
        f"| where | after {third['at'] / 60:.0f} min | after {last['at'] / 60:.0f} min |",
        "|---|---:|---:|",
        *rows,
        "",
        f"Remembered calls that grew meanwhile (each is bounded): {grown or 'none'}.",
        "",
    ]


def _held(found: Findings) -> list[str]:
    held = found.inside[-1]["held"] if found.inside else []
    return [f"- {seconds:.2f} s: {_ours(stack)}" for seconds, stack in held[:_HELD_SHOWN]] or [
        "Nothing."
    ]


def _ours(stack: str) -> str:
    """The innermost frames, without the loop's own and the import system's."""
    frames = [
        frame
        for frame in stack.split(" < ")
        if not frame.startswith(("<frozen", "asyncio/", "json/"))
    ]
    return " < ".join(frames[:5])


def _window() -> str:
    minutes = os.environ.get("HEXIN_SOAK_WINDOW_MINUTES", "")
    return f"it kept {minutes} minutes of them here" if minutes else "it keeps seven days of them"


def _an_hour(found: Findings, part: str) -> float:
    return slope([(one.at, getattr(one, part)) for one in found.settled]) * 3600 / 1024


def _late(metrics: str) -> str:
    """How late the loop was: for all but one in twenty at most, and the worst."""
    found = {
        float(sample.labels["le"]): sample.value
        for family in text_string_to_metric_families(metrics)
        if family.name == "hexin_loop_lag_seconds"
        for sample in family.samples
        if sample.name.endswith("_bucket")
    }
    total = max(found.values(), default=0.0)
    if not total:
        return "–"
    bounds = [
        min(le for le, below in found.items() if below >= total * part) for part in (0.95, 1)
    ]
    return " / ".join(f"≤ {bound * 1000:g} ms" for bound in bounds)


def _spread(figures: Sequence[float]) -> str:
    if not figures:
        return "–"
    ordered = sorted(figures)
    middle, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"{middle:.0f} / {most:.0f} / {ordered[-1]:.0f} ms"
