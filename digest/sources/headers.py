"""Headers that an admin adds to the polls of one source: a token, a cookie, another agent."""

from collections.abc import Iterable

from digest.regexes import regex

Headers = tuple[tuple[str, str], ...]

MOST_HEADERS = 10
_LONGEST_VALUE = 4_000
_NAME = regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
# Printable ASCII and Latin-1, as HTTP allows; no line end, which would begin a header of its own.
_VALUE = regex(rf"[\t\x20-\x7e\xa0-\xff]{{0,{_LONGEST_VALUE}}}")
# What speaks of the connection, or what we answer for ourselves.
_OURS = frozenset(
    {
        "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade",
        "expect", "keep-alive", "proxy-authorization", "proxy-connection", "accept-encoding",
        "if-none-match", "if-modified-since", "a-im", "range", "if-range",
    }
)  # fmt: skip
_SHOWN = 4


class BadHeader(ValueError):  # noqa: N818  what an admin typed, not a fault
    """A header that may not be sent; `name` says which, without its value."""

    def __init__(self, name: str) -> None:
        super().__init__(f"header {name[:60]!r} may not be sent")
        self.name = name


def read_header(line: str) -> tuple[str, str]:
    """The pair in "Name: value". Raises BadHeader."""
    name, _, value = line.partition(":")
    pair = (name.strip(), value.strip())
    checked_headers((pair,))
    return pair


def checked_headers(headers: Iterable[tuple[str, str]]) -> Headers:
    """`headers` as they are. Raises BadHeader for one that may not be sent, or one too many."""
    pairs = tuple(headers)
    for place, (name, value) in enumerate(pairs):
        good = _NAME.fullmatch(name) and value and _VALUE.fullmatch(value)
        if place >= MOST_HEADERS or not good or name.lower() in _OURS:
            raise BadHeader(name)
    return pairs


def masked(headers: Iterable[tuple[str, str]]) -> list[str]:
    """Lines to show people: the name, and of a long value its last four characters."""
    return [f"{name}: {_masked(value)}" for name, value in headers]


def _masked(value: str) -> str:
    return "…" + value[-_SHOWN:] if len(value) >= 4 * _SHOWN else "…"
