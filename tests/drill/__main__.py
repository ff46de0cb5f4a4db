"""`make drill`: everything breaks, one after the other. Prints the report; 1 when work was lost.

HEXIN_DRILL         only drills in whose name this stands
HEXIN_DRILL_REPORT  a file that the report is written to as well
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.drill.drills import DRILLS
from tests.drill.report import report
from tests.drill.running import Finding, hold


def main() -> int:
    """Hold the drills; what is found so far is written after each."""
    wanted = os.environ.get("HEXIN_DRILL", "")
    target = os.environ.get("HEXIN_DRILL_REPORT", "")
    drills = [one for one in DRILLS if wanted in f"{one.dialect}: {one.name}"]

    def write(found: Sequence[Finding]) -> None:
        if target:
            Path(target).write_text(report(found, of=len(drills)), encoding="utf-8")

    found = asyncio.run(hold(drills, write))
    write(found)
    print(report(found, of=len(drills)))
    return 1 if any(one.faults for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
