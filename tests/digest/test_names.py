"""Names by rules, capitals, segmentation and gazetteer."""

import pytest

from digest.condense.gazetteer import growing, standard
from digest.condense.names import find_names, names_in
from digest.condense.sentences import look
from digest.model import Article
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


def test_a_gazetteer_grows_from_two_articles_and_the_standard_one_does_not() -> None:
    gazetteer = growing()
    gazetteer.learn([("Halden", "company"), ("青栎", "company")])
    assert gazetteer.get("Halden") is None
    gazetteer.learn([("Halden", "company"), ("青栎", "company")])
    known = gazetteer.get("Halden")
    assert known is not None
    assert known.kind == "company"
    assert [spelling for _, spelling in gazetteer.chinese_in("青栎发布新品")] == ["青栎"]
    assert ("Halden", "company", 2) in gazetteer.learned()
    assert standard().get("Halden") is None


def test_a_learned_name_counts_at_the_beginning_of_a_sentence() -> None:
    source = article("Title", "Halden opened a second plant in the north last summer.")
    reading = look(source, source.title)
    gazetteer = growing()
    assert "Halden" not in {name.text for name in find_names(reading)}
    for _ in range(2):
        gazetteer.learn([("Halden", "company")])
    assert "Halden" in {name.text for name in find_names(reading, gazetteer=gazetteer)}
