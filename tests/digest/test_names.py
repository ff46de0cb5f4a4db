"""Names by rules, capitals, segmentation and gazetteer."""

import pytest

from digest.condense import condense
from digest.condense.gazetteer import standard, taught
from digest.condense.names import find_names, names_in
from digest.condense.sentences import look
from digest.condense.teaching import taught_by
from digest.model import Article, NameSeen
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, article


def names(source: Article) -> dict[str, str]:
    return {name.text: name.kind for name in find_names(look(source, source.title), source.title)}


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The team released Qwen-Image-2.0 on Monday.", "Qwen-Image-2.0", "product"),
        ("Developers can call GPT-5.1 mini from today on.", "GPT-5.1 mini", "product"),
        ("The laptop runs on an M4 Max with two fans.", "M4 Max", "product"),
        ("He compared Claude Opus 4.5 with an older one.", "Claude Opus 4.5", "product"),
        ("A court in Dresden fined Nvidia over old cards.", "Nvidia", "company"),
        ("The European Commission refused the plan.", "European Commission", "institution"),
        ("Shares of Halden Robotics rose in the morning.", "Halden Robotics", "company"),
        ("It was built, Mara Lindqvist said, in a garage.", "Mara Lindqvist", "person"),
        ("The plan of President Lindqvist was refused.", "Lindqvist", "person"),
        ("研究人员在 iPhone 17 Pro 上测试了新的离线模型和接口。", "iPhone 17 Pro", "product"),
        ("这款手机搭载骁龙 8 Gen 5 处理器，并支持快速充电。", "骁龙 8 Gen 5", "product"),
        ("英伟达本周公布了新的显卡路线图和供货安排。", "英伟达", "company"),
        ("公司由智谱与清华大学共同成立，总部位于临海。", "清华大学", "institution"),
    ],
)
def test_a_name_is_found_with_its_sort(text: str, name: str, kind: str) -> None:
    assert names(article("Title", text))[name] == kind


@pytest.mark.parametrize(
    "text",
    [
        "However, nothing was said about it by any of them in the hall.",
        "Prices of houses fell in the town after the storm had gone.",
        "The Company said on Monday that In March it will open again.",
    ],
)
def test_words_that_only_begin_a_sentence_are_none(text: str) -> None:
    assert not set(names(article("Prices Fall In Town", text))) & {
        "However", "Prices", "Company", "In", "Monday", "March", "The Company",
    }  # fmt: skip


def test_a_number_with_its_unit_is_no_version() -> None:
    found = names(article("Title", "It sold Halo 300 million times and Norvex 5 percent more."))
    assert "Halo 300" not in found
    assert "Norvex 5" not in found
    chinese = names(article("标题", "小米 17 日宣布，谷歌 20% 的员工转岗，华为 3 款手机降价。"))
    assert not {"小米 17", "谷歌 20", "华为 3"} & set(chinese)


@pytest.mark.parametrize("source", [LAUNCH_EN, LAUNCH_ZH], ids=["en", "zh"])
def test_every_name_stands_in_the_sentences_it_is_given(source: Article) -> None:
    sentences = [one.text for one in source.sentences]
    found = find_names(look(source, source.title), source.title)
    assert found
    for name in found:
        assert all(name.text in sentences[place] for place in name.sentences)


def test_the_owner_and_the_owned_are_two() -> None:
    found = names(article("Title", "Analysts praised Apple's Tim Cook for the plan in the end."))
    assert found["Apple"] == "company"
    assert found["Tim Cook"] == "person"


def test_headlines_give_only_what_is_certain() -> None:
    assert names_in("OpenAI Cuts Price Of GPT-5.1 mini In Old Europe") == {
        "OpenAI",
        "GPT-5.1 mini",
    }
    assert names_in("微软发布新工具") == {"微软"}


def test_what_was_taught_joins_the_standard_names_and_overrules_none() -> None:
    gazetteer = taught(
        [
            NameSeen("Halden", "company", "哈尔登"),
            NameSeen("青栎", "company"),
            NameSeen("微软", "product"),
        ]
    )
    known = gazetteer.get("哈尔登")
    assert known is not None
    assert (known.latin, known.kind, known.zh) == ("Halden", "company", "哈尔登")
    assert gazetteer.get("Halden") == known
    assert [spelling for _, spelling in gazetteer.chinese_in("青栎发布新品")] == ["青栎"]
    assert gazetteer.get("微软") == standard().get("微软")
    assert standard().get("Halden") is None


def test_a_learned_name_counts_at_the_beginning_of_a_sentence() -> None:
    source = article("Title", "Halden opened a second plant in the north last summer.")
    reading = look(source, source.title)
    assert "Halden" not in {name.text for name in find_names(reading)}
    gazetteer = taught([NameSeen("Halden", "company")])
    assert "Halden" in {name.text for name in find_names(reading, gazetteer=gazetteer)}


def test_a_learned_pair_names_the_company_in_chinese_above_a_foreign_headline() -> None:
    source = article(
        "Halden opens a second plant",
        "Halden opened a second plant in the north. The plant of Halden has 400 workers.",
    )
    assert condense(source).frame == ()
    gazetteer = taught([NameSeen("Halden", "company", "哈尔登")])
    assert condense(source, gazetteer).frame == ("哈尔登 Halden",)


def test_chinese_keywords_keep_a_learned_name_whole() -> None:
    source = article(
        "月岭之面发布新模型", "月岭之面今天发布新模型。月岭之面称，模型已经开放下载。", lang="zh"
    )
    gazetteer = taught([NameSeen("月岭之面", "company")])
    assert "月岭之面" not in condense(source).keywords
    assert condense(source, gazetteer).keywords[0] == "月岭之面"


def test_names_with_a_number_and_in_quotation_marks_are_whole_in_chinese() -> None:
    probe = article(
        "嫦娥七号完成转运", "嫦娥七号今天完成转运。嫦娥七号将飞往月球南极。", lang="zh"
    )
    assert "嫦娥七号" in condense(probe).keywords
    maker = article(
        "“青栎未知”完成超亿元融资", "运动科技公司“青栎未知”宣布完成超亿元融资。", lang="zh"
    )
    assert "青栎未知" in condense(maker).keywords


def lesson(*paragraphs: str) -> dict[str, NameSeen]:
    source = article("一则消息", *paragraphs, lang="zh")
    reading = look(source, source.title)
    return {one.text: one for one in taught_by(reading, source.title, find_names(reading))}


@pytest.mark.parametrize(
    ("text", "name", "pair"),
    [
        ("昨天，与芯原微（Xinyuan Micro）签约的公司有三家。", "芯原微", "Xinyuan Micro"),
        ("公司“青栎未知”（Qingli Unknown）今天开业。", "青栎未知", "Qingli Unknown"),
        ("今天，林珊娜（Shanna Lin，董事）出席了仪式。", "林珊娜", "Shanna Lin"),
        ("Norvex（诺维柯斯）今天开业。", "诺维柯斯", "Norvex"),
        ("菲吉·西莫（Fiji Simo）今天出席了会议。", "菲吉·西莫", "Fiji Simo"),
    ],
)
def test_both_spellings_of_a_name_are_learned(text: str, name: str, pair: str) -> None:
    found = lesson(text)
    assert found[name].pair == pair
    assert found[pair].pair == name


@pytest.mark.parametrize(
    "text",
    [
        "该技术属于人工智能（AI）的一种，用途很多。",
        "公司位于美国（USA）的东部，人数不多。",
        "报告引用了国内生产总值（GDP）的数据。",
        "微软（Microsoft）今天没有回应。",
        "装机共五吉瓦（GW），明年并网。",
    ],
)
def test_common_words_places_and_known_names_are_not_learned(text: str) -> None:
    assert not [one for one in lesson(text).values() if one.pair]
