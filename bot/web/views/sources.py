"""The health of the sources in calm words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.web.moments import Moment, short_moment
from bot.web.views.items import Label, Setting, column_label
from bot.web.words import outside_link, short, tag_of
from digest.errors import PollFailure
from digest.model import Source, SourceState

PER_PAGE = 60
MAX_SICK = 20
# Feeds fail now and then; readers need not worry before a source has been silent this long.
_CALM = timedelta(hours=6)
_CODES = {code.value for code in PollFailure}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. `health` is ok, waiting, unsteady, offline, paused or gone.

    `reason` is a PollFailure code or "" when there is none (or none that we know). `signals` is
    what it brought in a month, `newest` the date of its newest entry.
    """

    title: str
    tag: str
    href: str
    health: str
    reason: str
    last_ok: Moment | None
    next_poll: Moment | None
    failing_since: Moment | None
    signals: int
    newest: Moment | None


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """The sources of one column."""

    column: Label | None
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class SourcesView:
    """A page of sources and how many of all are in which health."""

    total: int
    healths: tuple[tuple[str, int], ...]
    sick: tuple[SourceRow, ...]
    groups: tuple[SourceGroup, ...]
    previous: str
    following: str


HEALTHS = ("ok", "waiting", "unsteady", "offline", "paused", "gone")


def sources_view(
    sources: Sequence[Source], setting: Setting, yields: Mapping[int, int]
) -> SourcesView:
    """Group the sources by column, a page at a time; on the first page those that fail first.

    `yields` are the signals that each brought in a month, by its id.
    """
    places = {name: place for place, name in enumerate(setting.taxonomy.columns)}
    ordered = sorted(
        sources,
        key=lambda source: (
            places.get(source.spec.column, len(places)),
            source.spec.title,
            source.id,
        ),
    )
    counts = Counter(health_of(source, setting) for source in ordered)
    page = setting.visit.number
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    return SourcesView(
        total=len(ordered),
        healths=tuple((health, counts[health]) for health in HEALTHS if counts[health]),
        sick=_sick(ordered, setting, yields) if page == 1 else (),
        groups=_groups(shown, setting, yields),
        previous=setting.visit.url("/sources", page=page - 1) if page > 1 and shown else "",
        following=setting.visit.url("/sources", page=page + 1)
        if page * PER_PAGE < len(ordered)
        else "",
    )


def health_of(source: Source, setting: Setting) -> str:
    """One of HEALTHS."""
    poll = source.poll
    if source.state is not SourceState.ACTIVE:
        return source.state.value
    if not poll.errors:
        return "ok" if poll.last_ok_at else "waiting"
    recently_fine = poll.last_ok_at is not None and setting.now - poll.last_ok_at < _CALM
    return "unsteady" if recently_fine else "offline"


def _sick(
    sources: Sequence[Source], setting: Setting, yields: Mapping[int, int]
) -> tuple[SourceRow, ...]:
    """Those that cannot be read, the longest failing first, at most MAX_SICK."""
    failing = [source for source in sources if health_of(source, setting) == "offline"]
    failing.sort(key=lambda source: (source.poll.failing_since or setting.now, source.id))
    return tuple(_row(source, setting, yields) for source in failing[:MAX_SICK])


def _groups(
    sources: Sequence[Source], setting: Setting, yields: Mapping[int, int]
) -> tuple[SourceGroup, ...]:
    by_column: dict[str, list[Source]] = {}
    for source in sources:
        by_column.setdefault(source.spec.column, []).append(source)
    return tuple(
        SourceGroup(
            column_label(column, setting),
            tuple(_row(source, setting, yields) for source in members),
        )
        for column, members in by_column.items()
    )


def _row(source: Source, setting: Setting, yields: Mapping[int, int]) -> SourceRow:
    poll = source.poll
    health = health_of(source, setting)
    waits = source.state is SourceState.ACTIVE
    ill = health in {"unsteady", "offline"}
    code = poll.error_code or ""

    def told(at: datetime | None) -> Moment | None:
        return short_moment(at, setting.now, setting.visit.lang) if at else None

    return SourceRow(
        title=short(source.spec.title, 60),
        tag=tag_of(source.spec.lang),
        href=outside_link(source.spec.site_url),
        health=health,
        reason=code if ill and code in _CODES else "",
        last_ok=told(poll.last_ok_at),
        next_poll=told(poll.next_poll_at) if waits else None,
        failing_since=told(poll.failing_since) if ill else None,
        signals=yields.get(source.id, 0),
        newest=told(poll.newest_entry_at),
    )
