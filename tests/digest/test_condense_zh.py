"""Chinese cards: no line that leads to nothing, no filler, no reason or gap that is none."""

from datetime import date

import pytest

from digest.condense import condense
from digest.condense.cues import marked
from digest.condense.insight import find_concerned, states_why
from digest.condense.moments import find_dates
from digest.condense.points import shown
from digest.condense.remarks import find_gaps
from digest.condense.sentences import look
from tests.digest.articles import article


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "IT之家 5 月 29 日闪讯速报，据晨星新闻，青鸟三号飞船今日成功着陆。",
            "青鸟三号飞船今日成功着陆。",
        ),
        ("据 ABC News，青栎科技扩展了平板产品线。", "青栎科技扩展了平板产品线。"),
        (
            "大公司： 北港获超10亿元算力订单 8月13日，北港集团宣布将建设新的机房。",
            "8月13日，北港集团宣布将建设新的机房。",
        ),
        ("（晨星） 青栎：新机已适配 8月2日，青栎宣布新机上线。", "8月2日，青栎宣布新机上线。"),
        ("更值得关注的是，青栎科技的库存已连续三季下降。", "青栎科技的库存已连续三季下降。"),
        ("北港集团发布《关于网传消息的说明》，文中称：", "北港集团发布《关于网传消息的说明》。"),
        ("青栎科技开放了多个重要的新特性：", "青栎科技开放了多个重要的新特性。"),
        ("多家银行上线个人贷款成本明示表；", "多家银行上线个人贷款成本明示表。"),
    ],
)
def test_a_point_neither_begins_nor_ends_beside_the_story(written: str, read: str) -> None:
    assert shown(written, "zh") == read


@pytest.mark.parametrize(
    "kept",
    [
        "据称，青栎科技将于九月发布新机。",
        "青栎科技 5 月 8 日，正式发布折叠平板。",
        "为完成读写，客户端的主要任务有：",
    ],
)
def test_what_belongs_to_the_sentence_stays(kept: str) -> None:
    assert shown(kept, "zh") == kept


@pytest.mark.parametrize(
    "filler",
    [
        "客户端为了完成数据读写需要解决以下几个具体问题：",
        "我承认北港水库的蓄水量是我这些年里最担心的事情。",
        "这里记录北港水库每周值得分享的蓄水消息，周五发布。",
        "“北港水库的蓄水量怎么一夜之间就传成了这样子呢。”",
        "作为参考，北港水库旁的老水库建成于三十年之前。",
    ],
)
def test_filler_gives_way_to_facts(filler: str) -> None:
    source = article(
        "北港水库蓄水",
        "北港水库8月2日的蓄水量达到3.2亿立方米，比去年同期多两成。",
        filler,
        "水利部门安排下游四个县从本周起分批放水灌溉，预计惠及60万亩农田。",
        "水库管理处说，新的泄洪闸将在十月底之前完成全部调试工作。",
        "附近三座村庄的居民已经在上月全部搬入新居，每户得到补贴。",
    )
    assert filler.rstrip("。：")[:12] not in "".join(it.text for it in condense(source).points)


def test_a_teaser_that_breaks_off_is_shown_up_to_its_last_whole_sentence() -> None:
    source = article(
        "北港水库蓄水",
        "北港水库8月2日的蓄水量达到3.2亿立方米，比去年同期多两成。"
        "下游四个县从本周起分批放水灌溉；水库管理处处长周禾曾任北港水利学校教师；联合",
    )
    assert [it.text for it in condense(source).points] == [
        "北港水库8月2日的蓄水量达到3.2亿立方米，比去年同期多两成。"
    ]


def test_a_short_name_given_in_brackets_leads_to_nothing() -> None:
    assert not marked("leads", "水利部门近日印发《北港水库管理办法》（以下简称《办法》）。")
    assert marked("leads", "管理办法的主要内容如下。")


def _beside(sentence: str) -> tuple[str, str]:
    """What the card of an article with `sentence` at its end gives as reason and as gap."""
    brief = condense(
        article(
            "北港水库蓄水",
            "北港水库8月2日的蓄水量达到3.2亿立方米，比去年同期多两成，下游四个县从本周起分批放水灌溉。",
            "水利部门说，放水将持续到九月底，预计惠及60万亩农田，并由专人每天记录水位和流量。",
            "水库管理处安排了三班人员，新的泄洪闸将在十月底之前完成全部调试工作并投入使用。",
            sentence,
        )
    )
    return brief.why.text if brief.why else "", brief.gaps[0].text if brief.gaps else ""


@pytest.mark.parametrize(
    "sentence",
    [
        "这似乎是他第一次谈起童年。",
        "这是目前争议最大的地方。",
        "铁路被认为将彻底改变交通和城市布局。",
        "尽管新工艺可能会缓解这些困难，多数仍在。",
    ],
)
def test_hedges_and_mere_superlatives_are_no_reason(sentence: str) -> None:
    assert _beside(sentence)[0] == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "员工从未明确同意自己的记录被出售。",
        "外部环境的不确定性正在增多。",
        "他们不清楚这些事情的来龙去脉。",
        "这不是为尚未证实的传言添上一笔。",
    ],
)
def test_what_somebody_never_did_is_no_gap(sentence: str) -> None:
    assert _beside(sentence)[1] == ""


@pytest.mark.parametrize("sentence", ["目前还不清楚放水何时结束。", "管理处尚未公布闸门的造价。"])
def test_what_the_article_leaves_open_is_a_gap(sentence: str) -> None:
    assert find_gaps(look(article("北港水库蓄水", sentence), ""), ())[0].text == sentence


def test_what_somebody_is_quoted_with_is_no_reason() -> None:
    assert not states_why("他说，“五年的改变不只是字面意思，这意味着我的未来还有更多可能。”")
    assert states_why("这意味着青栎港将在明年春天关闭。")


def test_what_users_always_could_concerns_nobody() -> None:
    line = "青栎书是年轻人的平台，用户可以通过短视频记录生活点滴，分享生活方式。"
    new = "青栎书宣布，用户现在可以通过短视频购买车票，车站的窗口仍然开放。"
    assert find_concerned(look(article("青栎书", line), "")) == ()
    assert find_concerned(look(article("青栎书", new), ""))[0].audience == "everyone"


def test_a_standfirst_that_the_text_repeats_is_told_once() -> None:
    told = "青栎汽车能否在海外建立豪华定位，同时处理好国内的门店，仍是未知数。"
    source = article(
        "青栎汽车出海",
        told,
        "青栎汽车 8 月 19 日宣布，旗下两个品牌合并为一个事业部，由林青统一管理。",
        told,
        lang="zh",
    )
    brief = condense(source)
    texts = [point.text for point in (*brief.points, *brief.gaps)]
    questions = [one.text for one in brief.insight.questions] if brief.insight else []
    assert texts.count(told) + questions.count(told) == 1


def test_what_only_the_writer_does_not_know_is_no_gap() -> None:
    sentence = (
        "Whether this is the most efficient way is unclear to me as a layman in such things."
    )
    assert find_gaps(look(article("The sale", sentence), ""), ()) == ()


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("青栎科技周五表示，林晓将加入算力团队。", 21),
        ("青栎科技周五宣布将在北港建厂。", 21),
        ("央行将于周五公布利率。", 28),
        ("周五将公布就业数据。", 28),
        ("新规预计周五生效，北港集团表示欢迎。", 28),
    ],
)
def test_a_weekday_on_which_something_was_said_is_past(sentence: str, day: int) -> None:
    (found,) = find_dates(sentence, date(2026, 8, 22))  # a Saturday
    assert found.on == date(2026, 8, day)
