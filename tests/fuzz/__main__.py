"""`make fuzz`: every target for a while, by Hypothesis and by atheris, and the report.

Settings by environment:

    HEXIN_FUZZ_SECONDS  how long for each target (60): a quarter by Hypothesis, the rest by atheris
    HEXIN_FUZZ_AT_ONCE  how many targets at the same time (1)
    HEXIN_FUZZ_ONLY     names of targets, separated by commas (all)
    HEXIN_FUZZ_FOLDER   where inputs and findings are kept (a folder that is removed at the end)
    HEXIN_FUZZ_REPORT   a file that the report is written to as well
    HEXIN_CORPORA       the folder of real data: with it the conformance files are read too

Exit status 1 when a promise was broken.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.report import Search, report
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

MADE_SHARE = 0.25
_STATS = re.compile(r"^#(\d+)\s+(\w+)\s+cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)
_DONE = re.compile(r"^stat::number_of_executed_units:\s+(\d+)", re.MULTILINE)
_LOADING_S = 300
_TOLD = ("HEXIN_FUZZ_SECONDS", "HEXIN_FUZZ_AT_ONCE", "HEXIN_FUZZ_ONLY")


def search(target: Target, seconds: float, folder: Path) -> Search:
    """One target by both fuzzers."""
    began = time.monotonic()
    found = Search(target.name, target.promise)
    _drive(target, "made", seconds * MADE_SHARE, folder)
    made = folder / f"{target.name}.made.json"
    if made.exists():
        found.made = json.loads(made.read_text())["runs"]
    if importlib.util.find_spec("atheris") is None:
        found.remarks.append("atheris is not installed here")
        found.took_s = time.monotonic() - began
        return found
    ends = time.monotonic() + seconds * (1 - MADE_SHARE)
    while (left := ends - time.monotonic()) > 1:
        _take_in(found, _drive(target, "changed", left, folder))
    found.remarks += [f"{one.name}" for one in sorted(folder.glob(f"{target.name}.*-*"))]
    found.took_s = time.monotonic() - began
    return found


def _drive(target: Target, how: str, seconds: float, folder: Path) -> str:
    """The driver's words. What hangs below Python's own code ends it; then it begins anew."""
    try:
        done = subprocess.run(
            [
                sys.executable, "-m", "tests.fuzz.driving",
                target.name, how, f"{seconds:.1f}", str(folder),
            ],
            check=False, capture_output=True, text=True, errors="replace",
            timeout=seconds + _LOADING_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "it did not end"
    if how == "made" and done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    return done.stderr + done.stdout


def _take_in(found: Search, told: str) -> None:
    """What libFuzzer says: `cov` counts edges, `ft` what is told apart, `corp` inputs kept."""
    lines = _STATS.findall(told)
    if not lines and (done := _DONE.search(told)):
        found.changed += int(done[1])
        return
    if not lines:
        found.remarks.append(
            told.strip().splitlines()[-1][:120] if told.strip() else "said nothing"
        )
        return
    found.changed += int(lines[-1][0])
    started = [one for one in lines if one[1] == "INITED"]
    if started and not found.edges_at_start:
        found.edges_at_start = int(started[0][2])
    found.edges = max(found.edges, int(lines[-1][2]))
    found.kept = max(found.kept, int(lines[-1][4]))


def main() -> int:
    """Search, print the report."""
    seconds = float(os.environ.get("HEXIN_FUZZ_SECONDS", "60"))
    at_once = int(os.environ.get("HEXIN_FUZZ_AT_ONCE", "1"))
    only = set(filter(None, os.environ.get("HEXIN_FUZZ_ONLY", "").split(",")))
    keep = os.environ.get("HEXIN_FUZZ_FOLDER", "")
    with tempfile.TemporaryDirectory(prefix="hexin-fuzz-") as made:
        folder = Path(keep or made)
        folder.mkdir(parents=True, exist_ok=True)
        chosen = [target for target in TARGETS if not only or target.name in only]
        searches = []
        with ThreadPoolExecutor(at_once) as searchers:
            for found in searchers.map(lambda one: search(one, seconds, folder), chosen):
                searches.append(found)
                print(found.line, flush=True)
        findings = folder / "findings.jsonl"
        rows = [json.loads(row) for row in findings.open()] if findings.exists() else []
    told = " ".join(f"{name}={os.environ[name]}" for name in _TOLD if os.environ.get(name))
    text = report(searches, rows, f"{told} make fuzz".strip(), conformance_lines())
    print(text)
    if target_file := os.environ.get("HEXIN_FUZZ_REPORT", ""):
        Path(target_file).write_text(text, encoding="utf-8")
    return 1 if rows else 0


def conformance_lines() -> list[str]:
    """The part of the report on conformance files, empty where they are not at hand."""
    corpora = os.environ.get("HEXIN_CORPORA", "")
    if not corpora or not (Path(corpora) / "feeds_conformance").exists():
        return []
    from tests.fuzz.conformance import compare, lines

    return lines(compare(Path(corpora)))


if __name__ == "__main__":
    sys.exit(main())
