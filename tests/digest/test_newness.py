"""What is new in a signal against its story, and what that makes it."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import Adds, Article, Changed, Kind, Point, Relation, Signal
from digest.newness import Account, Told, account_of, first_told, relate, telling_words
from digest.newness.turns import turns
from digest.pipeline import DraftRequest, make_draft
from digest.text.sentences import split_sentences
from tests.newsdesk import brief, signal

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def told(title: str, text: str, hours: float = 0, lang: str = "zh") -> Account:
    """An article of so many hours after noon, condensed by the rules."""
    at = NOON + timedelta(hours=hours)
    article = Article(
        url=f"https://news.example/{title}",
        canonical_url=f"https://news.example/{title}",
        title=title,
        paragraphs=(split_sentences(text, lang),),
        lang=lang,
        published_at=at,
    )
    draft = make_draft(DraftRequest(article, "", 1.0, at))
    return account_of(
        1, article, draft.brief, title=title, lang=lang, kind=draft.placement.kind, at=at
    )


FLOOD = told(
    "凌河大坝溃口致 40 人失踪",
    "凌河大坝周一清晨溃口，下游两个村庄被淹。当地应急部门表示，目前有 40 人失踪。"
    "救援队伍已经赶到现场，三座桥梁被冲毁。",
)


def _of(mine: Account, *others: Account) -> tuple[Relation, Adds]:
    relation, adds = relate(mine, others)
    assert adds is not None
    return relation, adds


def test_the_first_to_tell_leads_and_is_compared_with_nobody() -> None:
    assert relate(FLOOD, ()) == (Relation.LEAD, None)


def test_the_same_news_in_other_words_is_told_again() -> None:
    again = told(
        "凌河溃坝：40 人失踪，桥梁被冲毁",
        "周一清晨，凌河大坝发生溃口，下游两个村庄被淹。应急部门表示 40 人失踪，三座桥梁被冲毁。",
        hours=9,
    )
    relation, adds = _of(again, FLOOD)
    assert relation is Relation.DUPLICATE
    assert adds.numbers == ()


def test_new_figures_of_the_event_hours_later_are_an_update() -> None:
    later = told(
        "凌河溃坝失踪人数降到 4 人",
        "凌河应急部门周二通报，失踪人数降到 4 人，另有 36 人已经找到。溃口已经合龙。",
        hours=20,
    )
    relation, adds = _of(later, FLOOD)
    assert relation is Relation.UPDATE
    assert {later.brief.numbers[place].value for place in adds.numbers} >= {36.0}
    assert 0 in adds.points
    (change,) = adds.changes
    assert (change.before, change.direction, change.fate) == ("40 人", "down", "失踪")
    assert later.brief.numbers[change.number].text == "4 人"
    assert "hours=20" in adds.because


def test_within_hours_more_background_is_no_news() -> None:
    longer = told(
        "凌河大坝溃口，40 人失踪：这座坝的来历",
        "凌河大坝周一清晨溃口，当地应急部门表示有 40 人失踪。这座大坝由一家地方水务公司管理。"
        "去年有专家批评它缺少维护，去年曾拨款 3500 万元维修。附近居民多以种植果树为生。",
        hours=3,
    )
    relation, adds = _of(longer, FLOOD)
    assert relation is Relation.DUPLICATE
    assert all(longer.brief.numbers[place].value != 3.5e7 for place in adds.numbers)


LAUNCH = told(
    "北斗智车发布晨星 S1，售价 21.9 万元",
    "北斗智车今日发布晨星 S1，售价 21.9 万元。晨星 S1 的续航里程为 610 公里，四月开始交付。",
)


def test_a_figure_told_otherwise_within_hours_is_a_disagreement_and_no_update() -> None:
    other = told(
        "北斗智车晨星 S1 发布，售价 22.9 万元",
        "北斗智车今日发布晨星 S1，售价 22.9 万元。晨星 S1 的续航里程为 610 公里。",
        hours=2,
    )
    relation, adds = _of(other, LAUNCH)
    assert relation is Relation.DUPLICATE
    assert adds.changes == ()


def test_days_later_the_other_figure_is_what_changed() -> None:
    cheaper = told(
        "北斗智车晨星 S1 降价，售价 18.9 万元",
        "北斗智车宣布晨星 S1 降价，售价 18.9 万元，即日起生效。",
        hours=60,
    )
    relation, adds = _of(cheaper, LAUNCH)
    assert relation is Relation.UPDATE
    (change,) = adds.changes
    assert change == Changed(change.number, "21.9 万元", direction="down")
    assert cheaper.brief.numbers[change.number].text == "18.9 万元"


def test_a_figure_that_is_only_held_against_the_known_one_did_not_change() -> None:
    first = told(
        "青栎科技最快十月上市，估值 2 万亿美元",
        "青栎科技最快十月上市，投资者给出的估值为 2 万亿美元。",
    )
    beside = told(
        "青栎科技的上市要来了",
        "青栎科技估值 2 万亿美元，这比北斗上市前 1.77 万亿美元的估值更高，将刷新纪录。",
        hours=30,
    )
    assert _of(beside, first)[1].changes == ()


def test_of_two_products_of_one_maker_no_price_changed() -> None:
    sibling = told(
        "北斗智车发布晨星 X9，售价 35.8 万元",
        "北斗智车今日发布晨星 X9，售价 35.8 万元。晨星 X9 的续航里程为 720 公里。",
        hours=60,
    )
    assert _of(sibling, LAUNCH)[1].changes == ()


def test_what_is_denied_or_put_off_is_no_repetition() -> None:
    rumour = told(
        "北斗游戏合集的新平台版现身，有望明年发售",
        "一家商店的页面显示，北斗游戏合集的新平台版有望明年发售。合集收录三部作品。",
    )
    denied = told(
        "业内人士驳斥北斗游戏合集新平台版的传闻",
        "业内人士表示，北斗游戏合集新平台版的商店页面是伪造的。合集收录三部作品。",
        hours=70,
    )
    again = told(
        "北斗游戏合集新平台版的传闻被否认",
        "业内人士表示，北斗游戏合集新平台版的商店页面是伪造的。合集收录三部作品。",
        hours=80,
    )
    assert _of(denied, rumour)[0] is Relation.UPDATE
    assert _of(again, rumour, denied)[0] is Relation.DUPLICATE


PLANNED = told(
    "晨星七号飞船计划周五着陆",
    "晨星七号飞船计划于周五傍晚在北港草原着陆。三名航天员已在轨道上工作半年。搜救队伍本周进驻着陆场。",
)


@pytest.mark.parametrize(
    ("before", "title", "text"),
    [
        (PLANNED, "晨星七号飞船安全着陆", "晨星七号飞船傍晚降落在北港草原，三名航天员出舱。"),
        (
            told("北港队今晚迎战凌河队", "足球联赛决赛今晚举行，北港队将迎战凌河队。"),
            "北港队击败凌河队夺冠",
            "足球联赛决赛结束，北港队在主场捧杯。",
        ),
        (
            told("消息称晨星手机有望下月发布", "据爆料，晨星手机有望下月发布，配色曝光。"),
            "晨星手机正式发布",
            "北斗科技在北港举行发布会，晨星手机与公众见面。",
        ),
        (
            told("北港市长被曝受贿，市民抗议", "媒体报道北港市长收受企业礼物，市民上街抗议。"),
            "北港市长辞职",
            "北港市长在记者会上宣布离任，副市长代行职务。",
        ),
        (
            told("北斗科技诉晨星公司案开庭", "北斗科技起诉晨星公司侵犯专利，案件今天开庭。"),
            "法院裁定晨星公司侵权",
            "北港法院认定晨星公司使用了北斗科技的专利，责令其停止销售。",
        ),
        (
            told(
                "Trade talks drag on in Northport",
                "Ministers are struggling to agree on a reform of the trade body in Northport.",
                lang="en",
            ),
            "Trade talks collapse over tariffs",
            "A dispute over tariffs derails agreement on an overhaul of global trade.",
        ),
    ],
)
def test_a_turn_is_news_without_any_figure(before: Account, title: str, text: str) -> None:
    lang = before.lang
    assert _of(told(title, text, 3, lang), before)[0] is Relation.UPDATE
    assert _of(told(title, text, 0.5, lang), before)[0] is Relation.DUPLICATE
    known = told(f"{title}的消息", text, 2, lang) if lang == "zh" else told(title, text, 2, lang)
    assert _of(told(title, text, 9, lang), before, known)[0] is Relation.DUPLICATE


@pytest.mark.parametrize(
    "title",
    [
        "晨星七号飞船将于周五着陆",
        "晨星七号飞船预计周五 3 月 6 日安全着陆",
        "晨星七号着陆时间推后尚未确定",
    ],
)
def test_what_is_only_planned_is_no_turn(title: str) -> None:
    assert turns(title) == frozenset()
    assert turns("晨星七号飞船安全着陆") == {"landed"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        # The same in other words, days later, with a figure that is only rounded otherwise.
        (
            "凌河溃坝失踪者为 40 人",
            "凌河大坝上周一溃口，40 人下落不明，估算损失 3.0396 亿元，当地正在统计受灾农户名单。",
        ),
        ("一座大坝的溃口，敲响了什么警钟？", "凌河溃坝之后，水利专家谈老旧大坝的维护难题。"),
        ("凌河溃坝背后的维护账本", "维护经费常年不足，水务公司的账本里有 12 次推迟的检修。"),
    ],
)
def test_what_is_written_anew_or_made_of_it_days_later_is_no_news(title: str, text: str) -> None:
    first = told(
        "凌河大坝溃口致 40 人失踪", "凌河大坝周一清晨溃口，有 40 人失踪，损失约 3.04 亿元。"
    )
    assert _of(told(title, text, 30), first)[0] is Relation.DUPLICATE


def test_an_answer_to_the_news_is_a_follow_up() -> None:
    answer = told(
        "水务公司回应溃坝质疑：将公开全部检修记录",
        "管理大坝的水务公司发布声明，承认检修存在延误。公司董事长向受灾家庭道歉，并宣布辞职。"
        "检察机关对该公司立案侦查。",
        hours=30,
    )
    relation, adds = _of(answer, FLOOD)
    assert relation is Relation.FOLLOW_UP
    assert len(adds.points) >= 2


@pytest.mark.parametrize(
    ("written", "lang", "known"),
    [
        ("融资 12 亿美元", "zh", True),
        ("raised about $1.2bn", "en", True),
        ("raised $1.2 billion", "en", True),
        ("raised $1.5 billion", "en", False),
        ("融资 12 万美元", "zh", False),
    ],
)
def test_a_figure_is_known_in_any_writing(written: str, lang: str, *, known: bool) -> None:
    story = Told.by([told("Lumen raises $1.2 billion", "Lumen raised $1.2 billion.", lang="en")])
    assert (story.new_figures(written, lang) == ()) is known


def test_across_languages_only_names_and_figures_count() -> None:
    english = told(
        "Lumen raises $1.2 billion",
        "Lumen said on Monday it had raised $1.2 billion from Northgate. The chip maker employs "
        "900 people.",
        lang="en",
    )
    same = told(
        "Lumen 融资 12 亿美元", "芯片公司 Lumen 宣布融资 12 亿美元，投资方为 Northgate。", 9
    )
    more = told(
        "Lumen 融资增至 15 亿美元", "芯片公司 Lumen 宣布融资增至 15 亿美元，新增投资方加入。", 30
    )
    assert _of(same, english)[0] is Relation.DUPLICATE
    assert _of(more, english)[0] is Relation.UPDATE


def test_what_any_of_the_story_told_is_told() -> None:
    first = told("晨星 S1 订单突破 3 万台", "北斗智车称晨星 S1 的订单突破 3 万台。", hours=20)
    again = told("晨星 S1 订单超过 3 万台", "北斗智车表示，晨星 S1 订单超过 3 万台。", hours=30)
    assert _of(first, LAUNCH)[0] is Relation.UPDATE
    assert _of(again, LAUNCH, first)[0] is Relation.DUPLICATE


def _signal(
    number: int, title: str, *points: str, days: int = 0, story: int | None = None
) -> Signal:
    told = tuple(Point(text, (place,), "zh") for place, text in enumerate(points))
    return signal(
        number,
        title,
        brief=brief(title, points=told),
        published_at=NOON + timedelta(days=days),
        story_id=story,
    )


OLD = _signal(1, "北斗智车发布晨星 S1", "晨星 S1 售价 21.9 万元。", "续航里程为 610 公里。")
NEW = _signal(
    2, "北斗智车晨星 S1 交付", "晨星 S1 的售价为 21.9 万元。", "首批三百位车主在凌河提车。", days=9
)


def test_against_a_month_the_first_point_that_nobody_told() -> None:
    first = first_told(NEW, (OLD,))
    assert first is not None
    assert (first.point, first.compared.id) == (1, 1)


@pytest.mark.parametrize(
    "earlier",
    [
        replace(OLD, published_at=NOON - timedelta(days=40)),  # too long ago
        replace(OLD, lang="en"),  # nothing to compare words with
        _signal(3, "央行下调存款准备金率", "释放长期资金。"),  # of something else
    ],
)
def test_where_nothing_is_like_it_nothing_is_said(earlier: Signal) -> None:
    assert first_told(NEW, (earlier,)) is None


def test_its_own_story_is_told_of_elsewhere() -> None:
    assert first_told(replace(NEW, story_id=5), (replace(OLD, story_id=5),)) is None


def test_what_its_own_story_told_is_not_new_in_a_month() -> None:
    own = replace(_signal(4, "晨星 S1 首批交付", "首批三百位车主在凌河提车。", days=8), story_id=5)
    new = replace(NEW, story_id=5)
    assert first_told(new, (OLD,)) is not None
    assert first_told(new, (OLD, own)) is None


def test_names_are_looked_for_before_common_words() -> None:
    words = telling_words("英伟达发布新款 RTX 9090 显卡", brief("英伟达发布新款显卡"))
    assert "英伟达" in words
    assert "9090" not in words
    assert len(words) <= 8


@pytest.mark.parametrize("letters", ["1,", "1 000 ", "a-"])
def test_a_title_without_end_costs_little(letters: str) -> None:
    title = letters * (100_000 // len(letters))
    made = replace(brief("Rain falls", lang="en"), headline=title)
    one, two = (
        account_of(number, None, made, title=title, lang="en", kind=Kind.NEWS, at=NOON)
        for number in (1, 2)
    )
    began = time.process_time()
    assert relate(two, [one])[0] is Relation.DUPLICATE
    assert time.process_time() - began < 1
