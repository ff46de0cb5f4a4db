"""`hexin post`."""

import asyncio

import pytest

from digest.model import Signal
from digest.posts import Level, Post, PostState
from storage import Storage
from tests.bot.cli.hexin import Hexin

WORDS = "模型目录上线\n收录 120 个模型\n- 每天更新"


async def _posts(hexin: Hexin) -> tuple[tuple[Post, ...], tuple[Signal, ...]]:
    storage = await Storage.open(f"sqlite:///{hexin.database}")
    try:
        return await storage.posts.open(), await storage.signals.latest(limit=9)
    finally:
        await storage.close()


def test_words_from_the_standard_input_are_published(hexin: Hexin) -> None:
    out = hexin("post", "--column", "ai", "--level", "notable", input_=WORDS)
    assert out.stdout == "已发布 /s/1：模型目录上线\n"
    drafts, (signal,) = asyncio.run(_posts(hexin))
    assert drafts == ()
    assert [point.text for point in signal.brief.points] == ["收录 120 个模型", "每天更新"]
    assert (signal.placement.column, signal.score.total) == ("ai", 80)


def test_a_file_is_kept_for_its_time_or_as_a_draft(hexin: Hexin) -> None:
    file = hexin.folder / "post.txt"
    file.write_text(WORDS, encoding="utf-8")
    assert "草稿 1 将在" in hexin("post", str(file), "--at", "明早 8 点").stdout
    assert hexin("post", str(file), "--draft").stdout == "存成草稿 2：模型目录上线\n"
    drafts, signals = asyncio.run(_posts(hexin))
    assert signals == ()
    assert {one.state for one in drafts} == {PostState.SCHEDULED, PostState.DRAFT}
    assert {one.level for one in drafts} == {Level.NORMAL}


def test_a_dry_run_shows_every_reader_and_keeps_nothing(hexin: Hexin) -> None:
    shown = hexin("post", "--dry-run", input_=WORDS).stdout
    assert "编辑撰写" in shown
    assert "Written by our editors" in shown
    assert shown.count("模型目录上线") == 4
    assert asyncio.run(_posts(hexin)) == ((), ())


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("post",), "\n \n", "没有文字"),
        (("post",), "核" * 161, "标题太长"),
        (("post", "--column", "nowhere"), WORDS, "没有栏目 nowhere"),
        (("post", "--at", "昨天"), WORDS, "看不懂的时间"),
        (("post", "/no/such/file"), "", "读不了"),
    ],
)
def test_what_is_wrong_is_said(
    hexin: Hexin, arguments: tuple[str, ...], typed: str, told: str
) -> None:
    result = hexin(*arguments, input_=typed)
    assert result.exit_code == 2
    assert told in result.stderr
