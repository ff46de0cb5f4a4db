"""Acts note what they change row by row, and are taken back by it, on both databases."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from digest.model import Lang, PollState, SourceSpec
from digest.roles import Role
from storage import Changed, NotFound, NotUndoable, Stale, Storage, staff_actor
from storage.schema import audit, desks, meta, source_polls, sources, staff
from storage.source_rows import poll_values, spec_values
from tests.newsdesk import NOON

ME = staff_actor(7)
ZHAO = {"user_id": 11, "role": "editor", "name": "赵", "lang": "zh", "since": NOON}


async def staff_rows(storage: Storage) -> list[tuple[object, ...]]:
    async with storage.database.read() as connection:
        rows = await connection.execute(select(staff).order_by(staff.c.user_id))
        return [tuple(row) for row in rows]


async def add_zhao(storage: Storage) -> int:
    await storage.staff.add(11, Role.EDITOR, "赵", Lang.ZH, actor=ME, now=NOON)
    return (await storage.audit.list(1))[0].id


async def test_what_was_made_is_taken_away_again(storage: Storage):
    made = await add_zhao(storage)
    undone = await storage.acts.undo(made, ME, NOON)
    assert await staff_rows(storage) == []
    assert undone.undo_of == made
    assert (undone.before, undone.after) == ({"role": "editor", "name": "赵"}, None)


async def test_undoing_is_undone(storage: Storage):
    made = await add_zhao(storage)
    was = await staff_rows(storage)
    undone = await storage.acts.undo(made, ME, NOON)
    again = await storage.acts.undo(undone.id, ME, NOON)
    assert await staff_rows(storage) == was
    assert (await storage.audit.undone([made, undone.id])).keys() == {undone.id}
    await storage.acts.undo(again.id, ME, NOON)
    assert await staff_rows(storage) == []


async def test_what_was_taken_away_comes_back_as_it_was(storage: Storage):
    await add_zhao(storage)
    was = await staff_rows(storage)
    await storage.staff.remove(11, actor=ME, now=NOON)
    gone = (await storage.audit.list(1))[0]
    await storage.acts.undo(gone.id, ME, NOON + timedelta(days=1))
    assert await staff_rows(storage) == was


async def test_an_act_is_taken_back_once(storage: Storage):
    made = await add_zhao(storage)
    first = await storage.acts.undo(made, ME, NOON)
    with pytest.raises(NotUndoable) as refused:
        await storage.acts.undo(made, ME, NOON)
    assert refused.value.already is not None
    assert refused.value.already.id == first.id


async def test_what_was_changed_later_is_named_first(storage: Storage):
    made = await add_zhao(storage)
    await storage.staff.set_role(11, Role.VIEWER, actor=ME, now=NOON)
    later = (await storage.audit.list(1))[0]
    with pytest.raises(Changed) as refused:
        await storage.acts.undo(made, ME, NOON)
    assert refused.value.by is not None
    assert refused.value.by.id == later.id
    assert [row[1] for row in await staff_rows(storage)] == ["viewer"]
    await storage.acts.undo(later.id, ME, NOON)
    await storage.acts.undo(made, ME, NOON)
    assert await staff_rows(storage) == []


async def test_what_others_rest_on_is_not_taken_away(storage: Storage):
    """A source that has been polled stays, whatever its act says, and nothing else is undone."""
    async with storage.acts.act(ME, "test.two", "test:1", NOON) as act:
        await act.insert(meta, key="mark", value="1")
        key = await act.insert(
            sources, **_source_values(SourceSpec("k", "https://k.example/f", "K", "ai", "en"))
        )
    made = act.entry
    assert made is not None
    async with storage.database.write() as connection:
        polls = poll_values(PollState())
        await connection.execute(source_polls.insert().values(source_id=key["id"], **polls))
    with pytest.raises(Changed):
        await storage.acts.undo(made.id, ME, NOON)
    async with storage.database.read() as connection:
        kept = (await connection.execute(select(meta.c.value).where(meta.c.key == "mark"))).all()
    assert len(kept) == 1


def _source_values(spec: SourceSpec) -> dict[str, object]:

    return spec_values(spec) | {
        "key": spec.key,
        "state": "active",
        "origin": "test",
        "created_at": NOON,
    }


async def test_whoever_comes_second_learns_who_was_first(storage: Storage):
    await add_zhao(storage)
    await storage.staff.set_role(11, Role.OWNER, actor=staff_actor(8), now=NOON)

    async def demote() -> None:
        async with storage.acts.act(ME, "staff.role", "user:11", NOON) as act:
            await act.update(staff, {"user_id": 11}, expect={"role": "editor"}, role="viewer")

    with pytest.raises(Stale) as stale:
        await demote()
    assert stale.value.found == {"role": "owner"}
    assert stale.value.by is not None
    assert stale.value.by.actor == staff_actor(8)
    assert [row[1] for row in await staff_rows(storage)] == ["owner"]


async def test_an_act_that_changes_nothing_leaves_no_trace(storage: Storage):
    await add_zhao(storage)
    before = len(await storage.audit.list())
    await storage.staff.set_role(11, Role.EDITOR, actor=ME, now=NOON)
    assert len(await storage.audit.list()) == before


async def test_an_act_that_fails_changes_nothing(storage: Storage):
    async def half() -> None:
        async with storage.acts.act(ME, "test.fail", "test:1", NOON) as act:
            await act.insert(staff, **ZHAO)
            await act.update(staff, {"user_id": 404}, role="owner")

    with pytest.raises(NotFound):
        await half()
    assert await staff_rows(storage) == []
    assert await storage.audit.list() == ()


async def test_what_is_out_is_final(storage: Storage):
    async with storage.acts.act(ME, "test.sent", "test:1", NOON) as act:
        act.final = True
    assert act.entry is not None
    with pytest.raises(NotUndoable):
        await storage.acts.undo(act.entry.id, ME, NOON)


async def test_a_row_that_is_retired_is_not_deleted(storage: Storage):
    values = _source_values(SourceSpec("k", "https://k.example/f", "K", "ai", "en"))
    async with storage.acts.act(ME, "source.add", "source:1", NOON) as act:
        await act.insert(sources, retire={"state": "gone"}, **values)
    assert act.entry is not None
    undone = await storage.acts.undo(act.entry.id, ME, NOON)
    assert await _states(storage) == ["gone"]
    await storage.acts.undo(undone.id, ME, NOON)
    assert await _states(storage) == ["active"]


async def _states(storage: Storage) -> list[str]:
    async with storage.database.read() as connection:
        return list((await connection.execute(select(sources.c.state))).scalars())


@pytest.mark.parametrize("verb", ["update", "delete"])
async def test_nobody_edits_the_audit(storage: Storage, verb: str):
    await add_zhao(storage)
    statement = update(audit).values(actor="nobody") if verb == "update" else delete(audit)

    async def edit() -> None:
        async with storage.database.write() as connection:
            await connection.execute(statement)

    with pytest.raises(DBAPIError, match="not edited"):
        await edit()
    assert [one.actor for one in await storage.audit.list()] == [ME]


async def test_a_key_that_is_not_whole_finds_no_row(storage: Storage):
    async def close() -> None:
        async with storage.acts.act(ME, "test.key", "test:1", NOON) as act:
            await act.delete(desks, {"chat_id": -1})

    with pytest.raises(ValueError, match="chat_id"):
        await close()


# --- codes -------------------------------------------------------------------------------


async def test_a_code_works_once(storage: Storage):
    code = await storage.staff.make_code(Role.EDITOR, 7, NOON)
    assert await storage.staff.redeem(code, 11, "赵", Lang.ZH, NOON) is Role.EDITOR
    assert await storage.staff.redeem(code, 12, "钱", Lang.ZH, NOON) is None
    assert [member.user_id for member in await storage.staff.all()] == [11]


async def test_of_many_who_make_a_row_at_once_the_later_change_it(storage: Storage):
    codes = [await storage.staff.make_code(Role.EDITOR, 7, NOON) for _ in range(6)]
    joins = (storage.staff.redeem(code, 11, "赵", Lang.ZH, NOON) for code in codes)
    assert set(await asyncio.gather(*joins)) == {Role.EDITOR}
    assert [member.user_id for member in await storage.staff.all()] == [11]
    assert [one.act for one in await storage.audit.list()] == ["staff.join"]


async def test_a_code_ends_after_a_day(storage: Storage):
    code = await storage.staff.make_code(Role.OWNER, 0, NOON)
    late = NOON + timedelta(hours=24)
    assert await storage.staff.redeem(code, 11, "赵", Lang.ZH, late) is None
    assert await storage.staff.all() == ()


async def test_a_code_takes_nothing_from_whoever_may_do_more(storage: Storage):
    await storage.staff.add(11, Role.OWNER, "赵", Lang.ZH, actor="cli", now=NOON)
    code = await storage.staff.make_code(Role.VIEWER, 7, NOON)
    assert await storage.staff.redeem(code, 11, "赵", Lang.ZH, NOON) is Role.OWNER


async def test_joining_by_a_code_is_taken_back(storage: Storage):
    code = await storage.staff.make_code(Role.EDITOR, 7, NOON)
    await storage.staff.redeem(code, 11, "赵", Lang.ZH, NOON)
    joined = (await storage.audit.list(1))[0]
    await storage.acts.undo(joined.id, ME, NOON)
    assert await storage.staff.all() == ()
