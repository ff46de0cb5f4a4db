"""Sentences are made shorter by deletions only, and only where nothing that is said goes."""

import gzip
import json
import os
import re
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.condense.compress import compress, headline_clause
from digest.condense.compress.cutting import balanced
from digest.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("晨星网 3 月 4 日消息，北港科技今日发布新一代芯片。", "北港科技今日发布新一代芯片。"),
        ("据晨星社报道，北港科技今日发布新一代芯片。", "北港科技今日发布新一代芯片。"),
        ("晨星社北港3月4日电（记者李明）新一代芯片今日发布。", "新一代芯片今日发布。"),
        ("记者从北港市交通局获悉，新地铁今日开通运营。", "新地铁今日开通运营。"),
        ("北港科技（North Harbour）发布新一代芯片。", "北港科技发布新一代芯片。"),
        ("该机售价 599 元（约合 84 美元），下月开售。", "该机售价 599 元，下月开售。"),
        ("这款芯片 8 月 24 日 10 点开售（点击前往）。", "这款芯片 8 月 24 日 10 点开售。"),
        (
            "男子要取五十万，但银行说要提前预约。（晨星晚报）",
            "男子要取五十万，但银行说要提前预约。",
        ),
    ],
)
def test_chinese_furniture_goes(text: str, shorter: str) -> None:
    assert compress(text, "zh") == shorter


@pytest.mark.parametrize(
    "text",
    [
        "据传北港科技将于下月发布新一代芯片。",
        "每股派发现金红利 1.16 元（含税）。",
        "该服务面向全部用户（未成年人除外）开放。",
        "北港科技称新一代芯片比旧款快一倍。",
        "短句。",
        "新芯片集成了神经网络单元（NPU），该 NPU 有两种模式。",
        "光功率噪声低至 12μW（典型值）的探测器今日发布。",
        "远山（北京）通信技术获得首批批文。",
        "《北港低空经济行动计划（2024-2026年）》今日发布。",
        "北港（集团）股份有限公司今日挂牌成立。",
        "这是大三学生小杨（化名）的求职经历。",
        "全网用户（不含海外）突破两亿，增速放缓。",
        "消息人士称，北港科技或将裁员一成。",
        "我们绝对不希望（涨价），但成本太高。",
        "调用 run(task) 之后要等待 close() 返回。",
        "活动中的资料请点击：下方的按钮。",
        "今天是北港建港一百周年纪念日。",
    ],
)
def test_chinese_meaning_stays(text: str) -> None:
    assert compress(text, "zh") == text


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        (
            "NORTHPORT (Reuters) – Acme Robotics opened a second factory in the north.",
            "Acme Robotics opened a second factory in the north.",
        ),
        (
            "Acme Robotics opened a second factory, the company said in a statement on Tuesday.",
            "Acme Robotics opened a second factory.",
        ),
        (
            "Acme Robotics, which was founded in the north, has opened a second factory.",
            "Acme Robotics has opened a second factory.",
        ),
        (
            "Lucknow, May 12 (PTI) The state opened a second terminal at the harbour on Monday.",
            "The state opened a second terminal at the harbour on Monday.",
        ),
        (
            "The train hit a van near the harbour, Northport News Agency reported.",
            "The train hit a van near the harbour.",
        ),
        (
            "Meanwhile, the board opened the second terminal on Monday.",
            "The board opened the second terminal on Monday.",
        ),
        (
            "The new robot – a joint work of two labs – climbs stairs on its own.",
            "The new robot climbs stairs on its own.",
        ),
        (
            "The Harbour Board (HB) opened the second terminal on Monday.",
            "The Harbour Board opened the second terminal on Monday.",
        ),
        (
            "Acme Robotics opened its second factory in Washington, D.C., where it was founded.",
            "Acme Robotics opened its second factory in Washington, D.C.",
        ),
        (
            "AP - Harbour regulators on Friday cleared the sale of two shipyards.",
            "Harbour regulators on Friday cleared the sale of two shipyards.",
        ),
    ],
)
def test_english_furniture_goes(text: str, shorter: str) -> None:
    assert compress(text, "en") == shorter


@pytest.mark.parametrize(
    "text",
    [
        "The new engine will be twice as fast, the company said in a statement.",
        "Nobody at the plant was hurt, an eyewitness claimed on Tuesday evening.",
        "All stores (except the one in Northport) open again on Monday.",
        "Sales fell by a third, which cost 1,600 people their jobs.",
        "A key part of the cable, which stays secret, seemed to foreshadow the attack itself.",
        "Analysts expect the firm to open a second factory in the north.",
        "The minister broke the law, the newspaper claimed on Tuesday evening.",
        "Call run(task) first and close() after that to be safe.",
        "The robot is said to be ready, sources told the newspaper.",
        "The assembly passed the Harbour Act, which obliges firms to have their ships inspected.",
    ],
)
def test_english_meaning_stays(text: str) -> None:
    assert compress(text, "en") == text


def test_an_aside_that_tells_what_the_title_does_stays() -> None:
    text = "Contact was lost with the probe Halo-3, which was launched on Tuesday in Eastmere."
    assert compress(text, "en", title="Contact lost after launch from Eastmere") == text
    assert compress(text, "en", title="Contact lost") == "Contact was lost with the probe Halo-3."


def test_numbers_of_the_title_stay() -> None:
    text = "北港科技完成新一轮融资（约 40 亿元），将用于研发。"
    assert compress(text, "zh", title="北港科技融资 40 亿元") == text
    assert compress(text, "zh") != text


def test_a_headline_is_of_whole_clauses() -> None:
    text = "北港科技今日发布新一代芯片，性能提升一倍，功耗下降三成，售价没有变化，下月开售。"
    assert headline_clause(text, "zh", 24) == "北港科技发布新一代芯片，性能提升一倍。"


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("3月4日上午，国家主席王明在北港会见来华访问的南国总统阿里。", "王明会见南国总统阿里。"),
        ("国家主席签署命令，任命王明为北港市代表并立即生效。", None),
        ("今天（3月4日）是北港建港一百周年纪念日。", "今天是北港建港一百周年纪念日。"),
        ("北港科技和南山公司 3 月 26 日在北港签署合作协议。", None),
        ("北港公布首批纪念设施名单，包括东山陵园和西山陵园。", "北港公布首批纪念设施名单。"),
        ("根据市政府工作部署，北港港务局完成码头检修工作。", "北港港务局完成码头检修工作。"),
        ("公司将于 5 月 8 日开启预售，首批一万台。", None),
        ("北港市长王明15日晚在南山出席年会。", "北港市长王明在南山出席年会。"),
        ("三月9日和10日晚，北港举行焰火表演。", None),
        ("统计局公布的数据显示，预计全年产量超过五千万吨。", None),
    ],
)
def test_a_headline_goes_without_dates_and_offices(text: str, clause: str | None) -> None:
    assert headline_clause(text, "zh") == (clause or text)


def test_a_headline_does_not_end_before_a_but_nor_in_the_middle_of_a_thought() -> None:
    but = "北港科技今日宣布裁减总部员工，但不包括研发部门和工厂的全部员工。"
    assert headline_clause(but, "zh", 16) == but.replace("今日", "")
    though = "北港科技今日发布新一代芯片，虽然产能还没有跟上，订单已经排到明年。"
    assert headline_clause(though, "zh", 26) == "北港科技发布新一代芯片。"
    subject = "在公告发出之后，电子和家电领域的多家大型厂商，已经和公司展开了洽谈。"
    assert headline_clause(subject, "zh", 26) == subject


@pytest.mark.parametrize(
    "piece", ["据", "（", "，", "，因为", ", which ", "— a ", "A B ", "3 月 4 日", "12日"]
)
def test_hostile_sentences_take_no_time(piece: str) -> None:
    text = piece * (1900 // len(piece)) + "."
    started = time.process_time()
    for lang in ("zh", "en"):
        compress(text, lang)
        headline_clause(text, lang)
    assert time.process_time() - started < 3


PIECES = st.lists(
    st.sampled_from(
        ["Acme", " said", ", ", "(", ")", "“", "”", "—", "——", "据", "报道，", "北港", "3 月 4 日",
         "消息，", "（", "）", "。", ". ", "not", "不", "today", "1.5", "%", '"', "该公司", "，",
         " which", "NORTHPORT (AP) — ", "the company said in a statement", "《", "》", "\u200b"]
    ),
    max_size=30,
)  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[\s。.]", "", text).lower()


@given(PIECES, st.sampled_from(["zh", "en", "ja", "fr", ""]))
def test_only_deletions(pieces: list[str], lang: str) -> None:
    text = "".join(pieces)
    for shorter in (compress(text, lang), headline_clause(text, lang)):
        letters = iter(_plain(text))
        assert all(letter in letters for letter in _plain(shorter))
        assert bool(shorter.strip()) == bool(text.strip())
        assert balanced(shorter) or not balanced(text)
        assert set(re.findall(r"\d+", shorter)) <= set(re.findall(r"\d+", text))


CORPORA = os.environ.get("HEXIN_CORPORA", "")
SETS = [("zh_it_news", "zh"), ("xwlb", "zh"), ("zh_rss_stream", "zh"), ("inshorts", "en")]


@pytest.mark.skipif(not CORPORA, reason="HEXIN_CORPORA names no folder of real data")
@pytest.mark.parametrize(("name", "lang"), SETS)
def test_real_sentences_stay_whole(name: str, lang: str) -> None:
    path = Path(CORPORA) / name / "data.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {name}")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        texts = [json.loads(line)["text"][:1500] for line in islice(stream, 300)]
    for text in texts:
        for sentence in split_sentences(text, lang):
            for shorter in (compress(sentence, lang), headline_clause(sentence, lang)):
                words = set(re.findall(r"[A-Za-z0-9]+", shorter.lower()))
                assert words <= set(re.findall(r"[A-Za-z0-9]+", sentence.lower()))
                assert balanced(shorter) or not balanced(sentence)
