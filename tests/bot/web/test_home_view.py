from datetime import timedelta

import pytest

from bot.web.views.home import HomeFacts, HomeView, home_view
from bot.web.views.sources import health_of, sources_view
from bot.web.views.trend import HEIGHT, WIDTH, trend
from digest.model import (
    Kind,
    Placement,
    PollState,
    Score,
    ScorePart,
    Source,
    SourceSpec,
    SourceState,
)
from digest.trends import Phase, Trend, TrendKind
from tests.bot.web.samples import NOW, setting, signal


def source(number: int = 1, state: SourceState = SourceState.ACTIVE, **poll: object) -> Source:
    spec = SourceSpec(f"s{number}", "https://f.example/", f"Source {number}", "ai", "en")
    return Source(number, spec, state, PollState(**poll))  # type: ignore[arg-type]


def home(**facts: object) -> HomeView:
    given = {
        "today": (), "column_counts": {}, "rising": (), "recent": (), "sources": (), "waiting": 0,
    } | facts  # fmt: skip
    return home_view(HomeFacts(**given), setting())  # type: ignore[arg-type]


def scored(number: int, points: float, column: str = "ai"):
    return signal(
        id=number,
        score=Score((ScorePart("s", points, 100),)),
        placement=Placement(column, Kind.NEWS),
    )


def test_the_strongest_signal_leads_and_the_shelves_hold_the_rest_by_strength():
    today = (scored(1, 40), scored(2, 90), scored(3, 60), scored(4, 50, "business"))
    shown = home(today=today, column_counts={"ai": 9, "business": 1})
    assert shown.lead is not None
    assert shown.lead.item.href == "/s/2"
    assert [(shelf.label.name, shelf.count) for shelf in shown.shelves] == [
        ("人工智能", 9), ("商业财经", 1),
    ]  # fmt: skip
    assert [item.href for item in shown.shelves[0].items] == ["/s/3", "/s/1"]
    assert shown.total == 10
    assert shown.waiting is None


def test_a_column_without_signals_has_no_shelf():
    assert [shelf.label.name for shelf in home(today=(scored(1, 9), scored(2, 5))).shelves] == [
        "人工智能"
    ]


def test_earlier_signals_leave_out_todays():
    shown = home(today=(scored(1, 9),), recent=(scored(1, 9), scored(5, 9)))
    assert [item.href for item in shown.recent] == ["/s/5"]


def moving(topic: str, now: int, usual: float) -> Trend:
    return Trend(TrendKind.TOPIC, topic, topic, Phase.RISING, now, usual, 2.0, None, (now,))


def test_rising_topics_that_the_taxonomy_dropped_are_left_out():
    shown = home(rising=(moving("llm", 12, 3.0), moving("gone", 9, 1.0)))
    assert [(rise.label.name, rise.count, rise.usual) for rise in shown.rising] == [
        ("大模型", 12, "平时 3 条")
    ]


@pytest.mark.parametrize(
    ("sources", "waiting", "state"),
    [
        ((), 0, "empty"),
        ((source(state=SourceState.PAUSED),), 0, "empty"),
        ((source(1), source(2, last_ok_at=NOW)), 0, "polling"),
        ((source(1), source(2, last_ok_at=NOW)), 5, "reading"),
        ((source(errors=2, error_code="dns"),), 0, "offline"),
        ((source(last_ok_at=NOW),), 0, "quiet"),
    ],
)
def test_an_empty_day_says_what_is_happening(
    sources: tuple[Source, ...], waiting: int, state: str
):
    shown = home(sources=sources, waiting=waiting).waiting
    assert shown is not None
    assert shown.state == state


def test_recent_days_lead_to_their_archive():
    days = home().days
    assert days[0].href == "/day/2026-11-21"
    assert days[0].text == "11月21日"
    assert len(days) == 7


@pytest.mark.parametrize(
    ("given", "health"),
    [
        (source(), "waiting"),
        (source(last_ok_at=NOW), "ok"),
        (source(errors=1, last_ok_at=NOW - timedelta(hours=1)), "unsteady"),
        (source(errors=9, last_ok_at=NOW - timedelta(days=1)), "offline"),
        (source(errors=1), "offline"),
        (source(state=SourceState.PAUSED, errors=3), "paused"),
        (source(state=SourceState.GONE), "gone"),
    ],
)
def test_health_in_calm_words(given: Source, health: str):
    assert health_of(given, setting()) == health


def test_sources_are_counted_and_a_page_shows_sixty():
    view = sources_view([source(n, last_ok_at=NOW) for n in range(230)], setting(), {})
    assert (view.total, view.healths) == (230, (("ok", 230),))
    assert sum(len(group.rows) for group in view.groups) == 60
    assert (view.previous, view.following) == ("", "/sources?page=2")
    last = sources_view([source(n) for n in range(230)], setting(number=4), {})
    assert sum(len(group.rows) for group in last.groups) == 50
    assert (last.previous, last.following) == ("/sources?page=3", "")


def test_an_error_code_that_we_do_not_know_is_no_reason():
    rows = sources_view(
        [source(errors=1, error_code="dns"), source(2, errors=1, error_code="Traceback …")],
        setting(),
        {},
    ).groups[0].rows  # fmt: skip
    assert [row.reason for row in rows] == ["dns", ""]


def test_a_picture_fills_its_box_and_keeps_quiet_days_visible():
    drawn = trend([0, 2, 4], setting())
    assert drawn is not None
    assert (drawn.total, drawn.latest, drawn.usual, drawn.most) == (6, 4, "2", 4)
    assert [bar.height for bar in drawn.bars] == [1.5, HEIGHT / 2, HEIGHT]
    assert drawn.bars[-1].x + drawn.bars[-1].width <= WIDTH
    assert all(bar.y + bar.height == HEIGHT for bar in drawn.bars)
    assert (drawn.ticks, drawn.lines) == ((4, 2, 0), (0.0, HEIGHT / 2, HEIGHT))
    assert [mark.text for mark in drawn.marks] == ["11月20日", "11月21日", "11月22日"]
    assert drawn.most_on.text == "11月22日"


@pytest.mark.parametrize(
    ("highest", "top"),
    [(1, 1), (2, 2), (3, 4), (5, 6), (7, 10), (11, 20), (25, 30), (41, 60), (999, 1000)],
)
def test_the_axis_ends_with_a_round_number(highest: int, top: int):
    drawn = trend([highest], setting())
    assert drawn is not None
    assert drawn.ticks[0] == top


def test_a_long_span_is_told_by_weeks_and_nothing_is_lost():
    month, quarter = (trend(list(range(days)), setting()) for days in (30, 90))
    assert month is not None
    assert quarter is not None
    assert [row.count for row in month.rows] == list(range(29, -1, -1))
    assert len(quarter.rows) == 13
    assert sum(row.count for row in quarter.rows) == sum(range(90))
    assert (quarter.rows[0].first.text, quarter.rows[0].last.text) == ("11月16日", "11月22日")  # type: ignore[union-attr]


@pytest.mark.parametrize("counts", [[], [0, 0]])
def test_without_signals_there_is_no_picture(counts: list[int]):
    assert trend(counts, setting()) is None
