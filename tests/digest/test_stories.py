from dataclasses import replace
from datetime import timedelta

from digest.model import Relation
from digest.stories import StoryItem, text_fingerprint
from digest.stories.index import StoryIndex
from tests.digest.articles import LAUNCH_EN, NOW, article


def item(
    number: int,
    title: str,
    lead: str = "",
    *,
    lang: str = "zh",
    hours: float = 0,
    keywords: tuple[str, ...] = (),
    numbers: tuple[str, ...] = (),
) -> StoryItem:
    return StoryItem(
        number, number, title, lead, lang, keywords, numbers, NOW + timedelta(hours=hours), 50
    )


QUAKE = item(
    1,
    "青川发生 6.1 级地震，已启动二级应急响应",
    "5 月 12 日上午，青川县发生 6.1 级地震，震源深度 10 公里。"
    "当地已启动二级应急响应，救援队伍正赶往震中。",
    keywords=("青川", "地震"),
    numbers=("6.1 级",),
)


def index_with(*items: StoryItem) -> StoryIndex:
    index = StoryIndex()
    for number in range(30):
        index.add(item(1000 + number, f"第 {number} 号无关消息：市场今日平稳运行", hours=-1))
    for one in items:
        index.add(one)
    return index


def test_the_same_text_again_is_a_duplicate() -> None:
    placement = index_with(QUAKE).place(replace(QUAKE, signal_id=2, at=NOW + timedelta(hours=1)))
    assert (placement.story_of, placement.relation) == (1, Relation.DUPLICATE)
    assert placement.similarity > 0.9


def test_another_outlet_at_once_is_a_duplicate_and_later_figures_are_an_update() -> None:
    lead = (
        "青川县发生 6.1 级地震，震源深度 10 公里，救援队伍已抵达震中，"
        "当地启动二级应急响应，部分道路中断。"
    )
    soon = item(2, "青川 6.1 级地震：救援队伍赶往震中", lead, hours=1, keywords=("青川", "地震"))
    later = item(
        3,
        "青川 6.1 级地震已致 12 人受伤，应急响应提升",
        lead + "目前已有 12 人受伤。",
        hours=9,
        keywords=("青川", "地震"),
        numbers=("12 人",),
    )
    index = index_with(QUAKE)
    first = index.place(soon)
    assert (first.story_of, first.relation) == (1, Relation.DUPLICATE)
    index.add(replace(soon, story_id=1))
    second = index.place(later)
    assert second.story_of in {1, 2}
    assert second.relation == Relation.UPDATE


def test_one_sentence_about_two_companies_is_two_events() -> None:
    one = item(
        1,
        "青栎科技 2026 年一季度净利润 4.05 亿元，同比下降 14.73%",
        "青栎科技发布一季度财报，净利润 4.05 亿元。",
        keywords=("青栎科技", "净利润"),
    )
    two = item(
        2,
        "远山电子 2026 年一季度净利润 13.10 亿元，同比下降 46.58%",
        "远山电子发布一季度财报，净利润 13.10 亿元。",
        keywords=("远山电子", "净利润"),
    )
    assert index_with(one).place(two).story_of is None


def test_unlike_things_roundups_and_old_events_stand_alone() -> None:
    index = index_with(QUAKE)
    assert index.place(item(2, "青栎科技发布新芯片", "青栎科技发布了新芯片。")).story_of is None
    roundup = item(3, "晚报｜青川发生 6.1 级地震；青栎科技发布新芯片", "今日要闻汇总。")
    assert index.place(roundup).story_of is None
    old = replace(QUAKE, signal_id=4, at=NOW + timedelta(days=9))
    assert index.place(old).story_of is None


def test_across_languages_names_figures_and_meanings_carry_over() -> None:
    zh = item(
        1,
        "Norvex 发布 Halo-3 芯片，功耗 4.2 瓦",
        "Norvex 今日在发布会上公布 Halo-3 芯片，并宣布完成 12.5 亿美元融资。",
        keywords=("Norvex", "Halo-3"),
        numbers=("12.5 亿美元", "4.2 瓦"),
    )
    en = item(
        2,
        "Norvex unveils Halo-3 chip that draws 4.2 watts",
        "Norvex on Tuesday unveiled the Halo-3 chip and said it had raised $1.25 billion.",
        lang="en",
        hours=2,
        keywords=("Norvex", "Halo-3"),
        numbers=("$1.25 billion", "4.2 watts"),
    )
    other = replace(
        en, title="Norvex founder steps down", lead_text="He leaves in May.", numbers=()
    )
    assert index_with(zh).place(en).story_of == 1
    assert index_with(en).place(replace(zh, signal_id=3)).story_of == 2
    assert index_with(zh).place(other).story_of is None
    assert index_with(zh).place(replace(en, at=NOW + timedelta(days=8))).story_of is None


def test_what_is_forgotten_is_found_no_more() -> None:
    index = index_with(QUAKE)
    size = len(index)
    index.forget_before(NOW - timedelta(minutes=1))
    assert len(index) == size - 30
    index.forget_before(NOW + timedelta(minutes=1))
    assert len(index) == 0
    assert index.place(replace(QUAKE, signal_id=2)).story_of is None


def test_an_item_is_no_story_of_its_own_and_may_be_replaced() -> None:
    index = index_with(QUAKE)
    assert index.place(QUAKE).story_of is None
    index.add(replace(QUAKE, title="更正后的标题"))
    assert index.place(replace(QUAKE, signal_id=2)).story_of == 1


def test_what_an_editor_took_out_stays_out_and_so_do_its_copies() -> None:
    split_off = replace(QUAKE, signal_id=2, story_id=2, at=NOW + timedelta(hours=1))
    index = index_with(QUAKE, split_off)
    assert index.place(replace(QUAKE, signal_id=3, story_id=None)).story_of in {1, 2}
    index.keep_apart(2, 1)
    assert index.place(split_off).story_of is None
    assert index.place(replace(QUAKE, signal_id=3, story_id=None)).story_of == 2


def test_empty_titles_are_alike_to_nothing() -> None:
    index = index_with(item(1, ""), item(2, "🙂"))
    assert index.place(item(3, "")).story_of is None


def test_a_fingerprint_is_equal_for_the_same_text_with_other_furniture() -> None:
    again = replace(
        LAUNCH_EN,
        url="https://other.example/",
        title="Another title",
        paragraphs=(("By Someone Else",), *LAUNCH_EN.paragraphs[1:-1], ("Follow us on X now.",)),
    )
    assert text_fingerprint(again) != text_fingerprint(article("Other", "Other text."))
    plain = replace(LAUNCH_EN, paragraphs=LAUNCH_EN.paragraphs[1:-1])
    assert text_fingerprint(plain) == text_fingerprint(LAUNCH_EN)
    assert len(text_fingerprint(plain)) == 32
    assert text_fingerprint(article("A", lang="en")) != text_fingerprint(article("B", lang="en"))
