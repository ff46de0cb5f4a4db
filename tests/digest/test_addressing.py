from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.addressing import audience_words, read_typed_audience, typed_audience
from digest.audience import (
    MOST_DAYS,
    Among,
    Audience,
    Place,
    audience_data,
    read_audience,
)
from digest.days import Days
from digest.model import Lang, Layout
from digest.taxonomy import Column, Taxonomy, Topic, load_taxonomy
from digest.texts import Texts, texts_for

TODAY = date(2026, 11, 28)
TAXONOMY = load_taxonomy()
ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)


def read(text: str) -> Audience:
    wanted = read_typed_audience(text, TAXONOMY, TODAY)
    assert wanted.unknown == ()
    return wanted.audience


days = st.dates(date(2020, 1, 1), date(2026, 12, 31))
audiences = st.builds(
    Audience,
    among=st.sampled_from(Among),
    lang=st.none() | st.sampled_from(Lang),
    places=st.lists(st.sampled_from(Place)).map(tuple),
    columns=st.lists(st.sampled_from(sorted(TAXONOMY.columns)), max_size=3).map(tuple),
    topics=st.lists(st.sampled_from(sorted(TAXONOMY.topics)), max_size=3).map(tuple),
    everything=st.booleans(),
    layout=st.none() | st.sampled_from(Layout),
    used=st.none() | st.integers(1, MOST_DAYS),
    received=st.none() | st.integers(1, MOST_DAYS),
    joined=st.none()
    | days.map(lambda day: Days(day, None))
    | days.map(lambda day: Days(None, day))
    | st.tuples(days, days).map(lambda two: Days(min(two), max(two))),
    ids=st.lists(st.integers(-(10**13), 10**13), max_size=4).map(tuple),
)


@given(audiences, st.sampled_from(Lang))
def test_what_is_written_is_read_back(audience: Audience, lang: Lang):
    line = typed_audience(audience, lang, TAXONOMY)
    assert read_typed_audience(line, TAXONOMY, TODAY).unknown == ()
    assert read(line) == audience.normal()


@given(audiences)
def test_data_is_read_back(audience: Audience):
    assert read_audience(audience_data(audience)) == audience.normal()


@given(st.text(max_size=80), st.sampled_from(Lang))
def test_any_line_is_read_and_what_came_of_it_can_be_written(text: str, lang: Lang):
    found = read_typed_audience(text, TAXONOMY, TODAY).audience
    assert read(typed_audience(found, lang, TAXONOMY)) == found


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("", Audience()),
        ("所有人", Audience(among=Among.STARTED)),
        ("Everyone", Audience(among=Among.STARTED)),
        ("语言:en 话题:llm 私聊",
         Audience(lang=Lang.EN, topics=("llm",), places=(Place.PRIVATE,))),
        ("语言：英文　私聊", Audience(lang=Lang.EN, places=(Place.PRIVATE,))),
        ("language=chinese, groups、channels",
         Audience(lang=Lang.ZH, places=(Place.GROUP, Place.CHANNEL))),
        ("私聊 群 频道", Audience()),
        ("使用:近7天", Audience(used=7)),
        ("使用: 7天", Audience(used=7)),
        ("used:2w received:30", Audience(used=14, received=30)),
        ("active:last 7 days", Audience(used=7)),
        ("加入:2026-10-01..", Audience(joined=Days(date(2026, 10, 1), None))),
        ("joined:..2026-10-01", Audience(joined=Days(None, date(2026, 10, 1)))),
        ("版式:紧凑", Audience(layout=Layout.COMPACT)),
        ("compact 测试", Audience(layout=Layout.COMPACT, among=Among.STAFF)),
        ("id:5,-1001234567890", Audience(ids=(-1001234567890, 5))),
    ],
)  # fmt: skip
def test_spellings(text: str, audience: Audience):
    assert read(text) == audience


def test_topics_and_columns_by_name():
    column, topic = TAXONOMY.columns["ai"], TAXONOMY.topics["llm"]
    line = f"栏目:{column.zh} 话题:{topic.zh} 含全部"
    wanted = Audience(columns=("ai",), topics=("llm",), everything=True)
    assert read(line) == wanted
    assert read(f'column:"{column.en}" topic:"{topic.en}" everything') == wanted
    assert read(topic.zh) == Audience(topics=("llm",))


def test_a_name_that_means_something_else_is_written_by_its_id():
    twins = Taxonomy(
        [Column("ai", "人工智能", "AI", "", 1)],
        [Topic("a", "同名", "Same name"), Topic("b", "同名", "Same name")],
    )
    for lang in Lang:
        for number in "ab":
            audience = Audience(topics=(number,))
            line = typed_audience(audience, lang, twins)
            assert read_typed_audience(line, twins, TODAY).audience == audience


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("语言:法语", ("语言:法语",)),
        ("话题:没有这个话题 私聊", ("话题:没有这个话题",)),
        ("使用:很久", ("使用:很久",)),
        ("id:abc", ("id:abc",)),
        ("加入:某天", ("加入:某天",)),
        ("随便写写", ("随便写写",)),
        ("used:0d", ("used:0d",)),
    ],
)
def test_what_is_not_understood_is_said(text: str, unknown: tuple[str, ...]):
    assert read_typed_audience(text, TAXONOMY, TODAY).unknown == unknown


def test_what_is_typed_refines_what_was_chosen():
    base = Audience(lang=Lang.EN, topics=("llm",))
    refined = read_typed_audience("中文 群", TAXONOMY, TODAY, base).audience
    assert refined == Audience(lang=Lang.ZH, topics=("llm",), places=(Place.GROUP,))
    assert refined.filters == ("lang", "places", "topics")
    assert refined.without("lang").without("places") == Audience(topics=("llm",))


def test_in_words():
    column, topic = TAXONOMY.columns["ai"], TAXONOMY.topics["llm"]
    audience = Audience(
        lang=Lang.EN, places=(Place.PRIVATE, Place.GROUP), columns=("ai",), topics=("llm",),
        used=7, joined=Days(date(2026, 10, 1), None),
    )  # fmt: skip
    assert audience_words(audience, ZH, TAXONOMY) == (
        f"订阅者 · 英文 · 私聊和群 · 关注{column.zh}或{topic.zh} · 7 天内用过 · 2026-10-01 起加入"
    )
    assert audience_words(audience, EN, TAXONOMY) == (
        "Subscribers · English · private chats and groups · "
        f"following {column.en} or {topic.en} · active in the last 7 days · "
        "joined since 2026-10-01"
    )
    assert audience_words(Audience(ids=(1, 2)), ZH, TAXONOMY) == "2 个指定的聊天"
    assert audience_words(Audience(used=1), EN, TAXONOMY) == "Subscribers · active in the last day"


@given(audiences, st.sampled_from([ZH, EN]))
def test_words_are_whole_for_every_audience(audience: Audience, texts: Texts):
    said = audience_words(audience, texts, TAXONOMY)
    assert "{" not in said
    assert " ·  · " not in said
    assert said == said.strip(" ·")
