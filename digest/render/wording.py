"""In which words a reader gets a brief: their own language's where there are any, and said so.

The same for cards, lists and pages.
"""

from dataclasses import replace

from digest.dating import with_days
from digest.model import EDITORIAL, Brief, Kind, Lang, Point, Signal, Tier, Wording
from digest.text.amounts import in_english
from digest.texts import Texts, texts_for


def in_words_of(lang: Lang, signal: Signal, wording: Wording = Wording.TRANSLATION) -> Signal:
    """`signal` with its brief as readers of `lang` should see it.

    What was translated into another language than theirs goes back to the article's own wording;
    so does all that was translated, for those who wish to read the original. Days that were
    relative to the article's ("yesterday") are dates.
    """
    signal = with_days(_in_language(lang, signal, wording))
    if lang is Lang.EN and signal.brief.tier is Tier.EDITOR and signal.site == EDITORIAL:
        return replace(signal, site=texts_for(lang)("source.editorial"))
    return signal


def _in_language(lang: Lang, signal: Signal, wording: Wording) -> Signal:
    brief = signal.brief
    # No language: nothing is in it, so everything goes back.
    theirs = "" if wording is Wording.ORIGINAL else lang

    def own(point: Point) -> Point:
        if not point.translated or point.lang == theirs or not point.original:
            return point
        return replace(point, text=point.original, lang=signal.lang, translated=False, original="")

    shown = replace(
        brief,
        points=tuple(own(point) for point in brief.points),
        why=own(brief.why) if brief.why else None,
        gaps=tuple(own(gap) for gap in brief.gaps),
    )
    if brief.insight is not None:
        insight = replace(
            brief.insight,
            questions=tuple(own(one) for one in brief.insight.questions),
            actions=tuple(own(one) for one in brief.insight.actions),
        )
        shown = replace(shown, insight=insight)
    if brief.headline_en and theirs == Lang.EN:
        shown = replace(
            shown, headline=brief.headline_en, headline_lang=Lang.EN, headline_original=""
        )
    elif brief.headline_original and brief.headline_lang != theirs:
        shown = replace(
            shown,
            headline=brief.headline_original,
            headline_lang=signal.lang,
            headline_original="",
        )
    return signal if shown == brief else replace(signal, brief=shown)


def converted(written: str, zh: str, lang: Lang | str) -> str:
    """How an amount reads for readers of `lang`, "" where that is not certain or as it stands.

    `written` is the article's wording, `zh` what its brief says it is in Chinese.
    """
    return zh if lang == Lang.ZH else in_english(written)


def said_as(written: str, zh: str, lang: Lang | str) -> str:
    """The amount as readers of `lang` read it, else as it was written."""
    return converted(written, zh, lang) or written


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
