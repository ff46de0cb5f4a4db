"""Rewrite the generated part of the README."""

import re
from pathlib import Path

from bot.config import settings_markdown

README = Path(__file__).parents[2] / "README.md"
_TABLE = re.compile(r"(<!-- settings -->\n).*?(<!-- /settings -->)", re.DOTALL)


def main() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(
        _TABLE.sub(lambda match: match[1] + settings_markdown() + "\n" + match[2], text),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
