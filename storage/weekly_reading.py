"""A week's report from storage: put together anew, or as it was kept, with its signals of now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.model import Signal
from digest.stories import StorySummary
from digest.taxonomy import Taxonomy
from digest.trends.model import DAYS_NEEDED, Phase, TrendKind
from digest.weeklies.choosing import (
    NOW_TOO,
    Material,
    StoryTold,
    choose,
    days_of,
    moves_of,
)
from digest.weeklies.opened import EVERYTHING, Reach, Weekly, opened
from digest.weeklies.report import UNEDITED, Edits, Intro, Move, Report
from digest.weekly import DAYS, Tally, Week
from storage.storage import Storage
from storage.weeklies import Issue, IssueState

_PICK_FROM = 24
"""Signals of a column from which a report chooses, for what its caps leave out."""

_STORIES_READ = 60
_MEMBERS_READ = 100
_MOST_WORDS = 3
_LEAST_SOURCES = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a week: its report, what editors changed, the introduction."""

    report: Report
    edits: Edits = UNEDITED
    intro: Intro | None = None


async def material(
    storage: Storage, week: Week, zone: str, now: datetime, *, thorough: bool = False
) -> Material:
    """What the week holds up to `now`; `thorough` asks for new words too, which takes seconds."""
    start, end = week.bounds(zone)
    until = min(end, now + NOW_TOO)
    moments, sources = await storage.weeklies.moments(start, until)
    if not moments:
        return Material(())
    counts = Counter(column for column, _ in moments)
    stories = await storage.stories.active(start, until, limit=_STORIES_READ)
    told = [await _told(storage, one, start, until) for one in stories]
    return Material(
        await storage.weeklies.week_signals(start, until, per_column=_PICK_FROM),
        Tally(len(moments), sources, dict(counts)),
        days_of(moments, week, zone),
        told,
        moves=await _moves(storage, start, until, thorough=thorough),
    )


async def _told(
    storage: Storage, story: StorySummary, start: datetime, until: datetime
) -> StoryTold:
    """A story with its signals; of a large one with some of them, and counted besides."""
    members = await storage.storylines.some(story.id, _MEMBERS_READ)
    if story.signals <= len(members):
        return StoryTold(story, members)
    within = await storage.storylines.told_within(story.id, start, until)
    return StoryTold(story, members, within)


async def _moves(
    storage: Storage, start: datetime, until: datetime, *, thorough: bool
) -> tuple[Move, ...]:
    """What rose and faded by the week, unless /trends says the contrary, and new words.

    Of the days before anything was read there are but the few things that sources still had:
    they are no past to compare with. Somebody's name is no new word.
    """
    topics = await storage.signals.topic_days(DAYS_NEEDED, until)
    since = await storage.weeklies.read_since()
    known = 0 if since is None else max(0, (until - since) // timedelta(days=1))
    volumes = await storage.signals.days(min(known, DAYS_NEEDED), until)
    moves = moves_of(topics, volumes, passed=(until - start).days)
    if not thorough:
        return moves
    trends = await storage.trends.report(until)

    def agrees(move: Move) -> bool:
        found = trends.find(TrendKind.TOPIC, move.key)
        if found is None:
            return True
        return found.phase is not Phase.QUIET if move.up else not found.phase.is_high

    fresh = (one for one in trends.fresh if one.sources >= _LEAST_SOURCES and not one.person)
    words = tuple(
        Move(
            one.kind,
            one.key,
            one.name,
            sum(day or 0 for day in one.days[-DAYS:]),
            0.0,
            up=True,
            signals=one.signal_ids,
        )
        for one in fresh
    )
    return (*(one for one in moves if agrees(one)), *words[:_MOST_WORDS])


async def make_report(
    storage: Storage,
    week: Week,
    zone: str,
    now: datetime,
    taxonomy: Taxonomy,
    *,
    thorough: bool = False,
) -> Report | None:
    """The report of the week as it is now, None when there is nothing to tell."""
    found = await material(storage, week, zone, now, thorough=thorough)
    return choose(week, found, zone=zone, now=now, taxonomy=taxonomy)


class Missing(StrEnum):
    """Why there is nothing to show of a week: editors look at it, left it out, it has nothing."""

    REVIEW = "review"
    SKIPPED = "skipped"
    EMPTY = "empty"


async def week_as_shown(
    storage: Storage, week: Week, zone: str, now: datetime, taxonomy: Taxonomy
) -> Shown | Missing:
    """What readers may see of a week: its report where it is over, else how far it is in `zone`.

    A past week that nobody has made a report of gets one here, which then stays.
    """
    issue = await storage.weeklies.get(week)
    if issue is not None:
        missing = {IssueState.DRAFT: Missing.REVIEW, IssueState.SKIPPED: Missing.SKIPPED}
        return shown_of(issue) or missing.get(issue.state, Missing.EMPTY)
    own = str(storage.numbers.zone)
    last = Week.at(now, own).moved(-1)
    if week >= last and (await storage.weeklies.policy()).review:
        return Missing.REVIEW
    if week > last:
        made = await make_report(storage, week, zone, now, taxonomy)
        return Shown(made) if made else Missing.EMPTY
    made = await make_report(storage, week, own, now, taxonomy)
    if made is None:
        return Missing.EMPTY
    if not await storage.weeklies.keep(week, made, now):  # somebody was quicker
        return await week_as_shown(storage, week, zone, now, taxonomy)
    return Shown(made)


def shown_of(issue: Issue) -> Shown | None:
    """What readers may see of an issue: nothing while it waits, was skipped or is empty."""
    if issue.report is None or issue.state is not IssueState.OUT:
        return None
    return Shown(issue.report, issue.edits, issue.intro)


async def open_report(
    storage: Storage,
    shown: Shown,
    now: datetime,
    taxonomy: Taxonomy,
    *,
    reach: Reach = EVERYTHING,
    wider: Sequence[Signal] | None = None,
) -> Weekly | None:
    """The report with its signals as they are now, None when nothing of it may be shown."""
    found = await storage.signals.get_many(shown.report.signal_ids)
    return opened(
        shown.report,
        {signal.id: signal for signal in found},
        now=now,
        taxonomy=taxonomy,
        edits=shown.edits,
        reach=reach,
        wider=wider,
        intro=shown.intro,
    )
