"""`hexin lab trends`: bursts in moments and in counts."""

from datetime import UTC, datetime, timedelta

from tests.bot.cli.hexin import Hexin

START = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def hours(key: str, every: int, days: int = 20) -> list[dict[str, object]]:
    return [
        {"key": key, "at": (START + timedelta(hours=hour)).isoformat()}
        for hour in range(0, 24 * days, every)
    ]


def test_a_burst_in_daily_counts_is_told_with_its_day(hexin: Hexin) -> None:
    calm = [3, 2, 4, 3, 1, 3, 2] * 5
    broken, rising, even = hexin.lab(
        "trends",
        {"key": "calm", "counts": calm},
        {"key": "burst", "counts": [*calm[:-1], 19]},
        {"key": "odd", "counts": [1, "x"]},
        options=("--alarms",),
    )
    assert broken["error"].startswith("line 3: field 'counts'")
    assert (rising["key"], rising["rising"], rising["phase"]) == ("burst", True, "starting")
    assert (rising["now"], rising["began"], rising["alarms"]) == (19, 34, [34])
    assert 1.5 < rising["usual"] < 3.5
    assert (even["key"], even["phase"], even["alarms"]) == ("calm", "steady", [])


def test_a_burst_in_moments_is_told_with_its_hour(hexin: Hexin) -> None:
    end = START + timedelta(days=20)
    burst = [
        {"key": "chips", "at": (end - timedelta(minutes=20 * n)).isoformat(), "source": f"s{n}"}
        for n in range(9)
    ]
    first, second = hexin.lab("trends", *hours("chips", 12), *hours("llm", 3), *burst)
    assert (first["key"], first["phase"], first["sources"]) == ("chips", "starting", 10)
    assert datetime.fromisoformat(first["began"]) >= end - timedelta(hours=4)
    assert (second["key"], second["rising"]) == ("llm", False)
    earlier = hexin.lab(
        "trends",
        *hours("chips", 12),
        *burst,
        options=("--now", (end - timedelta(days=1)).isoformat()),
    )
    assert [one["rising"] for one in earlier] == [False]


def test_titles_are_counted_by_their_names_and_dates_by_the_day(hexin: Hexin) -> None:
    told = [
        {"title": "OpenAI 发布新模型", "date": (START + timedelta(days=day)).date().isoformat()}
        for day in range(30)
    ]
    (one,) = [one for one in hexin.lab("trends", *told) if one["key"] == "openai"]
    assert (one["now"], one["phase"]) == (1, "steady")


def test_what_cannot_be_read_is_said(hexin: Hexin) -> None:
    (missing,) = hexin.lab("trends", {"key": "a"})
    assert missing["error"] == "line 1: missing field 'date'"
