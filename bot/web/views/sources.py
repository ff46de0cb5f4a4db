"""The health of the sources in calm words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.web.moments import Moment, short_moment
from bot.web.views.items import Label, Setting, column_label
from bot.web.words import outside_link, short, tag_of
from digest.errors import PollFailure
from digest.model import Source, SourceState

PER_PAGE = 100
# Feeds fail now and then; readers need not worry before a source has been silent this long.
_CALM = timedelta(hours=6)
_CODES = {code.value for code in PollFailure}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source. `health` is ok, waiting, unsteady, offline, paused or gone.

    `reason` is a PollFailure code or "" when there is none (or none that we know).
    """

    title: str
    tag: str
    href: str
    health: str
    reason: str
    last_ok: Moment | None
    next_poll: Moment | None


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
    groups: tuple[SourceGroup, ...]
    previous: str
    following: str


HEALTHS = ("ok", "waiting", "unsteady", "offline", "paused", "gone")


def sources_view(sources: Sequence[Source], setting: Setting) -> SourcesView:
    """Group the sources by column, a page at a time."""
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
        groups=_groups(shown, setting),
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


def _groups(sources: Sequence[Source], setting: Setting) -> tuple[SourceGroup, ...]:
    by_column: dict[str, list[Source]] = {}
    for source in sources:
        by_column.setdefault(source.spec.column, []).append(source)
    return tuple(
        SourceGroup(
            column_label(column, setting), tuple(_row(source, setting) for source in members)
        )
        for column, members in by_column.items()
    )


def _row(source: Source, setting: Setting) -> SourceRow:
    poll, lang = source.poll, setting.visit.lang
    health = health_of(source, setting)
    waits = source.state is SourceState.ACTIVE and poll.next_poll_at is not None
    code = poll.error_code or ""
    return SourceRow(
        title=short(source.spec.title, 60),
        tag=tag_of(source.spec.lang),
        href=outside_link(source.spec.site_url),
        health=health,
        reason=code if health in {"unsteady", "offline"} and code in _CODES else "",
        last_ok=short_moment(poll.last_ok_at, setting.now, lang) if poll.last_ok_at else None,
        next_poll=short_moment(poll.next_poll_at, setting.now, lang)
        if waits and poll.next_poll_at
        else None,
    )
