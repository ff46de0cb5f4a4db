"""Quotations in a statement."""

import re
from collections.abc import Iterator

_QUOTE = re.compile(
    r"“([^“”]{4,400})”|「([^「」]{4,400})」|『([^『』]{4,400})』|\"([^\"]{4,400})\"|‘([^‘’]{12,400})’"
)


def quotes(text: str) -> Iterator[str]:
    """What stands between quotation marks, from four characters on."""
    for match in _QUOTE.finditer(text):
        yield next(group for group in match.groups() if group)
