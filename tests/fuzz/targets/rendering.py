"""Messages: cards, digests, lists, weeks, alerts, look-backs, held to a strict Bot API."""

import re
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from bot.sandbox.entities import check_message, format_text
from digest.look_backs import LookBack, LookBackKind
from digest.model import Kind, Lang, Message, Point, Relation, SeenIn, Signal
from digest.render import (
    render_card,
    render_digest,
    render_list,
    render_look_back,
    render_look_backs,
    render_trend_alert,
    render_weekly,
)
from digest.text.units import utf16_length
from digest.trends import TrendKind
from handlers.callbacks import pack, unpack
from tests.digest.render.samples import NOW, a_number, a_signal
from tests.digest.render.test_messages import BASE, URLS, WILD, a_digest, rendering
from tests.digest.render.test_reviews import weekly
from tests.fuzz.pieces import texts
from tests.fuzz.target import Target
from tests.trending import trend

# No clock, count or score that a message adds by itself has these figures.
PLANTED = "987,654,987.65"
_CUT = re.compile(r"[\d.,]*(?:98|87|76|65|54)[\d.,]*\d|[\d.,]*(?:98|87|76|65|54)")
_MOST_UNITS, _MOST_ENTITIES, _MOST_BYTES = 4096, 100, 32_768

_SAID = st.one_of(
    WILD,
    texts(10),
    st.lists(st.sampled_from([f"{PLANTED} ", f"{PLANTED} 元", "字", "word", "，", "。", " ",
    ". "]), max_size=60).map("".join),
    st.integers(0, 400).map(lambda size: "字" * size + f" {PLANTED} " + "尾" * 40),
    st.integers(0, 400).map(lambda size: "w " * size + f"{PLANTED} " + "end " * 40),
)  # fmt: skip


@st.composite
def signals(draw: st.DrawFn, number: int) -> Signal:
    points = st.builds(
        Point, _SAID, st.just((0,)), st.sampled_from(["zh", "en", "", "ja"]), st.booleans()
    )
    return a_signal(
        number,
        headline=draw(_SAID),
        title=draw(_SAID),
        url=draw(st.sampled_from(URLS)),
        points=tuple(draw(st.lists(points, max_size=4))),
        numbers=tuple(draw(st.lists(st.builds(a_number, _SAID, _SAID, _SAID), max_size=3))),
        why=draw(st.none() | points),
        gaps=tuple(draw(st.lists(points, max_size=2))),
        column=draw(st.sampled_from(["ai", "tech", "<col>"])),
        kind=draw(st.sampled_from(list(Kind))),
        relation=draw(st.sampled_from(list(Relation))),
        others=draw(st.integers(0, 9)),
        told_by=draw(st.integers(0, 9)),
        score=draw(st.sampled_from([60, 70, 100])),
        reading_minutes=draw(st.integers(0, 40)),
        seen_in=(SeenIn(1, draw(_SAID), "", NOW),),
        created_at=NOW - timedelta(minutes=number),
    )  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> list[Message]:
    """Everything that is rendered from a few signals."""
    pool = [draw(signals(number)) for number in range(1, draw(st.integers(2, 4)))]
    many = [replace(pool[n % len(pool)], id=n + 1) for n in range(draw(st.integers(1, 30)))]
    shown = rendering(draw(st.sampled_from(list(Lang))), draw(st.sampled_from([BASE, ""])))
    back = LookBack(LookBackKind.YEAR, pool[0], date(2025, 11, 22), 1)
    words = draw(_SAID).encode("utf-8", "ignore").decode().replace("\x00", "")  # as kept
    rising = trend(words[:60], TrendKind.ENTITY, name=words[:300])
    return [
        render_card(pool[0], shown, saved=draw(st.booleans())),
        *render_digest(a_digest(*many, left_out=len(many) % 3), shown),
        render_list(draw(st.sampled_from(["<b>搜索</b>", "搜索"])), many, shown, more=None),
        render_look_back(back, shown),
        render_look_backs("历史回顾", [back], shown),
        render_trend_alert(rising, many[:5], shown),
        render_weekly(weekly(*many[:8], a_signal(99), stories=(tuple(many[:2]),)), shown),
    ]


def check_messages(made: list[Message]) -> None:
    for message in made:
        check_text(message.text)
        check_buttons(message)


def check_text(markup: str) -> None:
    rest = check_taken(markup).replace(PLANTED, "")
    torn = [one for one in _CUT.findall(rest) if one.strip(",.") in PLANTED and len(one) > 1]
    assert not torn, f"{torn[0]} is a part of {PLANTED}"


def check_taken(markup: str) -> str:
    """The words of a message that Telegram takes."""
    assert len(markup.encode()) <= _MOST_BYTES
    formatted = check_message(format_text(markup, "HTML", None))
    assert 0 < utf16_length(formatted.text) <= _MOST_UNITS
    assert len(formatted.entities) <= _MOST_ENTITIES
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", formatted.text), "controls"
    return formatted.text


def check_buttons(message: Message) -> None:
    assert sum(map(len, message.buttons)) <= _MOST_ENTITIES
    for button in (one for row in message.buttons for one in row):
        assert button.label.strip()
        button.label.encode()
        if button.action is not None:
            assert unpack(pack(button.action)) == button.action
        else:
            assert button.url.startswith(("http://", "https://"))


TARGETS = (
    Target(
        "render",
        "Cards, digests, lists, weeks, alerts and look-backs of any words: what they are is parsed"
        " by the sandbox's strict Bot API, within 4,096 UTF-16 units, 100 entities and 32,768"
        " bytes, without controls; no figure planted in the words is cut; buttons come back.",
        check_messages,
        messages(),
        longest=3000,
    ),
)
