from digest.trends import fading_topics, known_past, rising_topics


def names(counts: dict[str, list[int]], least: int = 3) -> list[str]:
    return [rising.topic for rising in rising_topics(counts, least=least)]


def test_a_burst_against_its_own_past_rises_and_a_usual_day_does_not() -> None:
    counts = {"burst": [1, 0, 1, 2, 0, 1, 7], "busy": [10, 12, 9, 11, 10, 13], "quiet": [0] * 7}
    (rising,) = rising_topics(counts)
    assert (rising.topic, rising.count, rising.usual) == ("burst", 7, 0.83)


def test_small_numbers_prove_nothing() -> None:
    assert names({"two": [0, 0, 0, 0, 0, 2]}) == []
    assert names({"three of one": [1, 1, 1, 1, 3]}) == []
    assert names({"four of none": [0, 0, 0, 0, 0, 0, 4]}) == ["four of none"]
    assert names({"four of none": [0, 0, 0, 0, 0, 0, 4]}, least=5) == []


def test_a_topic_without_a_past_is_no_trend() -> None:
    assert names({"new": [9], "two days": [0, 9], "none": []}) == []


def test_a_restless_topic_needs_more() -> None:
    assert names({"restless": [1, 9, 0, 12, 1, 11], "calm": [5, 5, 6, 6, 6, 14]}) == ["calm"]


def test_the_strongest_comes_first() -> None:
    counts = {"double": [6, 6, 6, 6, 6, 16], "tenfold": [1, 1, 1, 1, 1, 12]}
    assert names(counts) == ["tenfold", "double"]


def test_large_counts_stay_finite() -> None:
    assert names({"huge": [10_000, 10_000, 10_000, 30_000]}) == ["huge"]


def test_a_topic_that_falls_silent_fades_and_a_small_one_does_not() -> None:
    counts = {"loud": [20, 22, 19, 21, 3], "small": [2, 1, 2, 2, 0], "steady": [9, 10, 8, 9, 8]}
    assert [(one.topic, one.count, one.usual) for one in fading_topics(counts)] == [
        ("loud", 3, 20.5)
    ]
    assert fading_topics({"new": [20, 0], "none": []}) == ()


def test_a_restless_topic_does_not_fade_so_easily() -> None:
    assert fading_topics({"restless": [2, 40, 1, 38, 3]}) == ()


def test_the_quietest_comes_first() -> None:
    counts = {"half": [40, 40, 40, 40, 18], "gone": [12, 12, 12, 12, 0]}
    assert [one.topic for one in fading_topics(counts)] == ["gone", "half"]


def test_what_came_before_the_first_signal_of_all_is_unknown() -> None:
    assert known_past({"a": [0, 0, 1, 2], "b": [0, 0, 0, 3]}) == {"a": [1, 2], "b": [0, 3]}
    assert known_past({"a": [0, 0]}) == {"a": [0, 0]}
    assert known_past({}) == {}
