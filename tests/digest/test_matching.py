"""The index of a day's signals answers as the plain way does, for any wishes."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.compose import compose, matches
from digest.matching import Matching
from digest.model import DigestKind, SeenIn, Signal, Wishes
from tests.newsdesk import NOON, signal

COLUMNS, TOPICS = ("ai", "business", "dev"), ("llm", "chips", "source")
WORDS = ("芯片", "Cloud", "cloud", "AI", "軟體", "—", "3", "topic:llm")
TITLES = ("芯片 cloud 扩产", "AI 软件", "Clouds 3 said", "软体动物", "12 topic:llm", "量子 — 3")
MUTES = (
    *WORDS,
    *COLUMNS,
    "column:ai",
    "topic:chips",
    "source:2",
    "source:02",
    "source:",
    "column",
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2).map(tuple)


WISHES = st.builds(
    Wishes,
    columns=some(COLUMNS),
    topics=some(TOPICS),
    mutes=some(MUTES),
    words=some(WORDS),
    sources=st.lists(st.integers(1, 4), max_size=2).map(tuple),
    min_score=st.integers(0, 100),
    max_items=st.integers(1, 6),
    weights=st.lists(
        st.tuples(st.sampled_from(("topic:llm", "topic:chips", "source:2")), st.integers(-3, 3)),
        max_size=2,
        unique_by=lambda weight: weight[0],
    ).map(tuple),
)


@st.composite
def signals(draw: st.DrawFn) -> list[Signal]:
    made = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        sources = draw(st.lists(st.integers(1, 4), max_size=2, unique=True))
        one = signal(
            number,
            draw(st.sampled_from(TITLES)),
            column=draw(st.sampled_from(COLUMNS)),
            topics=draw(some(TOPICS)),
            total=draw(st.integers(0, 100)),
        )
        seen = tuple(SeenIn(source, "", "https://a.example", NOON) for source in sources)
        made.append(replace(one, seen_in=seen))
    return made


@settings(deadline=None, suppress_health_check=(HealthCheck.too_slow,))
@given(signals(), st.lists(WISHES, min_size=1, max_size=4))
def test_the_index_composes_exactly_what_the_plain_way_does(
    today: list[Signal], many: list[Wishes]
) -> None:
    matching = Matching(today)
    of_today = partial(
        compose, kind=DigestKind.DAILY, window_to=NOON, window_from=NOON - timedelta(days=1)
    )
    for wishes in many:
        fitting = matching.fitting(wishes)
        assert fitting == {one.id for one in today if matches(one, wishes)}
        assert of_today(today, wishes, fitting=fitting) == of_today(today, wishes)
