"""Entries of digests: rendered and measured once for all digests that show them."""

from datetime import datetime
from typing import NamedTuple

from digest.model import Access, Lang, Layout, Signal, Wording
from digest.render.fit import count_entities, count_units, escape
from digest.render.lines import around_clock
from digest.render.rendering import Links, Rendering

_MOST = 4096


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
    """Keeps what digests of the same day have in common, the last few thousand entries of it.

    What a digest looks like does not hang on it: an entry of a signal that was changed is
    rendered anew.
    """

    def __init__(self) -> None:
        self._kept: dict[_Key, tuple[Signal, Entry]] = {}
        self._clocks: dict[tuple[datetime, str, Lang], Clock] = {}
        self._now: datetime | None = None

    def entry(self, signal: Signal, rendering: Rendering, *, point: bool) -> Entry:
        """The entry of `signal`, in a list with points or without."""
        full = point and rendering.layout is Layout.FULL
        key = _Key(signal.id, rendering.links, rendering.lang, rendering.wording, full)
        known = self._kept.get(key)
        if known is not None and (known[0] is signal or known[0] == signal):
            if known[0] is not signal:  # the next digest sees at once that it is the same
                self._kept[key] = signal, known[1]
            return known[1]
        before, after = around_clock(signal, rendering, point=point)
        markup = before + after
        made = Entry(before, after, count_units(markup), count_entities(markup))
        if signal.access is not Access.SUBSCRIBERS:  # its link is sealed anew every day
            if len(self._kept) >= _MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = signal, made
        return made

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
