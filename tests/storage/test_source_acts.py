import json
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import PollState, SourceState
from digest.sources.drafts import spec_data
from digest.sources.headers import BadHeader
from storage import Changed, DuplicateSource, RowState, Stale, Storage
from storage.source_drafts import Where
from storage.source_imports import Brought
from storage.source_news import Event
from tests.storage.making import NOW, add_source, spec

WHO = "user:1"
SECRET = "Bearer abcdefghijklmnopqrstuvwxyz"


async def undo(storage: Storage, act_id: int) -> None:
    await storage.acts.undo(act_id, WHO, NOW)


async def test_adding_is_taken_back_by_retiring_and_comes_back_by_adding(
    storage: Storage,
) -> None:
    done = await storage.source_acts.add(spec("one"), NOW, actor=WHO)
    assert done.entry is not None
    await undo(storage, done.entry.id)
    assert await storage.sources.all() == ()
    assert await storage.sources.known([spec("one").url]) == set()
    kept = await storage.sources.get(done.source.id)
    assert kept is not None
    assert kept.state is SourceState.RETIRED
    again = await storage.source_acts.add(replace(spec("one"), title="再来"), NOW, actor=WHO)
    assert (again.source.id, again.source.spec.title) == (done.source.id, "再来")
    assert again.source.state is SourceState.ACTIVE
    with pytest.raises(DuplicateSource):
        await storage.source_acts.add(spec("one"), NOW, actor=WHO)


async def test_every_change_is_taken_back(storage: Storage) -> None:
    source = await add_source(storage, "one")
    changes = (
        {"title": "新名"}, {"column": "science"}, {"weight": 1.7}, {"poll_floor_s": 300},
        {"translate": False}, {"url": "https://elsewhere.example/feed"},
        {"headers": (("Authorization", SECRET),)},
    )  # fmt: skip
    for change in changes:
        done = await storage.source_acts.edit(source.id, actor=WHO, now=NOW, **change)
        ((field, value),) = change.items()
        assert getattr(done.source.spec, field) == value
        assert done.entry is not None
        await undo(storage, done.entry.id)
        now = await storage.sources.get(source.id)
        assert now is not None
        assert now.spec == source.spec, change
    for state in (SourceState.PAUSED, SourceState.RETIRED):
        done = await storage.source_acts.set_state(source.id, state, actor=WHO, now=NOW)
        assert done.entry is not None
        await undo(storage, done.entry.id)
    assert (await storage.sources.all())[0].state is SourceState.ACTIVE


async def test_a_change_that_changes_nothing_leaves_no_act(storage: Storage) -> None:
    source = await add_source(storage, "one")
    before = len(await storage.audit.list())
    done = await storage.source_acts.edit(source.id, actor=WHO, now=NOW, weight=source.spec.weight)
    assert done.entry is None
    assert len(await storage.audit.list()) == before


async def test_no_secret_stands_in_the_books(storage: Storage) -> None:
    source = await add_source(storage, "one")
    acts = storage.source_acts
    await acts.put_header(source.id, "Authorization", SECRET, actor=WHO, now=NOW)
    await acts.put_header(source.id, "X-One", "1", actor=WHO, now=NOW)
    done = await acts.put_header(source.id, "authorization", SECRET + "2", actor=WHO, now=NOW)
    assert done.source.spec.headers == (("X-One", "1"), ("authorization", SECRET + "2"))
    for entry in await storage.audit.list():
        told = json.dumps([entry.before, entry.after, entry.changes], ensure_ascii=False)
        assert "abcdefgh" not in told
    assert done.entry is not None
    await undo(storage, done.entry.id)
    back = await storage.sources.get(source.id)
    assert back is not None
    assert back.spec.headers == (("Authorization", SECRET), ("X-One", "1"))
    gone = await acts.drop_header(source.id, "AUTHORIZATION", actor=WHO, now=NOW)
    assert gone.source.spec.headers == (("X-One", "1"),)
    with pytest.raises(BadHeader):
        await acts.put_header(source.id, "Host", "x", actor=WHO, now=NOW)


async def test_who_changes_what_another_has_changed_is_told(storage: Storage) -> None:
    source = await add_source(storage, "one")
    acts = storage.source_acts
    await acts.edit(source.id, actor="user:2", now=NOW, weight=1.1, expect={"weight": 1.0})
    with pytest.raises(Stale) as caught:
        await acts.edit(source.id, actor=WHO, now=NOW, weight=1.1, expect={"weight": 1.0})
    assert caught.value.by is not None
    assert caught.value.by.actor == "user:2"


async def test_an_address_taken_meanwhile_stops_the_way_back(storage: Storage) -> None:
    source = await add_source(storage, "one")
    done = await storage.source_acts.edit(
        source.id, actor=WHO, now=NOW, url="https://elsewhere.example/feed"
    )
    await storage.source_acts.add(replace(spec("two"), url=source.spec.url), NOW, actor="user:2")
    assert done.entry is not None
    with pytest.raises(Changed):
        await undo(storage, done.entry.id)


async def test_an_import_is_saved_and_taken_back_as_one(storage: Storage) -> None:
    held = await add_source(storage, "held")
    fresh = [spec("one"), spec("two"), held.spec]
    imports, acts = storage.source_imports, storage.source_acts
    asked = await imports.ask(Where(5, 0, "zh"), Brought("x", fresh, [], []), WHO, NOW)
    await imports.begin(asked.id, NOW)
    for row, one in zip(await imports.claim(asked.id, NOW, 9, 60), fresh, strict=True):
        await imports.settle(row, RowState.TRIED, spec=spec_data(one))
    assert await acts.save_tried(asked.id, actor=WHO, now=NOW) == 2
    assert await acts.save_tried(asked.id, actor=WHO, now=NOW) == 0
    after = await imports.get(asked.id)
    assert after is not None
    assert after.counts == {RowState.SAVED: 2, RowState.KNOWN: 1}
    entry, count = await acts.take_back(asked.id, actor=WHO, now=NOW)
    assert count == 2
    assert [one.id for one in await storage.sources.all()] == [held.id]
    assert entry is not None
    await undo(storage, entry.id)
    assert len(await storage.sources.all()) == 3
    saved = (await storage.audit.list())[-1]
    assert saved.act == "source.add"


async def test_the_last_polls_and_news_of_them_are_kept(storage: Storage) -> None:
    source = await add_source(storage, "one")
    sick = PollState(errors=6, error_code="dns", failing_since=NOW, told_at=NOW)
    for number in range(12):
        now = await storage.sources.get(source.id)
        assert now is not None
        poll = replace(sick, history=now.poll.history)
        at = NOW + timedelta(hours=number)
        news = Event.SICK if number == 3 else None
        await storage.sources.record_poll(source.id, poll, news=news, now=at)
    polled = await storage.sources.get(source.id)
    assert polled is not None
    assert [note.error for note in polled.poll.history] == ["dns"] * 10
    assert polled.poll.history[0].at == NOW + timedelta(hours=11)
    (told,) = await storage.source_news.untold()
    assert (told.source_id, told.event, told.reason, told.since) == (
        source.id, "sick", "dns", NOW,
    )  # fmt: skip
    await storage.source_news.owe([Where(5, 0, "en")], {"sources": [[1]]}, [source.id], NOW)
    assert await storage.source_news.untold() == ()
    (owed,) = await storage.source_news.due(NOW)
    await storage.source_news.put_off(owed.id, NOW + timedelta(minutes=5))
    assert await storage.source_news.due(NOW) == ()
    await storage.source_news.sent(owed.id, NOW)
    assert await storage.source_news.due(NOW + timedelta(days=1)) == ()


async def test_headers_of_one_server_are_never_sent_to_another(storage: Storage) -> None:
    source = await add_source(storage, "one")
    acts, other = storage.source_acts, "https://elsewhere.example/feed"
    await acts.put_header(source.id, "Authorization", SECRET, actor=WHO, now=NOW)
    same = await acts.edit(source.id, actor=WHO, now=NOW, url=f"{source.spec.url}?page=2")
    assert same.source.spec.headers == (("Authorization", SECRET),)
    moved = await acts.edit(source.id, actor=WHO, now=NOW, url=other)
    assert moved.source.spec.headers == ()
    assert moved.entry is not None
    await undo(storage, moved.entry.id)
    back = await storage.sources.get(source.id)
    assert back is not None
    assert back.spec.headers == (("Authorization", SECRET),)


async def test_headers_of_the_new_server_stop_the_way_back_to_the_old_one(
    storage: Storage,
) -> None:
    source = await add_source(storage, "one")
    acts, other = storage.source_acts, "https://elsewhere.example/feed"
    moved = await acts.edit(source.id, actor=WHO, now=NOW, url=other)
    await acts.put_header(source.id, "Authorization", SECRET, actor="user:2", now=NOW)
    assert moved.entry is not None
    with pytest.raises(Changed) as refused:
        await undo(storage, moved.entry.id)
    assert refused.value.by is not None
    assert refused.value.by.actor == "user:2"
    kept = await storage.sources.get(source.id)
    assert kept is not None
    assert kept.spec.url == other
