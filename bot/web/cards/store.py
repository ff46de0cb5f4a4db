"""Cards once drawn are kept on disk, so many at most; a card is found by what stands on it."""

import asyncio
import hashlib
import json
import logging
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.web.cards.card import VERSION, Card

log = logging.getLogger(__name__)

MOST = 2_000
"""Files kept, about 20 kB each; beyond that the least recently used tenth goes."""

AT_ONCE = 2
MOST_WAITING = 40
_SHARE_DROPPED = 10


class TooManyCards(Exception):  # noqa: N818  a state of the machine, told as 503
    """More cards are asked for than can be drawn in reasonable time."""


class CardStore:
    """Draws cards in threads, two at a time, and keeps them under `folder` (None: nowhere)."""

    def __init__(self, folder: Path | None, most: int = MOST) -> None:
        self._folder = folder
        self._most = most
        self._pens = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def png(self, card: Card) -> bytes:
        """The picture of `card`. Raises TooManyCards when too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise TooManyCards
        self._waiting += 1
        try:
            async with self._pens:
                return await asyncio.to_thread(self._kept_or_drawn, card)
        finally:
            self._waiting -= 1

    def _kept_or_drawn(self, card: Card) -> bytes:
        # Takes 4 MB, which nobody needs before the first card.
        from bot.web.cards.drawing import draw  # noqa: PLC0415

        if self._folder is None:
            return draw(card)
        path = self._folder / f"{mark_of(card)}.png"
        with suppress(OSError):
            body = path.read_bytes()
            path.touch()
            return body
        body = draw(card)
        try:
            self._keep(self._folder, path, body)
        except OSError as error:  # a full disk costs time, no picture
            log.warning("a card was not kept: %s", error)
        return body

    def _keep(self, folder: Path, path: Path, body: bytes) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            file.write(body)
        Path(file.name).replace(path)
        kept = list(folder.glob("*.png"))
        if len(kept) > self._most:
            kept.sort(key=_used_at)
            for old in kept[: len(kept) - self._most + self._most // _SHARE_DROPPED]:
                old.unlink(missing_ok=True)


def mark_of(card: Card) -> str:
    """What changes when the picture does."""
    said = json.dumps([VERSION, *astuple(card)])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
