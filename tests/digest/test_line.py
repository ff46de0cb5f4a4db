"""An article without a title is told in one line of whole, true clauses."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import digest.condense
from digest.condense import condense
from digest.condense.compress import opening
from digest.condense.compress.chinese import runs
from digest.condense.compress.cutting import balanced
from digest.condense.headline import is_untitled
from digest.condense.line import find_line, is_microblog, line_of, offered
from digest.condense.sentences import look
from digest.condense.steps import model_of
from digest.text.sentences import split_sentences
from tests.digest.articles import article

WEIGHTS = Path(digest.condense.__file__).parent / "weights"
MICROBLOG = (
    "北港的冬天总让人想起热汤。",
    "在连续试营业三个月之后，北港首家机器人食堂把每份午餐降到九元，排队的人绕了两圈。",
    "老板说，机器人食堂不打算开分店。",
)


def of(text: str) -> list[str]:
    return [run.text for run in runs(text)]


@pytest.mark.parametrize("name", ["line_article", "line_microblog"])
def test_weights_are_small_and_speak_of_known_traits(name: str) -> None:
    path = WEIGHTS / f"{name}.json"
    known = offered(look(article("", "".join(MICROBLOG), lang="zh"), ""))[0].traits
    written = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 9000
    assert set(written["steps"]) <= set(known)


def test_every_whole_clause_may_stand_alone() -> None:
    text = "远山公司开出第十家店，北港大学派出志愿者帮忙，市民早早排起长队。"
    assert of(text) == [
        "远山公司开出第十家店。",
        "远山公司开出第十家店，北港大学派出志愿者帮忙。",
        "远山公司开出第十家店，北港大学派出志愿者帮忙，市民早早排起长队。",
        "北港大学派出志愿者帮忙。",
        "北港大学派出志愿者帮忙，市民早早排起长队。",
        "市民早早排起长队。",
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("此前网传北港大桥将收费，该消息不实。", "此前网传北港大桥将收费。"),
        ("北港市政府三次提到同一个词，很大可能是要涨价。", "北港市政府三次提到同一个词。"),
        ("远山公司三次推迟发布新车，其实是缺少芯片。", "远山公司三次推迟发布新车。"),
        ("如果原料继续涨价，远山公司将停产两条生产线。", "远山公司将停产两条生产线。"),
        ("李明认为，北港房价会在明年下跌。", "北港房价会在明年下跌。"),
        ("远山公司完成新一轮裁员，但研发部门没有受到影响。", "远山公司完成新一轮裁员。"),
        ("远山公司发布新款汽车，售价比上一代低一万元。", "售价比上一代低一万元。"),
        ("北港大学公布录取名单，其中外地学生占了一半。", "其中外地学生占了一半。"),
        ("市民申请补贴，需先在网上登记身份信息。", "市民申请补贴。"),
        ("付清全款之后，北港市民可以领到钥匙。", "北港市民可以领到钥匙。"),
        ("两名嫌疑人分别因涉嫌盗窃罪，被北港警方批准逮捕。", "两名嫌疑人分别因涉嫌盗窃罪。"),
        ("北港交通局会同五家单位，首次检查了全部渡轮。", "北港交通局会同五家单位。"),
        ("读者对纸价上涨的担忧，倒逼着出版社改用薄纸。", "读者对纸价上涨的担忧。"),
        ("远山公司的总兵力为：工人三百名，司机五十名。", "远山公司的总兵力为：工人三百名。"),
        ("研究员李明在网上发布推文，称新版系统已经可用。", "研究员李明在网上发布推文。"),
        (
            "晨星报称，一名拥有百万粉丝的农业博主，被北港警方带走。",
            "晨星报称，一名拥有百万粉丝的农业博主。",
        ),
        ("北港旧城区的更新改造，正在带来新的客流。", "北港旧城区的更新改造。"),
        ("他表示，远山公司账目齐全，北港工厂没有停产过。", "北港工厂没有停产过。"),
        ("北港大桥到底能用多少年，一直没有定论。", "北港大桥到底能用多少年。"),
        ("远山公司减少夜班，绝不是为了节省开支。", "远山公司减少夜班。"),
        ("要进入北港大厅，市民必须出示身份证件。", "市民必须出示身份证件。"),
    ],
)
def test_clauses_that_would_mislead_alone_do_not_stand_alone(text: str, wrong: str) -> None:
    assert text in of(text)
    assert wrong not in of(text)


def test_who_said_it_comes_with_a_later_clause() -> None:
    text = "北港大学教授李明表示，今年雨水偏多，水库蓄水已达九成。"
    assert "北港大学教授李明表示，水库蓄水已达九成。" in of(text)
    assert not any(run.startswith("水库") for run in of(text))


def test_as_many_first_clauses_as_have_room_open_a_sentence() -> None:
    text = "远山公司开出第十家店，北港大学派出志愿者帮忙，市民早早排起长队。"
    assert opening(text, "zh", lambda one: len(one) <= 24) == (
        "远山公司开出第十家店，北港大学派出志愿者帮忙。"
    )
    assert opening(text, "zh", lambda one: len(one) <= 8) == ""
    assert opening("The firm opened a shop, the school sent help.", "en", lambda _: True) == ""
    denied = "此前网传北港大桥从下月一日起收费，该消息不实。"
    assert opening(denied, "zh", lambda one: len(one) <= 20) == ""


def test_a_link_to_the_sentence_before_goes() -> None:
    assert of("但北港大桥没有按期通车。") == ["北港大桥没有按期通车。"]


def test_the_line_of_a_microblog_is_found_behind_its_opening() -> None:
    source = article("", "".join(MICROBLOG), lang="zh")
    reading = look(source, "")
    line = find_line(reading)
    assert is_microblog(reading)
    assert line is not None
    assert "机器人食堂" in line.text
    assert balanced(line.text)
    assert line.text.rstrip("。") in reading.sentences[line.evidence[0]].text


def test_a_report_is_no_microblog() -> None:
    source = article("", "晨星网 3 月 4 日消息，北港科技今日发布新一代芯片。", lang="zh")
    assert not is_microblog(look(source, ""))
    assert line_of(source) == "北港科技发布新一代芯片。"


def test_other_weights_choose_otherwise() -> None:
    source = article("", "".join(MICROBLOG), lang="zh")
    steps = {"place": {"edges": [0.5, 1.5], "sums": [0.0, 0.1, 0.9]}}
    last = model_of({"base": 0.1, "steps": steps})
    first = model_of({"base": 0.9, "steps": {"place": {"edges": [0.5], "sums": [0.0, -0.8]}}})
    assert line_of(source, last) == MICROBLOG[2]
    assert line_of(source, first) == MICROBLOG[0]


def poised(text: str) -> dict[str, float]:
    return {one.text: one.poise for one in offered(look(article("", text, lang="zh"), ""))}


@pytest.mark.parametrize(
    ("alone", "leaning"),
    [
        ("业内人士称，收购有助于补上海运短板。", "业内人士称，此举有助于补上海运短板。"),
        ("港务局的应用已有十万注册用户。", "该应用目前已有十万注册用户。"),
        ("远山公司拿到首张海运牌照。", "后者去年拿到首张海运牌照。"),
        ("北港大桥为什么推迟三年通车？", "北港大桥推迟通车，你怎么看？"),
        ("远山公司就收购发布全部数字。", "远山公司就收购发布最新公告。"),
        ("远山公司董事长接受采访时落泪。", "远山公司董事长接受本报采访。"),
        ("北港市政府举行龙舟大赛。", "北港市政府举行新闻发布会。"),
        ("专家表示，房价还会上涨。", "北港的专家王远表示，涨。"),
    ],
)
def test_what_says_little_without_the_rest_loses_half(alone: str, leaning: str) -> None:
    before = "远山公司昨日买下北港船厂七成股份。"
    worth = poised(f"{before}{alone}{leaning}")
    assert worth[leaning] <= worth[alone] / 2


def test_what_points_to_a_name_in_the_line_stands() -> None:
    line = "北京今年新开十家店，这一数字超过去年。"
    assert poised("冬天来了，热汤好卖。" + line)[line] == 1


def test_runs_are_held_against_the_one_that_repeats_most() -> None:
    rows = [one.traits for one in offered(look(article("", "".join(MICROBLOG), lang="zh"), ""))]
    behind = [row["told_elsewhere_behind"] for row in rows]
    most = max(row["told_elsewhere"] for row in rows)
    assert min(behind) == 0
    assert behind == [most - row["told_elsewhere"] for row in rows]
    assert max(behind) > 0


def test_an_endless_sentence_gives_its_leading_clauses() -> None:
    text = "北港科技今日发布新一代芯片，" + "性能又提升了一倍而功耗没有变化，" * 12 + "下月开售。"
    line = line_of(article("", text, lang="zh"))
    assert 0 < len(line) < 100
    assert line_of(article("", lang="zh")) == ""
    assert line_of(article("", "The harbour opened a second terminal.", lang="en")) == ""


@pytest.mark.parametrize(
    ("title", "untitled"),
    [
        ("", True),
        ("……", True),
        ("北港的冬天总让人想起热汤。在连续试营业三个月之后，北港首家机器人食堂把每…", True),
        ("".join(MICROBLOG), True),
        ("北港的冬天总让人想起热汤", False),
        ("机器人食堂降价", False),
        ("机器人食堂降价了…", False),
    ],
)
def test_a_title_that_is_only_how_the_text_begins_is_none(title: str, *, untitled: bool) -> None:
    source = article(title, "".join(MICROBLOG), lang="zh")
    assert is_untitled(source, title) is untitled
    brief = condense(source)
    own = brief.headline == title
    assert own is not untitled
    if untitled:
        assert brief.headline == line_of(source).removesuffix("。")
        assert "…" not in brief.headline


@pytest.mark.parametrize(
    "piece", ["据说，", "（", "，", "，因为", "3 月 4 日，", "但是，北港说，"]
)
def test_hostile_texts_take_no_time(piece: str) -> None:
    text = piece * (1900 // len(piece)) + "。"
    started = time.process_time()
    line_of(article("", text, lang="zh"))
    assert time.process_time() - started < 2


PIECES = st.lists(
    st.sampled_from(
        ["北港", "科技", "发布", "，", "，但", "。", "“", "”", "（", "）", "：", "表示，", "不",
         "1.5", "；", "如果", "的", "新一代芯片", "——", "《", "》", "被", "A股", "\u200b"]
    ),
    max_size=30,
)  # fmt: skip


@given(PIECES)
def test_lines_are_the_articles_own_words(pieces: list[str]) -> None:
    text = "".join(pieces)
    line = line_of(article("", *split_sentences(text, "zh"), lang="zh"))
    letters = iter(letter for letter in text if letter.isalnum())
    assert all(letter in letters for letter in line if letter.isalnum())
    assert balanced(line) or not balanced(text)
