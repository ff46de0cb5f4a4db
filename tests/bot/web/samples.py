"""Made-up articles and signals for the pages' tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.web.views.items import Setting
from bot.web.visit import Visit
from digest.model import (
    Article,
    Brief,
    Kind,
    Lang,
    NumberFact,
    Placement,
    Point,
    Score,
    ScorePart,
    SeenIn,
    Signal,
)
from digest.taxonomy import Column, Taxonomy, Topic

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # 20:00 in Beijing

TAXONOMY = Taxonomy(
    [
        Column("ai", "人工智能", "AI", "🤖", 0),
        Column("business", "商业财经", "Business", "💼", 1),
    ],
    [Topic("llm", "大模型", "Language models"), Topic("chips", "芯片", "Chips")],
)

ARTICLE = Article(
    url="https://news.example.org/a?id=1&x=2",
    canonical_url="https://news.example.org/a",
    title="Northwind opens its largest data centre",
    paragraphs=(
        ("Northwind opened a data centre in Oslo on Friday.", "It cost $1.2 billion."),
        ("The site will employ 400 people.",),
        ("Analysts had expected a smaller building.", "Nobody has said who will rent it."),
        ("The weather was fine.",),
        ("Guests were served soup.",),
        ("Power comes from three rivers.", "The first is the longest."),
        ("The mayor spoke briefly.",),
    ),
    lang="en",
    author="Ada Example",
    site="Example News",
    published_at=datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
    utc_offset_min=60,
)

BRIEF = Brief(
    headline="Northwind opens its largest data centre in Oslo",
    headline_lang="en",
    points=(
        Point("Northwind opened a data centre in Oslo on Friday.", (0,), "en"),
        Point("Power comes from three rivers, the longest first.", (7, 8), "en"),
    ),
    numbers=(
        NumberFact(
            "$1.2 billion", 1.2e9, "money", "USD", 1, measure="cost of the site", zh="12 亿美元"
        ),
        NumberFact("400", 400, "count", "people", 2, direction="up", start="120", end="400"),
    ),
    gaps=(Point("Nobody has said who will rent it.", (4,), "en"),),
    keywords=("Northwind", "数据中心"),
)

SIGNAL = Signal(
    id=7,
    url=ARTICLE.url,
    title=ARTICLE.title,
    lang="en",
    brief=BRIEF,
    placement=Placement("ai", Kind.RELEASE, ("llm",), {"kind": ("opens", "opened")}),
    score=Score(
        (ScorePart("source", 12, 20), ScorePart("novelty", 30.5, 40, "sources=3 age_h=unknown x"))
    ),
    reading_minutes=3,
    created_at=datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
    published_at=ARTICLE.published_at,
    utc_offset_min=60,
    author=ARTICLE.author,
    site=ARTICLE.site,
    seen_in=(SeenIn(1, "Example Wire", "https://wire.example.org/1", NOW),),
)


def signal(**changes: Any) -> Signal:
    """The sample signal with `changes`."""
    return replace(SIGNAL, **changes)


def brief(**changes: Any) -> Brief:
    """The sample brief with `changes`."""
    return replace(BRIEF, **changes)


def article(**changes: Any) -> Article:
    """The sample article with `changes`."""
    return replace(ARTICLE, **changes)


def setting(lang: Lang = Lang.ZH, **changes: Any) -> Setting:
    """A visit of the front page at NOW."""
    return Setting(Visit("/", lang, **changes), TAXONOMY, NOW)
