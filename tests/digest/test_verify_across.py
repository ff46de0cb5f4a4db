"""Chinese about an English text: numbers and names in the sentence that the statement rests on."""

import pytest

from digest.verify import SourceText, check_translation
from digest.verify.alignment import Alignment

HARBOUR = SourceText(
    [
        "The port of Velmara handled 420 ships in March 2031, the harbour master said on Monday.",
        "Fishermen caught 75 tonnes of herring in one week and sold it in France.",
        "A new hospital with 310 beds will open in 2034, two years later than planned.",
        "The hospital's director, Ana Brisk, hired 15 nurses in Germany.",
        "Tilda Kovarin, the mayor, met students of Ostrava College on Thursday.",
        "Since then 90 students have left the college, 12 per cent of all.",
    ],
    "en",
)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("一所拥有 420 张床位的新医院将于 2034 年开业。", "420 张"),
        ("一所拥有 310 张床位的新医院将于 2031 年开业。", "2031 年"),
        ("渔民一周捕获 310 吨鲱鱼。", "310 吨"),
        ("市长周一会见了学院的学生。", "周一"),
        ("医院院长雇用了 12 名护士。", "12 名"),
    ],
)
def test_a_number_of_another_sentence_is_different(statement: str, text: str) -> None:
    wrong = [(f.text, f.verdict) for f in HARBOUR.check(statement).findings if not f.holds]
    assert (text, "different") in wrong


@pytest.mark.parametrize(
    "statement",
    [
        "一所拥有 310 张床位的新医院将于 2034 年开业。",
        "渔民一周捕获 75 吨鲱鱼，港口 3 月接待 420 艘船。",
        "新医院有 310 张床位，院长在德国雇用了 15 名护士。",
        "市长周四会见了学院的学生，此后 90 名学生离开，占 12%。",
        "港口负责人周一表示，2031 年 3 月有 420 艘船，医院将于 2034 年开业。",
    ],
)
def test_a_statement_may_join_sentences(statement: str) -> None:
    assert [f for f in HARBOUR.check(statement).findings if not f.holds] == []


def test_one_number_stands_for_one() -> None:
    source = SourceText(["Sales rose from 60 million to 70 million euros in Spain."], "en")
    assert source.check("西班牙销售额从 6000 万升至 7000 万欧元。").supported
    assert not source.check("西班牙销售额从 7000 万升至 7000 万欧元。").supported


def test_what_a_statement_claims_to_rest_on_decides_where_words_do_not() -> None:
    source = SourceText(["It cost 40 euros.", "Her bag weighed a lot.", "It cost 55 euros."], "en")
    assert source.check("花费 55 欧元。", evidence=(2,)).supported
    assert not source.check("花费 55 欧元。", evidence=(0,)).supported


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("医院院长 Tilda Brisk 雇用了护士。", "Brisk"),  # two persons made one
        ("学院由 Since 领导。", "Since"),  # the text has the word, but no such name
    ],
)
def test_latin_words_of_the_text_that_are_no_such_name(statement: str, name: str) -> None:
    assert name in {f.text for f in HARBOUR.check(statement).findings if not f.holds}


def test_latin_names_in_their_place_are_found() -> None:
    told = "院长 Ana Brisk 和市长 Tilda Kovarin 访问 Ostrava College，并使用 App。"
    source = SourceText([*HARBOUR.sentences, "Visitors need an app."], "en")
    assert [f for f in source.check(told).findings if not f.holds] == []
    skin = SourceText(["She sells skin potion online and they tweeted it."], "en")
    assert skin.check("她在网上销售 SkinPotion。").supported


def test_sentences_are_found_in_both_directions() -> None:
    english = Alignment(HARBOUR.sentences)
    told = "一周内在法国出售"
    assert english.home(told, english.clues(told), (0, 0), (), ()) == 1
    chinese = Alignment(["市长会见了学生。", "医院获得研究资金，费用下降。", "今天下雨。"])
    told = "The hospital received research funds"
    assert chinese.home(told, chinese.clues(told), (0, 0), (), ()) == 1


def _refused(original: str, translated: str) -> set[str]:
    found = check_translation(original, translated, source="en", target="zh")
    return {it.text for it in found if not it.holds}


@pytest.mark.parametrize(
    ("original", "translated", "added"),
    [
        ("The US Treasury sold bonds.", "印度财政部出售债券。", "印度"),
        ("Talks between Paris and Berlin failed.", "意大利与德国的谈判失败。", "意大利"),
        ("Congress passed the bill.", "巴西国会通过了该法案。", "巴西"),
        ("France and Italy signed it.", "法国和日本签署了它。", "日本"),
    ],
)
def test_another_country_is_refused(original: str, translated: str, added: str) -> None:
    assert added in _refused(original, translated)


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("Congress passed the bill.", "美国国会通过了该法案。"),
        ("Madrid called the vote illegal.", "西班牙政府称投票非法。"),
        ("President Erdogan's visit ended.", "土耳其总统埃尔多安的访问结束。"),
        ("Developing economies borrowed more.", "发展中国家借款更多。"),
        ("It reminded people of old songs.", "它让人联想到老歌。"),
        ("The government paid.", "波兰政府付了款。"),
        ("The Dane won.", "这名丹麦人获胜。"),
    ],
)
def test_a_translator_may_say_whose_it_is(original: str, translated: str) -> None:
    assert _refused(original, translated) == set()


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("He is 6-foot-6 tall.", "他身高 6 英尺 6 英寸。"),
        ("I am 5 ft 6 inches tall.", "我身高 5 英尺 6 英寸。"),
        ("He led it from 1981-87.", "1981 年至 1987 年他领导它。"),
        ("The victim, in his 40s, was shot.", "受害者 40 多岁，遭枪击。"),
        ("It opens at 5.30pm on Friday.", "周五下午 5 点 30 分开放。"),
        ("He must quarantine for 14 days.", "他须隔离两周。"),
        ("They found twin 10-month-old babies.", "他们发现十个月大的双胞胎。"),
        ("Between 30 and 43 percent would vote.", "百分之 30 至 43 的人会投票。"),
        ("It had 1.7 million four years ago.", "4 年前有 170 万。"),
        ("We help you 24 hours a day.", "我们全天候帮助您。"),
        ("She ordered two dozen eggs.", "她订了 24 个鸡蛋。"),
        ("I dreaded it whenever May came.", "每到 5 月我都害怕。"),
        ("The coach changed half of the starting XV.", "教练换掉了首发 15 人中的一半。"),
        ("Chapters XIX and IV were lost.", "第 19 章和第 4 章已佚。"),
        ("Revenue for FY24 rose.", "2024 财年收入上升。"),
        ("The SS19 coats were shown in Milan.", "2019 年春夏系列的大衣在米兰展出。"),
        ("The keeper is 6-foot-6 tall.", "门将身高 6 尺 6 吋。"),
    ],
)
def test_forms_of_numbers_answer_to_each_other(original: str, translated: str) -> None:
    assert _refused(original, translated) == set()


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("He led it from 1981-87.", "1981 年至 1988 年他领导它。"),
        ("The victim, in his 40s, was shot.", "受害者 50 多岁，遭枪击。"),
        ("It was built in the 1880s.", "它建于 20 世纪 80 年代。"),
        ("It was founded in 2018.", "它成立于 2020 年。"),  # no rounding of years
        ("The park has 550 acres.", "公园占地 221.7 公顷。"),
        ("Gusts of up to 85mph are expected.", "预计阵风时速达 84 英里。"),
        ("He is 6-foot-6 tall.", "他身高 6 英尺 5 英寸。"),
        ("The keeper is 6-foot-6 tall.", "门将身高 6 尺 5 吋。"),
        ("The coach changed half of the starting XV.", "教练换掉了首发 14 人中的一半。"),
        ("Chapters XIX and IV were lost.", "第 21 章和第 4 章已佚。"),
        ("Revenue for FY24 rose.", "2023 财年收入上升。"),
        ("She scored five points.", "她得了 4 分。"),
        ("It runs on a battery for a day.", "它支持 1 款手机。"),
        ("It ran there for the first time.", "它支持 1 款手机。"),
        ("Twice a day I rub it for 2 minutes.", "每天两次，揉 2 小时。"),
        ("They raised 12 million euros.", "他们筹集了 1\u200b20 万欧元。"),
        ("They raised 12 million euros.", "他们筹集了１３００万欧元。"),
    ],
)
def test_and_others_do_not(original: str, translated: str) -> None:
    assert _refused(original, translated)


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("Even if you don't know it you can make a new one.", "即使忘了，也可以新建。"),
        ("I had to go out and buy it.", "我不得不出去买。"),
        ("Could you two take this man away?", "你们两个能不能把这个人带走？"),
        ("Untold millions have it.", "有数百万人安装了它，结果未能得知。"),
        ("It didn't take long to see it.", "很快就看到了。"),
        ("The key vote is due no later than Friday.", "关键投票最晚在周五举行。"),
        ("They formed a club instead of a firm.", "他们成立的是俱乐部，不是公司。"),
        ("The dog ran more than 40 miles.", "狗跑了 40 多英里。"),
        ("It has nearly 40 employees.", "它有近 40 名员工。"),
        ("Customers seem to refuse it.", "顾客似乎不接受它。"),
    ],
)
def test_a_right_translation_may_deny_in_its_own_way(original: str, translated: str) -> None:
    assert _refused(original, translated) == set()


@pytest.mark.parametrize(
    ("original", "translated"),
    [
        ("The firm will open a new plant here.", "该公司不会在这里开设新工厂。"),
        ("The firm did not open the plant.", "该公司开设了工厂。"),
        ("Members can apply for a loan.", "成员无法申请贷款。"),
        ("The dog ran more than 40 miles.", "狗跑了不到 40 英里。"),
        ("It has fewer than 40 employees.", "它有超过 40 名员工。"),
        ("Sales rose by 5 percent.", "销售额下跌 5%。"),
        ("The pace slowed in May.", "5 月速度加快。"),
    ],
)
def test_a_translation_that_says_the_contrary_is_refused(original: str, translated: str) -> None:
    assert any(
        f.kind == "direction" and not f.holds
        for f in check_translation(original, translated, source="en", target="zh")
    )


@pytest.mark.parametrize(
    ("statement", "turned"),
    [
        ("拥有 310 张床位的新医院不会在 2034 年开业。", True),
        ("拥有 310 张床位的新医院将于 2034 年开业。", False),
        ("此后，超过 12% 的学生、90 名学生没有离开学院。", True),
    ],
)
def test_a_clause_is_compared_with_the_sentence_that_it_is_told_from(
    statement: str, turned: bool
) -> None:
    found = [f for f in HARBOUR.check(statement).findings if f.kind == "direction"]
    assert bool(found) is turned


@pytest.mark.parametrize(
    ("english", "chinese", "holds"),
    [
        ("The round was not without doubts.", "这轮融资受到一些质疑。", True),
        ("The round was not without doubts.", "这轮融资并非没有质疑。", True),
        ("The round was not without doubts.", "该轮融资没有被质疑。", False),
        ("The plan was not without its critics.", "该计划没有受到批评。", False),
        ("There is no shortage of buyers.", "买家很多。", True),
        ("There is no shortage of buyers.", "没有买家。", False),
        ("The plan was approved.", "该计划没有获批。", False),
    ],
)
def test_two_denials_say_yes(english: str, chinese: str, holds: bool) -> None:
    found = check_translation(english, chinese, source="en", target="zh")
    assert all(finding.holds for finding in found) is holds


REVENUE = SourceText(
    [
        "Larkspur's revenue rose 12% in March.",
        "Its costs fell, but wages went up.",
        "The plant in Velmara was not sold.",
    ],
    "en",
)


@pytest.mark.parametrize(
    ("told", "place", "holds"),
    [
        ("3月营收增长12%。", 0, True),
        ("3月营收下降12%。", 0, False),
        ("成本下降，工资上涨。", 1, True),
        ("工厂没有出售。", 2, True),
        ("3月营收没有增长。", 0, False),
    ],
)
def test_a_named_sentence_decides_where_a_statement_goes(
    told: str, place: int, holds: bool
) -> None:
    found = REVENUE.check(told, evidence=(place,)).findings
    assert all(one.verdict != "different" for one in found) is holds


def test_an_only_sentence_is_what_a_statement_rests_on() -> None:
    only = SourceText(["Revenue rose in March."], "en")
    assert only.check("3月营收上升。").supported
    assert not only.check("3月营收下降。").supported
