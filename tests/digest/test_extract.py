"""From a page to an article, or to the honest reason why there is none."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import ExtractionError
from digest.extract import extract
from digest.model import ArticleOrigin, EntryState
from tests.digest.extract_pages import EN, ZH, html, linked_data, page, paragraphs

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEED_EN = paragraphs(EN)


def refusal(*arguments: object, **said: object) -> ExtractionError:
    with pytest.raises(ExtractionError) as caught:
        extract(page(*arguments, **said))  # type: ignore[arg-type]
    return caught.value


def text_of(article_paragraphs: tuple[tuple[str, ...], ...], gap: str = " ") -> list[str]:
    return [gap.join(sentences) for sentences in article_paragraphs]


def test_a_page_becomes_an_article_with_its_paragraphs_and_sentences():
    article = extract(page(html()))

    assert text_of(article.paragraphs) == list(EN)
    assert article.paragraphs[1][0].endswith("heads the transport office.")
    assert article.title == "Harwick buys electric buses"
    assert (article.lang, article.origin, article.note) == ("en", ArticleOrigin.PAGE, "")
    assert article.url == "https://courier.example/2026/11/harwick-buses"
    assert article.site == "courier.example"


def test_a_chinese_page_in_gb18030_reads_like_one_in_utf_8():
    source = html(ZH, title="清河公交全部换电动车", heading="清河公交全部换电动车")
    plain = extract(page(source))
    old = source.replace('charset="utf-8"', 'charset="gb2312"').encode("gb18030")

    article = extract(page(old, content_type="text/html"))

    assert article.paragraphs == plain.paragraphs
    assert text_of(article.paragraphs, "") == list(ZH)
    assert (article.title, article.lang) == ("清河公交全部换电动车", "zh")


def test_what_serves_the_page_is_left_out():
    junk = [
        "分享到：微信 微博",
        "责任编辑：张三",
        "图片来源：视觉中国",
        "清河市东部的公交站。本报记者 李四 摄",
        "关键词 >> 公交,电动车",
        "版权声明：本文版权归清河日报所有，未经授权不得转载。",
        "微信扫一扫关注该公众号",
    ]
    body = html(
        ZH,
        before="<p>2026年11月20日 08:30</p><p>来源：清河日报</p><p>字号</p>",
        after=paragraphs(tuple(junk))
        + "<h3>相关阅读</h3>"
        + paragraphs(("北港轻轨延长线动工", "老城停车费下月上调")),
    )

    assert text_of(extract(page(body)).paragraphs, "") == list(ZH)


def test_a_trailing_list_of_other_headlines_is_left_out():
    others = [f"Another story number {number} of the day" for number in range(6)]
    body = html(after="<ul>" + "".join(f"<li>{text}</li>" for text in others) + "</ul>")

    assert text_of(extract(page(body)).paragraphs) == list(EN)


def test_a_list_that_belongs_to_the_article_stays():
    items = "".join(f"<li>Line {number} runs every ten minutes.</li>" for number in (4, 7, 9))
    body = html((*EN[:3], "The following lines change first:"), after=f"<ul>{items}</ul>")

    assert text_of(extract(page(body)).paragraphs)[-3:] == [
        f"Line {number} runs every ten minutes." for number in (4, 7, 9)
    ]


def test_line_breaks_end_paragraphs_and_wrapped_lines_do_not():
    body = html(
        (*EN, "First point of the plan.<br>Second point of the plan.", "a line<br>that goes on")
    )

    assert text_of(extract(page(body)).paragraphs)[4:] == [
        "First point of the plan.",
        "Second point of the plan.",
        "a line that goes on",
    ]


def test_cells_of_a_table_are_not_glued():
    table = "<table><tr><th>Line</th><th>Buses</th></tr><tr><td>4</td><td>12</td></tr></table>"
    body = html((*EN, f"The numbers in short:</p>{table}<p>All numbers are from the city."))

    assert "4 | 12" in text_of(extract(page(body)).paragraphs)


def test_invisible_characters_go_and_text_is_composed():
    dirty = (
        "Cafe\u0301 buses\u200b run\u202e on\u00a0time\u00ad today, said the\u2028office there."
    )
    article = extract(page(html((*EN, dirty))))

    assert (
        text_of(article.paragraphs)[-1] == "Café buses run on time today, said the office there."
    )


def test_a_paragraph_that_comes_twice_is_kept_once():
    assert text_of(extract(page(html((*EN, EN[3], EN[2])))).paragraphs) == list(EN)


@pytest.mark.parametrize("status", [0, 403, 404, 500, 503])
def test_a_failed_page_gives_way_to_the_feeds_body(status: int):
    article = extract(
        page("<p>Not found</p>", status=status, fallback_html=FEED_EN, fallback_title="Buses")
    )

    assert text_of(article.paragraphs) == list(EN)
    assert (article.origin, article.note) == (ArticleOrigin.FEED, "feed_body")
    assert article.title == "Buses"


def test_a_failed_page_without_a_feeds_body_has_failed():
    error = refusal("<p>Not found</p>", status=404, fallback_html="<p>Short teaser.</p>")

    assert error.state == EntryState.FAILED
    assert "404" in error.detail


def test_a_page_drawn_by_script_gives_way_to_the_feeds_body():
    shell = '<html><body><div id="app"></div><script>start()</script></body></html>'

    article = extract(page(shell, fallback_html=FEED_EN, fallback_title="Buses"))

    assert article.origin == ArticleOrigin.FEED


def test_a_page_drawn_by_script_may_hold_its_text_for_machines():
    body = "\\n".join(EN)
    script = f'{{"@type":"NewsArticle","headline":"Harwick buys","articleBody":"{body}"}}'
    shell = (
        f"<html><head>{linked_data(script)}</head><body><div id=app>Loading</div></body></html>"
    )

    article = extract(page(shell))

    assert text_of(article.paragraphs) == list(EN)
    assert article.origin == ArticleOrigin.PAGE


def test_the_page_wins_over_a_teaser():
    article = extract(page(html(), fallback_html=f"<p>{EN[0]}</p>"))

    assert article.origin == ArticleOrigin.PAGE


def test_a_teaser_that_was_cut_off_ends_with_a_whole_sentence():
    teaser = f"<p>{EN[0]} {EN[1]} The whole fleet should […]</p>"
    more = f"<p>{EN[2]}</p>"

    article = extract(page("", status=500, fallback_html=more + teaser, fallback_title="Buses"))

    assert text_of(article.paragraphs)[-1] == f"{EN[0]} {EN[1]}"


def test_too_little_everywhere_is_short():
    error = refusal(html(EN[:1]), fallback_html="<p>Buses.</p>")

    assert error.state == EntryState.SHORT


def test_two_sentences_of_120_characters_are_enough():
    note = "Version 2.4.1 of the Harwick timetable library is out now. It reads the new feeds of "
    article = extract(
        page(html((note + "the regional office, and start-up takes half the time.",)))
    )

    assert len(article.sentences) == 2


def test_a_closed_article_is_read_as_far_as_it_is_open():
    head = linked_data('{"@type":"NewsArticle","isAccessibleForFree":"False"}')
    body = html(head=head, after="<p>Subscribe now to continue reading this story.</p>")

    article = extract(page(body))

    assert article.note == "paywalled"
    assert text_of(article.paragraphs) == list(EN)


@pytest.mark.parametrize(
    "plea",
    [
        "Already a subscriber? Log in",
        "This post is for paid subscribers",
        "本文为付费内容，购买后继续阅读",
        "登录后查看全文，剩余 70%",
    ],
)
def test_a_closed_article_with_hardly_any_open_text_is_paywalled(plea: str):
    assert refusal(html((EN[0], plea))).state == EntryState.PAYWALLED


def test_a_closed_article_is_read_from_a_feed_that_has_it_all():
    article = extract(page(html((EN[0], "Subscribe to continue reading.")), fallback_html=FEED_EN))

    assert (article.origin, article.note) == (ArticleOrigin.FEED, "feed_body")


def test_words_about_subscriptions_within_an_article_close_nothing():
    text = (
        "Readers subscribe to continue reading about buses, the paper's owner joked at the event."
    )
    long = tuple(f"{sentence} Part {number}." for number in range(3) for sentence in EN)

    article = extract(page(html((text, *long))))

    assert article.note == ""
    assert text in text_of(article.paragraphs)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Verify you are human by completing the action below."),
        ("Attention Required! | Cloudflare", "Sorry, you have been blocked."),
        ("Access Denied", "You don't have permission to access this page on this server."),
        ("Are you a robot?", "Please make sure your browser supports JavaScript and cookies."),
        ("安全验证", "请完成下列验证后继续"),
        ("Before you continue", "We value your privacy. We and our partners store information."),
        ("Log in to your account", "Enter your e-mail address and password to log in."),
    ],
)
def test_a_page_on_guard_is_not_an_article(title: str, text: str):
    guard = html((text,), title=title, heading=title)

    assert refusal(guard).state == EntryState.NOT_ARTICLE
    assert extract(page(guard, fallback_html=FEED_EN)).origin == ArticleOrigin.FEED


def test_an_article_about_such_pages_is_one():
    title = "Error handling in timetable software"

    assert extract(page(html(title=title, heading=title))).title == title


def test_a_home_page_is_not_an_article():
    links = "".join(f"<li><a href=/{n}>Headline number {n} of the day</a></li>" for n in range(40))
    home = f"<html><head><title>Courier</title></head><body><ul>{links}</ul></body></html>"

    for url in ("https://courier.example/", "https://courier.example/tag/buses"):
        assert refusal(home, url=url).state == EntryState.NOT_ARTICLE


OFFER = linked_data('{"@type": "Product", "name": "Halo lamp"}')
REVIEWED = linked_data('[{"@type": "Product"}, {"@type": "NewsArticle", "headline": "Halo"}]')
DATED = '<meta property="article:published_time" content="2026-11-03T08:00:00Z">'


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("https://lamps.example/halo", OFFER),
        ("https://lamps.example/halo", '<meta property="og:type" content="product">'),
        ("https://lamps.example/shop/p/halo", ""),
        ("https://lamps.example/?srsltid=AfmBOor", ""),
        ("https://board.example/forums/beginners.17/", ""),
    ],
)
def test_a_page_that_sells_or_lists_threads_is_not_an_article(url: str, head: str) -> None:
    assert refusal(html(head=head), url=url).state == EntryState.NOT_ARTICLE


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("https://courier.example/halo", REVIEWED),
        ("https://courier.example/products/halo", DATED),
        ("https://courier.example/shopping-streets-of-harwick", ""),
        ("https://courier.example/?p=2895", ""),
    ],
)
def test_an_article_about_goods_is_one(url: str, head: str) -> None:
    assert extract(page(html(head=head), url=url)).title == "Harwick buys electric buses"


def test_a_thread_of_a_board_says_so() -> None:
    thread = linked_data('{"@type": "DiscussionForumPosting", "headline": "Buses"}')
    assert extract(page(html(head=thread))).note == "thread"
    assert extract(page(html())).note == ""


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "text/html; charset=utf-8"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b'{"articles": []}', "application/json"),
        (b'{"articles": []}', "text/html"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "text/xml"),
        (b"a,b,c", "text/csv"),
        (b"PK\x03\x04", "application/octet-stream"),
    ],
)
def test_what_is_no_page_is_not_an_article(body: bytes, content_type: str):
    assert refusal(body, content_type=content_type).state == EntryState.NOT_ARTICLE


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream", "x"])
def test_a_page_under_a_false_name_is_still_a_page(content_type: str):
    assert text_of(extract(page(html(), content_type=content_type)).paragraphs) == list(EN)


def test_plain_text_is_read_by_its_blank_lines():
    article = extract(
        page("\n\n".join(EN), content_type="text/plain; charset=utf-8", fallback_title="Buses")
    )

    assert text_of(article.paragraphs) == list(EN)
    assert article.title == "Buses"


@pytest.mark.parametrize("body", [b"", b"   \r\n", b"\x00\x00\x00"])
def test_nothing_is_a_failure(body: bytes):
    assert refusal(body).state == EntryState.FAILED


def test_a_page_without_any_title_is_called_by_its_first_sentence():
    assert extract(page(f"<html><body>{FEED_EN}</body></html>")).title == EN[0]


def test_a_date_that_lies_ahead_is_not_believed():
    head = '<meta property="article:published_time" content="2031-01-01T08:00:00+01:00">'
    told = NOW - timedelta(hours=3)

    article = extract(page(html(head=head), fallback_published=told), now=NOW)

    assert article.published_at == told


def test_asking_for_an_extraction_loads_nothing_before_the_first():
    script = "import sys, digest.extract, bot.engine.jobs_cpu; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not {"lxml", "trafilatura", "resiliparse", "rjieba"} & set(loaded)


def test_a_feeds_own_summary_and_credit_line_are_no_part_of_the_text():
    excerpt = f"<p>{ZH[0]}{ZH[1]}</p><p>本文来自微信公众号：清河观察，作者：林晚秋</p>"
    article = extract(
        page("", status=503, fallback_html=excerpt + paragraphs(ZH), fallback_title="清河公交")
    )

    assert text_of(article.paragraphs, "") == list(ZH)
    assert article.author == "林晚秋"
