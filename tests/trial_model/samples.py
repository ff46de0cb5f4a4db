"""What the trial's model reads: our own sample articles, and real ones where they are given."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.newsroom.articles import load_articles
from digest.model import Article
from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences

# Long enough to say something, short enough for a model that writes five tokens a second.
_LEAST, _MOST = 400, {"en": 2_600, "zh": 1_000}
_SETS = (("inshorts", "en"), ("zh_it_news", "zh"))


@dataclass(frozen=True)
class Sample:
    """An article and where it is from; `own` ones may be shown."""

    article: Article
    source: str
    own: bool


def choose(corpora: Path | None, count: int) -> list[Sample]:
    """`count` articles: five of our own, the rest real, Chinese and English in turn."""
    own = [Sample(article, "newsroom", own=True) for article in _newsroom()]
    if corpora is None:
        return own[:count]
    shown = own[: min(5, count)]
    streams = [_corpus(corpora, name, lang) for name, lang in _SETS]
    found = [sample for pair in zip(*streams, strict=False) for sample in pair]
    step = max(1, len(found) // 2 // max(1, count)) * 2
    spread = [pair for at in range(0, len(found) - 1, step) for pair in found[at : at + 2]]
    return [*shown, *spread][:count]


def _newsroom() -> Iterator[Article]:
    """Our samples, languages in turn."""
    by_lang: dict[str, list[Article]] = {"en": [], "zh": []}
    seen: set[tuple[str, ...]] = set()
    for sample in load_articles():
        text = "\n".join(sample.paragraphs)
        if sample.lang in by_lang and sample.paragraphs not in seen and len(text) > _LEAST:
            seen.add(sample.paragraphs)
            by_lang[sample.lang].append(_article(sample.title, text, sample.lang))
    for lang, articles in by_lang.items():
        articles.sort(key=lambda article: len(article.text) > _MOST[lang])
    for pair in zip(*by_lang.values(), strict=False):
        yield from pair


def _corpus(corpora: Path, name: str, lang: str) -> list[Sample]:
    samples = []
    with gzip.open(corpora / name / "data.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            text = record.get("text") or ""
            if _LEAST <= len(text) <= _MOST[lang]:
                article = _article(record["title"], text, lang)
                samples.append(Sample(article, name, own=False))
    return samples


def _article(title: str, text: str, lang: str) -> Article:
    paragraphs = tuple(tuple(split_sentences(one, lang)) for one in paragraphs_of(text))
    return Article(url="", canonical_url="", title=title, paragraphs=paragraphs, lang=lang)
