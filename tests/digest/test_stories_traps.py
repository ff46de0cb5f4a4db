"""What looks like one event and is not, and what looks unlike and is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.stories import StoryItem
from digest.stories.index import StoryIndex
from digest.stories.traits import traits_of
from tests.digest.articles import NOW
from tests.digest.test_stories import index_with, item

_RESULTS = "{} 2026 年上半年归母净利润 {} 亿元，同比{} {}%"


def results(number: int, company: str, profit: str, way: str, share: str) -> StoryItem:
    title = _RESULTS.format(company, profit, way, share)
    lead = (
        f"8 月 20 日消息，{company}今日发布 2026 年半年度报告，归母净利润 {profit} 亿元，"
        f"同比{way} {share}%，扣非净利润同步变动，公司称主营业务保持稳定。"
    )
    return item(number, title, lead, keywords=(company, "净利润"), numbers=(f"{profit} 亿元",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青栎科技发布 GPT-5 级模型 Halo-5", "青栎科技发布 Halo-5.1 小模型，面向手机"),
        ("晚报｜青川地震；青栎科技新芯片", "早报｜青川地震；青栎科技新芯片"),
        ("远山汽车 K7 上市，19.98 万元起", "松岭汽车 M9 上市，23.98 万元起"),
        (
            "青栎科技在成都成立新公司，注册资本 1000 万",
            "远山电子在乐山成立新公司，注册资本 5000 万",
        ),
        ("松岭 A14 笔记本上架：32GB + 1TB，4999 元", "远山 X16 笔记本上架：16GB + 1TB，6999 元"),
    ],
)
def test_look_alikes_stay_apart(one: str, other: str) -> None:
    assert index_with(item(1, one)).place(item(2, other, hours=2)).story_of is None


def test_results_of_different_companies_stay_apart_in_their_season() -> None:
    index = StoryIndex()
    companies = ("青栎科技", "远山电子", "松岭精密", "汇川谷地", "北澄新材", "石门制药")
    for number, company in enumerate(companies, 1):
        one = results(number, company, f"{number}.0{number}", "增长", f"{number}4.73")
        assert index.place(one).story_of is None, company
        index.add(one)


def test_results_of_two_companies_of_one_group_stay_apart() -> None:
    """The first word is the same, and all that the form says; whom it is about is not."""
    index = index_with(_group_results(1, "QL 电子", "1.48", "70.79"))
    other = _group_results(2, "QL Display", "9.75", "531.78")
    assert index.place(other).story_of is None
    again = _group_results(3, "QL 电子集团", "1.48", "70.79")
    assert index.place(again).story_of == 1


def _group_results(number: int, company: str, profit: str, yuan: str) -> StoryItem:
    title = f"{company} 2026 上半年归母净利润 {profit} 万亿韩元，同比增长 5.53%"
    lead = (
        f"8 月 14 日消息，{company} 今日发布 2026 财年（2026 年 1 月～2026 年 12 月）半年报"
        f"（2026 年 1 月～2026 年 6 月）报告：归母净利润：{profit} 万亿韩元（现汇率约合 {yuan} 亿"
        "元人民币），毛利率 13.72%，经营现金流 3.55 万亿韩元，同比增长 9.38%。"
    )
    return item(number, title, lead, keywords=("QL", "韩元"), numbers=(f"{profit} 万亿韩元",))


def test_siblings_that_a_letter_tells_apart_are_two_things() -> None:
    one = item(
        1,
        "青栎推出 QL Mic Mini 2 迷你无线麦克风：三种音色预设、两级降噪，599 元",
        "4 月 21 日消息，青栎今天推出 QL Mic Mini 2 迷你无线麦克风，起售价 599 元，发射器重 11 克"
        "，支持三种音色预设和两级降噪，标配磁吸前盖。",
        keywords=("青栎", "Mic Mini", "无线麦克风"),
    )
    other = item(
        2,
        "青栎预告将推 QL Mic Mini 2S 四发内录迷你无线麦克风",
        "4 月 21 日消息，青栎今天发布 QL Mic Mini 2 迷你无线麦克风外，还预告将推出 Mic Mini 2S，"
        "定位更高，新增四发一收和内录，起售价未公布。",
        hours=0.4,
        keywords=("青栎", "Mic Mini", "无线麦克风"),
    )
    assert index_with(one).place(other).story_of is None
    sibling = replace(other, title=other.title.replace("2S 四发内录", "2"))
    assert index_with(one).place(sibling).story_of == 1
    both = "青栎推出 QL Mic Mini 2 和 Mini 2S，青栎 Mini 10s、Mini 5bn、Mini 5m 另售"
    assert len(traits_of(replace(one, title=both)).versions) == 4
    several = item(3, "Kestrel's 4Q sales of MP3s beat the Street", lang="en")
    single = item(4, "Kestrel's fourth quarter MP3 sales beat the Street", lang="en")
    assert traits_of(several).versions == traits_of(single).versions


def test_market_reports_and_columns_of_two_days_stay_apart() -> None:
    market = item(1, "A 股三大指数集体收跌，半导体板块领跌", "三大指数收跌，成交额缩量。")
    again = replace(market, signal_id=2, at=NOW + timedelta(days=1))
    later = replace(again, lead_text="今日三大指数再度收跌，成交额放大。")
    assert index_with(market).place(later).story_of is None
    column = item(1, "The Download: robots that cook, and a new tax", lang="en")
    other = item(2, "The Download: robots that fly, and an old tax", lang="en", hours=24)
    assert index_with(column).place(other).story_of is None


def test_a_report_under_another_title_is_a_copy() -> None:
    text = (
        "The harbour town of Eldmoor lost power on Monday night after a fire at its only "
        "substation. Engineers of the grid operator Kestrel said that repairs would take until "
        "Thursday and that the hospital runs on generators. Schools stay closed, the mayor said, "
        "and ferries to the islands leave from the old quay until the lights are back."
    )
    first = item(1, "Fire leaves Eldmoor in the dark", text, lang="en")
    copy = item(2, "No lights until Thursday, says Kestrel", text, lang="en", hours=5)
    assert index_with(first).place(copy).story_of == 1
    cut = replace(copy, lead_text=text.replace("Schools stay closed, the mayor said, and f", "F"))
    assert index_with(first).place(cut).story_of == 1


def test_one_event_in_other_words_is_one_story() -> None:
    first = item(
        1,
        "Kestrel to buy battery maker Norvex for $1.2 billion",
        "Kestrel said on Tuesday it would buy Norvex, a maker of batteries for ferries, for "
        "$1.2 billion in cash.",
        lang="en",
        keywords=("Kestrel", "Norvex"),
        numbers=("$1.2 billion",),
    )
    second = item(
        2,
        "Norvex, maker of ferry batteries, sold to Kestrel",
        "The battery maker Norvex has agreed to be taken over by Kestrel. The deal is worth "
        "$1.2 billion, the companies said.",
        lang="en",
        hours=3,
        keywords=("Norvex", "Kestrel"),
        numbers=("$1.2 billion",),
    )
    assert index_with(first).place(second).story_of == 1


def test_the_headline_in_the_other_language_carries_over() -> None:
    zh = item(1, "红松镇水库大坝出现裂缝，下游居民连夜撤离")
    en = item(2, "Cracks in dam force villagers to flee at night", lang="en", hours=1)
    told = replace(en, also="红松镇水库大坝现裂缝，居民连夜撤离")
    assert index_with(zh).place(told).story_of == 1
    index = index_with(told)
    assert index.place(replace(zh, signal_id=3)).story_of == 2


def test_titles_that_say_nothing_join_nobody() -> None:
    assert index_with(item(1, "专题", "今日要闻一览。")).place(item(2, "专题")).story_of is None
    live = item(1, "Live", "The quake hit at dawn and roads are closed.", lang="en")
    assert index_with(live).place(item(2, "Live", lang="en", hours=1)).story_of is None


def test_parts_of_a_series_stay_apart_and_one_part_is_one_story() -> None:
    lead = "纪录片《北岭往事》讲述一座矿城三十年的变迁，由远山影视摄制，每晚播出一集，共十二集。"
    index = index_with(item(1, "《北岭往事》第3集 临危受命", lead))
    assert index.place(item(2, "《北岭往事》第4集 临危受命", lead, hours=20)).story_of is None
    assert index.place(item(3, "《北岭往事》第3集 临危受命", lead, hours=3)).story_of == 1
    talk = item(1, "Kestrel Podcast #247 - ferries, dams", "Ferries and dams.", lang="en")
    later = replace(talk, signal_id=2, title="Kestrel Podcast #248 - ferries, dams")
    assert index_with(talk).place(later).story_of is None


def test_what_feeds_put_around_a_text_is_no_text() -> None:
    one = item(1, "Show HN: Mole, a research agent", "HN 热议 · 8 分 / 0 条评论", lang="en")
    other = item(2, "Show HN: Lark, a design agent", "HN 热议 · 3 分 / 0 条评论", lang="en")
    assert not traits_of(one).has_text
    assert traits_of(one).title == traits_of(replace(one, title=one.title[9:])).title
    assert index_with(one).place(other).story_of is None
    told = "本文来自微信公众号： 远山观察 ，作者：青栎 松岭大坝昨夜出现裂缝，两岸居民撤离。"
    bare = "松岭大坝昨夜出现裂缝，两岸居民撤离。"
    assert traits_of(item(1, "大坝", told)).words == traits_of(item(1, "大坝", bare)).words


def test_notes_on_indices_of_two_days_stay_apart() -> None:
    one = item(1, "恒生科技指数涨幅扩大至 2%", "恒生科技指数涨幅扩大至 2%，芯片股走强。")
    other = item(
        2, "恒指午间休盘涨 1.61%", "恒指涨 1.61%，恒生科技指数涨 2%，芯片股走强。", hours=26
    )
    assert index_with(one).place(other).story_of is None


def test_amounts_that_differ_between_sources_do_not_part_one_event() -> None:
    funding = item(
        1,
        "青栎机器人完成 12 亿元 C 轮融资，用于四足机器人量产",
        "四足机器人公司青栎机器人今日宣布完成 C 轮融资，融资金额为 12 亿元人民币，由北澄资本领投，"
        "老股东石门创投跟投。青栎机器人总部位于成都，主要产品是面向电站巡检的四足机器人“岭驰”，"
        "本轮融资将用于成都工厂的扩建。",
        keywords=("青栎", "四足机器人", "融资"),
        numbers=("12 亿元",),
    )
    other = item(
        2,
        "青栎机器人获 10 亿元 C 轮融资，北澄资本领投",
        "青栎机器人已完成 C 轮融资，融资金额为 10 亿元人民币，北澄资本领投，石门创投等跟投。"
        "这家公司位于成都，“岭驰”四足机器人用于电站巡检。",
        keywords=("青栎", "北澄资本", "融资"),
        numbers=("10 亿元",),
        hours=1,
    )
    assert index_with(funding).place(other).story_of == 1
    assert traits_of(funding).models == traits_of(other).models == ()
    sized = traits_of(item(3, "松岭 120W 充电器上架，参数公布"))
    assert len(sized.models) == 1


def test_headlines_join_a_story_whose_members_back_them() -> None:
    """Beside one headline alone it does not convince; beside two that are one story it does."""
    one = item(1, "Harbour tunnel in Osta floods, trains to the coast halted", lang="en")
    two = item(2, "Osta harbour tunnel floods and trains to the coast are halted", lang="en")
    third = item(3, "Trains to Osta coast halted by tunnel flood", lang="en", hours=2)
    assert index_with(one).place(third).story_of is None
    story = [replace(it, story_id=7) for it in (one, two)]
    assert index_with(*story).place(third).story_of in {1, 2}
