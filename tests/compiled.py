"""Compiled statements that all engines of a test process share."""

from collections.abc import Iterator, MutableMapping
from typing import Any

_KEPT = 4000  # all there are, but for a test that makes new ones without end


class SharedCompiled(MutableMapping[Any, Any]):
    """What SQLAlchemy's option `compiled_cache` takes.

    The first part of its keys is the engine's own dialect object. Here it is what that object
    speaks: engines of one driver compile a statement alike.
    """

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._kept[_spoken(key)]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[_spoken(key)] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._kept[_spoken(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _spoken(key: Any) -> Any:
    dialect, *statement = key
    return dialect.name, dialect.driver, dialect.server_version_info, *statement
