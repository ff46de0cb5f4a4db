"""A target: a parser, the inputs that are made for it, and what it promises about all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.processor import soon

# Of the processor, for one input of a few kilobytes: what is quadratic takes far longer.
SOON_S = 8.0


@dataclass(frozen=True, slots=True)
class Target:
    """One parser under test.

    `promise` says in words what `check` asserts of every input. `made` are inputs that are put
    together from parts; `read` makes one from bytes, for a fuzzer that changes bytes (None: the
    same bytes decide what `made` draws). `seeds` are inputs to begin from, written by us, `words`
    what the fuzzer may splice in, `longest` the most bytes that it changes.
    """

    name: str
    promise: str
    check: Callable[[Any], None]
    made: st.SearchStrategy[Any]
    read: Callable[[bytes], Any] | None = None
    seeds: tuple[bytes, ...] = ()
    words: tuple[bytes, ...] = ()
    longest: int = 4096

    def property(self, examples: int, *, steady: bool) -> Callable[[], None]:
        """The target as a property of Hypothesis; `steady` makes the same examples each time."""

        @settings(
            max_examples=examples,
            derandomize=steady,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(self.made)
        def holds(made: Any) -> None:
            with soon(SOON_S):
                self.check(made)

        return holds

    def check_bytes(self, data: bytes) -> None:
        """Check the input that these bytes are."""
        if self.read is None:
            raise TypeError(f"{self.name} is not made of bytes")
        with soon(SOON_S):
            self.check(self.read(data))


def text_of(data: bytes) -> str:
    """Bytes as text; of what is no UTF-8 the bytes themselves, as letters."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")
