"""A few sentences that introduce a week: what the model is asked, and what of it holds.

Each sentence names the lines that it rests on; its numbers, names and quotes are looked up in the
briefs of those signals alone. What is not found there is left out, and with it nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Lang, Signal
from digest.modeltier.asking import Question, amounts_in
from digest.modeltier.fencing import is_instruction, one_line, tells_of_the_task
from digest.modeltier.schema import FACTS_SCHEMA, FactsAnswer
from digest.modeltier.wording import (
    adds_number_to_call,
    bigrams,
    has_link,
    is_about_itself,
    is_promotion,
)
from digest.render.wording import in_words_of
from digest.text.units import utf16_length
from digest.verify.alignment import clauses
from digest.verify.source import SourceText
from digest.verify.support import is_chinese
from digest.weeklies.report import Said, briefs_of

FEWEST, MOST = 2, 4
"""How many sentences introduce a week; fewer that hold are none."""

_MOST_SIGNALS = 2
_POINTS = 2
_LEAST_SUPPORT = 0.35
_LONGEST_UNITS = 240
_ANSWER_TOKENS = 700
_TELLING = 3  # pairs of letters of a clause
_UNFIT = ("http://", "https://", "[", "]", "<", ">")


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One line put before the model: a headline or a point, and the signal that says it."""

    text: str
    signal_id: int


def week_lines(signals: Sequence[Signal], lang: Lang) -> tuple[WeekLine, ...]:
    """The briefs of `signals` as lines, in words of `lang` where there are any."""
    found: list[WeekLine] = []
    for signal in signals:
        brief = in_words_of(lang, signal).brief
        told = [brief.headline or signal.title, *(one.text for one in brief.points[:_POINTS])]
        found += [WeekLine(one_line(text), signal.id) for text in told if not is_instruction(text)]
    return tuple(found)


def ask_week(lines: Sequence[WeekLine], lang: Lang, fence: str) -> Question:
    """What the model is asked about these lines."""
    texts = [line.text for line in lines]
    values = {
        "lines": [f"[{number}] {text}" for number, text in enumerate(texts)],
        "english": lang is Lang.EN,
        "amounts": amounts_in(texts, "en") if lang is Lang.ZH else (),
    }
    return Question("week", "week", values, fence, FACTS_SCHEMA, FactsAnswer, _ANSWER_TOKENS)


def what_holds(
    answer: FactsAnswer, lines: Sequence[WeekLine], signals: Sequence[Signal], lang: Lang
) -> tuple[Said, ...]:
    """The sentences of an answer that their signals' briefs support; none when too few do."""
    by_id = {signal.id: signal for signal in signals}
    held: list[Said] = []
    for said in answer.facts:
        places = [place for place in said.sentences if 0 <= place < len(lines)]
        cited = tuple(dict.fromkeys(lines[place].signal_id for place in places))
        if not 0 < len(cited) <= _MOST_SIGNALS or not _is_fit(said.text, lang):
            continue
        if all(one.text != said.text for one in held) and _is_supported(
            said.text, [by_id[number] for number in cited]
        ):
            briefs = briefs_of(by_id[number] for number in cited)
            held.append(Said(said.text, cited, briefs))
    return tuple(held[:MOST]) if len(held) >= FEWEST else ()


def _is_fit(text: str, lang: Lang) -> bool:
    """Whether it is a whole sentence of the language and nothing else."""
    if not text or utf16_length(text) > _LONGEST_UNITS or is_instruction(text):
        return False
    if any(sign in text for sign in _UNFIT) or is_chinese(text) is not (lang is Lang.ZH):
        return False
    return text.endswith("。" if lang is Lang.ZH else ".")


def _is_supported(text: str, signals: Sequence[Signal]) -> bool:
    told: list[str] = []
    for signal in signals:
        brief = signal.brief
        told += [brief.headline, brief.headline_original, brief.headline_en, signal.title]
        for point in brief.points:
            told += [point.text, point.original]
        told += [f"{fact.measure} {fact.text} {fact.zh}" for fact in brief.numbers]
    # The same language decides what is compared word by word; figures and names go across.
    same = [one for one in told if one and is_chinese(one) is is_chinese(text)]
    if _adds(text, "\n".join(told), "\n".join(same)):
        return False
    verdict = SourceText(same or [one for one in told if one]).check(text)
    if not verdict.supported:
        return False
    return all(one.score >= _LEAST_SUPPORT for one in verdict.support) if same else True


def _adds(text: str, told: str, same: str) -> bool:
    """Whether it has an address, a call or an appeal that was not told, or a clause of none of it.

    `same` is what was told in the language of `text`.
    """
    if has_link(text, told) or adds_number_to_call(text, told) or tells_of_the_task(text, told):
        return True
    if is_promotion(text, told) or is_about_itself(text, told):
        return True
    known = bigrams(same)
    parts = [bigrams(one) for one in clauses(text)] if same and is_chinese(text) else []
    return any(len(one) >= _TELLING and known.isdisjoint(one) for one in parts)
