"""The sources that a new installation starts with (catalog.toml)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from digest.model import Access, FullText, HotList, Recipe, SourceKind, SourceSpec

_FILE = Path(__file__).with_name("catalog.toml")


@cache
def load_catalog() -> tuple[SourceSpec, ...]:
    """All sources of the catalog, in its order."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["sources"]
    return tuple(_spec(row) for row in rows)


def _spec(row: dict[str, Any]) -> SourceSpec:
    chosen = {
        "kind": SourceKind(row.get("kind", SourceKind.FEED)),
        "full_text": FullText(row.get("full_text", FullText.EXCERPT)),
        "access": Access(row.get("access", Access.PUBLIC)),
        "hot": HotList(row.get("hot", HotList.NO)),
        "recipe": Recipe(**row.get("recipe", {})),
    }
    return SourceSpec(**row | chosen)
