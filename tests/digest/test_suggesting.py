"""Planted rises are found, false alarms are not."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from digest.suggesting import Heard, suggest
from digest.taxonomy import Taxonomy, load_taxonomy
from digest.trends.terms import key_of

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ORDINARY = ("芯粒封装", "Kubernetes", "Nokia", "低轨卫星网", "Rust Foundation")


def told(number: int, days_ago: float, *phrases: str, source: str = "") -> Heard:
    at = NOW - timedelta(days=days_ago)
    return Heard(number, phrases, at, source or f"s{number % 7}", f"标题 {number}")


def background(seed: int = 1, count: int = 700) -> list[Heard]:
    """Five even weeks of the same few subjects."""
    dice = Random(seed)
    return [
        told(1000 + n, dice.uniform(0, 35), dice.choice(ORDINARY), source=f"s{dice.randint(1, 9)}")
        for n in range(count)
    ]


def rise(*phrases: str, count: int = 8, **more: str) -> list[Heard]:
    return [told(n, 0.5 + n * 0.6, phrases[n % len(phrases)], **more) for n in range(count)]


def found(heard: list[Heard], **more: object) -> list[str]:
    return [one.phrase for one in suggest(heard, load_taxonomy(), NOW, **more)]  # type: ignore[arg-type]


def test_a_new_subject_of_several_sources_is_found() -> None:
    heard = [*background(), *rise("青岚墨晶")]
    (one,) = suggest(heard, load_taxonomy(), NOW)
    assert (one.phrase, one.recent, one.before, one.sources) == ("青岚墨晶", 8, 0, 7)
    assert one.headlines == ("标题 0", "标题 1", "标题 2")
    assert one.signal_ids == tuple(range(8))
    assert one.names == ("青岚墨晶", "青岚墨晶")


def test_an_old_one_that_grows_is_found_and_one_that_stays_is_not() -> None:
    before = [told(200 + n, 8 + n * 2, "青岚墨晶", "碧海浮舟") for n in range(10)]
    heard = [*background(), *before, *rise("青岚墨晶", count=12), *rise("碧海浮舟", count=3)]
    assert found(heard) == ["青岚墨晶"]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_found_in_even_weeks(seed: int) -> None:
    assert found(background(seed)) == []


def test_more_news_in_all_is_no_rise() -> None:
    quiet = [one for one in background(count=900) if one.at < NOW - timedelta(days=7)]
    busy = [one for one in background(2, count=2500) if one.at > NOW - timedelta(days=7)]
    assert found([*quiet, *busy]) == []


@pytest.mark.parametrize(
    "heard",
    [
        rise("青岚墨晶", count=3),
        rise("青岚墨晶", source="s1"),
        [told(n, 0.1 + n / 100, "青岚墨晶") for n in range(8)],
        [told(n, 36 + n, "青岚墨晶") for n in range(8)],
    ],
    ids=["too few", "one source", "one day", "long ago"],
)
def test_too_little_says_nothing(heard: list[Heard]) -> None:
    assert found([*background(), *heard]) == []


@pytest.mark.parametrize(
    "phrase",
    "OpenAI ChatGPT 大模型 GPT-9 开源大模型 公司 谈判 2026年 周三 AI X 12".split(),
)
def test_what_is_a_topic_or_no_subject_is_not_suggested(phrase: str) -> None:
    assert found([*background(), *rise(phrase, count=5)]) == []


def test_spellings_of_one_thing_count_together() -> None:
    for spellings in (
        ("青嵐墨晶", "青岚墨晶"),
        ("Blue Otters", "blue otter"),
        ("ＮＯＶＡＸ", "Novax"),
    ):
        heard = [*background(), *rise(*spellings, count=6)]
        (one,) = suggest(heard, load_taxonomy(), NOW)
        assert one.recent == 6
        assert one.phrase in spellings


def test_names_in_two_languages_are_one() -> None:
    heard = [*background(), *rise("Qinglan Works", "青岚墨晶", count=6)]
    (one,) = suggest(heard, load_taxonomy(), NOW, pairs={"Qinglan Works": "青岚墨晶"})
    assert one.recent == 6
    assert one.names == ("青岚墨晶", "Qinglan Works")
    assert found([*background(), *rise("大型语言模型X")], pairs={"大型语言模型X": "LLM"}) == []


def test_what_was_refused_and_names_of_sources_stay_away() -> None:
    heard = [*background(), *rise("青嵐墨晶")]
    assert found(heard, refused=["青岚墨晶"]) == []
    assert found(heard, names=["青岚墨晶"]) == []


def test_one_story_is_suggested_once() -> None:
    heard = [*background(), *(told(n, 0.5 + n * 0.6, "青岚墨晶", "林青山") for n in range(8))]
    assert len(suggest(heard, load_taxonomy(), NOW)) == 1


def test_an_empty_taxonomy_and_silence_are_no_trouble() -> None:
    assert suggest([], Taxonomy((), ()), NOW) == ()
    assert len(suggest(rise("青岚墨晶"), Taxonomy((), ()), NOW)) == 1
    assert key_of("  Blue   OTTERS ") == "blue otter"
