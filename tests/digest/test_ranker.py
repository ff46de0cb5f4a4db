import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest.condense
from digest.condense import condense
from digest.condense.headline import clean_headline
from digest.condense.junk import is_junk
from digest.condense.points import choose_points, summary
from digest.condense.ranker import RANKED, rank, traits, word_count
from digest.condense.sentences import look
from digest.condense.steps import model_of
from digest.model import Article
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, article

WEIGHTS = Path(digest.condense.__file__).parent / "weights"
MODELS = sorted(path for path in WEIGHTS.glob("*.json") if not path.stem.startswith("line"))


def ranked(source: Article) -> dict[int, float]:
    return rank(look(source, clean_headline(source)))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_weights_are_small_and_speak_of_known_traits(path: Path) -> None:
    source = LAUNCH_ZH if path.stem == "zh" else LAUNCH_EN
    known = next(iter(traits(look(source, source.title)).values()))
    written = json.loads(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 9000
    assert 15 <= len(known) <= 40
    assert set(written["steps"]) <= set(known)
    for step in written["steps"].values():
        assert step["edges"] == sorted(step["edges"])
        assert len(step["sums"]) == len(step["edges"]) + 1


def test_there_is_a_model_for_chinese_and_one_for_the_rest() -> None:
    assert [path.stem for path in MODELS] == ["latin", "zh"]


@pytest.mark.parametrize("source", [LAUNCH_EN, LAUNCH_ZH], ids=["en", "zh"])
def test_the_news_is_worth_more_than_what_follows(source: Article) -> None:
    worth = ranked(source)
    assert max(worth, key=lambda index: worth[index]) == min(worth)
    assert all(0 <= share <= 1 for share in worth.values())
    assert 0 not in worth  # the byline


def test_a_sentence_is_worth_more_for_what_it_shares_with_the_title() -> None:
    body = (
        "The fair in Dresden opened on Monday with visitors from forty countries.",
        "Organisers had added a hall for robots and one for young companies.",
        "Norvex showed the Halo-3 chip there, which runs models without a network.",
    )
    told, untold = article("Norvex shows Halo-3 chip", *body), article("", *body)
    assert ranked(told)[2] > ranked(untold)[2] + 0.05


def test_pairs_of_the_title_and_what_stands_before_are_told() -> None:
    source = article(
        "Norvex opens second plant",
        "The mayor of Dresden spoke of a great day for the city.",
        "Norvex opens second plant halls in spring, 400 jobs included.",
    )
    first, second = traits(look(source, source.title)).values()
    assert (first["title_pairs"], second["title_pairs"]) == (0, 3)
    assert (first["read"], second["read"]) == (0, 12)
    assert second["previous"] == 12
    assert second["relative"] < 1 < first["relative"]


def test_a_number_of_the_title_stays_in_its_brackets() -> None:
    told = "Norvex has closed a round of funding (40 million euros) to build robots for harbours."
    asked = article("Norvex raises 40 million euros", told)
    assert [point.text for point in summary(asked, 1)] == [told]
    aside = summary(article("Norvex closes its round", told), 1)
    assert [point.text for point in aside] == [told.replace(" (40 million euros)", "")]


def test_only_so_many_sentences_are_ranked() -> None:
    many = [
        f"Norvex sold {n} chips in week {n} of the year to makers of phones." for n in range(200)
    ]
    assert len(ranked(article("Norvex sells chips", *many))) == RANKED


def test_a_summary_keeps_to_its_length() -> None:
    long = (
        "Norvex on Tuesday unveiled Halo-3, a chip that runs small language models on phones, in "
        "cars and in machines of hospitals without a network connection, at a fair in Dresden."
    )
    source = article(
        "Norvex unveils Halo-3",
        long,
        "The firm trained engineers of twelve makers for months so that their first devices with "
        "the part could reach shops in Asia and Europe before the end of the summer holidays.",
        "Shipments are expected to reach 3.5 million units in 2027.",
    )
    brief, whole = summary(source, 3, words=8), summary(source, 3, words=500)
    length = sum(word_count(point.text, "en") for point in brief)
    assert 1 <= len(brief) < 3
    assert len(whole) == 3
    assert length < sum(word_count(point.text, "en") for point in whole)
    assert len(summary(source, 1)) == 1


def test_captions_before_their_credit_are_not_told() -> None:
    source = article(
        "Seven hurt as tram leaves the rails",
        "A tram lies on its side near the old bridge of Norvale after leaving the rails. "
        "(Ann Example/Associated Press) Seven people were hurt in Norvale on Monday when a tram "
        "left the rails at a bend, the police of the town said.",
    )
    points = choose_points(look(source, source.title))
    assert [point.evidence for point in points] == [(1,)]
    assert points[0].text.startswith("Seven people were hurt")


def test_a_title_glued_before_the_first_sentence_goes() -> None:
    title = "Norvex Opens Second Plant In Dresden"
    source = article(title, f"{title} Norvex has opened a second plant for its chips in Dresden.")
    (point,) = choose_points(look(source, title))
    assert point.text == "Norvex has opened a second plant for its chips in Dresden."


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=40), st.sampled_from(["zh", "en", "ar", "ja", ""]))
def test_no_text_breaks_the_ranker(text: str, title: str, lang: str) -> None:
    source = article(title, text, lang=lang or "en")
    assert all(0 <= share <= 1 for share in ranked(source).values())
    assert len(summary(source, 2)) <= 2


def test_ranking_a_long_article_is_quick() -> None:
    many = [
        f"Norvex sold {n},000 chips in week {n} of 2026, said the company’s “Jane Porter” (left)."
        for n in range(250)
    ]
    source = article("Norvex sells chips", *many)
    reading = look(source, source.title)
    choose_points(reading)
    started = time.process_time()
    for _ in range(5):
        choose_points(reading)
    assert (time.process_time() - started) / 5 < 0.15


@pytest.mark.parametrize(
    "caption",
    [
        "FILE - In this May 3 photo, the ferry Halo leaves Eastmere for the old pier. The pier in"
        " Eastmere closes for good. The council voted on it on Monday.",
        "The ferry Halo leaves the old pier of Eastmere. The council of Eastmere voted on Monday"
        " to close the ferry pier. (Ada Lund/Associated Press)",
    ],
)
def test_what_agencies_tell_under_a_picture_is_not_told(caption: str) -> None:
    body = (
        "The harbour council voted 9 to 4 in favour after a debate of four hours and two breaks.",
        "Travellers will have to take the northern bridge, which was widened for them last year.",
    )
    points = choose_points(look(article("Eastmere to close ferry pier", caption, *body), ""))
    assert {sentence for point in points for sentence in point.evidence} == {3, 4}


def test_a_title_glued_before_a_date_line_is_junk() -> None:
    title = "Eastmere to close its old ferry pier"
    source = article(title, f"{title} Updated: 2026-05-12 13:14 (Morning Star)", title + ".")
    assert [one.junk for one in look(source, title).sentences] == [True, False]


def test_other_weights_choose_otherwise() -> None:
    late = model_of({"base": 0.1, "steps": {"first": {"edges": [0.5], "sums": [0.5, 0.0]}}})
    (usual,), (other,) = summary(LAUNCH_EN, 1), summary(LAUNCH_EN, 1, model=late)
    assert usual.evidence < other.evidence


NUMBERED = (
    "北港地铁十号线今天上午正式开通运营，全线共设二十一座车站，市民清早在站外排起长队。",
    "北港地铁集团表示，新线由本地企业承建，列车全部采用无人驾驶技术，市民可以刷脸进站。",
    "北港地铁十号线连接老城和港口，沿线有三所大学，市民出行时间缩短一半。",
    "北港地铁十号线沿线的商铺租金已经上涨，多家连锁店在车站附近开出新店。",
    "末班车从两端的车站同时开出，时间为 23:50。",
    "据介绍，工程耗资 186 亿元。",
)


def test_a_number_of_a_chinese_title_reaches_the_points() -> None:
    plain = article("北港地铁十号线开通，市民排队", *NUMBERED, lang="zh")
    told = article("北港地铁十号线开通，耗资 186 亿元", *NUMBERED, lang="zh")
    assert not any("186" in point.text for point in condense(plain).points)
    points = condense(told).points
    assert any("186 亿元" in point.text for point in points)
    assert len(points) <= 3
    assert "十号线" in points[0].text


def test_what_stands_for_numbers_of_the_title_is_not_given_up_for_others() -> None:
    title = "北港地铁十号线开通：耗资 186 亿元，末班车 23:50"
    points = condense(article(title, *NUMBERED, lang="zh")).points
    shown = "".join(point.text for point in points)
    assert "186" in shown
    assert "23:50" in shown


@pytest.mark.parametrize(
    "source",
    [
        LAUNCH_EN,
        LAUNCH_ZH,
        article("北港地铁十号线开通，耗资 186 亿元", *NUMBERED, lang="zh"),
    ],
    ids=["english", "chinese", "number of the title"],
)
def test_a_summary_of_three_is_what_stands_on_the_card(source: Article) -> None:
    points = condense(source).points
    assert points
    assert summary(source, 3) == points


@pytest.mark.parametrize(
    ("text", "junk"),
    [
        ("上一篇：北港的冬天", True),
        ("上一篇文章讲了事务的写入，本篇文章介绍它的提交流程。", False),
        ("IT之家注意到，新款手机的电池容量没有变化。", False),
        ("IT之家注：现汇率约合 100 元人民币。", True),
    ],
)
def test_a_sentence_that_speaks_of_other_pages_is_a_sentence(text: str, *, junk: bool) -> None:
    assert is_junk(text) is junk


def test_a_long_text_says_itself_what_it_tells() -> None:
    filler = [
        f"第{count}段讲的是日志文件在磁盘上的排列方式和读取顺序。"
        for count in "一二三四五六七八九十" * 3
    ]
    aim = "本文将介绍存储引擎的压缩算法。"
    long = look(article("存储引擎", aim, *filler, lang="zh"), "存储引擎")
    short = look(article("存储引擎", aim, *filler[:5], lang="zh"), "存储引擎")
    assert traits(long)[0]["itself"] > 1
    assert traits(short)[0]["itself"] == 0
