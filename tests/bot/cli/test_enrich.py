"""`hexin enrich`: with nothing configured, with nothing to do, with an engine that is down."""

from tests.bot.cli.hexin import Hexin, Site
from tests.bot.jobs.pages import item, page, rss


def test_without_an_engine_it_says_what_to_configure(hexin: Hexin) -> None:
    result = hexin("enrich")
    assert result.exit_code == 2
    assert "MODEL_BASE_URL" in result.stderr
    assert "hexin models add en-zh" in result.stderr


def test_with_nothing_waiting_it_says_so(hexin: Hexin, site: Site) -> None:
    hexin.env |= {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": site.base}
    result = hexin("enrich", "--limit", "5", "--days", "3")
    assert result.exit_code == 0
    assert "没有等待增强或翻译的内容" in result.stdout
    assert site.asked == []


def test_what_did_not_work_is_counted_and_the_article_stays(hexin: Hexin, site: Site) -> None:
    site.text("/robots", page("Harbour Robotics sells 1,200 machines to Lindholm"))
    entries = item(title="Robots", link=f"{site.base}/robots", guid="1")
    site.text("/feed", rss(entries), kind="application/rss+xml")
    assert hexin("sources", "add", f"{site.base}/feed").exit_code == 0
    assert hexin("poll", "--once").exit_code == 0
    site.json("/translate", {"error": "out of order"}, status=400)
    hexin.env |= {"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": site.base}
    result = hexin("enrich")
    assert result.exit_code == 0
    assert "模型增强 0 条，翻译 " in result.stdout
    assert "Traceback" not in result.output
    assert "/translate" in site.asked
    assert "Harbour Robotics sells" in hexin("digest", "--preview").stdout
