"""Train the model of columns (digest/classify/columns.json) and the reference of scores.

No collection carries our columns, so labels come by mapping: the editors' own sections where they
mean a column, feeds that write about one subject, and, for the general streams, our cues where
they are sure. Doubtful ones count less. Texts labelled by hand for measuring are left out.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from digest.classify.columns import MODEL_FILE, cue_votes
from digest.classify.features import EDGE_MARKS, PIECE_MARK
from digest.classify.topics import find_topics
from digest.taxonomy import load_taxonomy
from tests.quality.common import Record, records
from tests.quality.placement_labels import load_labels
from tests.training import linear
from tests.training.linear import Labelled

FEATURES = 10_800
LEAST = 4
VERSION = "columns-1"

_MOST_PER_SECTION = 500
_MOST_PER_STREAM = 2500
_SURE_BY = 1.5
_OUTLETS = re.compile(
    r"IT\s?之家|36氪(?:获悉)?|硬氪|虎嗅|凤凰网|钛媒体|本文来自微信公众号|原文标题|头图|"
    r"\(AP\)|\bAP - |\(Reuters\)|Reuters|AFP|量子位|新智元|机器之心|据外媒|消息",
)
# Sections of other editors: (collection, field, section) → (column, how far we trust it).
_SECTIONS: dict[str, tuple[str, dict[str, tuple[str, float]]]] = {
    "bbc_news_summary": (
        "category",
        {
            "business": ("business", 1.0),
            "tech": ("tech", 1.0),
            "politics": ("policy", 1.0),
            "sport": ("policy", 0.4),
            "entertainment": ("policy", 0.4),
        },
    ),
    "ag_news": (
        "category",
        {"Business": ("business", 1.0), "World": ("policy", 1.0), "Sports": ("policy", 0.4)},
    ),
    "zh_headline_topics": (
        "category",
        {
            "财经": ("business", 1.0),
            "股票": ("business", 1.0),
            "房产": ("business", 0.6),
            "科技": ("tech", 1.0),
            "游戏": ("tech", 0.6),
            "社会": ("policy", 0.8),
            "时政": ("policy", 1.0),
            "教育": ("policy", 0.8),
            "体育": ("policy", 0.4),
            "娱乐": ("policy", 0.4),
            "news_finance": ("business", 1.0),
            "news_stock": ("business", 1.0),
            "news_house": ("business", 0.6),
            "news_car": ("tech", 0.8),
            "news_tech": ("tech", 0.8),
            "news_game": ("tech", 0.6),
            "news_edu": ("policy", 0.8),
            "news_world": ("policy", 1.0),
            "news_military": ("policy", 1.0),
            "news_culture": ("policy", 0.4),
            "news_entertainment": ("policy", 0.4),
            "news_sports": ("policy", 0.4),
        },
    ),
    "ruanyf_weekly": (
        "column",
        {"工具": ("dev", 0.7), "资源": ("dev", 0.5), "AI": ("ai", 1.0)},
    ),
    "csl_zh": (
        "category",
        {
            "理学": ("science", 1.0),
            "医学": ("science", 1.0),
            "农学": ("science", 0.8),
            "工学": ("science", 0.6),
            "法学": ("policy", 0.8),
            "经济学": ("business", 0.6),
        },
    ),
}
_WHOLE = {
    "scitldr": ("ai", 0.8),
    "chrome_dev_blog": ("dev", 1.0),
    "pingcap_blog_zh": ("dev", 1.0),
}
_CROWD = {
    "business": ("business", 1.0),
    "crime": ("policy", 0.8),
    "politics_us": ("policy", 1.0),
    "politics_world": ("policy", 1.0),
    "science": ("science", 1.0),
    "health": ("science", 1.0),
    "tech": ("tech", 1.0),
}
_AI_FEEDS = frozenset(
    {
        "量子位",
        "新智元",
        "机器之心",
        "OpenAI",
        "Google Gemini",
        "Hugging Face",
        "Google DeepMind",
        "Google Research",
        "Latent Space",
        "Interconnects",
        "Import AI",
        "Last Week in AI",
        "BAIR",
        "Ahead of AI",
    }
)
# The columns that a catalog gives such sources; others of the streams write about AI.
SOURCE_COLUMNS = {
    "IT之家": "tech",
    "36氪": "business",
    "虎嗅": "business",
    "虎嗅APP": "business",
    "钛媒体": "business",
    "Financial Times": "business",
    "凤凰网": "policy",
    "腾讯新闻": "policy",
    "南方周末": "policy",
    "Hacker News": "dev",
    "InfoQ": "dev",
    "宝玉": "dev",
    "Simon Willison": "dev",
    "TechCrunch": "tech",
    "The Verge": "tech",
    "爱范儿": "tech",
    "The Information": "tech",
    "MIT TR": "science",
}
_STREAMS = {
    "zh_it_news": {"IT之家": "tech", "36氪": "business"},
    "zh_rss_stream": {"凤凰网": "policy", "腾讯新闻": "policy", "南方周末": "policy"},
    "ai36kr_stream": {"Hacker News": "dev", "TechCrunch": "tech", "The Verge": "tech"},
    "ai_pulse_stream": {"Financial Times": "business"},
    "ag_news": {},
    "ruanyf_weekly": {},
    "newscluster5w1h": {},
    "inshorts": {"": "policy"},
}


def train(corpora: Path) -> str:
    """Train and write the model of columns; say what was written."""
    examples = list(gather(corpora))
    model = linear.train(examples, least=LEAST, most=FEATURES, keep=_tells)
    model.save(MODEL_FILE, version=VERSION, examples=len(examples))
    return f"{MODEL_FILE.name}: {len(examples)} examples, {MODEL_FILE.stat().st_size:,} bytes"


def _tells(feature: str) -> bool:
    """Words and characters only: lengths, edges, punctuation are habits of a collection."""
    if feature.startswith(EDGE_MARKS) or PIECE_MARK in feature:
        return False
    return any(letter.isalpha() for letter in feature)


def gather(corpora: Path) -> Iterator[Labelled]:
    """All examples, in an order that is always the same."""
    known = set(load_labels())
    seen: set[str] = set()
    for record, label, worth in _labelled(corpora):
        title = _OUTLETS.sub(" ", str(record.get("title") or ""))
        text = _OUTLETS.sub(" ", str(record.get("text") or record.get("summary") or ""))
        if record["id"] in known or record["id"] in seen:
            continue
        seen.add(record["id"])
        yield Labelled(title, "" if text == title else text, label, worth)


def _labelled(corpora: Path) -> Iterator[tuple[Record, str, float]]:
    for name, (field, sections) in _SECTIONS.items():
        for section, (label, worth) in sections.items():
            found = [one for one in records(corpora, name) if one.get(field) == section]
            yield from ((one, label, worth) for one in _some(found, _MOST_PER_SECTION))
    for name, (label, worth) in _WHOLE.items():
        yield from ((one, label, worth) for one in _some(records(corpora, name), 400))
    for one in records(corpora, "keyphrases"):
        theme = str(one["id"]).removeprefix("500N-KPCrowd-v1.1-").rpartition("-")[0]
        if theme in _CROWD:
            yield one, *_CROWD[theme]
    for name in ("ai36kr_stream", "ai_pulse_stream"):
        for one in records(corpora, name):
            if one["source"] in _AI_FEEDS:
                yield one, "ai", 0.7
    yield from _by_cues(corpora)


def _by_cues(corpora: Path) -> Iterator[tuple[Record, str, float]]:
    """Texts of general streams whose cues leave no doubt: distant supervision."""
    taxonomy = load_taxonomy()
    for name, priors in _STREAMS.items():
        for one in _some(records(corpora, name), _MOST_PER_STREAM):
            title = str(one.get("title") or "")
            text = str(one.get("text") or one.get("summary") or "")[:3000]
            topics = find_topics(title, text, (), taxonomy)
            votes, _ = cue_votes(title, text, topics, taxonomy)
            prior = priors.get(str(one.get("source") or ""), "")
            if prior:
                votes[prior] = votes.get(prior, 0.0) + 1.0
            ranked = [*sorted(votes.values(), reverse=True), 0.0, 0.0]
            if ranked[0] - ranked[1] >= _SURE_BY:
                yield one, max(votes, key=lambda column: (votes[column], column)), 0.6


def _some(found: list[Record], most: int) -> list[Record]:
    if len(found) <= most:
        return found
    places = sorted(random.Random(len(found)).sample(range(len(found)), most))
    return [found[place] for place in places]
