"""Hot lists as they are polled: ranks are noted, titles are no articles."""

import json
from datetime import timedelta

from aiohttp import web

from digest.model import HotList, Recipe, SourceKind, SourceSpec
from tests.bot.jobs.world import World


def board(*titles: str) -> web.Response:
    cards = [{"word": one, "link": f"https://board.test/q?word={one}"} for one in titles]
    return web.Response(text=json.dumps({"cards": cards}), content_type="application/json")


async def a_board(world: World, hot: HotList) -> int:
    spec = SourceSpec(
        key=f"board-{hot}", url=f"{world.base}/hot.json", title="热搜", column="tech", lang="zh",
        kind=SourceKind.JSON, poll_floor_s=60, hot=hot,
        recipe=Recipe(items="cards", title="word", link="link"),
    )  # fmt: skip
    return (await world.storage.sources.add(spec, world.time(), actor="test")).id


async def test_ranks_are_noted_poll_by_poll_and_titles_are_not_read(world: World) -> None:
    source = await a_board(world, HotList.RANKS)
    world.answers["/hot.json"] = board("芯片禁令", "春晚节目单")
    await world.poll()
    world.time.pass_(hours=1)
    await world.poll()  # as it was
    world.time.pass_(hours=1)
    world.answers["/hot.json"] = board("春晚节目单", "新机发布")
    (result,) = await world.poll()
    assert result.new == 0
    items = await world.storage.hot.items(world.time() - timedelta(days=1), world.time() + _SOON)
    courses = {one.title: [rank for _, rank in one.course] for one in items}
    assert courses == {"春晚节目单": [2, 2, 1], "新机发布": [2], "芯片禁令": [1, 1]}
    assert [one.title for one in items if one.rank] == ["春晚节目单", "新机发布"]
    assert await world.storage.sources.known_keys(source, ["anything"]) == set()
    assert await world.reader.run_due() == ()


async def test_a_list_that_fails_moves_nobody(world: World) -> None:
    await a_board(world, HotList.RANKS)
    world.answers["/hot.json"] = board("甲", "乙")
    await world.poll()
    for broken in (web.Response(status=500), web.Response(text="[]"), web.Response(text="{")):
        world.time.pass_(hours=1)
        world.answers["/hot.json"] = broken
        await world.poll()
    items = await world.storage.hot.items(world.time() - timedelta(days=1), world.time() + _SOON)
    assert [(one.title, one.rank, len(one.course)) for one in items] == [
        ("甲", 1, 1),
        ("乙", 2, 1),
    ]


async def test_a_list_may_be_read_as_well(world: World) -> None:
    await a_board(world, HotList.BOTH)
    world.answers["/hot.json"] = board("甲", "乙")
    (result,) = await world.poll()
    assert result.new == 2
    assert len(await world.storage.hot.items(world.time() - _SOON, world.time() + _SOON)) == 2


async def test_a_source_that_becomes_a_hot_list_is_read_anew(world: World) -> None:
    """Its document may not change for long, and was read as something else before."""
    source = await a_board(world, HotList.NO)
    world.answers["/hot.json"] = board("甲")
    await world.poll()
    await world.storage.sources.edit(source, actor="test", now=world.time(), hot=HotList.RANKS)
    world.time.pass_(hours=1)
    await world.poll()
    assert len(await world.storage.hot.items(world.time() - _SOON, world.time() + _SOON)) == 1


_SOON = timedelta(minutes=1)
