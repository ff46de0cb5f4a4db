"""Rewrite what is generated: the README's table of settings, and docs/reader.md.

`python -m tests.docs catalogue` prints every text on one HTML page instead.
"""

import re
import sys
from pathlib import Path

from bot.config import settings_markdown
from tests.docs.catalogue import catalogue
from tests.docs.reader import page

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
READER = ROOT / "docs" / "reader.md"
_TABLE = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def main() -> None:
    if sys.argv[1:] == ["catalogue"]:
        print(catalogue())
        return
    text = README.read_text(encoding="utf-8")
    README.write_text(
        _TABLE.sub(lambda match: match[1] + settings_markdown() + "\n" + match[2], text),
        encoding="utf-8",
    )
    READER.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
