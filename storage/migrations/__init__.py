"""Alembic's environment and versions."""

from typing import Any

from storage.search.tables import SEARCH_TABLE


def leave_search_alone(thing: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    """Whether autogenerate may look at `thing`: search tables seem leftovers to it."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", None)
    return not (table or "").startswith(SEARCH_TABLE)
