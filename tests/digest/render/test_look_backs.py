"""Look-backs as messages: why today, the card, and no more than later signals say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from digest.insight import Difference, DifferenceKind
from digest.look_backs import LookBack, LookBackKind, Outcome
from digest.model import Lang, Layout, Relation
from digest.render import render_look_back, render_look_backs
from tests.digest.render.samples import NOW, a_point, a_signal
from tests.digest.render.test_messages import checked, rendering
from tests.digest.render.test_reviews import LONG, story

OLD = a_signal(1, headline="OpenAI 完成融资", created_at=NOW - timedelta(days=365))
LATER = a_signal(2, headline="OpenAI 再融资", relation=Relation.FOLLOW_UP)
CHANGE = Difference(
    DifferenceKind.NUMBER, "OpenAI", NOW, 1, "估值", "$6 billion", "$9 billion",
    then_zh="60 亿美元", now_zh="90 亿美元", direction="up",
)  # fmt: skip
OUTCOME = Outcome((LATER,), story(a_signal(3, headline="OpenAI 上市")), CHANGE, LATER)
PAST = LookBack(LookBackKind.YEAR, OLD, date(2025, 11, 22), 1, OUTCOME)


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            Lang.ZH,
            (
                "历史上的今天 · 2025年11月22日（1 年前）",
                "OpenAI：当时报道的估值为 60 亿美元；2026年11月22日的报道为 90 亿美元。",
                "此后本站又收录 1 条更新或后续，最近一条（今天 08:12）：",
                "这件事后来又有新的专题：",
            ),
        ),
        (
            Lang.EN,
            (
                "On this day · 22 Nov 2025 (1 year ago)",
                "OpenAI: Valuation was reported as $6 billion then, as $9 billion on 22 Nov 2026.",
                "We have carried 1 later update or follow-up; the newest (today 08:12):",
                "It was taken up again later:",
            ),
        ),
    ],
)
def test_a_look_back_says_why_and_what_came_of_it(lang: Lang, lines: tuple[str, ...]) -> None:
    message = render_look_back(PAST, rendering(lang))
    said = checked(message).text
    assert said.startswith(lines[0])
    for line in lines:
        assert line in said
    assert message.signals == (1,)
    assert [block.signal_id for block in message.blocks] == [1, 2, 2, 3]
    for block in message.blocks:
        assert block.text in message.text  # so that a correction finds it
    without = render_look_back(replace(PAST, outcome=Outcome()), rendering(lang), settings=False)
    assert all(line not in without.text for line in lines[1:])
    assert len(without.buttons) < len(message.buttons)


@pytest.mark.parametrize("layout", Layout)
def test_look_backs_keep_the_limits(layout: Layout) -> None:
    long = a_signal(1, headline=LONG, points=(a_point(LONG),) * 3)
    one = replace(PAST, signal=long, outcome=replace(OUTCOME, later=(long,) * 3))
    look = replace(rendering(), layout=layout)
    assert checked(render_look_back(one, look))
    listed = render_look_backs("回顾", [one] * 4, look)
    assert checked(listed)
    assert set(listed.signals) == {1}
