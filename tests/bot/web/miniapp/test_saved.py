"""Collections in the app: what the chat can do, by the chat's own rules and limits."""

from dataclasses import replace
from typing import Any

import pytest

from digest.model import Collection, SavedSort
from handlers.arguments import NAME_LIMIT
from handlers.collections.notes import NOTE_LIMIT
from storage.collections import MOST_COLLECTIONS
from storage.undos import UNDO_KEPT
from tests.bot.web.conftest import Newsroom
from tests.bot.web.miniapp.conftest import InApp
from tests.bot.web.miniapp.signing import LIN
from tests.bot.web.miniapp.test_settings import button, press, said, words
from tests.bot.web.samples import SIGNAL, brief
from tests.covering import covers

ALEX = {"id": 1002, "first_name": "Alex", "language_code": "en"}


@pytest.fixture(params=["lin", "alex"])
async def opened(app: InApp, request: pytest.FixtureRequest) -> InApp:
    """The app of a person who reads Chinese, then of one who reads English."""
    return await app.open({"lin": LIN, "alex": ALEX}[request.param])


async def own(app: InApp) -> dict[str, Collection]:
    """The person's collections by name, in their order."""
    found = await app.storage.collections.list((await app.subscriber()).id)
    return {one.name: one for one in found}


async def made(app: InApp, *names: str) -> list[Collection]:
    """New collections of these names."""
    for name in names:
        await app.post("/app/saved", name=name)
    found = await own(app)
    return [found[name] for name in names]


async def filled(app: InApp, newsroom: Newsroom, count: int = 1) -> tuple[Collection, list[int]]:
    """A collection with some signals in it, the last one newest."""
    (shelf,) = await made(app, "芯片")
    ids = []
    for number in range(count):
        signal = replace(SIGNAL, brief=brief(headline=f"Headline {number}"))
        ids.append((await newsroom.add(signal)).id)
        app.clock.move(seconds=1)
        await app.storage.collections.save(shelf.id, ids[-1], app.clock())
    return shelf, ids


def headlines(page: Any) -> list[str]:
    return [words(head) for head in page.iter("h2") if head.getparent().get("class") == "entry"]


@covers("page /app", "page /app/saved")
async def test_making_and_opening_a_collection(opened: InApp):
    empty = await opened.get("/app")
    assert list(empty.find_class("notice"))
    after = await opened.post("/app/saved", name="  芯片  与 AI ")
    assert "芯片 与 AI" in said(after)
    shelf = (await own(opened))["芯片 与 AI"]
    page = await opened.get(f"/app/saved/{shelf.id}")
    assert words(next(page.iter("h1"))) == "芯片 与 AI"


@pytest.mark.parametrize("name", ["", "   ", "x" * (NAME_LIMIT + 1), "芯片"])
async def test_names_follow_the_rules_of_the_chat(app: InApp, name: str):
    await app.open()
    await made(app, "芯片")
    after = await app.post("/app/saved", name=name)
    assert "已新建" not in said(after)
    assert said(after)
    assert list(await own(app)) == ["芯片"]


async def test_there_are_as_many_collections_as_in_the_chat(app: InApp):
    await app.open()
    for number in range(MOST_COLLECTIONS):
        await app.storage.collections.create(
            (await app.subscriber()).id, f"c{number}", app.clock()
        )
    after = await app.post("/app/saved", name="one more")
    assert str(MOST_COLLECTIONS) in said(after)
    assert "one more" not in await own(app)


@covers("page /app/saved/{list}")
async def test_a_collection_is_renamed_sorted_moved_and_made_the_default(
    opened: InApp, newsroom: Newsroom
):
    shelf, ids = await filled(opened, newsroom, 2)
    await made(opened, "second")
    path = f"/app/saved/{shelf.id}"
    assert headlines(await opened.get(path)) == ["Headline 1", "Headline 0"]
    await opened.post(path, do="rename", value="新名字")
    await opened.post(path, do="sort", value="score")
    await opened.post(path, do="default")
    await opened.post(path, do="move", value="1")
    found = await own(opened)
    assert list(found) == ["second", "新名字"]
    assert found["新名字"].sort is SavedSort.SCORE
    assert found["新名字"].is_default
    assert len(ids) == found["新名字"].count


async def test_sharing_begins_shows_the_link_and_ends(opened: InApp, newsroom: Newsroom):
    shelf, _ids = await filled(opened, newsroom)
    path = f"/app/saved/{shelf.id}"
    shared = await opened.post(path, do="share")
    key = (await own(opened))["芯片"].share_key
    assert key
    links = [link.get("href") for link in shared.iter("a")]
    assert f"https://pages.example/c/{key}" in links
    await opened.post(path, do="notes", value="yes")
    assert (await own(opened))["芯片"].share_notes
    await opened.post(path, do="revoke")
    assert (await own(opened))["芯片"].share_key == ""


@covers("page /app/saved/{list}/{id}", "page /app/undo")
async def test_a_note_is_kept_and_what_was_removed_comes_back_with_it(
    opened: InApp, newsroom: Newsroom
):
    shelf, (number,) = await filled(opened, newsroom)
    path = f"/app/saved/{shelf.id}/{number}"
    noted = await opened.post(path, do="note", note="下周复查\n<b>x</b>")
    assert "下周复查 <b>x</b>" in words(noted)
    gone = await opened.post(path, do="remove")
    assert headlines(gone) == []
    undo = button(gone, {"zh": "撤销", "en": "Undo"}[(await opened.subscriber()).lang.value])
    await opened.post("/app/undo", undo=undo.get("value"))
    kept = await opened.storage.collections.one_saved(shelf.id, number)
    assert kept is not None
    assert kept.note == "下周复查\n<b>x</b>"
    again = await opened.post("/app/undo", undo=undo.get("value"))
    assert said(again)  # told that it is taken back already


async def test_a_note_that_is_too_long_is_not_kept(app: InApp, newsroom: Newsroom):
    await app.open()
    shelf, (number,) = await filled(app, newsroom)
    after = await app.post(
        f"/app/saved/{shelf.id}/{number}", do="note", note="字" * (NOTE_LIMIT + 1)
    )
    assert str(NOTE_LIMIT) in said(after)
    kept = await app.storage.collections.one_saved(shelf.id, number)
    assert kept is not None
    assert kept.note == ""


async def test_moving_takes_the_note_along(app: InApp, newsroom: Newsroom):
    await app.open()
    shelf, (number,) = await filled(app, newsroom)
    (other,) = await made(app, "other")
    path = f"/app/saved/{shelf.id}/{number}"
    await app.post(path, do="note", note="n")
    after = await app.post(path, do="move", to=str(other.id))
    assert "other" in said(after)
    moved = await app.storage.collections.one_saved(other.id, number)
    assert moved is not None
    assert moved.note == "n"
    assert await app.storage.collections.one_saved(shelf.id, number) is None


async def test_searching_inside_finds_texts_and_notes(app: InApp, newsroom: Newsroom):
    await app.open()
    shelf, ids = await filled(app, newsroom, 3)
    await app.post(f"/app/saved/{shelf.id}/{ids[0]}", do="note", note="下周复查")
    path = f"/app/saved/{shelf.id}"
    assert headlines(await app.get(f"{path}?q=复查")) == ["Headline 0"]
    assert headlines(await app.get(f"{path}?q=Oslo")) == ["Headline 2", "Headline 1", "Headline 0"]
    assert list((await app.get(f"{path}?q=nothing")).find_class("notice"))


async def test_long_collections_are_paged(app: InApp, newsroom: Newsroom):
    await app.open()
    shelf, ids = await filled(app, newsroom, 23)
    first = await app.get(f"/app/saved/{shelf.id}")
    assert len(headlines(first)) == 20
    onward = [link.get("href") for link in first.iter("a") if link.get("rel") == "next"]
    second = await app.get(onward[0])
    assert headlines(second) == ["Headline 2", "Headline 1", "Headline 0"]
    beyond = await app.get(f"/app/saved/{shelf.id}?page=99")
    assert headlines(beyond) == headlines(second)
    assert len(ids) == 23


async def test_a_deleted_collection_comes_back_but_the_default_one_stays(
    app: InApp, newsroom: Newsroom
):
    await app.open()
    shelf, _ids = await filled(app, newsroom, 2)
    page = await app.get(f"/app/saved/{shelf.id}")
    after = await press(app, page, "删除收藏集")
    assert "芯片" in said(after)
    assert await own(app) == {}
    back = await press(app, after, "撤销")
    assert "已撤销" in said(back)
    restored = (await own(app))["芯片"]
    assert restored.count == 2
    await app.storage.collections.make_default((await app.subscriber()).id, restored.id)
    kept = await app.post(f"/app/saved/{restored.id}", do="delete")
    assert "默认收藏集不能删除" in said(kept)
    assert "芯片" in await own(app)


async def test_after_some_days_nothing_is_taken_back(app: InApp, newsroom: Newsroom):
    await app.open()
    shelf, _ids = await filled(app, newsroom)
    after = await app.post(f"/app/saved/{shelf.id}", do="delete")
    number = button(after, "撤销").get("value")
    app.clock.move(days=UNDO_KEPT.days, minutes=1)
    await app.open()
    late = await app.post("/app/undo", undo=number)
    assert "不能再撤销" in said(late)
    assert await own(app) == {}


async def test_what_is_somebody_elses_is_not_there(app: InApp, newsroom: Newsroom):
    await app.open(ALEX)
    shelf, (number,) = await filled(app, newsroom)
    gone = await app.post(f"/app/saved/{shelf.id}", do="delete")
    undo = button(gone, "Undo").get("value")
    await app.open(LIN)
    await app.post("/app/undo", undo=undo)
    await app.open(ALEX)
    assert await own(app) == {}
    shelf, (number,) = await filled(app, newsroom)
    await app.open(LIN)
    await app.get(f"/app/saved/{shelf.id}", status=404)
    await app.post(f"/app/saved/{shelf.id}", status=404, do="delete")
    await app.post(f"/app/saved/{shelf.id}/{number}", status=404, do="remove")
    await app.open(ALEX)
    assert (await own(app))["芯片"].count == 1


@pytest.mark.parametrize("deed", ["", "drop", "sort"])
async def test_forged_forms_are_refused(app: InApp, newsroom: Newsroom, deed: str):
    await app.open()
    shelf, (number,) = await filled(app, newsroom)
    await app.post(f"/app/saved/{shelf.id}", status=400, do=deed, value="x")
    await app.post(f"/app/saved/{shelf.id}/{number}", status=400, do=deed)
