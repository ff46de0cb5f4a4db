"""Whatever a headline or a name may hold: messages and pictures of stories, trends, weeks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.pictures.drawing import Drawing, draw
from digest.insight import Difference, DifferenceKind
from digest.look_backs import LookBack, LookBackKind, Outcome
from digest.model import Lang, Message, Relation
from digest.render import (
    render_look_back,
    render_look_backs,
    render_trend_alert,
    render_weekly,
)
from digest.render.fit import MAX_CAPTION_UNITS, count_units
from digest.trends import TrendKind
from digest.weeklies.glance import alt_words, glance_of
from handlers.callbacks import pack
from handlers.weekpicture import glance_caption
from tests.digest.render.samples import NOW, a_point, a_signal
from tests.digest.render.telegram_html import parse
from tests.digest.render.test_messages import checked, rendering
from tests.digest.render.test_reviews import story, weekly
from tests.trending import trend

HOSTILE = (
    "</svg><script>alert(1)</script>",
    "\u202eesrever\u2066\u200b\u200d\u2060\u00ad",
    "\u200b\u200c\u2060",
    "👨‍👩‍👧‍👦🏳️‍🌈" * 60,
    "&amp;&lt;{name}%s{0}<b>",
    "长得没有尽头" * 900,
    "word " * 1200,
    "x" * 9000,
    "e\u0301\u0323" * 2000,
)


def messages(words: str, lang: Lang, base: str) -> list[Message]:
    """Every message in which such words may stand."""
    shown = rendering(lang, base)
    point = a_point(words)
    signals = [
        a_signal(
            number,
            headline=words,
            title=words,
            points=(point,) * 3,
            created_at=NOW - timedelta(hours=number),
        )
        for number in range(1, 9)
    ]
    change = Difference(DifferenceKind.NUMBER, words, NOW, 1, words, words, words, direction="up")
    later = replace(signals[1], relation=Relation.FOLLOW_UP)
    outcome = Outcome((later,), story(signals[2]), change, signals[3])
    backs = [LookBack(LookBackKind.YEAR, one, date(2025, 11, 22), 1, outcome) for one in signals]
    rising = trend(words[:60], TrendKind.ENTITY, name=words[:300])  # none is longer
    week = weekly(*signals, stories=((signals[0], signals[1]),))
    return [
        render_look_back(backs[0], shown),
        render_look_backs("历史回顾", backs[:4], shown),
        render_trend_alert(rising, signals[:5], shown),
        render_weekly(week, shown),
    ]


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("base", ["https://hexin.example", ""])
@pytest.mark.parametrize("words", HOSTILE)
def test_messages_keep_to_the_limits_and_their_buttons_hold(
    words: str, lang: Lang, base: str
) -> None:
    for message in messages(words, lang, base):
        checked(message)
        for row in message.buttons:
            for button in row:
                if button.action is not None:
                    pack(button.action)


@pytest.mark.parametrize("words", HOSTILE)
def test_the_picture_of_a_week_is_drawn_and_its_caption_fits(words: str) -> None:
    signals = [a_signal(n, headline=words, title=words) for n in (1, 2)]
    week = weekly(*signals, stories=(tuple(signals),))
    shown = rendering(Lang.ZH)
    picture = glance_of(week, shown)
    body = draw(Drawing(picture, dark=False))
    assert body.startswith(b"\x89PNG")
    assert alt_words(picture)
    caption = glance_caption(week, shown)
    assert count_units(caption) <= MAX_CAPTION_UNITS
    assert parse(caption).text
