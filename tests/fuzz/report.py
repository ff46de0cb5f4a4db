"""What a search found, in words and figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.target import SOON_S
from tests.fuzz.test_found import FOUND

_KNOWN = Path(__file__).with_name("covered.md")


@dataclass
class Search:
    """One target's search. `made` and `changed` count inputs, edges are branches taken."""

    name: str
    promise: str
    made: int = 0
    changed: int = 0
    edges_at_start: int = 0
    edges: int = 0
    kept: int = 0
    took_s: float = 0.0
    remarks: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """A row of the table."""
        return (
            f"| {self.name} | {self.made:,} | {self.changed:,} | {self.edges_at_start:,} |"
            f" {self.edges:,} | {self.kept:,} | {self.took_s:.0f} |"
            f" {'; '.join(self.remarks) or '–'} |"
        )


def report(
    searches: Sequence[Search],
    findings: Sequence[dict[str, Any]],
    command: str,
    conformance: Sequence[str] = (),
) -> str:
    """The report as Markdown."""
    broken = smallest(findings)
    return "\n".join(
        [
            "# Fuzzing",
            "",
            f"    {command}",
            "",
            "Each target in a process of its own: a quarter of the time Hypothesis makes inputs"
            " from parts, then atheris changes bytes, led by the branches that they reach. Edges"
            " are branches of our own packages: those that the first inputs reach, and those"
            " reached in the end.",
            "",
            "| target | made | changed | edges at first | edges in the end | inputs kept | seconds"
            " | remarks |",
            "|---|---:|---:|---:|---:|---:|---:|---|",
            *(one.line for one in searches),
            "",
            "A slow unit under the remarks is an input that took ten seconds of the clock; what is"
            f" promised is {SOON_S:g} seconds of the processor.",
            "",
            "## What is promised",
            "",
            *(f"- **{one.name}**: {one.promise}" for one in searches),
            "",
            "## Broken promises",
            "",
            *(_finding(one) for one in broken),
            *([] if broken else ["None in this run."]),
            "",
            f"What earlier runs broke was mended, in the product or in the promise: {len(FOUND)}"
            " inputs in `tests/fuzz/test_found.py` are checked with every test run.",
            "",
            *conformance,
            _KNOWN.read_text(encoding="utf-8"),
        ]
    )


def smallest(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One finding for each kind of break, the smallest input that shows it."""
    by_kind = {(one["target"], one["kind"]): one for one in findings}  # the last is the smallest
    return list(by_kind.values())


def _finding(one: dict[str, Any]) -> str:
    shown = one["input"].replace("`", "´")[:160]
    return f"- **{one['target']}**: {one['error'][:160]} ({one['kind'][:120]}), by `{shown}`"
