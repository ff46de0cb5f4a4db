"""How much of the original stands on the page, with every sentence that a point rests on.

Where the source allows it the text is shown whole; otherwise only the beginning and the evidence,
because the rest is the publisher's to show. Either way the text has a budget in bytes.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import escape

from bot.web.words import MAX_SENTENCE, short
from digest.model import Article, Rendered, TranslatedSentence, Translation

MAX_PARAGRAPHS = 8
LEAST_PARAGRAPHS = 3
# Bytes of escaped UTF-8: about 6,000 Chinese characters or 18,000 Latin letters.
BUDGET = 18_000
# A long brief leaves less room for the text, down to this.
LEAST_BUDGET = 6_000
_USUAL_BRIEF = 2_000
_EVIDENCE_SHARE = 0.5
# Beside a translation the text may take so much more, both together.
_WITH_TRANSLATION = 1.4


@dataclass(frozen=True, slots=True)
class Run:
    """A sentence of a paragraph; `anchor` is "" unless something refers to it.

    A run without text stands for sentences left out. `failed`: its translation did not pass the
    check, so a translation's run shows the original.
    """

    text: str
    anchor: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph under its number in the article, or, without runs, `skipped` paragraphs.

    `told` is its translation, sentence by sentence, () where there is none.
    """

    number: int
    runs: tuple[Run, ...] = ()
    skipped: int = 0
    told: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of an article; `shown` are the numbers of the sentences that are there.

    `engine` names who translated it, "" without a translation; `failed` counts its sentences that
    stayed in the original; `is_script_only` says that only the characters were changed.
    """

    paragraphs: tuple[Paragraph, ...]
    shown: frozenset[int]
    whole: bool
    glue: str
    engine: str = ""
    failed: int = 0
    is_script_only: bool = False


def anchor_of(sentence: int) -> str:
    """The id of a sentence on the page."""
    return f"s{sentence + 1}"


def excerpt(
    article: Article,
    evidence: Collection[int],
    *,
    full: bool,
    said: int = 0,
    translation: Translation | None = None,
) -> Excerpt:
    """Choose the sentences to show within a budget: evidence first, then from the beginning.

    `said` are the bytes that the brief takes on the same page. Of a translation those sentences
    are shown whose originals are.
    """
    told = _by_sentence(translation)
    budget = max(LEAST_BUDGET, BUDGET - max(0, said - _USUAL_BRIEF))
    budget = round(budget * _WITH_TRANSLATION) if told else budget
    paragraphs = _numbered(article)
    chosen = _evidence_that_fits(paragraphs, evidence, budget * _EVIDENCE_SHARE, told)
    spent = sum(_cost(text, told.get(sentence)) for sentence, text in chosen.items())
    wanted = paragraphs if full else paragraphs[: _beginning(len(paragraphs))]
    for sentence, text in _flat(wanted):
        if sentence in chosen:
            continue
        kept = short(text, MAX_SENTENCE)
        spent += _cost(kept, told.get(sentence))
        if spent > budget:
            break
        chosen[sentence] = kept
    return Excerpt(
        paragraphs=tuple(_laid_out(paragraphs, chosen, frozenset(evidence), told)),
        shown=frozenset(chosen),
        whole=len(chosen) == sum(len(paragraph) for paragraph in paragraphs),
        glue="" if article.lang in {"zh", "ja"} else " ",
        engine=short(translation.engine, 60) if translation and told else "",
        is_script_only=translation is not None and translation.is_script_only,
        failed=sum(told[one].rendered is Rendered.FAILED for one in chosen if one in told),
    )


Told = Mapping[int, TranslatedSentence]


def _by_sentence(translation: Translation | None) -> Told:
    """The sentences by their numbers; nothing when none of them was translated."""
    sentences = translation.sentences if translation else ()
    if not any(one.rendered is Rendered.TRANSLATED for one in sentences):
        return {}
    return {one.index: one for one in sentences}


Numbered = list[list[tuple[int, str]]]


def _numbered(article: Article) -> Numbered:
    count = 0
    paragraphs = []
    for sentences in article.paragraphs:
        paragraphs.append([(count + place, text) for place, text in enumerate(sentences)])
        count += len(sentences)
    return paragraphs


def _flat(paragraphs: Numbered) -> Iterable[tuple[int, str]]:
    return (sentence for paragraph in paragraphs for sentence in paragraph)


def _beginning(count: int) -> int:
    """How many paragraphs of `count` an excerpt begins with: a third, within bounds."""
    return min(MAX_PARAGRAPHS, max(LEAST_PARAGRAPHS, -(-count // 3)))


def _evidence_that_fits(
    paragraphs: Numbered, evidence: Collection[int], budget: float, told: Told
) -> dict[int, str]:
    chosen: dict[int, str] = {}
    spent = 0
    for sentence, text in _flat(paragraphs):
        if sentence in evidence:
            kept = short(text, MAX_SENTENCE)
            spent += _cost(kept, told.get(sentence))
            if spent > budget:
                break
            chosen[sentence] = kept
    return chosen


def _laid_out(
    paragraphs: Numbered, chosen: dict[int, str], evidence: frozenset[int], told: Told
) -> Iterable[Paragraph]:
    skipped = 0
    for number, paragraph in enumerate(paragraphs, 1):
        runs = tuple(_runs(paragraph, chosen, evidence))
        if not runs:
            skipped += 1
            continue
        if skipped:
            yield Paragraph(number - skipped, skipped=skipped)
            skipped = 0
        yield Paragraph(number, runs, told=tuple(_told_runs(paragraph, chosen, told)))
    if skipped:
        yield Paragraph(len(paragraphs) - skipped + 1, skipped=skipped)


def _runs(
    paragraph: list[tuple[int, str]], chosen: dict[int, str], evidence: frozenset[int]
) -> Iterable[Run]:
    if not any(sentence in chosen for sentence, _ in paragraph):
        return
    gap = False
    for sentence, _ in paragraph:
        if sentence in chosen:
            gap = False
            yield Run(chosen[sentence], anchor_of(sentence) if sentence in evidence else "")
        elif not gap:
            gap = True
            yield Run("")


def _told_runs(
    paragraph: list[tuple[int, str]], chosen: dict[int, str], told: Told
) -> Iterable[Run]:
    for sentence, _ in paragraph:
        one = told.get(sentence)
        if one is not None and sentence in chosen:
            failed = one.rendered is Rendered.FAILED
            yield Run(short(one.text, MAX_SENTENCE), failed=failed)


def _cost(text: str, told: TranslatedSentence | None = None) -> int:
    translated = len(escape(told.text).encode()) + 24 if told else 0
    return len(escape(text).encode()) + 24 + translated  # and its share of the markup
