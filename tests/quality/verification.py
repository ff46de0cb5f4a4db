"""Errors planted in true sentences, untouched sentences, human judgements, human translations.

One number, unit, date, name, quotation or direction of a true sentence is changed by rules that
know nothing of the check (`planting.py`); what the check then no longer supports is caught. The
untouched sentences are the publishers' own ("taken out") or editors' headlines and translators'
work; what is flagged there is a false alarm, right or wrong. Of the sets across languages all is
taken, whatever the limit, and numbers, units, dates and names are changed in three rounds.
"""

import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digest.text.lines import paragraphs_of
from digest.text.sentences import split_sentences
from digest.verify import Finding, SourceText, check_translation
from digest.verify.meaning import Encoder, installed_encoder
from tests.quality import planting
from tests.quality.common import Record, Row, percent, records
from tests.quality.faithful import faithful_rows

_USUAL = 300  # records of a set
_PLANTS: dict[str, dict[str, planting.Plant]] = {
    "en": {
        "number": planting.number, "unit": planting.scale_or_unit, "date": planting.date,
        "name": planting.latin_name, "quote": planting.quote, "direction": planting.direction,
    },
    "zh": {
        "number": planting.number, "unit": planting.scale_or_unit, "date": planting.date,
        "name": planting.chinese_name, "latin name": planting.latin_name,
        "quote": planting.quote, "direction": planting.direction,
    },
    "across": {
        "number": planting.number, "unit": planting.scale_or_unit, "date": planting.date,
        "latin name": planting.latin_name, "country": planting.country,
        "direction": planting.direction,
    },
    # What the sentence encoder has a part in.
    "aided": {
        "number": planting.number, "unit": planting.scale_or_unit, "date": planting.date,
        "direction": planting.direction,
    },
}  # fmt: skip
_ROUNDS = 3  # other errors in the same sentences, where these are few: less is chance
_ROUND_IS_ENOUGH = frozenset({"country", "direction"})
_FEW_HAVE = frozenset({"across", "aided"})
_REACH = {"number": 0.95, "unit": 0.95, "date": 0.95, "name": 0.9, "latin name": 0.9, "quote": 0.9}
_ALARMS = 0.03


@dataclass(frozen=True, slots=True)
class Case:
    """A true sentence and what to check it against.

    `original`: the sentence it translates. `evidence`: sentence numbers that it names, as a
    model's points do.
    """

    text: str
    source: SourceText
    original: str = ""
    evidence: tuple[int, ...] = ()

    def passes(self, statement: str) -> bool:
        """Whether the check has nothing against `statement` in this sentence's place."""
        return all(finding.holds for finding in self.findings(statement))

    def findings(self, statement: str) -> tuple[Finding, ...]:
        """What the check says of `statement`."""
        if self.original:
            return check_translation(self.original, statement, source="en", target="zh")
        return self.source.check(statement, evidence=self.evidence).findings


def rows(corpora: Path, limit: int | None = None) -> list[Row]:
    """All tables; `limit` records of each collection (300 where none is given)."""
    size = limit or _USUAL
    made: list[Row] = []
    for title, kind, cases, pool in _sets(corpora, size):
        if cases:
            rounds = _ROUNDS if kind in _FEW_HAVE else 1
            made.extend(_planted(title, _PLANTS[kind], cases, pool, rounds))
    made.extend(_alarms(corpora, size))
    made.extend(faithful_rows(corpora, limit))
    made.extend(_speed(corpora))
    return made


def _sets(corpora: Path, size: int) -> Iterator[tuple[str, str, list[Case], Sequence[str]]]:
    for name in ("inshorts", "bbc_news_summary"):
        found = records(corpora, name, size)
        yield f"{name} (English)", "en", list(taken_out(found)), _words(found)
    for name in ("zh_it_news", "pingcap_blog_zh", "xwlb"):
        found = records(corpora, name, size)
        yield f"{name} (Chinese)", "zh", list(taken_out(found)), _words(found)
    for name in ("wmt_enzh", "ntrex_enzh"):
        found = records(corpora, name)
        pool = _words(found, "en")
        cases = list(about_documents(found))
        naming = [replace(case, evidence=()) for case in cases]
        yield f"{name} (Chinese about the English document)", "across", naming, pool
        yield f"{name} (the same, its sentence named)", "across", cases, pool
        if encoder := installed_encoder():
            aided = [replace(case, evidence=()) for case in about_documents(found, encoder)]
            yield f"{name} (the document, with the sentence encoder)", "aided", aided, pool
        yield f"{name} (translation of a sentence)", "across", list(translations(found)), pool


def taken_out(found: Iterable[Record], most: int = 6) -> Iterator[Case]:
    """Up to `most` sentences of each article, against the whole article."""
    for record in found:
        source = article(record)
        dice = random.Random(str(record["id"]))
        longer = [one for one in source.sentences if len(one) > 12]
        for text in dice.sample(longer, min(most, len(longer))):
            yield Case(text, source)


def article(record: Record) -> SourceText:
    """The text of a record, read."""
    lang = str(record.get("lang") or "en")
    lines = paragraphs_of(str(record["text"]))
    return SourceText([one for line in lines for one in split_sentences(line, lang)], lang)


def about_documents(found: Sequence[Record], encoder: Encoder | None = None) -> Iterator[Case]:
    """Each Chinese sentence against the whole English document that it was made from."""
    texts: dict[str, list[str]] = defaultdict(list)
    for record in found:
        texts[record["doc"]].append(record["en"])
    sources = {doc: SourceText(sentences, "en", encoder) for doc, sentences in texts.items()}
    done: Counter[str] = Counter()
    for record in found:
        place = done[record["doc"]]
        done[record["doc"]] += 1
        yield Case(record["zh"], sources[record["doc"]], evidence=(place,))


def translations(found: Sequence[Record]) -> Iterator[Case]:
    """Each Chinese sentence as the translation of its English one."""
    for record in found:
        yield Case(record["zh"], SourceText((record["en"],), "en"), record["en"])


def _words(found: Sequence[Record], field: str = "text") -> list[str]:
    """Names and other words of these articles, to be put into the wrong ones."""
    names: set[str] = set()
    for record in found[:120]:
        text = str(record[field])[:1500]
        names.update(match.group() for match in planting._LATIN_NAME.finditer(text))
        if record.get("lang") == "zh":
            names.update(planting.tagged_names(text))
    return sorted(names)


def _planted(
    title: str,
    plants: dict[str, planting.Plant],
    cases: Sequence[Case],
    pool: Sequence[str],
    rounds: int,
) -> Iterator[Row]:
    clean = [case for case in cases if case.passes(case.text)]
    alarms = 1 - len(clean) / len(cases)
    told = f"{percent(len(cases) - len(clean), len(cases))} of {len(cases)}"
    yield Row("Planted errors", {"set": title, "class": "untouched: false alarms", "share": told},
              alarms <= _ALARMS)  # fmt: skip
    for name, plant in plants.items():
        often = 1 if name in _ROUND_IS_ENOUGH else rounds
        caught, tried = plant_all(plant, clean, pool, often)
        if tried:
            cells = {"set": title, "class": name, "share": f"{percent(caught, tried)} of {tried}"}
            reach = _REACH.get(name)
            yield Row("Planted errors", cells, None if reach is None else caught / tried >= reach)


def plant_all(
    plant: planting.Plant, cases: Sequence[Case], pool: Sequence[str], rounds: int = 1
) -> tuple[int, int]:
    """(caught, planted): only sentences that pass untouched are used, each `rounds` times."""
    caught = tried = 0
    for chance in range(rounds):
        dice = random.Random(11 + chance)
        for case in cases:
            changed = plant(case.text, dice, pool)
            if changed is None or changed == case.text:
                continue
            tried += 1
            caught += not case.passes(changed)
    return caught, tried


def _alarms(corpora: Path, size: int) -> Iterator[Row]:
    for name, field in (
        ("zh_it_news", "title"), ("xwlb", "title"), ("pingcap_blog_zh", "summary"),
        ("inshorts", "summary"),
    ):  # fmt: skip
        found = records(corpora, name, size)
        yield from _flagged(f"{name}: human {field}",
                            [Case(str(r[field]), article(r)) for r in found])  # fmt: skip
    pairs = [case for name in ("wmt_enzh", "ntrex_enzh")
             for case in translations(records(corpora, name))]  # fmt: skip
    yield from _flagged("human translations, sentence by sentence", pairs, 0.01)


def _flagged(title: str, cases: Sequence[Case], reach: float | None = None) -> Iterator[Row]:
    if not cases:
        return
    having = flagged = 0
    by_kind: dict[str, int] = defaultdict(int)
    for case in cases:
        findings = case.findings(case.text)
        having += any(finding.kind == "number" for finding in findings)
        bad = {finding.kind for finding in findings if not finding.holds}
        flagged += bool(bad & {"number", "name"})
        for kind in bad:
            by_kind[kind] += 1
    cells = {
        "sentences": title,
        "number or name flagged": f"{percent(flagged, len(cases))} of {len(cases)}",
        "number, of those with one": f"{percent(by_kind['number'], having)} of {having}",
        **{kind: percent(by_kind[kind], len(cases)) for kind in ("name", "quote", "direction")},
    }
    yield Row("False alarms on what people wrote", cells,
              None if reach is None else flagged <= reach * len(cases))  # fmt: skip


def _speed(corpora: Path) -> Iterator[Row]:
    taken: list[float] = []
    for record in records(corpora, "inshorts", 60):
        sentences = split_sentences(str(record["summary"]), "en")[:5]
        lines = paragraphs_of(str(record["text"]))
        whole = [one for line in lines for one in split_sentences(line, "en")]
        began = time.perf_counter()
        source = SourceText(whole, "en")
        for sentence in sentences:
            source.check(sentence)
        taken.append(1000 * (time.perf_counter() - began))
    if taken:
        middle = statistics.median(taken)
        yield Row("Speed", {"what": "a brief against its article",
                            "median": f"{middle:.1f} ms"}, middle <= 10)  # fmt: skip
