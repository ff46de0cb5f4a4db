"""A brief in another language: which of its texts are translated, and where they are put."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from digest.model import Advice, Article, Brief, Checked, Insight, Moment, Point, Rendered
from digest.translation import Judgement, needs_translation

_REASONS = {
    "zh": {
        "empty": "没有译文",
        "long": "译文过长",
        "markup": "译文带标记",
        "verbatim": "网址或邮箱有变",
        "language": "译文不是中文",
        "task": "译文说的是任务",
        "repeats": "译文重复",
        "length": "译文长短不符",
        "number": "数字不符",
        "name": "名称不符",
        "quote": "引文不符",
        "direction": "升降或否定不符",
        "unsaid": "原文没有这样说",
    }
}


class Outcome(Protocol):
    """What became of one text (service.Examined)."""

    @property
    def text(self) -> str:
        """What is shown."""

    @property
    def rendered(self) -> Rendered:
        """How it stands."""

    @property
    def judgement(self) -> Judgement | None:
        """What the check said."""


def brief_texts(brief: Brief, article: Article, target: str) -> list[str]:
    """The texts of a brief that are to be translated, each once, in reading order."""
    lang = brief.headline_lang or article.lang
    found = [brief.headline] if _wanted(brief.headline, lang, target) else []
    found += [text for text, lang in _told_texts(brief) if _wanted(text, lang, target)]
    return list(dict.fromkeys(found))


def translated_brief(
    brief: Brief, outcome: Mapping[str, Outcome], *, target: str, maker: str
) -> Brief:
    """`brief` with the accepted translations in place, and the account of the check."""
    put = _Putting(outcome, target)
    headline = put.text(brief.headline)
    changed = headline != brief.headline
    told = replace(
        brief,
        headline=headline,
        headline_lang=target if changed else brief.headline_lang,
        headline_original=brief.headline if changed else brief.headline_original,
        points=put.points(brief.points),
        why=put.point(brief.why),
        gaps=put.points(brief.gaps),
        insight=put.insight(brief.insight),
        checked=_checked(brief.checked, outcome, target),
    )
    translated = any(one.rendered is Rendered.TRANSLATED for one in outcome.values())
    # A model's brief keeps its maker: the few sentences it left foreign are the lesser part.
    return replace(told, maker=maker) if translated and not brief.maker else told


def _told_texts(brief: Brief) -> Iterator[tuple[str, str]]:
    yield from ((point.text, point.lang) for point in _points(brief))
    yield from ((moment.text, moment.lang) for moment in _insight(brief).timeline)
    yield from ((advice.text, advice.lang) for advice in _insight(brief).concerned)


def _wanted(text: str, lang: str, target: str) -> bool:
    return needs_translation(text, lang, target)


def _insight(brief: Brief) -> Insight:
    return brief.insight or Insight()


def _points(brief: Brief) -> Iterator[Point]:
    insight = _insight(brief)
    yield from brief.points
    if brief.why:
        yield brief.why
    yield from (*brief.gaps, *insight.questions, *insight.actions)
    if insight.difference:
        yield insight.difference


class _Putting:
    """Puts accepted translations where their originals stood."""

    def __init__(self, outcome: Mapping[str, Outcome], target: str) -> None:
        self._outcome = outcome
        self._target = target

    def text(self, original: str) -> str:
        found = self._outcome.get(original)
        accepted = found is not None and found.rendered is Rendered.TRANSLATED
        return found.text if found is not None and accepted else original

    def point(self, point: Point | None) -> Point | None:
        return self._told(point) if point else None

    def points(self, points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(self._told(point) for point in points)

    def _told(self, point: Point) -> Point:
        text = self.text(point.text)
        if text == point.text:
            return point
        original = point.original or point.text
        return replace(point, text=text, lang=self._target, translated=True, original=original)

    def insight(self, insight: Insight | None) -> Insight | None:
        if insight is None:
            return None
        return replace(
            insight,
            timeline=tuple(self._moment(moment) for moment in insight.timeline),
            concerned=tuple(self._advice(advice) for advice in insight.concerned),
            questions=self.points(insight.questions),
            actions=self.points(insight.actions),
            difference=self.point(insight.difference),
        )

    def _moment(self, moment: Moment) -> Moment:
        text = self.text(moment.text)
        return moment if text == moment.text else replace(moment, text=text, lang=self._target)

    def _advice(self, advice: Advice) -> Advice:
        text = self.text(advice.text)
        return advice if text == advice.text else replace(advice, text=text, lang=self._target)


def _checked(before: Checked | None, outcome: Mapping[str, Outcome], target: str) -> Checked:
    """What was compared and left out, added to what a model's own check counted."""
    judgements = [one.judgement for one in outcome.values() if one.judgement]
    words = _REASONS.get(target, {})
    dropped = tuple(
        f"{original}（{words.get(one.judgement.reason, one.judgement.reason)}）"
        for original, one in outcome.items()
        if one.rendered is Rendered.FAILED and one.judgement
    )
    base = before or Checked(0)
    return Checked(
        base.compared + sum(judgement.compared for judgement in judgements),
        base.repaired,
        (*base.dropped, *dropped),
    )
