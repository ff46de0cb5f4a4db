"""`hexin sources …` against a news site on loopback."""

import asyncio
from pathlib import Path

import pytest
from rich.cells import cell_len

from digest.sources.catalog import load_catalog
from digest.sources.lists import read_list
from storage import Storage
from tests.bot.cli.hexin import Hexin, Site
from tests.bot.jobs.pages import item, rss
from tests.newsdesk import Newsdesk

# Square brackets are markup to the library that prints our tables.
ODD_TITLE = "海港 [bold]新闻[/bold] & [/nothing]"


@pytest.fixture
def news(site: Site) -> Site:
    entries = (
        item(title=f"第 {number} 条 [red]消息", link=f"{site.base}/{number}", guid=str(number))
        for number in range(1, 6)
    )
    feed = rss(*entries, title=ODD_TITLE.replace("&", "&amp;"))
    site.text("/feed", feed, kind="application/rss+xml")
    link = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
    site.text("/", f"<html><head>{link}</head><body>hi</body></html>")
    site.text("/plain", "<html><body>no feed anywhere</body></html>")
    return site


def test_a_feed_is_tried_without_being_kept(hexin: Hexin, news: Site) -> None:
    result = hexin("sources", "try", f"{news.base}/feed")
    assert result.exit_code == 0
    assert f"{ODD_TITLE}  {news.base}/feed\n" in result.stdout
    assert "订阅；5 条；语言 zh" in result.stdout
    assert "没有日期，按首次见到的时间算；只有标题" in result.stdout
    assert "- 第 1 条 [red]消息\n" in result.stdout
    assert result.stdout.count("\n- ") == 3
    assert not hexin.database.exists()


def test_a_page_is_added_by_its_feed_and_only_once(hexin: Hexin, news: Site) -> None:
    added = hexin("sources", "add", f"{news.base}/", "--column", "business")
    assert added.exit_code == 0
    assert added.stdout == f"已添加 {ODD_TITLE}（id 1）  {news.base}/feed\n"
    for address in ("/", "/feed"):
        again = hexin("sources", "add", news.base + address)
        assert again.exit_code == 1
        assert f"已经有了：{ODD_TITLE}（id 1）" in again.stderr
    listed = hexin("sources", "list").stdout
    assert "信源 1 个" in listed
    assert "business" in listed
    assert "正常" in listed


@pytest.mark.parametrize(
    ("path", "said"),
    [("/plain", "没有找到订阅、站点地图或文章列表"), ("/missing", "这个地址不存在（404）")],
)
def test_what_cannot_be_read_is_not_added(hexin: Hexin, news: Site, path: str, said: str) -> None:
    news.text("/", "<html><body>hi</body></html>")
    for command in ("try", "add"):
        result = hexin("sources", command, news.base + path)
        assert result.exit_code == 1
        assert said in result.stderr
    assert "信源 0 个" in hexin("sources", "list").stdout


def test_an_inner_address_needs_a_word_from_the_owner(hexin: Hexin, news: Site) -> None:
    hexin.env["FETCH_ALLOW"] = None
    result = hexin("sources", "try", f"{news.base}/feed")
    assert result.exit_code == 1
    assert "FETCH_ALLOW" in result.stderr
    assert news.asked == []


def test_a_column_must_be_one_of_ours(hexin: Hexin, news: Site) -> None:
    result = hexin("sources", "add", f"{news.base}/feed", "--column", "gossip")
    assert result.exit_code == 2
    assert "science" in result.stderr
    assert news.asked == []


def test_the_catalog_is_listed_within_80_columns(hexin: Hexin) -> None:
    hexin.env["CATALOG"] = "true"
    lines = hexin("sources", "list").stdout.splitlines()
    assert len(lines) > 60
    assert max(map(cell_len, lines)) <= 80
    assert "下次轮询" in lines[2]


def test_ids_do_not_run_away_with_every_start(hexin: Hexin, news: Site) -> None:
    hexin.env["CATALOG"] = "true"
    for _ in range(3):
        hexin("sources", "list")
    added = hexin("sources", "add", f"{news.base}/feed").stdout
    assert f"（id {len(load_catalog()) + 1}）" in added


def test_opml_goes_round(hexin: Hexin, news: Site, tmp_path: Path) -> None:
    hexin("sources", "add", f"{news.base}/feed", "--column", "science")
    out = tmp_path / "out.opml"
    assert hexin("sources", "export", str(out)).stdout == f"1 个信源已写入 {out}\n"
    assert hexin("sources", "export").stdout == out.read_text(encoding="utf-8")
    (spec,) = read_list(out.read_bytes()).specs
    assert (spec.title, spec.column, spec.url) == (ODD_TITLE, "science", f"{news.base}/feed")
    assert "导入 0 个信源，跳过已有的 1 个" in hexin("sources", "import", str(out)).stdout
    hexin.env["DATABASE_URL"] = "sqlite:///other.db"
    assert "导入 1 个信源，跳过已有的 0 个" in hexin("sources", "import", str(out)).stdout
    assert hexin("sources", "export").stdout == out.read_text(encoding="utf-8")


HOSTILE = """<?xml version="1.0"?>
<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "&a;&a;&a;&a;">]>
<opml version="2.0"><body>
<outline text="&b;" xmlUrl="javascript:alert(1)"/>
<outline text="passwords" xmlUrl="file:///etc/passwd"/>
<outline text="[/red] fine" xmlUrl="https://fine.example/feed"/>
</body></opml>"""


def test_a_hostile_opml_brings_only_web_addresses(hexin: Hexin, tmp_path: Path) -> None:
    path = tmp_path / "hostile.opml"
    path.write_text(HOSTILE, encoding="utf-8")
    assert "导入 1 个信源" in hexin("sources", "import", str(path)).stdout
    listed = hexin("sources", "list").stdout
    assert "[/red] fine" in listed
    assert "root:" not in listed


@pytest.mark.parametrize("body", [b"", b"not xml", b"\xff\xfe\x00", b"<rss></rss>"])
def test_what_is_no_opml_is_said_so(hexin: Hexin, tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "odd.opml"
    path.write_bytes(body)
    result = hexin("sources", "import", str(path))
    assert result.exit_code == 1
    assert "没有可用的信源" in result.stderr


def test_a_file_that_is_not_there_is_a_wrong_call(hexin: Hexin) -> None:
    assert hexin("sources", "import", "nowhere.opml").exit_code == 2
    result = hexin("sources", "export", "no/such/folder.opml")
    assert result.exit_code == 1
    assert "写不了" in result.stderr


def test_what_a_source_lets_us_show_is_set_and_shown(hexin: Hexin, news: Site) -> None:
    hexin("sources", "add", f"{news.base}/feed")
    first = hexin("sources", "set", "1").stdout.splitlines()[0]
    assert first == f"{ODD_TITLE}（id 1）：展示节选，所有人可读"
    changed = hexin("sources", "set", "1", "--full-text", "link", "--access", "subscribers")
    said = changed.stdout.splitlines()[0]
    assert said == f"{ODD_TITLE}（id 1）：只给要点和链接，仅订阅者可读"
    assert hexin("sources", "set", "1").stdout == changed.stdout
    assert hexin("sources", "set", "9").stderr.strip() == "没有 id 为 9 的信源"
    assert hexin("sources", "set", "1", "--full-text", "some").exit_code == 2


def test_a_signals_access_is_set_and_given_back_to_its_source(hexin: Hexin, news: Site) -> None:
    hexin("sources", "add", f"{news.base}/feed")

    async def publish() -> int:
        storage = await Storage.open(f"sqlite:///{hexin.database}")
        try:
            return (await Newsdesk(storage).publish("只给订阅者的消息")).id
        finally:
            await storage.close()

    number = str(asyncio.run(publish()))
    closed = hexin("signals", "access", number, "subscribers")
    assert closed.stdout == "只给订阅者的消息：仅订阅者可读\n"
    again = hexin("signals", "access", number)
    assert again.stdout == "只给订阅者的消息：所有人可读（随信源）\n"
    assert hexin("signals", "access", "99", "public").stderr.strip() == "没有编号为 99 的信号"


ROWS = "".join(
    f"<div class='row'><a class='t' href='/{n}'>第 {n} 条消息说了一件事</a><i>03-0{n}</i></div>"
    for n in (3, 2, 1)
)


def test_a_list_page_is_added_by_selectors_of_ones_own(hexin: Hexin, news: Site) -> None:
    news.text("/list", f"<html><title>要闻</title><body>{ROWS}</body></html>")
    parts = ("--part", "items=.row", "--part", "date=i", "--part", "zone=Asia/Shanghai")
    shown = hexin("sources", "try", f"{news.base}/list", *parts)
    assert shown.exit_code == 0
    assert "列表页；3 条" in shown.stdout
    assert "-03-03 00:00" in shown.stdout
    added = hexin("sources", "add", f"{news.base}/list", *parts, "--header", "X-Key: secret-value")
    assert added.stdout == f"已添加 要闻（id 1）  {news.base}/list\n"
    none = hexin("sources", "try", f"{news.base}/list", "--part", "items=.nothing")
    assert "按这个写法一条也没有找到" in none.stderr
    wrong = hexin("sources", "try", f"{news.base}/list", "--part", "items=div[")
    assert "选择器或字段路径写得不对" in wrong.stderr


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--part", "item=x"), "看不懂 item=x"),
        (("--part", "title=h3"), "还要写 items="),
        (("--header", "Host: elsewhere"), "请求头 Host 不能用"),
        (("--pick", "4"), "只找到 1 个"),
    ],
)
def test_a_wrong_option_is_said_so(
    hexin: Hexin, news: Site, option: tuple[str, str], said: str
) -> None:
    result = hexin("sources", "add", f"{news.base}/feed", *option)
    assert result.exit_code == 2
    assert said in result.stderr


def test_words_that_are_nothing_are_told_so(hexin: Hexin) -> None:
    result = hexin("sources", "try", "今天天气不错")
    assert result.exit_code == 1
    assert "看不懂这是哪里的信源" in result.stderr


def test_what_a_source_is_settled_to_is_shown_and_no_header_in_full(
    hexin: Hexin, news: Site
) -> None:
    hexin("sources", "add", f"{news.base}/feed")
    options = (
        "--title", "海港", "--column", "business", "--lang", "en", "--weight", "1.5",
        "--every-at-least", "30", "--every-at-most", "120", "--no-translate",
        "--header", "Authorization: Bearer 0123456789abcdef", "--part", "include=/2",
    )  # fmt: skip
    changed = hexin("sources", "set", "1", *options)
    assert changed.stdout.splitlines() == [
        "海港（id 1）：展示节选，所有人可读",
        "栏目 business；语言 en；权重 1.5；最短 30 分钟轮询一次；最长 120 分钟轮询一次；不翻译",
        "请求头 Authorization: …cdef",
    ]
    assert hexin("sources", "set", "1").stdout == changed.stdout
    back = hexin("sources", "set", "1", "--every-at-least", "0", "--translate", "--no-headers")
    assert back.stdout.splitlines()[1:] == [
        "栏目 business；语言 en；权重 1.5；最长 120 分钟轮询一次"
    ]
    wrong = hexin("sources", "set", "1", "--column", "gossip")
    assert wrong.exit_code == 2
    assert hexin("sources", "set", "9", "--weight", "1").exit_code == 1


def test_a_source_is_paused_and_resumed(hexin: Hexin, news: Site) -> None:
    hexin("sources", "add", f"{news.base}/feed", "--title", "海港")
    assert hexin("sources", "pause", "1").stdout == "已暂停 海港（id 1）\n"
    assert "已暂停" in hexin("sources", "list").stdout
    assert hexin("sources", "resume", "1").stdout == "已恢复 海港（id 1）\n"
    assert "正常" in hexin("sources", "list").stdout
    assert hexin("sources", "pause", "7").exit_code == 1


def test_only_addresses_that_are_wanted_are_tried(hexin: Hexin, news: Site) -> None:
    shown = hexin("sources", "try", f"{news.base}/feed", "--part", "include=/2")
    assert "；1 条；" in shown.stdout
    assert "第 2 条" in shown.stdout
