"""`hexin lab stories`: what belongs together, and how far that agrees with labels of people."""

import json
from typing import Any

import pytest

from tests.bot.cli.hexin import Hexin

RATE = "Northwind Bank cut its key rate from 3% to 2.5% on Wednesday. Inflation fell to 1.9%."
ZH = "中国人民银行3月10日宣布，下调存款准备金率0.5个百分点。此举将释放长期资金约1万亿元。"
FERRY = "The ferry Aurora ran aground off Kestrel Island early on Tuesday. All 84 were rescued."
DAY, LATER = "2026-03-10T08:00:00+08:00", "2026-03-10T12:00:00+08:00"


def told(name: str, text: str, date: str = DAY, **more: object) -> dict[str, object]:
    title = text.partition(".")[0].partition("，")[0]
    return {"id": name, "title": title, "text": text, "date": date, **more}


def judged(hexin: Hexin, *records: object, options: tuple[str, ...]) -> dict[str, Any]:
    """What the last line says of each way, by its name and how its threshold was chosen."""
    last = hexin.lab("stories", *records, options=options)[-1]["measured"]
    ways = {(way["way"], way.get("chosen")): way for way in last["ways"]}
    return {"texts": last["texts"], "labels": last["labels"], **ways}


def test_what_tells_of_one_event_is_joined(hexin: Hexin) -> None:
    first, broken, other, same = hexin.lab(
        "stories",
        told("a", RATE),
        {"id": "b", "date": DAY},
        told("c", ZH),
        told("d", RATE, "2026-03-10"),
    )
    assert (first["id"], first["story"], first["relation"]) == ("a", 1, "lead")
    assert broken["error"] == "line 2: missing field 'text'"
    assert other["story"] != first["story"]
    assert same["story"] == first["story"]
    assert same["similarity"] > 0.9


def test_a_headline_alone_is_enough_and_a_language_may_have_three_letters(hexin: Hexin) -> None:
    title = "Northwind Bank cuts its key rate to 2.5% as inflation falls"
    one, two = hexin.lab(
        "stories",
        {"id": 1, "title": title, "date": DAY, "lang": "eng"},
        {"id": 2, "title": title, "date": DAY},
    )
    assert one["story"] == two["story"] == 1


def test_dates_a_month_apart_are_two_stories(hexin: Hexin) -> None:
    one, two = hexin.lab("stories", told("a", RATE), told("b", RATE, "2026-04-20"))
    assert one["story"] != two["story"]


def test_by_date_answers_in_the_order_of_dates_with_the_numbers_of_lines(hexin: Hexin) -> None:
    answers = hexin.lab(
        "stories",
        told("late", RATE, LATER),
        told("early", RATE, DAY),
        b"no json",
        options=("--by-date",),
    )
    assert [answer["id"] for answer in answers] == [None, "early", "late"]
    assert answers[0]["error"].startswith("line 3: not JSON")
    assert [answer["story"] for answer in answers[1:]] == [1, 1]
    assert answers[1]["relation"] == "lead"


def test_near_names_the_likest_that_are_in_other_stories(hexin: Hexin) -> None:
    other = "Ada Lumen will head the museum that Northwind Bank opens in Graz. She is a painter."
    *_, same, last = hexin.lab(
        "stories",
        told("rate", RATE),
        told("ferry", FERRY),
        told("again", RATE, LATER),
        told("bank", other),
        options=("--near", "1"),
    )
    assert same["story"] == 1
    assert "rate" not in [near["id"] for near in same["near"]]
    assert last["story"] == 4
    assert [near["id"] for near in last["near"]] in (["rate"], ["again"])  # not the ferry
    assert 0 < last["near"][0]["similarity"] < 1


def test_with_labels_the_agreement_is_told_at_the_end(hexin: Hexin) -> None:
    """Two of one event are joined rightly; a third has the label of another: hand-counted."""
    found = judged(
        hexin,
        told("a", RATE, event=1),
        told("b", RATE, LATER, event=1),
        told("c", FERRY, event=1),
        told("d", ZH, event="x"),
        told("e", "The Lumen orchestra opens its season in Graz tonight."),
        options=("--gold", "event"),
    )
    assert (found["texts"], found["labels"]) == (4, 2)
    assert found["hexin", None]["b_cubed"] == {
        "precision": 1.0,
        "recall": round((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, 4),
        "f1": 0.8,
    }
    assert found["hexin", None]["pairwise"] == {"precision": 1.0, "recall": 0.3333, "f1": 0.5}


def test_compare_lays_the_usual_ways_beside(hexin: Hexin) -> None:
    records = [
        told(f"{name}{copy}", text, cluster=name)
        for name, text in (("rate", RATE), ("ferry", FERRY), ("zh", ZH))
        for copy in range(2)
    ]
    found = judged(hexin, *records, options=("--compare",))
    ways = {name for name, _ in (key for key in found if isinstance(key, tuple))}
    assert ways == {"hexin", "title Jaccard", "TF-IDF cosine", "MinHash (rensa)"}
    assert all(found[way, "best"]["pairwise"]["f1"] == 1 for way in ways - {"hexin"})
    assert found["TF-IDF cosine", "sure"]["threshold"] == 0.98


def test_the_agreement_is_shown_to_people_too(hexin: Hexin) -> None:
    lines = [json.dumps(told(name, RATE, cluster="x")).encode() for name in "ab"]
    result = hexin("lab", "stories", "--gold", "cluster", input_=b"\n".join(lines))
    assert result.exit_code == 0
    assert "2 条带标注 cluster 的文字" in result.stderr
    assert "B³ 准确率" in result.stderr
    assert all(line.startswith("{") for line in result.stdout.splitlines())


def test_labels_that_are_nowhere_are_an_error(hexin: Hexin) -> None:
    line = json.dumps(told("a", RATE)).encode()
    result = hexin("lab", "stories", "--gold", "event", input_=line)
    assert result.exit_code == 1
    assert "没有一条带着字段 event" in result.stderr


@pytest.mark.parametrize("label", [["x"], 1.5, True])
def test_a_label_of_another_kind_is_told_and_nothing_is_placed(
    hexin: Hexin, label: object
) -> None:
    broken, first, _ = hexin.lab(
        "stories",
        told("a", RATE, cluster=label),
        told("b", RATE, cluster="x"),
        options=("--gold", "cluster"),
    )
    assert broken["error"] == "line 1: 'cluster' must be a string or a whole number"
    assert first["story"] == 1


def test_two_sentences_are_asked_of_alone_and_tell_no_story(hexin: Hexin) -> None:
    same, turned, empty, long, story = hexin.lab(
        "stories",
        {"id": 1, "a": "The ferry ran aground.", "b": "The ferry ran aground."},
        {"id": 2, "a": "Kestrel shares fell.", "b": "Kestrel shares rose.", "lang": "en"},
        {"id": 3, "a": " ", "b": "Kestrel shares rose."},
        {"id": 4, "a": "Kestrel. " * 60, "b": "Kestrel shares rose."},
        told("e", RATE),
    )
    assert (same["id"], same["says"]) == (1, "same")
    assert same["similarity"] > turned["similarity"]
    assert turned["says"] == "other"
    assert empty["error"] == "line 3: 'a' is empty"
    assert "over 400 characters" in long["error"]
    assert story["story"] == 1
