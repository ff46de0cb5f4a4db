"""Whom an editor means: an audience by filters, before anybody looks who that is today. Pure.

Whoever is gone or has unsubscribed is in no audience, whatever its filters say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from digest.days import Days
from digest.wishes import Lang, Layout

MOST_IDS = 500
MOST_DAYS = 3650


class Among(StrEnum):
    """From how many the filters choose.

    `subscribed`: chats to which something is pushed; `paused`: those, and who holds pushes back
    for a while; `started`: those too who have only looked in; `staff`: the bot's own admins and
    editors in their private chats, to try something out.
    """

    SUBSCRIBED = "subscribed"
    PAUSED = "paused"
    STARTED = "started"
    STAFF = "staff"


class Place(StrEnum):
    """Kinds of chats as editors tell them apart; a supergroup is a group."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Audience:
    """Chats that fit every filter that is set; nothing set means all of `among`.

    `columns` and `topics` are ids of which a reader follows at least one; with `everything` also
    whoever follows nothing in particular, and so gets all of them. `used` and `received` are
    numbers of days: who did something with the bot, who was sent a signal, within so many.
    `joined` are days of the editors' own calendar. `ids` are chats by their Telegram ids: these
    and no others, and then `among` does not count.
    """

    among: Among = Among.SUBSCRIBED
    lang: Lang | None = None
    places: tuple[Place, ...] = ()
    columns: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    everything: bool = False
    layout: Layout | None = None
    used: int | None = None
    received: int | None = None
    joined: Days | None = None
    ids: tuple[int, ...] = ()

    def normal(self) -> "Audience":
        """The same audience in one spelling."""
        places = tuple(place for place in Place if place in self.places)
        topics, columns = sorted(set(self.topics)), sorted(set(self.columns))
        return replace(
            self,
            places=() if len(places) == len(Place) else places,
            topics=tuple(topics),
            columns=tuple(columns),
            everything=self.everything and bool(topics or columns),
            ids=tuple(sorted(set(self.ids))),
        )

    @property
    def filters(self) -> tuple[str, ...]:
        """The names of the fields that are set, in their order."""
        empty = Audience()
        names = (one.name for one in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(empty, name))

    def without(self, name: str) -> "Audience":
        """The same audience without the filter of this name."""
        return replace(self, **{name: getattr(Audience(), name)}).normal()


@dataclass(frozen=True, slots=True)
class Circle:
    """What bounds every audience: the bot's own settings.

    `zone` is the editors' time zone, `staff` the ids of those who look after the bot. A private
    bot writes only to the chats it has `named` (None: it is open to everyone) and to its guests,
    who are people only where people are `invited`.
    """

    zone: str = "Asia/Shanghai"
    staff: frozenset[int] = frozenset()
    named: frozenset[int] | None = None
    invited: bool = False


@dataclass(frozen=True, slots=True)
class AudienceSize:
    """How many chats an audience has now, by kind."""

    private: int = 0
    groups: int = 0
    channels: int = 0

    @property
    def total(self) -> int:
        """All chats."""
        return self.private + self.groups + self.channels


def audience_data(audience: Audience) -> dict[str, Any]:
    """`audience` as plain data: only what is set."""
    data = {name: getattr(audience, name) for name in audience.normal().filters}
    if audience.joined is not None:
        days = audience.joined
        data["joined"] = [side.isoformat() if side else None for side in (days.first, days.last)]
    return data


def read_audience(data: Mapping[str, Any]) -> Audience:
    """The audience that `audience_data` wrote."""
    lang, layout, joined = data.get("lang"), data.get("layout"), data.get("joined")
    return Audience(
        among=Among(data.get("among", Among.SUBSCRIBED)),
        lang=Lang(lang) if lang else None,
        places=tuple(Place(one) for one in data.get("places", ())),
        columns=tuple(data.get("columns", ())),
        topics=tuple(data.get("topics", ())),
        everything=bool(data.get("everything", False)),
        layout=Layout(layout) if layout else None,
        used=data.get("used"),
        received=data.get("received"),
        joined=Days(*(date.fromisoformat(one) if one else None for one in joined))
        if joined
        else None,
        ids=tuple(data.get("ids", ())),
    ).normal()
