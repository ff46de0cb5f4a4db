"""The translation models installed on this machine, as they are at this moment.

`hexin models add` and `remove` are other processes. So before each piece of work the manifests on
the shelf are looked at (a few stat calls), and what lies there now is used, without a restart.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model import Article, Brief, Translation

if TYPE_CHECKING:
    from bot.translating import Translating

TARGET = "zh"
# Which manifests there are: their paths, and what changes when one is replaced.
Stamp = frozenset[tuple[str, int, int]]


def shelf_stamp(folder: Path) -> Stamp:
    """Changes whenever a model in `folder` is added, replaced or removed."""
    return frozenset(_stamps(folder))


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    # A folder that is being put in its place begins with a dot.
    for manifest in folder.glob("[a-z]*-[a-z]*/manifest.json"):
        with suppress(OSError):  # removed since it was listed
            found = manifest.stat()
            yield str(manifest), found.st_mtime_ns, found.st_ino


def speaks(folder: Path, target: str) -> bool:
    """Whether a model in `folder` translates into `target`."""
    return any(folder.glob(f"[a-z]*-{target}/manifest.json"))


class Installed:
    """The installed models as the translator in use (`bot.jobs.enriching.Rendering`).

    `make` gives the service for what lies in `folder` now, None when nothing usable does; it loads
    what it needs when there is something to translate. Close it when done.
    """

    def __init__(self, folder: Path, make: "Callable[[], Translating | None]") -> None:
        self._folder = folder
        self._make = make
        self._stamp: Stamp = frozenset()
        self._current: _Shared | None = None
        self._former: list[_Shared] = []

    def covers(self, source: str, target: str = TARGET) -> bool:
        """Whether models for this pair are there."""
        current = self._now()
        return current is not None and current.translating.covers(source, target)

    async def brief(self, brief: Brief, article: Article, target: str = TARGET) -> Brief:
        """The brief with what could be translated; itself without a model for it."""
        async with self._used() as translating:
            if translating is None:
                return brief
            return await translating.brief(brief, article, target)

    async def article(self, article: Article, target: str = TARGET) -> Translation:
        """The article, sentence by sentence. Raises TranslationUnavailable."""
        from bot.translating.port import (  # noqa: PLC0415  slow to import; most do without
            TranslationUnavailable,
            Trouble,
        )

        async with self._used() as translating:
            if translating is None:
                raise TranslationUnavailable(Trouble.PAIR, "no model is installed")
            return await translating.article(article, target)

    async def close(self) -> None:
        """End the workers, whatever they are at."""
        if self._current is not None:
            self._former.append(self._current)
            self._current = None
        while self._former:
            await self._former.pop().translating.close()

    def _now(self) -> "_Shared | None":
        stamp = shelf_stamp(self._folder)
        if stamp != self._stamp:
            self._stamp = stamp
            if self._current is not None:
                self._former.append(self._current)
            made = self._make() if stamp else None
            self._current = _Shared(made) if made is not None else None
        return self._current

    @asynccontextmanager
    async def _used(self) -> "AsyncIterator[Translating | None]":
        current = self._now()
        if current is None:
            yield None
        else:
            current.users += 1
            try:
                yield current.translating
            finally:
                current.users -= 1
        await self._let_go()

    async def _let_go(self) -> None:
        """End the workers of former models that nobody uses any more."""
        for idle in [one for one in self._former if not one.users]:
            self._former.remove(idle)
            await idle.translating.close()


class _Shared:
    """A service, and how many are using it."""

    def __init__(self, translating: "Translating") -> None:
        self.translating = translating
        self.users = 0
