"""What editors type into the fields of a signal."""

import json

from hypothesis import strategies as st

from digest.condense import condense
from digest.editing import (
    HEADLINE_UNITS,
    POINT_UNITS,
    Ruling,
    Rulings,
    headline_for,
    sign,
    with_headline,
    with_headline_en,
    with_point,
    with_why,
)
from digest.model import Brief, Lang, Point
from digest.render import render_card
from digest.render.fit import clean
from digest.text.units import utf16_length
from digest.verify import SourceText, Verdict
from storage.values import brief_data, read_brief
from tests.digest.render.samples import a_signal
from tests.digest.render.test_messages import BASE, rendering
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_line
from tests.fuzz.target import Target, text_of
from tests.fuzz.targets.models import ARTICLES, BAD, GOOD
from tests.fuzz.targets.rendering import check_buttons, check_taken

BRIEFS = tuple(condense(one) for one in ARTICLES)
RULINGS = tuple(Rulings(one) for one in ARTICLES)
SOURCES = tuple(SourceText([line.text for line in one.sentences], one.lang) for one in ARTICLES)
_SAID = (*BAD, *(point["text"] for point in GOOD["points"]))  # type: ignore[index]


def check_edit(typed: str) -> None:
    text = clean(typed)
    assert clean(text) == text, "clean twice, in two ways"
    if not text or utf16_length(text) > POINT_UNITS:
        return
    check_line(text, POINT_UNITS)
    assert len(sign(text)) == 8
    for brief, rulings, source, article in zip(BRIEFS, RULINGS, SOURCES, ARTICLES, strict=True):
        sentences = len(article.sentences)
        for place in (0, len(brief.points)):
            old = brief.points[place] if place < len(brief.points) else None
            ruling = rulings.judge(text, old)
            check_ruling(
                ruling, source.check(text, evidence=old.evidence if old else ()), sentences
            )
            assert rulings.judge(text, old) == ruling, "judged twice, judged differently"
            changed = with_point(brief, place, text, ruling, article.lang)
            check_words(changed.points[place], text, ruling)
            check_brief(changed)
            reasoned = with_why(brief, text, ruling, article.lang)
            assert reasoned.why is not None
            check_words(reasoned.why, text, ruling)
            check_brief(reasoned)
        if utf16_length(text) <= HEADLINE_UNITS:
            check_headlines(brief, text, article.lang)


def check_ruling(ruling: Ruling, verdict: Verdict, sentences: int) -> None:
    assert all(0 <= place < sentences for place in ruling.evidence), "no such sentence"
    if ruling.holds:
        assert ruling.evidence, "it rests on nothing"
        assert not ruling.missing
        assert all(one.holds for one in verdict.findings), "something is not there"
    assert all(one and one.strip() for one in ruling.missing)


def check_words(point: Point, text: str, ruling: Ruling) -> None:
    assert point.text == text
    assert point.edited == (not ruling.holds)
    assert bool(point.evidence) == ruling.holds


def check_headlines(brief: Brief, text: str, lang: str) -> None:
    changed = with_headline(brief, text, lang)
    assert changed.headline == text
    check_brief(changed)
    english = with_headline_en(brief, text)
    assert headline_for(english, Lang.EN) == text
    check_brief(english)


def check_brief(brief: Brief) -> None:
    """It is kept as it is, and its card is one that Telegram takes."""
    assert read_brief(json.loads(json.dumps(brief_data(brief)))) == brief
    signal = a_signal(1, headline=brief.headline, points=brief.points, why=brief.why)
    for lang in Lang:
        message = render_card(signal, rendering(lang, BASE))
        check_taken(message.text)
        check_buttons(message)


_TYPED = st.one_of(
    st.sampled_from(_SAID),
    texts(12),
    st.tuples(st.sampled_from(_SAID), texts(3)).map("".join),
)

TARGETS = (
    Target(
        "edit",
        "Whatever an editor types into a field: judged, always in the same way, as carried by"
        " sentences that are there, with everything compared in it found, or else marked as the"
        " editor's; kept and read again it is the same, and its card is one that Telegram takes.",
        check_edit,
        _TYPED,
        read=text_of,
        seeds=tuple(one.encode() for one in _SAID[-6:]),
        words=tuple(one.encode() for one in (*BAD, "<b>", "&amp;", "12 亿", "4 瓦", "\u200d")),
        longest=600,
    ),
)
