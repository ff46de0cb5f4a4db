"""The sources on a private page: those that fail first, with all that is known of why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.web.desk.door import HOME, Member
from bot.web.desk.frame import desk_page
from bot.web.moments import Moment, short_moment
from bot.web.words import outside_link, short, tag_of
from digest.model import PollNote, Source, SourceState
from digest.sources.headers import masked
from digest.sources.health import Health, SourceHealth, health_of
from digest.texts import Texts, texts_for
from handlers.admin.sources.words import reason_words

PER_PAGE = 100
_PATH = f"{HOME}/sources"
_ORDER = (Health.SICK, Health.SLOW, Health.OFF, Health.NEW, Health.WELL)


@dataclass(frozen=True, slots=True)
class PollMark:
    """One past poll: when, whether it went well, and what came of it in words."""

    at: Moment
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class DeskSource:
    """A source as the staff sees it. `detail` is what its server or our reader said."""

    title: str
    tag: str
    href: str
    address: str
    column: str
    health: str
    words: str
    since: Moment | None
    last_ok: Moment | None
    next_poll: Moment | None
    detail: str
    entries: int
    signals: int
    weight: str
    headers: tuple[str, ...]
    polls: tuple[PollMark, ...]


@dataclass(frozen=True, slots=True)
class DeskSources:
    """A page of sources and how many of all fare how."""

    total: int
    healths: tuple[tuple[str, int], ...]
    rows: tuple[DeskSource, ...]
    previous: str
    following: str


async def show(request: web.Request, member: Member) -> web.Response:
    """GET /desk/sources: every source, the sick ones first."""
    now = member.setting.now
    everything = await member.storage.sources.all()
    ill = {source.id: health_of(source, now) for source in everything}
    ordered = sorted(everything, key=lambda one: _place(one, ill[one.id]))
    page = member.visit.number
    shown = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    yields = await member.storage.sources.yields(now)
    counts = Counter(one.health for one in ill.values())
    more = page * PER_PAGE < len(ordered)
    view = DeskSources(
        total=len(ordered),
        healths=tuple((one.value, counts[one]) for one in _ORDER if counts[one]),
        rows=tuple(_row(source, ill[source.id], member, yields) for source in shown),
        previous=member.visit.url(_PATH, page=page - 1) if page > 1 and shown else "",
        following=member.visit.url(_PATH, page=page + 1) if more else "",
    )
    return desk_page(request, member, "desk_sources.html", view=view)


def _place(source: Source, health: SourceHealth) -> tuple[int, float, str, int]:
    """Worst first; among equals those that are so for the longest, then by name."""
    since = health.since.timestamp() if health.since else float("inf")
    return health.rank, since, source.spec.title.casefold(), source.id


def _row(
    source: Source,
    health: SourceHealth,
    member: Member,
    yields: Mapping[int, tuple[int, int]],
) -> DeskSource:
    spec, poll, setting = source.spec, source.poll, member.setting
    texts, lang = texts_for(member.visit.lang), member.visit.lang
    column = setting.taxonomy.columns.get(spec.column)
    came, out = yields.get(source.id, (0, 0))
    active = source.state is SourceState.ACTIVE

    def told(at: datetime | None) -> Moment | None:
        return short_moment(at, setting.now, lang) if at else None

    return DeskSource(
        title=short(spec.title, 80),
        tag=tag_of(spec.lang),
        href=outside_link(spec.url),
        address=short(spec.url, 100),
        column=column.name(lang) if column else spec.column,
        health=health.health.value,
        words=_words(health, texts),
        since=told(health.since),
        last_ok=told(poll.last_ok_at),
        next_poll=told(poll.next_poll_at) if active else None,
        detail=short(poll.error_text or "", 200) if poll.errors else "",
        entries=came,
        signals=out,
        weight=f"{spec.weight:g}",
        headers=tuple(masked(spec.headers)),
        polls=_polls(poll.history, member, texts),
    )


def _words(health: SourceHealth, texts: Texts) -> str:
    if health.health is Health.SICK:
        return texts("web.desk.sources.sick", reason=reason_words(health.reason, texts))
    if health.health is Health.OFF:
        return texts(f"web.desk.sources.off.{health.reason}")
    name = "unread" if health.health is Health.NEW else health.health.value
    return texts(f"web.desk.sources.{name}")


def _polls(history: Sequence[PollNote], member: Member, texts: Texts) -> tuple[PollMark, ...]:
    marks = []
    for note in history:
        if note.error:
            words = reason_words(note.error, texts)
        else:
            words = texts.n("web.desk.sources.new", note.new)
        at = short_moment(note.at, member.setting.now, member.visit.lang)
        marks.append(PollMark(at, not note.error, words))
    return tuple(marks)
