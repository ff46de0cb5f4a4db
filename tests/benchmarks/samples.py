"""Things to measure on: made here, and real ones where HEXIN_CORPORA names their folder."""

import gzip
import json
import os
import random
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

_WORDS = (
    "market robot cloud bank chip port model price energy battery factory court ministry study "
    "signal network patient vaccine satellite orbit budget tariff startup investor server query"
).split()
_ZH = (
    "公司宣布芯片模型市场港口机器人能源电池工厂法院研究网络卫星预算投资服务器增长下降发布开源数据"
)


def corpora() -> Path | None:
    """The folder of real data, None where there is none."""
    named = os.environ.get("HEXIN_CORPORA", "../shared/corpora")
    folder = Path(named)
    return folder if folder.is_dir() else None


def sentence(dice: random.Random, lang: str) -> str:
    """A made sentence with a number in it."""
    if lang == "zh":
        body = "".join(dice.choice(_ZH) for _ in range(dice.randint(18, 40)))
        return f"{body}，同比增长{dice.randint(2, 90)}%。"
    body = " ".join(dice.choice(_WORDS) for _ in range(dice.randint(9, 22)))
    return f"{body.capitalize()} rose by {dice.randint(2, 90)} percent."


def article_text(dice: random.Random, lang: str, sentences: int = 25) -> str:
    """A made article: paragraphs of a few sentences."""
    glue = "" if lang == "zh" else " "
    lines = [sentence(dice, lang) for _ in range(sentences)]
    return "\n".join(glue.join(lines[at : at + 4]) for at in range(0, sentences, 4))


def made_feed(entries: int, seed: int = 1) -> bytes:
    """An RSS document with full texts."""
    dice = random.Random(seed)
    now = datetime(2026, 1, 2, tzinfo=UTC)
    items = "".join(
        f"<item><title>{escape(sentence(dice, 'en'))}</title>"
        f"<link>https://example.org/{number}</link><guid>{number}</guid>"
        f"<pubDate>{format_datetime(now - timedelta(hours=number))}</pubDate>"
        f"<description>{escape('<p>' + article_text(dice, 'en', 8) + '</p>')}</description></item>"
        for number in range(entries)
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Made</title>"
        f"<link>https://example.org/</link><description>x</description>{items}</channel></rss>"
    ).encode()


def feeds() -> list[bytes]:
    """Real feeds where there are some, made ones otherwise."""
    folder = corpora()
    path = folder / "feeds_real" / "files.tar.gz" if folder else None
    if path is None or not path.is_file():
        return [made_feed(30, seed) for seed in range(20)]
    with tarfile.open(path) as archive:
        streams = (archive.extractfile(member) for member in archive.getmembers())
        return [stream.read() for stream in streams if stream is not None]


def pages(most: int = 60) -> list[str]:
    """Real pages where there are some, made ones otherwise."""
    folder = corpora()
    path = folder / "ext_scrapinghub" / "data.jsonl.gz" if folder else None
    if path is None or not path.is_file():
        return [_made_page(seed) for seed in range(most)]
    return [record["html"] for record, _ in zip(_records(path), range(most), strict=False)]


def articles(most: int = 200) -> list[tuple[str, str, str]]:
    """(title, text, lang) of real articles where there are some, made ones otherwise."""
    folder = corpora()
    found: list[tuple[str, str, str]] = []
    for name, lang in (("inshorts", "en"), ("zh_it_news", "zh")):
        path = folder / name / "data.jsonl.gz" if folder else None
        if path is not None and path.is_file():
            for record, _ in zip(_records(path), range(most // 2), strict=False):
                found.append((record.get("title", ""), record["text"], lang))
    if found:
        return found
    dice = random.Random(2)
    return [
        (sentence(dice, lang), article_text(dice, lang), lang)
        for lang in ("en", "zh")
        for _ in range(most // 2)
    ]


def _records(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _made_page(seed: int) -> str:
    dice = random.Random(seed)
    body = "".join(f"<p>{line}</p>" for line in article_text(dice, "en", 30).split("\n"))
    links = "".join(f"<li><a href='/{n}'>{sentence(dice, 'en')}</a></li>" for n in range(80))
    return (
        f"<html><head><title>{sentence(dice, 'en')}</title></head><body><nav>"
        f"<ul>{links}</ul></nav><article><h1>{sentence(dice, 'en')}</h1>{body}</article>"
        f"<footer>{links}</footer></body></html>"
    )
