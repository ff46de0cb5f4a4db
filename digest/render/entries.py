"""Entries of digests: rendered and measured once for all digests that show them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from digest.model import Access, Lang, Layout, Signal, Wording
from digest.render.fit import count_entities, count_units, escape
from digest.render.lines import around_clock
from digest.render.rendering import Links, Rendering

_MOST = 2048
_LATELY = timedelta(minutes=5)


class Entry(NamedTuple):
    """What stands before and after the time of an entry; together, how long it is."""

    before: str
    after: str
    units: int
    entities: int


class Clock(NamedTuple):
    """A time as it is said, escaped."""

    text: str
    units: int


class _Key(NamedTuple):
    signal_id: int
    links: Links
    lang: Lang
    wording: Wording
    full: bool


class Entries:
    """Keeps what digests that are made about the same time have in common.

    What a digest looks like does not hang on it: an entry of a signal that was changed is
    rendered anew. What nobody was shown for ten minutes is forgotten, for it holds whole signals.
    """

    def __init__(self) -> None:
        self._lately: dict[_Key, tuple[Signal, Entry]] = {}
        self._before: dict[_Key, tuple[Signal, Entry]] = {}
        self._since: datetime | None = None
        self._clocks: dict[tuple[datetime, str, Lang], Clock] = {}
        self._now: datetime | None = None

    def entry(self, signal: Signal, rendering: Rendering, *, point: bool) -> Entry:
        """The entry of `signal`, in a list with points or without."""
        full = point and rendering.layout is Layout.FULL
        key = _Key(signal.id, rendering.links, rendering.lang, rendering.wording, full)
        self._forget(rendering.now)
        known = self._lately.get(key)
        if known is not None and known[0] is signal:
            return known[1]
        known = known or self._before.get(key)
        if known is not None and known[0] == signal:
            # The next digest sees at once that it is the same.
            self._lately[key] = signal, known[1]
            return known[1]
        before, after = around_clock(signal, rendering, point=point)
        markup = before + after
        made = Entry(before, after, count_units(markup), count_entities(markup))
        if signal.access is not Access.SUBSCRIBERS:  # its link is sealed anew every day
            self._lately[key] = signal, made
        return made

    def _forget(self, now: datetime | None) -> None:
        """Forget what was not shown lately, nor before that."""
        since, self._since = self._since, self._since or now
        # A clock that was set back is as good as one that went on.
        passed = abs(now - since) if now and since else timedelta(0)
        if passed >= _LATELY or len(self._lately) >= _MOST:
            self._before, self._lately, self._since = self._lately, {}, now

    def clock(self, at: datetime, rendering: Rendering) -> Clock:
        """`at` as readers say it at the `now` of `rendering`."""
        if rendering.now != self._now:
            self._now = rendering.now
            self._clocks.clear()
        key = at, rendering.zone, rendering.lang
        known = self._clocks.get(key)
        if known is None:
            text = escape(rendering.clock(at))
            known = self._clocks[key] = Clock(text, count_units(text))
        return known
