"""`hexin enrich`: with nothing configured, with nothing to do, with an engine that is down."""

import json

from tests.bot.cli.hexin import Hexin, Site
from tests.bot.jobs.pages import item, page, rss
from tests.bot.jobs.test_enriching import BRIEF
from tests.bot.model.imitation import completion


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


def test_a_backlog_is_condensed_by_the_model_within_the_budget_and_what_it_cost_is_said(
    hexin: Hexin, site: Site
) -> None:
    for path in ("/robots", "/belts"):
        salt = "The belts are made in Varberg by 77 people." if path == "/belts" else ""
        site.text(path, page(f"Harbour Robotics sells 1,200 machines {path}", salt=salt))
    entries = [
        item(title=path, link=site.base + path, guid=path) for path in ("/robots", "/belts")
    ]
    site.text("/feed", rss(*entries), kind="application/rss+xml")
    assert hexin("sources", "add", f"{site.base}/feed").exit_code == 0
    assert hexin("poll", "--once").exit_code == 0
    site.json("/v1/chat/completions", completion(json.dumps(BRIEF, ensure_ascii=False)))
    hexin.env |= {
        "MODEL_BASE_URL": f"{site.base}/v1",
        "MODEL_NAME": "gpt-x",
        "MODEL_MIN_SCORE": "0",
        "MODEL_PRICE_IN": "1",
        "MODEL_PRICE_OUT": "2",
        "MODEL_CONCURRENCY": "1",
        "MODEL_DAILY_COST": "0.0085",  # one article and a repair, and no second article
    }
    first = hexin("enrich", "--limit", "5")
    assert first.exit_code == 0, first.output
    assert "模型增强 1 条" in first.stdout
    assert "1 条推后：当日预算用完" in first.stdout
    assert "花费 0.00" in first.stdout
    asked = site.asked.count("/v1/chat/completions")
    again = hexin("enrich", "--limit", "5")
    assert "刚试过的 20 分钟后再试" in again.stdout
    assert site.asked.count("/v1/chat/completions") == asked
