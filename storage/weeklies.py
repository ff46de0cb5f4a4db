"""Weekly reports as they are kept: what was chosen, what editors changed, whether it is out.

    (none) ─▶ draft ─▶ out          without review a report is out as soon as it is made
                  └──▶ skipped

Each step names the revision that it starts from, so of two editors one is first and the other
learns it.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, false, func, or_, select, true

from digest.model import Relation, Signal
from digest.weeklies.data import (
    edits_data,
    intro_data,
    read_edits,
    read_intro,
    read_report,
    report_data,
)
from digest.weeklies.report import UNEDITED, Edits, Intro, Report
from digest.weekly import Week
from storage.acts import SYSTEM, Acts, Stale
from storage.audit import AuditEntry
from storage.database import Database
from storage.schema import (
    LIVE,
    signal_sources,
    signals,
    subscribers,
    subscriptions,
    weeklies,
    weekly_policy,
)
from storage.signal_rows import load_by_ids
from storage.upsert import insert

_NOT_DUPLICATE = signals.c.relation != Relation.DUPLICATE
ACTS = ("weekly.edit", "weekly.approve", "weekly.skip", "weekly.fall", "weekly.lapse")
"""What is done to a report."""

_ONLY = {"id": 1}


class IssueState(StrEnum):
    """Whether readers get a week's report: not yet, yes, or not at all."""

    DRAFT = "draft"
    OUT = "out"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class WeeklyPolicy:
    """Whether editors look at weeklies first.

    The draft comes `lead_hours` before the earliest push; nobody having looked at it, it goes out
    `fall_hours` after it came, 0 for never.
    """

    review: bool = False
    lead_hours: int = 2
    fall_hours: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """One week's report as it stands. `report` is None for a week with nothing to tell."""

    week: Week
    state: IssueState
    revision: int
    report: Report | None
    made_at: datetime
    edits: Edits = UNEDITED
    intro: Intro = field(default_factory=dict)
    falls_at: datetime | None = None
    published_at: datetime | None = None


class Weeklies:
    """The reports, what they are made from, and what editors do with them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

    # --- reports ---

    async def get(self, week: Week) -> Issue | None:
        """The report of a week, None when none was made."""
        query = select(weeklies).where(weeklies.c.week == str(week))
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return _issue(row) if row else None

    async def out(self, limit: int = 60, before: Week | None = None) -> tuple[Issue, ...]:
        """Reports that readers have, the newest first; weeks without anything left out."""
        query = (
            select(weeklies)
            .where(weeklies.c.state == IssueState.OUT, weeklies.c.published_at.is_not(None))
            .order_by(weeklies.c.week.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(weeklies.c.week < str(before))
        async with self._database.read() as connection:
            found = [_issue(row) for row in await connection.execute(query)]
        return tuple(one for one in found if one.report is not None)

    async def drafts(self) -> tuple[Issue, ...]:
        """Reports that wait for an editor, the oldest first."""
        query = (
            select(weeklies).where(weeklies.c.state == IssueState.DRAFT).order_by(weeklies.c.week)
        )
        async with self._database.read() as connection:
            return tuple(_issue(row) for row in await connection.execute(query))

    async def keep(
        self,
        week: Week,
        report: Report | None,
        now: datetime,
        *,
        intro: Intro | None = None,
        review: bool = False,
        falls_at: datetime | None = None,
    ) -> bool:
        """Keep a week's report, as a draft when editors are to look; False when there is one."""
        draft = review and report is not None
        state = IssueState.DRAFT if draft else IssueState.OUT
        async with self._database.write() as connection:
            result = await connection.execute(
                insert(connection, weeklies)
                .values(
                    week=str(week),
                    state=state,
                    revision=1,
                    report=report_data(report) if report else None,
                    edits=edits_data(UNEDITED),
                    intro=intro_data(intro or {}),
                    made_at=now,
                    falls_at=falls_at if draft else None,
                    published_at=None if draft else now,
                )
                .on_conflict_do_nothing(index_elements=["week"])
                .returning(weeklies.c.week)
            )
            return result.scalar() is not None

    # --- what editors do ---

    async def edit(
        self, issue: Issue, edits: Edits, *, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Change what a report shows, also one that is out. Raises Stale, NotFound."""
        return await self._change(
            issue, "weekly.edit", issue.state, actor=actor, now=now, edits=edits_data(edits)
        )

    async def approve(self, issue: Issue, *, actor: str, now: datetime) -> AuditEntry | None:
        """Let readers have a draft. Raises Stale, NotFound."""
        return await self._change(
            issue,
            "weekly.approve",
            IssueState.DRAFT,
            actor=actor,
            now=now,
            state=IssueState.OUT.value,
            published_at=now,
        )

    async def skip(
        self, issue: Issue, *, actor: str, now: datetime, name: str = "weekly.skip"
    ) -> AuditEntry | None:
        """Let no reader have a draft. Raises Stale, NotFound."""
        return await self._change(
            issue, name, IssueState.DRAFT, actor=actor, now=now, state=IssueState.SKIPPED.value
        )

    async def fall(self, now: datetime) -> tuple[Week, ...]:
        """Let out the drafts that nobody has looked at in time."""
        fallen = []
        for issue in await self.drafts():
            if issue.falls_at is None or issue.falls_at > now:
                continue
            try:
                await self._change(
                    issue,
                    "weekly.fall",
                    IssueState.DRAFT,
                    actor=SYSTEM,
                    now=now,
                    state=IssueState.OUT.value,
                    published_at=now,
                )
            except Stale:
                continue  # an editor was quicker by a moment
            fallen.append(issue.week)
        return tuple(fallen)

    async def _change(
        self,
        issue: Issue,
        name: str,
        wanted: IssueState,
        *,
        actor: str,
        now: datetime,
        **changed: Any,
    ) -> AuditEntry | None:
        if name not in ACTS:
            raise ValueError(f"no such act: {name}")
        expected = {"revision": issue.revision, "state": wanted.value}
        async with self._acts.act(actor, name, f"weekly:{issue.week}", now) as act:
            before = await act.update(
                weeklies,
                {"week": str(issue.week)},
                expect=expected,
                revision=issue.revision + 1,
                **changed,
            )
            if "state" in changed:
                act.before, act.after = before["state"], changed["state"]
        return act.entry

    # --- the policy ---

    async def policy(self) -> WeeklyPolicy:
        """Whether editors look at weeklies first; they do not unless it was set."""
        columns = (
            weekly_policy.c.review,
            weekly_policy.c.lead_hours,
            weekly_policy.c.fall_hours,
        )
        async with self._database.read() as connection:
            row = (await connection.execute(select(*columns))).first()
        return WeeklyPolicy(*row) if row else WeeklyPolicy()

    async def set_policy(
        self, wanted: WeeklyPolicy, *, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Change the policy; None when it was so already. What waits keeps its own time."""
        before = await self.policy()
        if wanted == before:
            return None
        async with self._acts.act(actor, "weekly.policy", "weekly", now) as act:
            await act.put(weekly_policy, _ONLY, **asdict(wanted), changed_at=now)
            act.before, act.after = asdict(before), asdict(wanted)
        return act.entry

    # --- what a report is made from ---

    async def week_signals(
        self, start: datetime, until: datetime, *, limit: int = 5000, per_column: int = 0
    ) -> tuple[Signal, ...]:
        """What readers could first see in [start, until), the best first; no repetitions.

        What was there before its source was added counts at its own date. With `per_column` only
        the best of each column.
        """
        place = func.row_number().over(
            partition_by=signals.c.column_id,
            order_by=(signals.c.score.desc(), signals.c.dated_at.desc(), signals.c.id.desc()),
        )
        ranked = (
            select(signals.c.id, signals.c.score, place.label("place"))
            .where(_told_within(start, until), LIVE, _NOT_DUPLICATE)
            .subquery()
        )
        query = select(ranked.c.id).order_by(ranked.c.score.desc(), ranked.c.id.desc())
        query = query.where(ranked.c.place <= per_column) if per_column else query.limit(limit)
        async with self._database.read() as connection:
            return await load_by_ids(connection, list((await connection.execute(query)).scalars()))

    async def moments(
        self, start: datetime, until: datetime
    ) -> tuple[list[tuple[str, datetime]], int]:
        """The column and time of each signal of [start, until), and from how many sources."""
        within = (_told_within(start, until), LIVE, _NOT_DUPLICATE)
        told = select(
            signals.c.column_id, signals.c.live_at, signals.c.dated_at, signals.c.backlog
        ).where(*within)
        sources = (
            select(func.count(signal_sources.c.source_id.distinct()))
            .join(signals, signals.c.id == signal_sources.c.signal_id)
            .where(*within)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(told)).all()
            count = await connection.scalar(sources)
        moments = [(row.column_id, row.dated_at if row.backlog else row.live_at) for row in rows]
        return moments, count or 0

    async def read_since(self) -> datetime | None:
        """When the first signal came that was new then; what a source had before is no count."""
        query = select(signals.c.created_at).where(~signals.c.backlog).order_by(signals.c.id)
        async with self._database.read() as connection:
            found: datetime | None = await connection.scalar(query.limit(1))
        return found

    async def waiting(self, now: datetime) -> int:
        """How many readers are due for a weekly: while editors look, those who wait for them."""
        query = (
            select(func.count())
            .select_from(subscriptions)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(subscribers.c.active, subscriptions.c.next_weekly_at <= now)
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def earliest_push(self, since: datetime) -> datetime | None:
        """When the first reader is due for a weekly from `since` on; None when nobody is."""
        query = (
            select(func.min(subscriptions.c.next_weekly_at))
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(subscribers.c.active, subscriptions.c.next_weekly_at >= since)
        )
        async with self._database.read() as connection:
            found: datetime | None = await connection.scalar(query)
        return found


def _told_within(start: datetime, until: datetime) -> ColumnElement[bool]:
    return or_(
        (signals.c.backlog == false())
        & (signals.c.live_at >= start)
        & (signals.c.live_at < until),
        (signals.c.backlog == true())
        & (signals.c.dated_at >= start)
        & (signals.c.dated_at < until),
    )


def _issue(row: Row[Any]) -> Issue:
    week = Week.read(row.week)
    if week is None:
        raise ValueError(f"no week: {row.week!r}")
    return Issue(
        week=week,
        state=IssueState(row.state),
        revision=row.revision,
        report=read_report(row.report) if row.report else None,
        made_at=row.made_at,
        edits=read_edits(row.edits),
        intro=read_intro(row.intro),
        falls_at=row.falls_at,
        published_at=row.published_at,
    )
