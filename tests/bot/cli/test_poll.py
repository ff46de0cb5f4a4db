"""`hexin poll --once` and `hexin digest --preview`, on one small database."""

import pytest

from tests.bot.cli.hexin import Hexin, Site
from tests.bot.jobs.pages import item, page, rss


@pytest.fixture
def polled(hexin: Hexin, site: Site) -> Hexin:
    """A source with two entries, one of them unreadable, polled once."""
    site.text("/robots", page("Harbour Robotics sells 1,200 machines to Lindholm"))
    entries = (
        item(title="Robots", link=f"{site.base}/robots", guid="1"),
        item(title="Missing", link=f"{site.base}/missing", guid="2"),
    )
    site.text("/feed", rss(*entries), kind="application/rss+xml")
    assert hexin("sources", "add", f"{site.base}/feed").exit_code == 0
    result = hexin("poll", "--once")
    assert result.exit_code == 0
    assert "轮询了 1 个信源：read 1\n" in result.stdout
    assert "新条目 2 条；整理：" in result.stdout
    assert "done 1" in result.stdout
    return hexin


def test_only_what_is_due_is_polled_and_one_source_at_a_wish(polled: Hexin, site: Site) -> None:
    asked = site.asked.count("/feed")
    again = polled("poll", "--once")
    assert again.exit_code == 0
    assert "没有到期的信源，最早的 " in again.stdout
    assert site.asked.count("/feed") == asked
    at_once = polled("poll", "--once", "--source", "1")
    assert "轮询了 1 个信源：unchanged 1\n" in at_once.stdout
    assert site.asked.count("/feed") == asked + 1

    unknown = polled("poll", "--once", "--source", "77")
    assert unknown.exit_code == 1
    assert "没有 id 为 77 的信源" in unknown.stderr

    # The first poll of a source is its backlog: nothing that anybody would be pushed.
    preview = polled("digest", "--preview")
    assert preview.exit_code == 0
    assert preview.stdout.startswith("没有新内容可推送")
    assert "1. 📰 Harbour Robotics sells 1,200 machines to Lindholm\n" in preview.stdout
    assert "<b>" not in preview.stdout
    english = polled("digest", "--preview", "--lang", "en")
    assert "1 picked out of 1 read." in english.stdout


def test_a_failing_source_is_a_line_in_the_report(hexin: Hexin, site: Site) -> None:
    site.text("/feed", rss(item(title="A", guid="1")), kind="application/rss+xml")
    assert hexin("sources", "add", f"{site.base}/feed").exit_code == 0
    site.text("/feed", "gone", status=404)
    result = hexin("poll", "--once")
    assert result.exit_code == 0
    assert "轮询了 1 个信源：not_found 1\n" in result.stdout
    assert "Traceback" not in result.output
    assert "not_found ×1" in hexin("sources", "list").stdout


def test_an_empty_desk_is_said_so(hexin: Hexin) -> None:
    assert "没有到期的信源；" in hexin("poll", "--once").stdout
    preview = hexin("digest", "--preview", "--hours", "6")
    assert preview.stdout.startswith("最近 6 小时没有值得推送的内容")
    assert hexin("digest", "--preview", "--lang", "fr").exit_code == 2
    assert hexin("digest", "--preview", "--hours", "999").exit_code == 2
