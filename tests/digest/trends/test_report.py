"""What may be said of counts: several sources, new words, one name in two scripts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from digest.model import Brief, NameSeen
from digest.trends import HotRank, Phase, Trend, TrendKind, Trends
from digest.trends.hours import Telling, count_hour, mark
from digest.trends.ledger import Ledger
from digest.trends.packing import (
    pack_report,
    pack_tellings,
    unpack_report,
    unpack_tellings,
)
from digest.trends.report import Known, make_report, subjects_worth_watching
from digest.trends.terms import Lexicon, terms_of

NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def even(days: int = 20, sources: int = 8) -> list[Telling]:
    """Even days: each hour each of three sources tells of one topic."""
    return [
        Telling(1000 + hour * 10 + n, NOW - hour * HOUR, (hour + n) % sources, topics=("vr",))
        for hour in range(24 * days)
        for n in range(3)
    ]


def burst(count: int = 9, *, sources: int = 5, since: int = 0, **what: object) -> list[Telling]:
    return [
        Telling(n + 1, NOW - timedelta(minutes=20 * n), since + n % sources, **what)  # type: ignore[arg-type]
        for n in range(count)
    ]


def report(
    tellings: Iterable[Telling],
    *,
    learned: Iterable[NameSeen] = (),
    known: Known | None = None,
    now: datetime = NOW,
) -> Trends:
    ledger = Ledger(now, Lexicon(learned))
    known = known or Known(topics=("vr", "llm"))
    by_hour: dict[datetime, list[Telling]] = {}
    for one in tellings:
        by_hour.setdefault(one.at.replace(minute=0), []).append(one)
    ledger.tell(one for some in by_hour.values() for one in some)
    ledger.watch(subjects_worth_watching(ledger, known))
    ledger.look_back(count_hour(hour, some) for hour, some in by_hour.items())
    ledger.settle()
    return make_report(ledger, known)


def named(found: Iterable[Trend]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.name) for one in found]


def test_a_topic_a_word_and_a_story_rise() -> None:
    told = burst(topics=("llm",), terms={"青岚墨晶": "青嵐墨晶"}, story=7)
    made = report([*even(), *told])
    assert named(made.rising) == [("story", "7"), ("topic", "llm"), ("word", "青嵐墨晶")]
    word = made.rising[-1]
    assert (word.phase, word.now, word.sources, word.is_new) == (Phase.STARTING, 9, 5, True)
    assert word.story == 7
    assert word.signal_ids == (1, 2, 3, 4, 5)
    assert len(word.hours) == 48
    assert word.hours[-3:] == (3, 3, 3)
    assert set(word.days[1:-1]) == {0}
    assert made.fresh[-1] == word
    assert [one.key for one in made.busiest] == ["vr", "llm"]
    assert made.find(TrendKind.TOPIC, "llm") == made.rising[1]


def test_one_source_that_repeats_itself_is_no_trend() -> None:
    assert report([*even(), *burst(topics=("llm",), sources=1)]).rising == ()
    mostly = [*burst(8, topics=("llm",), sources=1), Telling(77, NOW, 5, topics=("llm",))]
    assert report([*even(), *mostly]).rising == ()


def test_one_source_tells_a_story_once_an_hour() -> None:
    again = [
        Telling(n + 1, NOW - timedelta(minutes=n), n % 2, story=7, topics=("llm",))
        for n in range(12)
    ]
    made = report([*even(), *again])
    assert made.find(TrendKind.TOPIC, "llm") is not None
    assert made.busiest[1].now <= 4


def test_a_new_source_brings_its_subjects_along() -> None:
    fresh = burst(20, topics=("llm",), sources=6, since=100)
    assert report([*even(), *fresh]).rising == ()
    assert named(report([*even(), *burst(20, topics=("llm",), sources=6)]).rising)


def test_backlog_is_told_as_busy_and_never_as_rising() -> None:
    made = report([*even(), *burst(30, topics=("llm",), backlog=True)])
    assert made.rising == ()
    assert made.busiest[0].now >= 30 or made.busiest[1].now == 30


def test_names_in_two_scripts_are_one() -> None:
    pair = NameSeen("青岚科技", "company", "Qinglan Works")
    told = [
        *burst(4, terms={"青岚科技": "青岚科技"}),
        *[
            Telling(50 + n, NOW - n * HOUR, n + 3, terms={"qinglan work": "Qinglan Works"})
            for n in range(4)
        ],
    ]
    (one,) = report([*even(), *told], learned=[pair]).rising
    assert (one.kind, one.name, one.pair, one.now) == (
        TrendKind.ENTITY,
        "Qinglan Works",
        "青岚科技",
        8,
    )
    assert (one.called("zh"), one.called("en")) == ("青岚科技", "Qinglan Works")  # type: ignore[arg-type]


def test_of_two_words_in_the_same_signals_the_longer_is_told() -> None:
    told = burst(terms={"宏源": "宏源", "申万宏源": "申万宏源"})
    assert named(report([*even(), *told]).rising) == [("word", "申万宏源")]


def test_what_is_a_topic_or_a_common_word_is_no_new_word() -> None:
    covered = Known(topics=("vr",), is_covered=lambda said: said == "青岚")
    assert report([*even(), *burst(terms={"青岚": "青岚"})], known=covered).rising == ()
    assert report([*even(), *burst(5, terms={"故事": "故事"})]).rising == ()


def test_a_short_past_says_nothing_of_words_and_none_nothing_at_all() -> None:
    told = burst(terms={"青岚": "青岚"}, topics=("llm",))
    assert named(report([*even(4), *told]).rising) == [("topic", "llm")]
    made = report([*even(1), *told])
    assert made.rising == ()
    assert {one.phase for one in made.busiest} == {Phase.UNKNOWN}


def test_days_that_nobody_read_are_unknown() -> None:
    told = [one for one in even() if not 5 <= (NOW - one.at).days < 8]
    made = report([*told, *burst(topics=("llm",))])
    (llm,) = [one for one in made.rising if one.key == "llm"]
    assert llm.days[-9:-5] == (None, None, None, 0) or llm.days[-8:-5] == (None, None, None)
    assert made.past in {16, 17}


def test_a_hot_list_is_evidence_and_no_signal() -> None:
    told = burst(5, sources=2, terms={"青岚": "青岚"})
    place = HotRank("微博热搜", "青岚上市", 1, 3, NOW - HOUR)
    alone = report([*even(), *told])
    both = report(
        [*even(), *told], known=Known(topics=("vr",), hot={mark(TrendKind.WORD, "青岚"): (place,)})
    )
    assert alone.rising == ()
    assert [(one.now, one.sources, one.hot) for one in both.rising] == [(5, 2, (place,))]


def test_reports_and_tellings_are_kept_as_they_are() -> None:
    told = burst(topics=("llm",), terms={"青岚": "青嵐"}, story=7)
    place = HotRank("微博热搜", "青岚上市", 1, None, NOW)
    known = Known(topics=("vr", "llm"), hot={"t:llm": (place,)})
    made = report([*even(), *told], known=known)
    assert unpack_report(pack_report(made)) == made
    assert unpack_tellings(pack_tellings(told)) == tuple(told)


def test_terms_are_names_and_phrases_without_dates_and_trade_words() -> None:
    brief = Brief("x", "zh", points=(), keywords=("OpenAI", "公司", "2026年", "芯粒"))
    found = terms_of("OpenAI 发布芯粒公司", "zh", brief)
    assert found["openai"] == "OpenAI"
    assert "芯粒" in found
    assert not {"公司", "2026年"} & found.keys()
