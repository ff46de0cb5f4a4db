"""Boards of trends: which are told, in which order, with which bars and words."""

from dataclasses import replace
from typing import Any

import pytest

from bot.pictures.size import WIDTH
from bot.type import face
from bot.type.lines import break_lines
from digest.model import Lang, Wishes
from digest.render import Links, Rendering, count_units, plain_text, render_trends, trends_caption
from digest.render.fit import MAX_CAPTION_UNITS
from digest.render.trendwords import daily_words, facts, move_words, name_of, url_of
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from digest.trendpictures import trend_picture
from digest.trends import HotRank, Phase, TrendKind
from digest.trends.board import Span, View, bars_of, board_of, moved
from digest.trends.telling import rising_for
from tests.newsdesk import NOON
from tests.trending import HOUR, report, trend


def rendering(lang: Lang = Lang.ZH) -> Rendering:
    links = Links("https://hexin.example")
    return Rendering(links, texts_for(lang), load_taxonomy(), "Asia/Shanghai", NOON)


# --- what is told ------------------------------------------------------------------------


def test_a_view_tells_its_kinds_only_and_calm_the_busiest():
    every = [trend(kind.value, kind) for kind in TrendKind]
    of = report(*every, busiest=(trend("chips", phase=Phase.STEADY),))
    assert board_of(of, View.ALL, Span.DAY).told == tuple(every)
    words = board_of(of, View.WORDS, Span.DAY)
    assert [one.kind for one in words.told] == [TrendKind.ENTITY, TrendKind.WORD]
    assert not words.calm
    topics = board_of(replace(of, rising=()), View.TOPICS, Span.DAY)
    assert topics.calm
    assert [one.key for one in topics.told] == ["chips"]
    assert board_of(replace(of, rising=()), View.STORIES, Span.DAY).told == ()


def test_a_week_tells_what_grew_against_the_week_before_most_first():
    little = trend("little", days=(*[3] * 7, *[4] * 7))
    much = trend("much", days=(*[1] * 7, *[9] * 7))
    shrunk = trend("shrunk", days=(*[5] * 7, *[4] * 7))
    young = trend("young", days=(None, *[1] * 6, *[1] * 7))
    told = board_of(report(little, shrunk, much, young), View.ALL, Span.WEEK).told
    assert [one.key for one in told if one.key != "young"] == ["much", "little"]
    assert "young" in [one.key for one in told]


def test_the_move_since_yesterday():
    texts = texts_for(Lang.ZH)
    for before, now, said in ((3, 1, "▲2"), (1, 4, "▼3"), (2, 2, ""), (None, 5, "新")):
        one = trend(rank=now, rank_before=before)
        assert move_words(one, texts) == said
        assert moved(one) == (None if before is None else before - now)
    assert move_words(trend(rank=None, rank_before=None), texts) == ""


# --- bars --------------------------------------------------------------------------------


def test_two_days_by_two_hours_with_where_it_began():
    bars = bars_of(trend(), report(), Span.DAY)
    assert (len(bars.counts), bars.recent) == (24, 12)
    assert sum(count or 0 for count in bars.counts) == 12
    assert bars.usual == pytest.approx(3.1 / 12)
    assert bars.begins == 24 - 1 - 2  # five hours ago is in the third bar from the end
    assert bars_of(trend(phase=Phase.FADING), report(), Span.DAY).begins is None


def test_hours_that_nobody_counted_are_no_zeros():
    hours = (*[None] * 3, *[0] * 33, *[1] * 12)
    bars = bars_of(trend(hours=hours), report(), Span.DAY)
    assert bars.counts[:2] == (None, 0)


def test_a_week_is_drawn_by_days():
    bars = bars_of(trend(began_at=NOON - 30 * HOUR), report(), Span.WEEK)
    assert (len(bars.counts), bars.recent, bars.usual) == (14, 7, 3.0)
    assert bars.begins == 12
    unknown = bars_of(trend(days=(None,) * 10 + (1,) * 5), report(), Span.WEEK)
    assert unknown.usual is None


def test_without_a_past_no_line_says_what_is_usual():
    assert bars_of(trend(phase=Phase.UNKNOWN), report(), Span.DAY).usual is None


# --- words -------------------------------------------------------------------------------


def test_each_line_explains_itself():
    hot = (HotRank("微博热搜", "大模型", 3, None, NOON), HotRank("知乎热榜", "x", 1, 2, NOON))
    said = facts(trend(hot=hot), Span.DAY, rendering())
    assert said == (
        "12 条，平时 3 条",
        "今天 07:00 起",
        "6 家来源",
        "同时登上热榜：知乎热榜第 1、微博热搜第 3",
    )
    assert facts(trend(), Span.DAY, rendering(Lang.EN)) == (
        "12, usually 3",
        "since today 07:00",
        "6 sources",
    )


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"phase": Phase.UNKNOWN}, "12 条，样本太少，不作判断"),
        ({"is_new": True, "usual": 0.0}, "12 条，以前没有出现过"),
        ({"usual": 0.04}, "12 条，平时几乎没有"),
        ({"usual": 1.24}, "12 条，平时 1.2 条"),
    ],
)
def test_small_numbers_are_told_honestly(how: dict[str, Any], said: str):
    assert facts(trend(**how), Span.DAY, rendering())[0] == said


def test_one_source_is_said_to_be_one():
    assert "只有 1 家来源" in facts(trend(sources=1), Span.DAY, rendering())


def test_names_and_where_they_lead():
    topic, word = trend(), trend("端侧 模型", TrendKind.WORD)
    assert name_of(topic, rendering()) == "大模型"
    assert url_of(topic, rendering()) == "https://hexin.example/topic/llm"
    assert url_of(word, rendering()).endswith("/search?q=%E7%AB%AF%E4%BE%A7%20%E6%A8%A1%E5%9E%8B")
    assert url_of(trend("9", TrendKind.STORY), rendering()) == "https://hexin.example/story/9"
    pair = trend("openai", TrendKind.ENTITY, name="OpenAI", pair="开放人工智能")
    assert name_of(pair, rendering()) == "开放人工智能"
    assert name_of(pair, rendering(Lang.EN)) == "OpenAI"


@pytest.mark.parametrize("lang", list(Lang))
def test_what_stands_under_a_picture_fits_or_is_not_said_there(lang: Lang):
    long = [
        trend(f"{place} <b>&" + "长名" * 40, TrendKind.WORD, rank=place, rank_before=None)
        for place in range(1, 9)
    ]
    board = board_of(report(*long), View.ALL, Span.DAY)
    caption = trends_caption(board, rendering(lang))
    assert 0 < count_units(caption) <= MAX_CAPTION_UNITS
    # The counts of each are there whatever had to go.
    assert plain_text(caption).count(texts_for(lang).n("trends.short", 12)) >= 8
    whole = render_trends(board, rendering(lang)).text
    assert "▁" in whole
    assert count_units(whole) > count_units(caption)


def test_nothing_is_only_in_the_picture():
    board = board_of(report(trend(), trend("chips", rank=2)), View.ALL, Span.DAY)
    picture = trend_picture(board, rendering(), {})
    caption = plain_text(trends_caption(board, rendering()))
    for strip in picture.strips:
        for words in (strip.name, strip.phase, strip.told, strip.move):
            assert words in caption


@pytest.mark.parametrize(("lang", "said"), [(Lang.ZH, "没有读取"), (Lang.EN, "not read")])
def test_times_in_which_nothing_was_read_are_explained_where_they_are(lang: Lang, said: str):
    hours = (*[None] * 3, *[0] * 33, *[1] * 12)
    for told, explained in ((trend(hours=hours), True), (trend(), False)):
        for span in Span:
            board = board_of(report(told), View.ALL, span)
            picture = trend_picture(board, rendering(lang), {})
            unread = any(None in one.bars.counts for one in picture.strips)
            assert (said in picture.legend) is unread
            assert unread is explained or span is not Span.DAY
            # The whole of it stands on the picture.
            room = WIDTH - 2 * 36
            lines = break_lines(picture.legend, room, 2, lambda text: face.width(text, 36))
            assert lines is not None


def test_what_fades_and_how_short_the_past_is():
    fading = trend("robotics", phase=Phase.FADING, now=2, usual=9.0, rank=None)
    board = board_of(report(trend(), fading=(fading,), past=4), View.ALL, Span.DAY)
    text = plain_text(trends_caption(board, rendering()))
    assert "📉 正在回落：机器人（24 小时内 2 条，平时每天 9 条）" in text
    assert "目前只有 4 天的记录可比" in text


# --- in digests --------------------------------------------------------------------------


def test_a_digest_tells_what_its_readers_follow_first_and_nothing_muted():
    of = report(
        trend("chips"),
        trend("muted"),
        trend("9", TrendKind.STORY),
        trend("lone", sources=1),
        trend("openai", TrendKind.ENTITY, name="OpenAI"),
        trend("llm"),
        trend("ev"),
        trend("xiaomi", TrendKind.ENTITY, name="小米"),
    )
    wishes = Wishes(topics=("llm",), words=("OPENAI",), mutes=("topic:muted", "小米"))
    told = rising_for(of, wishes)
    assert [(one.topic, one.followed) for one in told] == [
        ("openai", True),
        ("llm", True),
        ("chips", False),
    ]
    assert [one.name for one in told] == ["OpenAI", "", ""]
    assert "小米" not in [one.name for one in rising_for(of, wishes, most=9)]
    assert rising_for(report(), wishes) == ()


@pytest.mark.parametrize(
    ("usual", "zh", "en"),
    [
        (0.0, "平时几乎没有", "usually hardly any"),
        (0.1, "平时每 10 天 1 条", "usually 1 in 10 days"),
        (0.5, "平时每 2 天 1 条", "usually 1 in 2 days"),
        (0.8, "平时每天不到 1 条", "usually fewer than 1 a day"),
        (1.0, "平时 1 条", "usually 1"),
        (1.24, "平时 1.2 条", "usually 1.2"),
        (14.4, "平时 14 条", "usually 14"),
    ],
)
def test_what_is_usual_is_said_as_people_count(usual: float, zh: str, en: str) -> None:
    assert daily_words(usual, texts_for(Lang.ZH)) == zh
    assert daily_words(usual, texts_for(Lang.EN)) == en
