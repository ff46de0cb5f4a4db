"""In which words a reader gets a brief: their own language's where there are any, and said so.

The same for cards, lists and pages.
"""

from dataclasses import replace

from digest.model import Brief, Kind, Lang, Point, Signal, Tier
from digest.texts import Texts


def in_words_of(lang: Lang, signal: Signal) -> Signal:
    """`signal` with its brief as readers of `lang` should see it.

    What was translated into another language than theirs goes back to the article's own wording.
    """
    brief = signal.brief
    own = replace(
        brief,
        points=tuple(_own(point, lang, signal.lang) for point in brief.points),
        why=_own(brief.why, lang, signal.lang) if brief.why else None,
        gaps=tuple(_own(gap, lang, signal.lang) for gap in brief.gaps),
    )
    if brief.insight is not None:
        insight = replace(
            brief.insight,
            questions=tuple(_own(one, lang, signal.lang) for one in brief.insight.questions),
            actions=tuple(_own(one, lang, signal.lang) for one in brief.insight.actions),
        )
        own = replace(own, insight=insight)
    if brief.headline_original and brief.headline_lang != lang:
        own = replace(
            own,
            headline=brief.headline_original,
            headline_lang=signal.lang,
            headline_original="",
        )
    return signal if own == brief else replace(signal, brief=own)


def _own(point: Point, lang: Lang, article_lang: str) -> Point:
    if not point.translated or point.lang == lang or not point.original:
        return point
    return replace(point, text=point.original, lang=article_lang, translated=False, original="")


def frame_parts(signal: Signal, texts: Texts) -> tuple[str, ...]:
    """The Chinese line above a headline that is not Chinese: its kind, then facts of the article.

    Empty for readers of other languages, and where the headline is Chinese. A kind that says
    nothing (资讯) is left out.
    """
    brief = signal.brief
    if texts.lang is not Lang.ZH or brief.headline_lang in {Lang.ZH, ""}:
        return ()
    kind = signal.placement.kind
    named = () if kind is Kind.NEWS else (texts(f"kind.{kind}"),)
    return (*named, *brief.frame)


def is_foreign(point: Point, lang: Lang) -> bool:
    """Whether readers of `lang` see the point in another language."""
    return bool(point.lang) and point.lang != lang


def is_machine_translated(brief: Brief) -> bool:
    """Whether an engine put some of it into the reader's language: rules chose, it translated."""
    points = (*brief.points, *brief.gaps, *((brief.why,) if brief.why else ()))
    told = any(point.translated for point in points) or bool(brief.headline_original)
    return brief.tier is Tier.RULES and bool(brief.maker) and told
