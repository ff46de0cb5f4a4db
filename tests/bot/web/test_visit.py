from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp.test_utils import make_mocked_request
from yarl import URL

from bot.web.visit import Visit, number_of, preferred_language, visit_of
from digest.model import Lang


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("", Lang.ZH),
        ("fr", Lang.ZH),
        ("en", Lang.EN),
        ("en-US,en;q=0.9", Lang.EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", Lang.ZH),
        ("en;q=0.8,zh-Hans;q=0.9", Lang.ZH),
        ("en,zh", Lang.ZH),
        ("en;q=0", Lang.ZH),
        ("EN-gb", Lang.EN),
        ("english", Lang.ZH),
        ("en;q=9", Lang.ZH),
        (";;;,,q=", Lang.ZH),
        ("en," * 5000, Lang.EN),
    ],
)
def test_chinese_comes_first_unless_english_is_ranked_above_it(accept: str, lang: Lang):
    assert preferred_language(accept) is lang


def visit(address: str, accept: str = "en") -> Visit:
    return visit_of(make_mocked_request("GET", address, headers={"Accept-Language": accept}))


def test_a_language_named_in_the_address_wins_and_stays_in_links():
    asked = visit("/search?q=a%26b&lang=zh")
    assert asked.lang is Lang.ZH
    assert asked.url("/s/7") == "/s/7?lang=zh"
    assert asked.url("/search", q="a&b") == "/search?q=a%26b&lang=zh"


def test_a_language_that_only_the_browser_prefers_is_not_put_into_links():
    assert visit("/").url("/s/7") == "/s/7"


def test_the_switch_leads_to_the_same_page_with_its_parameters():
    asked = visit("/search?q=中国&before=9&page=3&evil=1")
    assert asked.in_language(Lang.ZH) == "/search?q=%E4%B8%AD%E5%9B%BD&before=9&lang=zh"


@pytest.mark.parametrize("lang", ["EN", "de", "en\r\nSet-Cookie: a=b", "<script>", "zh" * 999])
def test_an_unknown_language_counts_as_absent(lang: str):
    request = make_mocked_request("GET", "/", headers={"Accept-Language": "zh"})
    asked = visit_of(request.clone(rel_url=request.rel_url.with_query(lang=lang)))
    assert (asked.lang, asked.chosen) == (Lang.ZH, False)


def test_a_query_is_bounded_and_without_controls():
    assert visit("/search?q=" + "x" * 900).query == "x" * 200
    assert visit("/search?q=a%0d%0aSet-Cookie:%00b").query == "a Set-Cookie: b"


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", None), ("-1", None), ("", None), ("9" * 18, 10**18 - 1), ("9" * 19, None),
     ("٣", None), ("1e3", None), ("７", None), (" 7", None)],
)  # fmt: skip
def test_ids_are_plain_digits_that_fit_the_database(text: str, number: int | None):
    assert number_of(text) == number


def test_paths_in_links_are_quoted():
    assert Visit("/").url('/topic/a"b c') == "/topic/a%22b%20c"


@pytest.mark.parametrize("path", ["//evil.example/x", "//evil.example", "/\\evil.example"])
def test_no_address_makes_our_links_lead_elsewhere(path: str):
    request = make_mocked_request("GET", "/").clone(rel_url=URL.build(path=path))
    assert request.path.startswith("//evil") or "\\evil" in request.path
    shown = visit_of(request)
    leads = [shown.in_language(Lang.EN), shown.canonical, shown.url(shown.path)]
    leads += dict(shown.alternates).values()
    home = "https://pages.example/"
    assert {urlsplit(urljoin(home, one)).netloc for one in leads} == {"pages.example"}


def test_what_says_nothing_on_a_page_is_no_part_of_its_address():
    asked = "q=x&column=ai&topic=llm&source=3&day=2026-11-22&days=90&before=5&page=2"
    shown = visit_of(make_mocked_request("GET", f"/s/3?{asked}"))
    assert shown.canonical == "/s/3"
    assert shown.in_language(Lang.EN) == "/s/3?lang=en"
    listed = visit_of(make_mocked_request("GET", f"/column/ai?{asked}"))
    assert listed.canonical == "/column/ai?before=5"
    assert visit_of(make_mocked_request("GET", f"/sources?{asked}")).canonical == "/sources?page=2"
    sought = visit_of(make_mocked_request("GET", f"/search?{asked}")).canonical
    assert sought == "/search?q=x&column=ai&topic=llm&day=2026-11-22&source=3&before=5"
