"""Rewrite what is generated: the README's table of settings, and docs/reader.md."""

import re
from pathlib import Path

from bot.config import settings_markdown
from tests.docs.reader import page

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
READER = ROOT / "docs" / "reader.md"
_TABLE = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(
        _TABLE.sub(lambda match: match[1] + settings_markdown() + "\n" + match[2], text),
        encoding="utf-8",
    )
    READER.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
