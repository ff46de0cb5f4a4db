"""Ids of new columns and topics: short, lasting, of letters that stand in any address."""

import re
import unicodedata
from collections.abc import Collection
from hashlib import sha256

MOST = 24
"""Characters: two ids have to fit behind one button."""


def slug(name: str, known: Collection[str]) -> str:
    """An id like the English `name` ("Solid-state batteries": "solid-state-batteries").

    It is none of the `known`. A name without such letters gets a sign of its own.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    made = ""
    for word in words:
        longer = f"{made}-{word}" if made else word[: MOST - 3]
        if len(longer) > MOST - 3:
            break
        made = longer
    made = made or f"x{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    tries = [made, *(f"{made}-{number}" for number in range(2, 100))]
    return next(one for one in tries if one not in known)
