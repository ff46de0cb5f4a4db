"""What a staff does, as moves that a walk picks from: every act of the editors' side.

A move takes the newsroom's storage and two numbers that say upon what and how. What it refuses to
do (a StorageError or ValueError) it has not done.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.editing import Field, sign
from digest.model import Access, Brief, Lang, SignalState, SourceSpec, SourceState
from digest.policy import Fall, Mode, Policy, Reason
from digest.roles import Role
from storage import Storage
from storage.curation import Rejection
from storage.pins import Pin
from storage.shelves import NewTopic, Split

STAFF = (11, 12)
COLUMNS = ("ai", "business")
TOPICS = ("llm", "chips", "policy")


@dataclass
class Desk:
    """Whose storage, at what time, with which signals and sources to act upon."""

    storage: Storage
    now: datetime
    signals: tuple[int, ...]
    sources: tuple[int, ...]

    @property
    def actor(self) -> str:
        return f"user:{STAFF[0]}"

    def signal(self, number: int) -> int:
        return self.signals[number % len(self.signals)]

    def source(self, number: int) -> int:
        return self.sources[number % len(self.sources)]


Move = Callable[[Desk, int, int], Awaitable[object]]


async def add_member(desk: Desk, one: int, how: int) -> object:
    role = list(Role)[how % 3]
    return await desk.storage.staff.add(
        STAFF[one % 2], role, f"编辑 {how}", Lang.ZH, actor=desk.actor, now=desk.now
    )


async def change_role(desk: Desk, one: int, how: int) -> object:
    role = list(Role)[how % 3]
    return await desk.storage.staff.set_role(STAFF[one % 2], role, actor=desk.actor, now=desk.now)


async def oust(desk: Desk, one: int, how: int) -> object:
    del how
    return await desk.storage.staff.remove(STAFF[one % 2], actor=desk.actor, now=desk.now)


async def open_desk(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.staff.open_desk(
        -one, how, f"群 {how}", Lang.ZH, actor=desk.actor, now=desk.now
    )


async def close_desk(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.staff.close_desk(-one, how, actor=desk.actor, now=desk.now)


async def set_policy(desk: Desk, one: int, how: int) -> object:
    scope = ("default", "column:ai", f"source:{desk.source(one)}")[one % 3]
    made = Policy(list(Mode)[how % 3], 50 + how, list(Fall)[how % 4], how + 1, 70)
    policy = None if how == 0 else made
    return await desk.storage.policies.set(scope, policy, actor=desk.actor, now=desk.now)


async def _state(desk: Desk, signal_id: int) -> tuple[SignalState, datetime | None]:
    async with desk.storage.database.read() as connection:
        from storage.schema import signals

        query = signals.select().where(signals.c.id == signal_id)
        row = (await connection.execute(query)).one()
        return SignalState(row.state), row.publish_at


async def approve(desk: Desk, one: int, how: int) -> object:
    del how
    state, scheduled = await _state(desk, desk.signal(one))
    return await desk.storage.curation.approve(
        desk.signal(one), desk.actor, desk.now, expect=state, scheduled=scheduled
    )


async def reject(desk: Desk, one: int, how: int) -> object:
    state, scheduled = await _state(desk, desk.signal(one))
    rejection = Rejection(list(Reason)[how % 6], "写错了" if how > 5 else "")
    return await desk.storage.curation.reject(
        desk.signal(one), rejection, desk.actor, desk.now, expect=state, scheduled=scheduled
    )


async def hold(desk: Desk, one: int, how: int) -> object:
    del how
    return await desk.storage.curation.hold(desk.signal(one), desk.actor, desk.now)


async def schedule(desk: Desk, one: int, how: int) -> object:
    state, scheduled = await _state(desk, desk.signal(one))
    at = desk.now + timedelta(hours=how) if how else None
    return await desk.storage.curation.schedule(
        desk.signal(one), at, desk.actor, desk.now, expect=state, scheduled=scheduled
    )


async def approve_all(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.curation.approve_all(
        desk.signals[one % 3 : how + 1], desk.actor, desk.now
    )


async def reject_all(desk: Desk, one: int, how: int) -> object:
    ids = desk.signals[one % 3 : how + 1]
    return await desk.storage.curation.reject_all(ids, Rejection(Reason.OLD), desk.actor, desk.now)


async def retitle(desk: Desk, one: int, how: int) -> object:
    def alter(brief: Brief) -> Brief:
        return replace(brief, headline=f"改过的标题 {how}")

    return await desk.storage.editing.rewrite(
        desk.signal(one), Field.HEADLINE, alter, desk.actor, desk.now
    )


async def drop_points(desk: Desk, one: int, how: int) -> object:
    def alter(brief: Brief) -> Brief:
        return replace(brief, points=brief.points[how % 2 :])

    return await desk.storage.editing.rewrite(
        desk.signal(one), Field.POINTS, alter, desk.actor, desk.now
    )


async def move(desk: Desk, one: int, how: int) -> object:
    shown, column = COLUMNS[how % 2], COLUMNS[(how + 1) % 2]
    return await desk.storage.editing.move(desk.signal(one), shown, column, desk.actor, desk.now)


async def set_topic(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.editing.set_topic(
        desk.signal(one), TOPICS[how % 3], desk.actor, desk.now, on=how % 2 == 0
    )


async def set_access(desk: Desk, one: int, how: int) -> object:
    access = list(Access)[how % 2]
    return await desk.storage.editing.set_access(desk.signal(one), access, desk.actor, desk.now)


async def set_note(desk: Desk, one: int, how: int) -> object:
    known = await desk.storage.editing.of(desk.signal(one))
    seen = sign(known.note if known else "")
    return await desk.storage.editing.set_note(
        desk.signal(one), f"更正 {how}", seen, desk.actor, desk.now
    )


async def restore(desk: Desk, one: int, how: int) -> object:
    field = (None, *Field)[how % (len(Field) + 1)]
    return await desk.storage.editing.restore(desk.signal(one), field, desk.actor, desk.now)


async def edit_source(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.sources.edit(
        desk.source(one),
        actor=desk.actor,
        now=desk.now,
        title=f"信源 {how}",
        weight=1.0 + how / 10,
    )


async def pause_source(desk: Desk, one: int, how: int) -> object:
    state = (SourceState.PAUSED, SourceState.ACTIVE)[how % 2]
    return await desk.storage.sources.set_state(
        desk.source(one), state, actor=desk.actor, now=desk.now
    )


async def add_source(desk: Desk, one: int, how: int) -> object:
    spec = SourceSpec(f"new{one}", f"https://new{one}.example/{how}", f"新信源 {how}", "ai", "zh")
    return await desk.storage.sources.add(spec, desk.now, actor=desk.actor)


async def pin(desk: Desk, one: int, how: int) -> object:
    wanted = Pin(desk.signal(one), how % 2 == 0, desk.now + timedelta(days=1 + how))
    instead = desk.signal(how) if how > 6 else None
    return await desk.storage.pins.pin(wanted, desk.actor, desk.now, instead_of=instead)


async def unpin(desk: Desk, one: int, how: int) -> object:
    del how
    return await desk.storage.pins.unpin(desk.signal(one), desk.actor, desk.now)


async def join_story(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.storyboard.join(
        desk.signal(one), desk.signal(how), desk.actor, desk.now, whole=(one + how) % 2 == 0
    )


async def split_story(desk: Desk, one: int, how: int) -> object:
    del how
    return await desk.storage.storyboard.split(desk.signal(one), desk.actor, desk.now)


async def lead_story(desk: Desk, one: int, how: int) -> object:
    del how
    return await desk.storage.storyboard.lead(desk.signal(one), desk.actor, desk.now)


async def rename_topic(desk: Desk, one: int, how: int) -> object:
    names = {"zh": f"话题 {how}", "en": f"Topic {how}"}
    return await desk.storage.shelves.edit(
        "topic", TOPICS[one % 3], "rename", actor=desk.actor, now=desk.now, **names
    )


async def move_column(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.shelves.move(
        COLUMNS[one % 2], (-1, 1)[how % 2], actor=desk.actor, now=desk.now
    )


def _fresh(one: int, how: int) -> NewTopic:
    return NewTopic(f"fresh-{one}", f"新题 {one}", f"Fresh {one}", "ai", (f"别名 {how}",), ())


async def create_topic(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.shelves.create(
        "topic", _fresh(one, how), actor=desk.actor, now=desk.now
    )


async def refuse_topic(desk: Desk, one: int, how: int) -> object:
    del how
    return await desk.storage.shelves.refuse(f"词 {one}", actor=desk.actor, now=desk.now)


async def merge_topics(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.shelves.merge(
        "topic", TOPICS[one % 3], TOPICS[how % 3], actor=desk.actor, now=desk.now
    )


async def merge_columns(desk: Desk, one: int, how: int) -> object:
    return await desk.storage.shelves.merge(
        "column", COLUMNS[one % 2], COLUMNS[how % 2], actor=desk.actor, now=desk.now
    )


async def split_topic(desk: Desk, one: int, how: int) -> object:
    split = Split(TOPICS[one % 3], _fresh(one, how), desk.signals[: how % 3], how % 2 == 0)
    return await desk.storage.shelves.split_topic(split, actor=desk.actor, now=desk.now)


MOVES: tuple[Move, ...] = (
    add_member,
    change_role,
    oust,
    open_desk,
    close_desk,
    set_policy,
    approve,
    reject,
    hold,
    schedule,
    approve_all,
    reject_all,
    retitle,
    drop_points,
    move,
    set_topic,
    set_access,
    set_note,
    restore,
    edit_source,
    pause_source,
    add_source,
    pin,
    unpin,
    join_story,
    split_story,
    lead_story,
    rename_topic,
    move_column,
    create_topic,
    refuse_topic,
    merge_topics,
    merge_columns,
    split_topic,
)
