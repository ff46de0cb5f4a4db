"""`make drill`: everything breaks, one after the other. Prints the report; 1 when work was lost.

HEXIN_DRILL         only drills in whose name this stands
HEXIN_DRILL_REPORT  a file that the report is written to as well
"""

import asyncio
import os
import sys
from pathlib import Path

from tests.drill.drills import DRILLS
from tests.drill.report import report
from tests.drill.running import hold


def main() -> int:
    """Hold the drills."""
    wanted = os.environ.get("HEXIN_DRILL", "")
    found = asyncio.run(hold([one for one in DRILLS if wanted in f"{one.dialect}: {one.name}"]))
    text = report(found)
    print(text)
    target = os.environ.get("HEXIN_DRILL_REPORT", "")
    if target:
        Path(target).write_text(text, encoding="utf-8")
    return 1 if any(one.faults for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
