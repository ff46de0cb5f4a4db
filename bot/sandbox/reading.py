"""Numbers and JSON as callers write them, read without trusting them."""

import json
from typing import Any

from digest.regexes import regex

_WHOLE = regex(r"-?[0-9]{1,19}")


def whole_number(text: str) -> int | None:
    """`text` as an integer of at most 19 digits, None for anything else ("²", "--5", "１")."""
    return int(text) if _WHOLE.fullmatch(text) else None


def read_json(text: str | bytes) -> Any:
    """Parse JSON. Raises ValueError, also when it is nested too deeply or holds half a character.

    A lone surrogate can be written in JSON and in no encoding.
    """
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found
