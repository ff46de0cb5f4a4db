"""The port that every translation engine implements, and what can go wrong behind it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from digest.errors import HexinError


class Trouble(StrEnum):
    """Why an engine brought nothing."""

    PAIR = "pair"  # it does not know this pair of languages
    BUSY = "busy"  # too many requests, for now
    QUOTA = "quota"  # the account's characters are used up
    KEY = "key"  # the key was refused
    ANSWER = "answer"  # an answer that makes no sense
    TIMEOUT = "timeout"
    CONNECT = "connect"
    BROKEN = "broken"  # the engine itself failed
    RESTING = "resting"  # it failed several times in a row and is left alone for a while


class TranslationUnavailable(HexinError):  # noqa: N818  a state of the engine, not of our code
    """No translation now. `retry_after` is how long to leave the engine alone, None if unknown.

    `lasting` troubles do not pass by waiting a little: a missing pair, a refused key, a used-up
    account.
    """

    def __init__(
        self, trouble: Trouble, detail: str = "", *, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble = trouble
        self.detail = detail
        self.retry_after = retry_after

    @property
    def lasting(self) -> bool:
        """Whether trying again in a minute is of no use."""
        return self.trouble in {Trouble.PAIR, Trouble.KEY, Trouble.QUOTA}


class Noting(Protocol):
    """Hears how an engine does, so that its owner can be told when it is down for long."""

    async def worked(self) -> None:
        """The engine answered."""

    async def failed(self, *, lasting: bool) -> None:
        """It brought nothing; `lasting` is what only the owner can mend."""


class Translator(Protocol):
    """One engine. `name` is shown on pages and is part of the cache's keys."""

    @property
    def name(self) -> str:
        """Who translated, as readers see it ("firefox en-zh base-memory", "deepl")."""

    def covers(self, source: str, target: str) -> bool:
        """Whether it may know this pair; remote engines say yes and may still refuse."""

    def label(self, source: str, target: str) -> str:
        """Who translates this pair, where that differs from pair to pair."""

    def edition(self, source: str, target: str) -> str:
        """Changes when the same engine would translate otherwise; "" where it does not say."""

    async def translate(self, sentences: Sequence[str], *, source: str, target: str) -> list[str]:
        """The sentences in `target`, as many and in the same order; "" for one it cannot do.

        Raises `TranslationUnavailable`.
        """

    async def close(self) -> None:
        """Let go of processes and connections. May be called twice."""


class SentenceCache(Protocol):
    """Translations that were made before, by key (storage.translations)."""

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        """The texts of those keys that are known."""

    async def put(self, entries: Mapping[str, str], engine: str) -> None:
        """Remember texts by key."""
