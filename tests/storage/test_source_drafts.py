from datetime import timedelta

from digest.model import SourceSpec
from storage import DraftState, ImportState, RowState, Storage
from storage.source_drafts import KEPT, Where
from storage.source_imports import Brought
from tests.storage.making import NOW, minutes, spec

DESK = Where(-100, 7, "zh")


async def test_a_draft_is_tried_changed_and_saved_once(storage: Storage) -> None:
    drafts = storage.source_drafts
    made = await drafts.begin(DESK, "example.com", NOW)
    assert (made.where, made.state, made.trial) == (DESK, DraftState.TRYING, {})
    assert await drafts.change(made.id, column="ai") is None
    (claimed,) = await drafts.claim(NOW, 5, 60)
    assert claimed.tries == 1
    assert await drafts.claim(NOW, 5, 60) == ()
    found = await drafts.found(made.id, {"words": "example.com"})
    assert found is not None
    assert (found.state, found.trial) == (DraftState.READY, {"words": "example.com"})
    assert await drafts.found(made.id, {}) is None
    await drafts.change(made.id, column="ai")
    both = await drafts.change(made.id, lang="en")
    assert both is not None
    assert both.edits == {"column": "ai", "lang": "en"}
    assert await drafts.end(made.id, DraftState.SAVED, "user:1")
    assert not await drafts.end(made.id, DraftState.SAVED, "user:2")
    ended = await drafts.get(made.id)
    assert ended is not None
    assert (ended.ended_by, ended.edits) == ("user:1", {})


async def test_what_a_dead_process_tried_is_tried_again(storage: Storage) -> None:
    drafts = storage.source_drafts
    made = await drafts.begin(DESK, "x", NOW)
    await drafts.claim(NOW, 5, 600)
    await drafts.take_back(NOW + minutes(1))
    (again,) = await drafts.claim(NOW + minutes(1), 5, 600)
    assert (again.id, again.tries) == (made.id, 2)


async def test_a_draft_may_be_tried_again_in_another_way(storage: Storage) -> None:
    drafts = storage.source_drafts
    made = await drafts.begin(DESK, "x", NOW)
    assert await drafts.again(made.id, NOW) is None
    await drafts.found(made.id, {"a": 1})
    again = await drafts.again(made.id, NOW, {"url": "https://x.example/"})
    assert again is not None
    assert (again.state, again.asked) == (DraftState.TRYING, {"url": "https://x.example/"})


async def test_drafts_that_nobody_saves_are_forgotten(storage: Storage) -> None:
    made = await storage.source_drafts.begin(DESK, "x", NOW)
    await storage.source_drafts.forget(NOW + KEPT)
    assert await storage.source_drafts.get(made.id) is not None
    await storage.source_drafts.forget(NOW + KEPT + timedelta(seconds=1))
    assert await storage.source_drafts.get(made.id) is None


def brought(count: int = 3, **more: object) -> Brought:
    fresh: list[SourceSpec] = [spec(f"s{number}") for number in range(count)]
    return Brought("list.opml", fresh, [spec("known")], [("No address", "/route")], **more)  # type: ignore[arg-type]


async def test_an_import_counts_its_places_and_ends_once(storage: Storage) -> None:
    imports = storage.source_imports
    asked = await imports.ask(DESK, brought(repeated=2), "user:1", NOW)
    assert asked.counts == {RowState.WAITING: 3, RowState.KNOWN: 1, RowState.UNUSABLE: 1}
    assert (asked.state, asked.repeated) == (ImportState.ASKED, 2)
    assert await imports.running() == ()
    assert await imports.begin(asked.id, NOW)
    assert not await imports.begin(asked.id, NOW)
    one, two = await imports.claim(asked.id, NOW, 2, 60)
    (three,) = await imports.claim(asked.id, NOW, 2, 60)
    await imports.settle(one, RowState.FAILED, reason="dns")
    await imports.settle(one, RowState.TRIED)  # too late: it has ended
    await imports.settle(two, RowState.KNOWN)
    assert await imports.stop(asked.id, NOW)
    assert not await imports.stop(asked.id, NOW)
    await imports.settle(three, RowState.TRIED)
    ended = await imports.get(asked.id)
    assert ended is not None
    assert ended.counts == {
        RowState.FAILED: 1,
        RowState.KNOWN: 2,
        RowState.UNUSABLE: 1,
        RowState.DROPPED: 1,
    }
    (failed,) = await imports.rows(asked.id, RowState.FAILED)
    assert (failed.address, failed.reason) == (spec("s0").url, "dns")


async def test_places_that_a_dead_process_took_are_given_back(storage: Storage) -> None:
    imports = storage.source_imports
    asked = await imports.ask(DESK, brought(), "user:1", NOW)
    await imports.begin(asked.id, NOW)
    await imports.claim(asked.id, NOW, 9, 600)
    assert await imports.claim(asked.id, NOW, 9, 600) == ()
    await imports.take_back(NOW)
    assert len(await imports.claim(asked.id, NOW, 9, 600)) == 3


async def test_old_imports_are_forgotten_with_their_places(storage: Storage) -> None:
    imports = storage.source_imports
    asked = await imports.ask(DESK, brought(), "user:1", NOW)
    running = await imports.ask(DESK, brought(1), "user:1", NOW)
    await imports.begin(running.id, NOW)
    await imports.forget(NOW + timedelta(days=31))
    assert await imports.get(asked.id) is None
    assert await imports.rows(asked.id, *RowState) == ()
    assert await imports.get(running.id) is not None
