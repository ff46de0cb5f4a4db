"""How long the translator has brought nothing, noted where every process can read it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from storage import Storage

NOTE = "translator"
# Fewer failures than the breaker's patience are no trouble, unless only the owner can mend it.
_FAILURES = 3
_OLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Strain:
    """Failures in a row: first and last, how many, and whether only the owner can mend it."""

    since: datetime
    last: datetime
    failures: int
    lasting: bool

    def is_trouble(self, now: datetime, long: timedelta) -> bool:
        """Whether it has lasted for `long`; what nobody met for a day is forgotten."""
        enough = self.lasting or self.failures >= _FAILURES
        return enough and now - self.since >= long and now - self.last <= _OLD


class StrainNote:
    """Writes down how the translator does; little is written while it is well."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._meta = storage.meta
        self._clock = clock
        self._well = False

    async def worked(self) -> None:
        """It answered."""
        if not self._well and await self._meta.get(NOTE):
            await self._meta.set(NOTE, "")
        self._well = True

    async def failed(self, *, lasting: bool) -> None:
        """It brought nothing."""
        self._well = False
        now = self._clock()
        known = read_strain(await self._meta.get(NOTE))
        if known is None or now - known.last > _OLD:
            known = Strain(now, now, 0, lasting=False)
        data = [known.since.isoformat(), now.isoformat(), known.failures + 1, lasting]
        await self._meta.set(NOTE, json.dumps(data))


def read_strain(note: str | None) -> Strain | None:
    """The strain in a note, None when all is well."""
    if not note:
        return None
    since, last, failures, lasting = json.loads(note)
    return Strain(
        datetime.fromisoformat(since), datetime.fromisoformat(last), int(failures), bool(lasting)
    )
