"""From checked statements to a brief."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from digest.model import (
    Advice,
    Article,
    Brief,
    Checked,
    Insight,
    Moment,
    NumberFact,
    Point,
    Tier,
)
from digest.modeltier.checking import Reviewed
from digest.modeltier.statements import MOST, Slot
from digest.text.numbers import FoundNumber, find_numbers

VERSION = "model-1"
LEAST_POINTS = 2
_AUDIENCES = frozenset({"founders", "engineers", "editors", "everyone"})
_MOST_NUMBERS = MOST[Slot.NUMBER]
_CLOSE = 1e-9


def assemble(
    article: Article, rules: Brief, reviewed: Sequence[Reviewed], *, maker: str, prompt: str
) -> Brief | None:
    """The brief of the statements that hold, None when fewer than two points do.

    `rules` gives what the model did not or may not: figures, keywords, a headline when the
    model's failed.
    """
    good = [item for item in reviewed if not item.fault]
    points = _points(good, Slot.POINT)
    if len(points) < LEAST_POINTS:
        return None
    why = _points(good, Slot.WHY)
    brief = Brief(
        headline=rules.headline,
        headline_lang=rules.headline_lang,
        headline_original=rules.headline_original,
        frame=rules.frame,
        points=points,
        numbers=_numbers(article, rules, good),
        why=why[0] if why else None,
        gaps=_points(good, Slot.GAP),
        keywords=rules.keywords,
        tier=Tier.MODEL,
        version=VERSION,
        insight=_insight(article, rules, good),
        maker=maker,
        prompt=prompt,
        checked=checked_of(reviewed),
    )
    return _with_headline(brief, article, good)


def _with_headline(brief: Brief, article: Article, good: Sequence[Reviewed]) -> Brief:
    own = [item.statement.text for item in good if item.statement.slot is Slot.HEADLINE]
    if not own:
        return brief
    original = brief.headline_original or article.title
    return replace(
        brief,
        headline=own[0],
        headline_lang="zh",
        headline_original="" if original == own[0] else original,
        frame=(),
    )


def _points(good: Sequence[Reviewed], slot: Slot) -> tuple[Point, ...]:
    return tuple(
        Point(item.statement.text, item.statement.evidence, "zh", support=item.support)
        for item in good
        if item.statement.slot is slot
    )


def checked_of(reviewed: Sequence[Reviewed]) -> Checked:
    """The outcome of the check, also of statements too few for a brief."""
    return Checked(
        compared=sum(item.compared for item in reviewed),
        repaired=sum(item.repaired and not item.fault for item in reviewed),
        dropped=tuple(f"{item.statement.text}（{item.fault}）" for item in reviewed if item.fault),
    )


# --- numbers ------------------------------------------------------------------------------


def _numbers(article: Article, rules: Brief, good: Sequence[Reviewed]) -> tuple[NumberFact, ...]:
    """The rules' figures, those first that the model chose, with its words for what they measure.

    A figure always has the article's wording and our own conversion: the model adds none.
    """
    rest = list(rules.numbers)
    chosen: list[NumberFact] = []
    for item in good:
        if item.statement.slot is not Slot.NUMBER:
            continue
        found = next(iter(find_numbers(item.statement.label, article.lang)), None)
        match = _same(found, rest) if found else None
        if match:
            rest.remove(match)
            chosen.append(replace(match, measure=item.statement.text))
    return tuple([*chosen, *rest][: max(_MOST_NUMBERS, len(rules.numbers))])


def _same(found: FoundNumber, facts: Sequence[NumberFact]) -> NumberFact | None:
    for fact in facts:
        near = abs(fact.value - found.value) <= _CLOSE * max(abs(fact.value), 1.0)
        if near and (fact.unit == found.unit or not found.unit or not fact.unit):
            return fact
    return None


# --- insight ------------------------------------------------------------------------------


def _insight(article: Article, rules: Brief, good: Sequence[Reviewed]) -> Insight | None:
    """What the model adds; the rules' timeline stays where the model has none."""
    before = rules.insight or Insight()
    difference = _points(good, Slot.DIFFERENCE)
    insight = Insight(
        timeline=_timeline(article, before, good) or before.timeline,
        concerned=_advice(good) or before.concerned,
        questions=_points(good, Slot.QUESTION) or before.questions,
        actions=_points(good, Slot.ACTION) or before.actions,
        difference=difference[0] if difference else None,
    )
    return insight if insight != Insight() else None


def _advice(good: Sequence[Reviewed]) -> tuple[Advice, ...]:
    return tuple(
        Advice(item.statement.label, item.statement.text, item.statement.evidence, "zh")
        for item in good
        if item.statement.slot is Slot.ADVICE and item.statement.label in _AUDIENCES
    )


def _timeline(article: Article, before: Insight, good: Sequence[Reviewed]) -> tuple[Moment, ...]:
    """Moments whose date stands in one of their sentences as the model quotes it."""
    told = {sentence.index: sentence.text for sentence in article.sentences}
    dated = {moment.sentence: moment.on for moment in before.timeline}
    moments = []
    for item in good:
        if item.statement.slot is not Slot.MOMENT or not item.statement.label:
            continue
        where = _standing(item.statement.label, item.statement.evidence, told)
        if where is not None:
            on = dated.get(where) or _plain_date(item.statement.date, item.statement.label)
            text = item.statement.text
            moments.append(Moment(item.statement.label, on, text, where, "zh"))
    return tuple(moments)


def _standing(when: str, evidence: Sequence[int], told: dict[int, str]) -> int | None:
    wanted = "".join(when.split()).casefold()
    for place in evidence:
        if wanted and wanted in "".join(told.get(place, "").split()).casefold():
            return place
    return None


def _plain_date(iso: str, when: str) -> date | None:
    """The model's date if its day and year stand in the article's own wording of it."""
    try:
        found = date.fromisoformat(iso.strip())
    except ValueError:
        return None
    digits = {int(part) for part in _digits(when)}
    return found if {found.year, found.day} <= digits else None


def _digits(text: str) -> list[str]:
    plain = "".join(letter if letter in "0123456789" else " " for letter in text)
    return [part for part in plain.split() if len(part) <= 4]  # noqa: PLR2004  a year's digits
