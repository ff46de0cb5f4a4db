"""A brief as a list of statements, each of which stands or falls by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from digest.modeltier.schema import BriefAnswer, Said
from digest.modeltier.wording import tidy
from digest.translation import simplified


class Slot(StrEnum):
    """Where in the brief a statement stands, the most important first."""

    HEADLINE = "headline"
    POINT = "point"
    WHY = "why"
    DIFFERENCE = "difference"
    NUMBER = "number"
    MOMENT = "moment"
    ADVICE = "advice"
    ACTION = "action"
    QUESTION = "question"
    GAP = "gap"


LIMITS = {  # the longest text of each, in full-width letters
    Slot.HEADLINE: 40,
    Slot.POINT: 130,
    Slot.WHY: 150,
    Slot.DIFFERENCE: 150,
    Slot.NUMBER: 40,
    Slot.MOMENT: 110,
    Slot.ADVICE: 130,
    Slot.ACTION: 110,
    Slot.QUESTION: 110,
    Slot.GAP: 110,
}
MOST = {  # how many of each are shown
    Slot.HEADLINE: 1,
    Slot.POINT: 5,
    Slot.WHY: 1,
    Slot.DIFFERENCE: 1,
    Slot.NUMBER: 6,
    Slot.MOMENT: 6,
    Slot.ADVICE: 4,
    Slot.ACTION: 3,
    Slot.QUESTION: 3,
    Slot.GAP: 3,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a model. `evidence` are sentence numbers as it gave them, not yet checked.

    `label` is what belongs to it besides: the audience of advice, the article's wording of a
    number or of a moment's date; `date` a moment's ISO date or "".
    """

    slot: Slot
    text: str
    evidence: tuple[int, ...]
    label: str = ""
    date: str = ""


def statements_of(answer: BriefAnswer) -> list[Statement]:
    """The statements of an answer, tidied, in the order of their importance."""
    found = [Statement(Slot.HEADLINE, written(answer.headline).rstrip("。"), ())]
    found += _said(Slot.POINT, answer.points)
    found += _said(Slot.WHY, (answer.why,) if answer.why else ())
    found += _said(Slot.DIFFERENCE, (answer.difference,) if answer.difference else ())
    found += [
        Statement(Slot.NUMBER, written(item.measure), item.sentences, tidy(item.text))
        for item in answer.numbers
    ]
    found += [
        Statement(Slot.MOMENT, written(item.text), item.sentences, tidy(item.when), item.date)
        for item in answer.timeline
    ]
    found += [
        Statement(Slot.ADVICE, written(item.text), item.sentences, item.audience.strip().lower())
        for item in answer.advice
    ]
    found += _said(Slot.ACTION, answer.actions)
    found += _said(Slot.QUESTION, answer.questions)
    found += _said(Slot.GAP, answer.gaps)
    return [statement for statement in found if statement.text or statement.slot is Slot.HEADLINE]


def written(text: str) -> str:
    """A model's text as it is checked and shown: tidied, in simplified characters."""
    return simplified(tidy(text))


def _said(slot: Slot, items: tuple[Said, ...]) -> Iterator[Statement]:
    return (Statement(slot, written(item.text), item.sentences) for item in items)
