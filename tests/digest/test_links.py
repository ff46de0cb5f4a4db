from datetime import UTC, datetime, timedelta

import pytest

from digest.links import FAILED_COST, WHOLE_COST, Quota, same_page, same_site

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def test_nothing_spent_is_free():
    assert Quota(2, 5).free_at((), NOON) is None


def test_the_hour_is_full_until_its_oldest_is_over():
    spent = [(ago(minutes=50), WHOLE_COST), (ago(minutes=10), WHOLE_COST)]
    assert Quota(2, 5).free_at(spent, NOON) == NOON + timedelta(minutes=10)
    assert Quota(3, 5).free_at(spent, NOON) is None
    assert Quota(2, 5).free_at(spent[:1], NOON) is None


def test_the_day_outlasts_the_hour():
    spent = [(ago(hours=20), WHOLE_COST), (ago(minutes=30), WHOLE_COST)]
    assert Quota(1, 2).free_at(spent, NOON) == NOON + timedelta(hours=4)


def test_four_failures_are_one_reading():
    failed = [(ago(minutes=5), FAILED_COST)] * 4
    assert Quota(2, 0).free_at(failed, NOON) is None
    assert Quota(1, 0).free_at(failed, NOON) == NOON + timedelta(minutes=55)


def test_zero_is_no_limit():
    assert Quota(0, 0).free_at([(NOON, WHOLE_COST)] * 1000, NOON) is None


@pytest.mark.parametrize(
    "other",
    [
        "http://www.example.com/a/1",
        "https://m.example.com/a/1?utm_source=x",
        "https://example.com/a/1/amp",
        "https://mobile.example.com/a/1#top",
    ],
)
def test_variants_of_one_page_meet(other: str):
    assert "https://example.com/a/1" in same_page(other)
    assert set(same_page(other)) & set(same_page("https://www.example.com/a/1"))


def test_the_pages_own_address_comes_first():
    assert same_page("http://m.example.com/a?b=1")[0] == "http://m.example.com/a?b=1"
    assert same_page("http://127.0.0.1:8080/a") == (
        "http://127.0.0.1:8080/a",
        "https://127.0.0.1:8080/a",
    )


@pytest.mark.parametrize("url", ["", "mailto:a@b.example", "ftp://a.example/x", "not one"])
def test_what_is_no_web_address_is_no_page(url: str):
    assert same_page(url) == ()


def test_a_page_speaks_for_its_own_host_only():
    assert same_site("https://m.example.com/a", "https://www.example.com/b")
    assert not same_site("https://evil.example.org/a", "https://example.com/b")
    assert not same_site("https://a.blogs.example/x", "https://blogs.example/x")
    assert not same_site("", "")
