"""Which statements of a model may be shown, which are asked for again, which are dropped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digest.modeltier.events import untold_event
from digest.modeltier.fencing import is_instruction
from digest.modeltier.grounds import Grounds
from digest.modeltier.numerals import odd_numeral, turned_change, untold_scale, wrong_difference
from digest.modeltier.plan import estimate_tokens, place_of
from digest.modeltier.schema import Rewritten
from digest.modeltier.statements import LIMITS, MOST, Slot, Statement, written
from digest.modeltier.wording import (
    adds_number_to_call,
    has_link,
    is_about_itself,
    is_chinese,
    is_half_translated,
    is_promotion,
    is_unfinished,
    likeness,
    width,
    without_filler,
)

_ALIKE = 0.72  # from here two statements tell the same
_MOST_REPAIRS = 10
# A number's place is that of the rules' own figure.
_NEED_NO_PLACE = frozenset({Slot.HEADLINE, Slot.NUMBER})
# What only the article can say; of advice and questions it need not have a word.
_TOLD_BY_THE_ARTICLE = frozenset({Slot.HEADLINE, Slot.POINT, Slot.WHY, Slot.MOMENT})
_NOT_CHINESE = "不是中文"
_HALF_TRANSLATED = "夹着没译的外文词"
_ENDS = "。！？!?…”」）"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A statement after its check. `fault` is "" when it may be shown, else why not, in Chinese.

    `mendable` says whether asking again makes sense; `repaired` that it was. `support` 0..1.
    """

    statement: Statement
    fault: str = ""
    mendable: bool = False
    compared: int = 0
    support: float | None = None
    repaired: bool = False


def review(statements: Iterable[Statement], grounds: Grounds) -> list[Reviewed]:
    """Check every statement; repetitions and whatever exceeds its slot fall out last."""
    return _without_repeats([review_one(statement, grounds) for statement in statements])


def review_one(statement: Statement, grounds: Grounds) -> Reviewed:
    """Check one statement: its wording first, then against the article."""
    text = _finished(without_filler(statement.text), statement.slot)
    evidence = grounds.sentences(statement.evidence)
    if not text:
        return Reviewed(statement, "套话，没有具体内容")
    if fault := _unfit(text, evidence, grounds.text):
        return Reviewed(statement, fault)
    told = replace(statement, text=text)
    if fault := _misshapen(told) or _unreadable(text, grounds) or _ungrounded(told, grounds):
        return Reviewed(told, fault, mendable=True)
    compares = statement.slot is Slot.DIFFERENCE
    lookup = grounds.look_up(text, statement.evidence, compares=compares)
    told = replace(told, evidence=lookup.evidence)
    fault = lookup.complaint
    if not fault and not lookup.evidence and statement.slot not in _NEED_NO_PLACE:
        fault = "没有说明依据哪一句原文"
    return Reviewed(told, fault, bool(fault), lookup.compared, lookup.support)


def _unfit(text: str, evidence: str, known: str) -> str:
    """What no rewriting would make right."""
    if has_link(text, known):
        return "带有网址或标记"
    if adds_number_to_call(text, known):
        return "带有原文没有的号码"
    if is_promotion(text, evidence):
        return "像广告或号召"
    if is_about_itself(text, evidence):
        return "说的是任务，不是文章"
    if is_instruction(text):
        return "是对模型说的话"
    return ""


def _misshapen(statement: Statement) -> str:
    text = statement.text
    if not is_chinese(text) and not (statement.slot is Slot.NUMBER and text):
        return _NOT_CHINESE
    if is_half_translated(text):
        return _HALF_TRANSLATED
    if width(text) > LIMITS[statement.slot]:
        return f"超过 {LIMITS[statement.slot]} 字"
    if is_unfinished(text):
        return "句子不完整"
    return ""


def _unreadable(text: str, grounds: Grounds) -> str:
    """Numbers in forms that the comparison does not read, or that contradict themselves."""
    if odd := odd_numeral(text, grounds.text):
        return f"“{odd}”不是通行的写法"
    if scale := untold_scale(text, grounds.text, grounds.lang):
        return f"原文没有数字“{scale}”"
    if change := turned_change(text, grounds.text, grounds.lang):
        return f"“{change}”的方向与原文不一致"
    if wrong := wrong_difference(text, grounds.text, grounds.lang):
        return f"“{wrong}”不是原文的变化幅度"
    return ""


def _ungrounded(statement: Statement, grounds: Grounds) -> str:
    """What comparing numbers and names would not find: inventions that have none."""
    if grounds.is_withheld(statement.evidence):
        return "依据的句子是对模型说的话"
    known = grounds.text_with_earlier if statement.slot is Slot.DIFFERENCE else grounds.text
    if event := untold_event(statement.text, known, grounds.lang):
        return f"原文没有说“{event}”"
    if statement.slot in _TOLD_BY_THE_ARTICLE and (stretch := grounds.untold(statement.text)):
        return f"原文没有说“{stretch}”"
    return ""


def _finished(text: str, slot: Slot) -> str:
    """A sentence gets its full stop; headlines and what a number measures have none."""
    if slot in {Slot.HEADLINE, Slot.NUMBER}:
        return text.rstrip("。.;；，, ")
    return text if not text or text[-1] in _ENDS else text.rstrip(".;；，, ") + "。"


def _without_repeats(reviewed: Sequence[Reviewed]) -> list[Reviewed]:
    kept: dict[Slot, list[str]] = {}
    result = []
    for item in reviewed:
        slot, text = item.statement.slot, item.statement.text
        said = kept.setdefault(slot, [])
        others = [*said, *(kept.get(Slot.POINT, ()) if slot is Slot.WHY else ())]
        if not item.fault and slot is not Slot.NUMBER:
            if any(likeness(text, other) >= _ALIKE for other in others):
                item = replace(item, fault="与另一条重复", mendable=False)  # noqa: PLW2901  the loop's own copy
            elif len(said) >= MOST[slot]:
                item = replace(item, fault="条数已满", mendable=False)  # noqa: PLW2901  as above
        if not item.fault:
            said.append(text)
        result.append(item)
    return result


# --- asking again -------------------------------------------------------------------------


def to_mend(reviewed: Sequence[Reviewed]) -> dict[int, Reviewed]:
    """The statements worth asking for again, by their place in `reviewed`: at most ten."""
    wanted = {place: item for place, item in enumerate(reviewed) if item.fault and item.mendable}
    return dict(list(wanted.items())[:_MOST_REPAIRS])


def is_foreign(item: Reviewed) -> bool:
    """Whether all that is wrong with it is its language: translating mends that best."""
    return item.fault in {_NOT_CHINESE, _HALF_TRANSLATED}


def complaints(wanted: Mapping[int, Reviewed]) -> list[dict[str, Any]]:
    """The statements and what is wrong with them, as the rewrite prompt shows them."""
    return [
        {
            "id": place,
            "text": item.statement.text[:300],
            "complaint": f"{item.fault}（要{_WANTED.get(item.statement.slot, '一句完整的中文')}）",
        }
        for place, item in wanted.items()
    ]


_WANTED = {Slot.HEADLINE: "译成中文标题，不超过 40 字", Slot.NUMBER: "用中文写这个数字衡量什么"}


def evidence_for(
    wanted: Mapping[int, Reviewed], lines: Sequence[str], room: int
) -> tuple[str, ...]:
    """The numbered lines to show beside the complaints, in order, as `room` tokens hold.

    First the evidence named, then the opening and neighbours, then the rest.
    """
    by_number = {place_of(line): place for place, line in enumerate(lines)}
    named = [
        by_number[place]
        for item in wanted.values()
        for place in item.statement.evidence
        if place in by_number
    ]
    near = [at + step for at in named for step in (1, -1)]
    order = dict.fromkeys([*named, *range(min(3, len(lines))), *near, *range(len(lines))])
    chosen: list[int] = []
    for at in order:
        if not 0 <= at < len(lines):
            continue
        room -= estimate_tokens(lines[at])
        if room < 0:
            break
        chosen.append(at)
    return tuple(lines[at] for at in sorted(chosen))


def mended(
    reviewed: Sequence[Reviewed], rewritten: Iterable[Rewritten], grounds: Grounds
) -> list[Reviewed]:
    """`reviewed` with the statements written anew that pass now; the others keep their fault."""
    by_place = {item.id: item for item in rewritten}
    wanted = to_mend(reviewed)
    result: list[Reviewed] = []
    for place, item in enumerate(reviewed):
        new = by_place.get(place) if place in wanted else None
        again = _again(item, new.text, new.sentences, grounds) if new else item
        result.append(again)
    return _without_repeats(result)


def _again(item: Reviewed, text: str, places: tuple[int, ...], grounds: Grounds) -> Reviewed:
    if not (told := written(text)):
        return item
    evidence = places or item.statement.evidence
    new = review_one(replace(item.statement, text=told, evidence=evidence), grounds)
    return item if new.fault else replace(new, repaired=True)
