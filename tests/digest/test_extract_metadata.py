"""Title, author, site, time, language, image and own address of a page."""

from datetime import UTC, datetime

import pytest

from digest.extract import extract
from digest.extract.dates import Precision, choose_moment, parse_moment
from digest.extract.naming import author_of, headline_of, site_of, without_site
from digest.model import Article
from tests.digest.extract_pages import ZH, html, linked_data, page

FEED_TIME = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def read(head: str = "", **said: object) -> Article:
    layout = {key: said.pop(key) for key in ("title", "heading", "before") if key in said}
    texts = {"texts": said.pop("texts")} if "texts" in said else {}
    return extract(page(html(**texts, head=head, **layout), **said))  # type: ignore[arg-type]


# --- titles


@pytest.mark.parametrize(
    ("window", "site"),
    [
        ("Harwick buys electric buses | Courier", "Courier"),
        ("Harwick buys electric buses - The Harwick Courier", "Harwick Courier"),
        ("Harwick buys electric buses – News – Courier", "Courier"),
        ("Harwick buys electric buses :: courier.example", "courier.example"),
        ("Courier | Harwick buys electric buses", "Courier"),
    ],
)
def test_the_sites_name_is_no_part_of_the_title(window: str, site: str):
    assert without_site(window.replace("::", "|"), (site,)) == "Harwick buys electric buses"


@pytest.mark.parametrize(
    "window",
    [
        "清河公交全部换电动车_清河新闻_清河在线",
        "清河公交全部换电动车-清河日报",
        "清河公交全部换电动车 - 清河日报网",
        "清河公交全部换电动车｜清河日报",
    ],
)
def test_chinese_titles_lose_their_site_too(window: str):
    assert without_site(window, ("清河日报",)) == "清河公交全部换电动车"


@pytest.mark.parametrize(
    "title",
    [
        "Bus lines 4-7: what changes in March",
        "Electric - the musical comes to Harwick",
        "新机发布 售价曝光",
        "C++ | the good parts and the rest of the story",
        "T-34 与 Leopard-2 的对比",
    ],
)
def test_marks_within_a_title_stay(title: str):
    assert without_site(title, ("Courier",)) == title
    assert headline_of(heads=[], declared=[title], window="", feed="", site_names=()) == title


def test_the_heading_that_the_window_confirms_is_the_headline():
    title = headline_of(
        heads=["Harwick Courier", "Harwick buys electric buses at last"],
        declared=["Electric buses: all you need to know"],
        window="Harwick buys electric buses at last | Courier",
        feed="",
        site_names=("Courier",),
    )

    assert title == "Harwick buys electric buses at last"


def test_the_feeds_title_settles_a_quarrel():
    title = headline_of(
        heads=["Four Years of Buses"],
        declared=[],
        window="Four Years of Buses » Why trams lost",
        feed="Why trams lost",
        site_names=(),
    )

    assert title == "Why trams lost"


def test_a_title_that_was_cut_off_is_found_whole():
    title = headline_of(
        heads=[],
        declared=["Harwick buys electric buses and..."],
        window="Harwick buys electric buses and closes a depot | Courier",
        feed="",
        site_names=("Courier",),
    )

    assert title == "Harwick buys electric buses and closes a depot"


def test_the_feeds_title_stands_in_for_none():
    assert (
        headline_of(heads=[""], declared=[], window="", feed="Buses!", site_names=()) == "Buses!"
    )


def test_titles_are_unescaped_and_kept_whole():
    long = "A very long title about buses " * 17
    head = '<meta property="og:title" content="Harwick&amp;#8217;s buses &amp;lt;electric&gt;">'

    assert read(head, heading="", title="").title == "Harwick’s buses <electric>"
    assert read(heading=long, title=long).title == long.strip()


# --- authors and sites


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["By Mara Lindqvist"], "Mara Lindqvist"),
        (["Mara Lindqvist and Jon Ask"], "Mara Lindqvist, Jon Ask"),
        (["Mara Lindqvist, Jon Ask"], "Mara Lindqvist, Jon Ask"),
        (["Mara Lindqvist, Senior Reporter"], "Mara Lindqvist"),
        (["mara@courier.example (Mara Lindqvist)"], "Mara Lindqvist"),
        (["@maralind"], "maralind"),
        (["作者：林晚秋"], "林晚秋"),
        (["本报记者 林晚秋 周北辰"], "林晚秋 周北辰"),
        (["林晚秋、周北辰"], "林晚秋、周北辰"),
        (["文 | 林晚秋"], "林晚秋"),
        (["林晚秋 发布时间：11-20 08:30"], "林晚秋"),
        (["admin"], ""),
        (["佚名"], ""),
        (["November 20, 2026"], ""),
        (["https://courier.example/author/mara"], ""),
        (["Courier"], ""),
        (["x" * 200], ""),
        ([], ""),
    ],
)
def test_authors_are_people(written: list[str], expected: str):
    assert author_of([written], ("Courier",)) == expected


def test_the_first_list_that_names_somebody_wins():
    assert author_of([["admin"], [""], ["Mara Lindqvist"], ["Jon Ask"]], ()) == "Mara Lindqvist"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="author" content="Mara Lindqvist">',
        linked_data('{"@type":"Article","author":{"@type":"Person","name":"Mara Lindqvist"}}'),
        linked_data('{"@graph":[{"@type":["NewsArticle"],"author":["Mara Lindqvist"]}]}'),
    ],
)
def test_the_author_is_found_where_pages_put_it(head: str):
    assert read(head, fallback_author="Somebody Else").author == "Mara Lindqvist"


def test_the_feeds_author_stands_in():
    assert read(fallback_author="jon@x.example (Jon Ask)").author == "Jon Ask"


def test_a_byline_above_a_chinese_text_names_author_and_time():
    article = read(texts=ZH, before="<p>清河日报记者 林晚秋</p><p>2026-11-20 08:30</p>")

    assert article.author == "林晚秋"
    assert article.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert article.utc_offset_min == 480


def test_the_site_has_its_own_name_or_its_hosts():
    assert (
        read('<meta property="og:site_name" content="Harwick Courier">').site == "Harwick Courier"
    )
    assert site_of(["@courier"], "x.example") == "courier"
    assert site_of([""], "www.courier.example") == "courier.example"


# --- time


@pytest.mark.parametrize(
    ("written", "expected", "offset"),
    [
        ("2026-11-20T08:30:00+08:00", "2026-11-20T00:30", 480),
        ("2026-11-20T08:30:00.123+0800", "2026-11-20T00:30", 480),
        ("2026-11-20 08:30:00 -05:00", "2026-11-20T13:30", -300),
        ("2026-11-20T08:30Z", "2026-11-20T08:30", 0),
        ("2026/11/20 8:30 GMT", "2026-11-20T08:30", 0),
        ("Fri, 20 Nov 2026 08:30:00 +0530", "2026-11-20T03:00", 330),
        ("November 20, 2026 8:30 PM EST", "2026-11-21T01:30", -300),
        ("20 Nov 2026, 20:30 CET", "2026-11-20T19:30", 60),
        ("1795000000", "2026-11-18T11:06", 0),
        ("1795000000000", "2026-11-18T11:06", 0),
    ],
)
def test_times_with_a_zone(written: str, expected: str, offset: int):
    moment = parse_moment(written)

    assert moment is not None
    assert moment.at.isoformat()[:16] == expected
    assert (moment.precision, moment.offset_min) == (Precision.ZONED, offset)


@pytest.mark.parametrize(
    ("written", "expected", "precision"),
    [
        ("2026年11月20日 08:30", "2026-11-20T08:30", Precision.LOCAL),
        ("2026年11月20日08:30", "2026-11-20T08:30", Precision.LOCAL),
        ("发布时间：2026-11-20 08:30:15 来源：清河日报", "2026-11-20T08:30", Precision.LOCAL),
        ("Nov. 20, 2026 at 8:30 a.m.", "2026-11-20T08:30", Precision.LOCAL),
        ("2026-11-20 08:30 CST", "2026-11-20T08:30", Precision.LOCAL),
        ("2026-11-20T08:30+99:99", "2026-11-20T08:30", Precision.LOCAL),
        ("2026年1月6日", "2026-01-06T00:00", Precision.DAY),
        ("2026-11-20", "2026-11-20T00:00", Precision.DAY),
        ("20261120", "2026-11-20T00:00", Precision.DAY),
        ("20th November 2026", "2026-11-20T00:00", Precision.DAY),
    ],
)
def test_times_without_one(written: str, expected: str, precision: Precision):
    moment = parse_moment(written)

    assert moment is not None
    assert moment.at.isoformat()[:16] == expected
    assert (moment.precision, moment.offset_min) == (precision, None)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "2026-13-40",
        "1970-01-01",
        "11-20 08:30",
        "0000-00-00",
        "9" * 30,
        "Fri, 31 Dec 9999 23:59:59 -2359",
    ],
)
def test_what_is_no_date_is_none(written: str):
    assert parse_moment(written) is None


def chosen(
    *written: str, feed: datetime | None = FEED_TIME, lang: str = "en"
) -> tuple[str, object]:
    moments = [moment for text in written if (moment := parse_moment(text)) is not None]
    at, offset = choose_moment(
        moments, feed=feed, feed_offset_min=60, now=datetime(2026, 11, 22, tzinfo=UTC), lang=lang
    )
    return (at.isoformat()[:16] if at else "", offset)


def test_a_time_with_its_zone_wins_over_all():
    assert chosen("2026-11-19", "2026-11-20T08:00:00+08:00") == ("2026-11-20T00:00", 480)


def test_a_time_without_a_zone_yields_to_the_feeds_exact_one():
    assert chosen("2026-11-20 08:30") == ("2026-11-20T00:30", 60)
    assert chosen("2026-11-20") == ("2026-11-20T00:30", 60)


def test_a_time_that_cannot_be_the_feeds_is_the_originals():
    assert chosen("2026-10-01 08:30") == ("2026-10-01T08:30", None)
    assert chosen("2026-10-01 08:30", lang="zh") == ("2026-10-01T00:30", 480)
    assert chosen("2026-10-01", lang="zh") == ("2026-10-01T00:00", None)


def test_what_lies_ahead_is_passed_over():
    assert chosen("2027-01-01T00:00:00Z", "2026-11-01T00:00:00Z") == ("2026-11-01T00:00", 0)
    assert chosen("2027-01-01T00:00:00Z", feed=None) == ("", None)
    assert chosen(feed=datetime(2030, 1, 1, tzinfo=UTC)) == ("", None)


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2026-11-20T08:30:00+08:00">',
        '<meta itemprop="datePublished" content="2026-11-20T08:30:00+08:00">',
        linked_data('{"@type":"NewsArticle","datePublished":"2026-11-20T08:30:00+08:00",}'),
        linked_data(
            '{"@graph":[{"@type":"WebSite"},{"@type":"BlogPosting",'
            '"datePublished":"2026-11-20T08:30:00+08:00"}]}'
        ),
    ],
)
def test_the_pages_own_time_and_zone_are_kept(head: str):
    article = read(head)

    assert article.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
    assert article.utc_offset_min == 480


def test_another_articles_time_is_not_this_ones():
    other = '{"@type":"NewsArticle","url":"https://courier.example/other","datePublished":"2020-01-01T00:00:00Z"}'
    own = (
        '{"@type":"NewsArticle","url":"https://courier.example/2026/11/harwick-buses",'
        '"datePublished":"2026-11-20T08:30:00+08:00"}'
    )

    article = read(linked_data(f"[{other},{own}]"))

    assert article.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_a_time_element_and_an_update_line():
    before = (
        '<span class="date">Last updated 2026-11-21 10:00</span>'
        '<time datetime="2026-11-20T08:30:00+08:00">20 November</time>'
    )

    assert read(before=before).published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


# --- addresses, image, language


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("https://courier.example/buses", "https://courier.example/buses"),
        ("https://www.courier.example/buses", "https://www.courier.example/buses"),
        ("/buses", "https://courier.example/buses"),
        ("//courier.example/buses", "https://courier.example/buses"),
        ("https://courier.example/", "https://courier.example/2026/11/harwick-buses"),
        ("https://other.example/buses", "https://courier.example/2026/11/harwick-buses"),
        ("javascript:alert(1)", "https://courier.example/2026/11/harwick-buses"),
        ("https://user@courier.example/b", "https://courier.example/2026/11/harwick-buses"),
        ("http://[bad", "https://courier.example/2026/11/harwick-buses"),
    ],
)
def test_the_pages_own_address_counts_within_its_site(named: str, expected: str):
    assert read(f'<link rel="canonical" href="{named}">').canonical_url == expected


def test_sites_under_a_countrys_second_level_are_different_sites():
    article = read(
        '<link rel="canonical" href="https://b.com.cn/x">', url="https://a.com.cn/2026/x"
    )

    assert article.canonical_url == "https://a.com.cn/2026/x"


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("https://img.example/a.jpg", "https://img.example/a.jpg"),
        ("/a.jpg", "https://courier.example/a.jpg"),
        ("data:image/png;base64,AAAA", ""),
        ("javascript:alert(1)", ""),
        ("https://img.example/" + "a" * 3_000, ""),
    ],
)
def test_the_image_is_an_address_of_the_web(named: str, expected: str):
    assert read(f'<meta property="og:image" content="{named}">').image_url == expected


def test_the_text_outweighs_the_declared_language():
    assert read(texts=ZH, lang_hint="en").lang == "zh"


@pytest.mark.parametrize("script", ["{", "null", "[[[[", "[" * 5_000, '{"@type": 5}', '"x"', "{}"])
def test_broken_linked_data_change_nothing(script: str):
    assert read(linked_data(script)).title == "Harwick buys electric buses"
