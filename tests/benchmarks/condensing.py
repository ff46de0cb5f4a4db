"""From article to draft: speed by language, share of extraction, memory, parts side by side."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import yake
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lex_rank import LexRankSummarizer

from bot.engine.jobs_cpu import ReadRequest, read_page
from bot.engine.workers import WorkerPool
from digest.classify import classify
from digest.condense import condense
from digest.condense.keyphrases import keyphrases
from digest.condense.points import summary
from digest.errors import HexinError
from digest.extract import extract
from digest.model import Article
from digest.pipeline import DraftRequest, make_draft
from digest.taxonomy import load_taxonomy
from digest.text.segmentation import words
from digest.text.sentences import split_sentences
from digest.verify import SourceText
from tests.benchmarks.measure import Row, alone, in_turn
from tests.benchmarks.reading import article_of, page_of
from tests.benchmarks.resident import resident
from tests.benchmarks.samples import articles, pages

NOW = datetime(2026, 1, 2, tzinfo=UTC)
_WARM, _READ = 100, 500  # pages before memory is looked at, and after
_LEXRANKED = 30
_PHRASED = 40


def rows() -> list[Row]:
    """All rows of this file."""
    made = [article_of(title, text, lang) for title, text, lang in articles()]
    return [
        *_by_language(made),
        _beside_extraction(),
        _memory(),
        _ranker(made),
        _placement(made),
        _phrases(made),
        *_verifying(made),
    ]


def draft(article: Article) -> None:
    """Condense, classify and score one article."""
    make_draft(DraftRequest(article, "tech", 1.0, NOW))


def _times(work: Callable[[Article], object], told: Sequence[Article]) -> list[float]:
    """CPU seconds of each article, the better of two rounds."""
    rounds = []
    for _ in range(2):
        spent = []
        for article in told:
            began = time.process_time()
            work(article)
            spent.append(time.process_time() - began)
        rounds.append(spent)
    return [min(pair) for pair in zip(*rounds, strict=True)]


def _by_language(made: Sequence[Article]) -> list[Row]:
    rows = []
    for lang in sorted({article.lang for article in made}):
        told = [article for article in made if article.lang == lang]
        spent = _times(draft, told)
        condensed = _times(condense, told)
        slowest = sorted(spent)[int(len(spent) * 0.95)]
        rows.append(
            Row(
                f"condense + classify + score, {lang} ({len(told)} articles)",
                f"{statistics.median(spent) * 1e3:.1f} ms/article (median), "
                f"{len(told) / sum(spent):.0f}/s per core",
                note=f"95 % within {slowest * 1e3:.1f} ms; "
                f"condense alone {statistics.median(condensed) * 1e3:.1f} ms",
            )
        )
    return rows


def _beside_extraction() -> Row:
    documents = pages()
    read: list[Article] = []
    for number, html in enumerate(documents):
        try:
            read.append(extract(page_of(f"https://example.org/{number}", html)))
        except HexinError:
            continue

    def condensing() -> None:
        for article in read:
            draft(article)

    def reading() -> None:
        for number, html in enumerate(documents):
            try:
                extract(page_of(f"https://example.org/{number}", html))
            except HexinError:
                continue

    ours, beside = in_turn(condensing, reading, rounds=3)
    per_draft, per_page = ours / max(1, len(read)), beside / len(documents)
    return Row(
        f"draft of an extracted page ({len(read)} of {len(documents)} pages)",
        f"{per_draft * 1e3:.1f} ms/article",
        f"extraction {per_page * 1e3:.1f} ms/page",
        f"{per_draft / per_page:.2f}x its CPU",
        "the ratio is cost against extraction, not speed",
    )


def _memory() -> Row:
    """A worker as the bot starts it, reading pages; nothing of the benchmark is in it."""
    return asyncio.run(_worker_memory())


async def _worker_memory() -> Row:
    documents = pages()
    pool = WorkerPool(1)

    async def read(count: int) -> int:
        for number in range(count):
            html = documents[number % len(documents)]
            page = page_of(f"https://example.org/{number}", html)
            with suppress(HexinError):
                await pool.run(read_page, ReadRequest(page, "tech", 1.0, NOW))
        return await pool.run(resident, None)

    try:
        first, warm, later = await read(1), await read(_WARM), await read(_READ)
    finally:
        await pool.close()
    return Row(
        f"memory of a worker after {_READ} more pages",
        f"{later / 1024:.0f} MB",
        f"after {_WARM} pages {warm / 1024:.0f} MB",
        note=f"after one {first / 1024:.0f} MB: parsers, segmenter, language model, weights",
    )


class _Tokens:
    """What sumy cuts texts with; its own way needs data that it would fetch."""

    def to_sentences(self, text: str) -> tuple[str, ...]:
        return split_sentences(text, "en")

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(words(text, "en"))


def _ranker(made: Sequence[Article]) -> Row:
    told = [article for article in made if article.lang == "en"][:_LEXRANKED]
    lexrank = LexRankSummarizer()

    def beside() -> None:
        for article in told:
            document = PlaintextParser.from_string(article.text, _Tokens()).document
            lexrank(document, 3)

    def ours() -> None:
        for article in told:
            summary(article, 3)

    return _pair(
        "three sentences of an English article", ours, (beside, "sumy LexRank"), len(told)
    )


def _placement(made: Sequence[Article]) -> Row:
    taxonomy = load_taxonomy()
    known = [tuple(article.title.split()[:5]) for article in made]

    def ours() -> None:
        for article, keywords in zip(made, known, strict=True):
            classify(article, keywords=keywords, column_hint="tech", taxonomy=taxonomy)

    spent = alone(ours, rounds=3) / len(made)
    return Row("column, kind and topics", f"{spent * 1e3:.2f} ms/article, {1 / spent:,.0f}/s")


def _phrases(made: Sequence[Article]) -> Row:
    told = [article for article in made if article.lang == "en"][:_PHRASED]
    extractor = yake.KeywordExtractor(lan="en", n=3, top=10)

    def ours() -> None:
        for article in told:
            keyphrases(article.text, "en")

    def beside() -> None:
        for article in told:
            extractor.extract_keywords(article.text)

    return _pair("ten keyphrases of an English article", ours, (beside, "YAKE"), len(told))


def _pair(
    work: str, ours: Callable[[], None], beside: tuple[Callable[[], None], str], count: int
) -> Row:
    mine, theirs = in_turn(ours, beside[0], rounds=3)
    return Row(
        f"{work} ({count})",
        f"{mine / count * 1e3:.1f} ms",
        f"{beside[1]} {theirs / count * 1e3:.1f} ms",
        f"{theirs / mine:.1f}x",
    )


def _verifying(made: Sequence[Article]) -> list[Row]:
    """Each article's own points, checked against it: the usual case, all of them true."""
    rows = []
    for lang in sorted({article.lang for article in made}):
        told = [article for article in made if article.lang == lang]
        texts = [[sentence.text for sentence in article.sentences] for article in told]
        points = [[point.text for point in summary(article, 3)] for article in told]
        sources = [SourceText(sentences, lang) for sentences in texts]

        def check(points: list[list[str]] = points, sources: list[SourceText] = sources) -> None:
            for said, source in zip(points, sources, strict=True):
                for point in said:
                    source.check(point)

        def read(texts: list[list[str]] = texts, lang: str = lang) -> None:
            for sentences in texts:
                SourceText(sentences, lang).check(sentences[0] if sentences else "")

        count = sum(map(len, points))
        checked, began = alone(check, rounds=3), alone(read, rounds=2)
        rows.append(
            Row(
                f"verify a statement against its article, {lang} ({count})",
                f"{count / checked:,.0f}/s",
                note=f"reading the article for it and one check: {began / len(told) * 1e3:.1f} ms",
            )
        )
    return rows
