"""Regular expressions that are compiled when they are first used.

The program has more than a thousand: compiled as it loads, they were a fifth of the time until it
is ready. Whatever a module keeps is made by `regex`; `compile_waiting` compiles them all before
anybody waits for one.
"""

import re
from collections.abc import Iterator
from typing import Any, AnyStr, cast

_waiting: list["_Late"] = []


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` makes of it, from the first use on."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


def compile_waiting() -> Iterator[None]:
    """Compile those that nobody has used yet, one with each step."""
    while _waiting:
        _waiting.pop().compiled()
        yield


class _Method:
    """An attribute of the compiled pattern, kept once asked for: later uses cost nothing more."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, late: "_Late", owner: type) -> Any:
        value = getattr(late.compiled(), self._name)
        vars(late)[self._name] = value
        return value


class _Late:
    """Looks like a compiled pattern; the `re` of a match is the compiled one itself."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags
        self._compiled: re.Pattern[Any] | None = None
        _waiting.append(self)

    def compiled(self) -> re.Pattern[Any]:
        if self._compiled is None:
            self._compiled = re.compile(self.pattern, self._flags)
        return self._compiled

    search = _Method()
    match = _Method()
    fullmatch = _Method()
    split = _Method()
    findall = _Method()
    finditer = _Method()
    sub = _Method()
    subn = _Method()
    flags = _Method()
    groups = _Method()
    groupindex = _Method()
