from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.arguments import (
    ListRequest,
    Payload,
    TypedCommand,
    plain,
    read_command,
    read_list_request,
    read_name,
    read_payload,
    read_quiet,
    read_time,
    read_times,
    read_word,
    read_zone,
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/latest", TypedCommand("latest", "", "")),
        ("/Latest@Hexin_Bot AI 5", TypedCommand("latest", "hexin_bot", "AI 5")),
        ("  /search  two  words ", TypedCommand("search", "", "two  words")),
        ("/search\nnext line", TypedCommand("search", "", "next line")),
        ("/最新 5", TypedCommand("最新", "", "5")),
        ("latest", None),
        ("/", None),
        ("/etc/passwd", None),
        ("", None),
    ],
)
def test_reads_commands(typed: str, expected: TypedCommand | None):
    assert read_command(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ListRequest("")),
        ("3", ListRequest("", 3)),
        ("ai", ListRequest("ai")),
        ("人工智能 8", ListRequest("人工智能", 8)),
        ("人工智能　８", ListRequest("人工智能", 8)),
        ("open source 99", ListRequest("open source", 10)),
        ("0", ListRequest("", 1)),
        ("budget 2025", ListRequest("budget 2025")),
    ],
)
def test_reads_what_latest_was_asked_for(typed: str, expected: ListRequest):
    assert read_list_request(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("s_12", Payload("s", "12")),
        ("t_llm", Payload("t", "llm")),
        ("", None),
        ("s_", None),
        ("s_1_2", Payload("s", "1_2")),
        ("story_12", Payload("story", "12")),
        ("s_٣", None),
        ("t_a/b", None),
        ("x_" + "9" * 62, Payload("x", "9" * 62)),
        ("x_" + "9" * 63, None),
        ("start", None),
    ],
)
def test_reads_start_payloads(typed: str, expected: Payload | None):
    assert read_payload(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("8:30", time(8, 30)),
        ("0830", time(8, 30)),
        ("８：３０", time(8, 30)),
        ("8.05", time(8, 5)),
        ("20点15分", time(20, 15)),
        ("9点", time(9)),
        ("7", time(7)),
        ("24:00", time(0)),
        ("24:30", None),
        ("25:00", None),
        ("8:61", None),
        ("8:3", None),
        ("soon", None),
        ("", None),
    ],
)
def test_reads_times_of_day(typed: str, expected: time | None):
    assert read_time(typed) == expected


def test_reads_several_times_sorted_and_once():
    assert read_times("20:00, 8:00 and 20:00") == (time(8), time(20))
    assert read_times("8:00、20:00") == (time(8), time(20))
    assert read_times("8:00 和 20:00") == (time(8), time(20))
    assert read_times("8:00, later") is None
    assert read_times("1 2 3 4 5") is None
    assert read_times("") is None


@pytest.mark.parametrize(
    "typed", ["23:00-7:00", "2300-0700", "23:00 – 07:00", "23点到7点", "23~7"]
)
def test_reads_quiet_hours(typed: str):
    assert read_quiet(typed) == (time(23), time(7))


@pytest.mark.parametrize("typed", ["", "23:00", "23-7-8", "night", "26-7"])
def test_refuses_what_are_no_quiet_hours(typed: str):
    assert read_quiet(typed) is None


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("europe/paris", "Europe/Paris"),
        ("Paris", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("北京时间", "Asia/Shanghai"),
        ("东京", "Asia/Tokyo"),
        ("+8", "Asia/Shanghai"),
        ("UTC+9", "Etc/GMT-9"),
        ("gmt -5", "Etc/GMT+5"),
        ("＋５：３０", "Asia/Kolkata"),
        ("-9:30", "Pacific/Marquesas"),
        ("+0", "UTC"),
        ("utc", "UTC"),
        ("+14", "Etc/GMT-14"),
        ("+15", None),
        ("-13", None),
        ("+5:17", None),
        ("Mars/Olympus", None),
        ("", None),
    ],
)
def test_reads_time_zones(typed: str, expected: str | None):
    assert read_zone(typed) == expected
    if expected:
        assert ZoneInfo(expected).key == expected


def test_typed_offsets_mean_what_they_say():
    summer = datetime(2026, 7, 1)  # noqa: DTZ001  a wall clock
    for typed, hours in [("+8", 8), ("+9", 9), ("-5", -5), ("+5:30", 5.5), ("-9:30", -9.5)]:
        zone = read_zone(typed)
        assert zone is not None
        assert summer.replace(tzinfo=ZoneInfo(zone)).utcoffset() == timedelta(hours=hours), typed


def test_names_are_one_line_of_at_most_32_characters():
    assert read_name("  周末\n细读 ") == "周末 细读"
    assert read_name("x" * 32) == "x" * 32
    assert read_name("x" * 33) is None
    assert read_name("\u200b \n") is None
    # As it was written: an emoji of several people stays one, full-width signs stay full-width.
    assert read_name("👨\u200d👩\u200d👧 家") == "👨\u200d👩\u200d👧 家"
    assert read_name("读书（技术）！") == "读书（技术）！"
    assert read_name("\u202eevil\u202c") == "evil"
    for blank in ("\u3164", "\u2800 \u2800", "\u200d", "\uffa0"):
        assert read_name(blank) is None


def test_muted_words_fit_behind_a_button():
    assert read_word("  彩票 ") == "彩票"
    assert read_word("Bitcoin") == "Bitcoin"
    assert read_word("字" * 13) == "字" * 13
    assert read_word("字" * 14) is None
    assert read_word("topic:llm") is None
    assert read_word("") is None
    assert read_word("%" * 13) == "%" * 13
    assert read_word("%" * 14) is None


def test_plain_text_has_no_control_characters():
    assert plain("a\x00b\u202e  ｃ\n") == "a b c"
