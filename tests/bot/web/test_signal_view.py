from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.web.views.signal import QUOTES_BUDGET, SignalFacts, SignalView, signal_view
from digest.model import (
    ArticleOrigin,
    FullText,
    Kind,
    Lang,
    NumberFact,
    Placement,
    Point,
    Relation,
    SeenIn,
)
from tests.bot.web.samples import ARTICLE, BRIEF, NOW, SIGNAL, article, brief, setting, signal


def view(lang: Lang = Lang.ZH, **facts: object) -> SignalView:
    given = {"signal": SIGNAL, "article": ARTICLE} | facts
    return signal_view(SignalFacts(**given), setting(lang))  # type: ignore[arg-type]


def test_a_point_that_is_the_sentence_itself_links_to_it_and_does_not_repeat_it():
    point = view().points[0]
    assert point.verbatim
    assert [(quote.number, quote.href) for quote in point.quotes] == [(1, "#s1")]


def test_a_reworded_point_quotes_every_sentence_it_rests_on():
    point = view().points[1]
    assert not point.verbatim
    assert [quote.text for quote in point.quotes] == [
        "Power comes from three rivers.",
        "The first is the longest.",
    ]
    assert [quote.href for quote in point.quotes] == ["#s8", "#s9"]


def test_a_page_that_has_quoted_enough_only_links():
    long = tuple((f"{n} " + "字" * 270 + "。",) for n in range(12))
    points = tuple(Point(f"要点 {n}", (n, n + 1, n + 2), "zh") for n in range(6))
    shown = view(signal=signal(brief=brief(points=points)), article=article(paragraphs=long))
    quotes = [quote for point in shown.points for quote in point.quotes]
    assert sum(len(quote.text.encode()) for quote in quotes) <= QUOTES_BUDGET
    assert quotes[0].text
    assert not quotes[-1].text
    assert quotes[-1].href


def test_evidence_that_the_article_does_not_have_is_left_out():
    broken = brief(points=(Point("Something.", (99, -1, 2), "en"),))
    quotes = view(signal=signal(brief=broken)).points[0].quotes
    assert [quote.text for quote in quotes] == ["The site will employ 400 people."]


def test_parts_without_anything_to_say_are_absent():
    bare = signal(
        brief=replace(BRIEF, points=(), numbers=(), gaps=(), keywords=()),
        placement=Placement("gone-column", Kind.NEWS),
        seen_in=(),
    )
    shown = view(signal=bare, article=None)
    assert (shown.points, shown.numbers, shown.gaps, shown.why) == ((), (), (), None)
    assert (shown.cues, shown.story, shown.excerpt, shown.column) == ((), None, None, None)
    assert (shown.topics, shown.keywords, shown.related) == ((), (), ())


def test_points_left_in_a_foreign_language_say_so_once():
    assert view().points_foreign == "英语"
    assert view(Lang.EN).points_foreign == ""


def test_a_point_in_the_readers_language_ends_the_remark_about_all():
    mixed = brief(points=(Point("奥斯陆。", (0,), "zh"), Point("Oslo.", (0,), "en")))
    shown = view(signal=signal(brief=mixed))
    assert shown.points_foreign == ""
    assert [point.foreign for point in shown.points] == [False, True]


def test_numbers_show_writing_conversion_measure_and_change():
    cost, people = view().numbers
    assert (cost.text, cost.converted, cost.measure.text, cost.change) == (
        "$1.2 billion", "12 亿美元", "cost of the site", "",
    )  # fmt: skip
    assert (people.change, people.direction, people.href) == ("120 → 400", "up", "#s3")


def test_a_conversion_equal_to_the_writing_is_not_repeated():
    fact = NumberFact("12 亿美元", 1.2e9, "money", "USD", 0, zh="12亿美元")
    assert view(signal=signal(brief=brief(numbers=(fact,)))).numbers[0].converted == ""


def test_the_originals_time_stands_in_its_own_zone_and_in_beijing():
    at = view().original.at
    assert at is not None
    assert at.own == "2026年11月22日 11:30 UTC+1"
    assert at.text == "2026年11月22日 18:30"


def test_an_original_from_beijing_shows_one_time():
    at = view(signal=signal(utc_offset_min=480)).original.at
    assert at is not None
    assert at.own == ""


def test_an_original_without_a_date_does_not_borrow_ours():
    shown = view(signal=signal(published_at=None))
    assert shown.original.at is None
    assert shown.at.iso == SIGNAL.created_at.isoformat()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://x.example",
        "data:text/html,<script>",
        "tg://resolve?domain=x",
        "//x.example/a",
        "http://",
        "https://[broken",
        "https://x.example/\nSet-Cookie:a",
        "https://x.example/" + "a" * 2000,
        "",
    ],
)
def test_only_web_addresses_become_links(url: str):
    shown = view(signal=signal(url=url, seen_in=(SeenIn(1, "S", url, NOW),)))
    assert shown.original.href == ""
    assert shown.provenance.carriers[0].href == ""


def test_the_original_title_shows_when_the_headline_says_something_else():
    assert view().original.title is not None
    same = signal(title="NORTHWIND opens its largest data centre in Oslo!")
    assert view(signal=same).original.title is None


def test_as_much_of_the_text_is_shown_as_the_source_allows():
    assert view().excerpt.whole is False  # type: ignore[union-attr]
    fed = view(article=article(origin=ArticleOrigin.FEED))
    assert fed.excerpt.whole is False  # type: ignore[union-attr]
    full = view(signal=signal(full_text=FullText.FULL))
    assert full.excerpt.whole  # type: ignore[union-attr]
    assert view(signal=signal(full_text=FullText.LINK)).excerpt is None


def test_cues_name_the_words_that_decided():
    cues = {"kind": ("launch",), "column": ("data centre",), "llm": ("GPT",), "chips": ()}
    placed = Placement("ai", Kind.RELEASE, ("llm", "chips", "unknown"), cues)
    found = [(cue.what, cue.name, cue.words) for cue in view(signal=signal(placement=placed)).cues]
    assert found == [
        ("kind", "release", ("launch",)),
        ("column", "人工智能", ("data centre",)),
        ("topic", "大模型", ("GPT",)),
    ]


def test_a_story_lists_its_signals_in_the_order_of_events_with_what_is_new():
    first = signal(
        id=3, published_at=NOW - timedelta(days=1), brief=brief(numbers=BRIEF.numbers[:1])
    )
    later = signal(id=9, published_at=NOW, relation=Relation.UPDATE)
    story = view(story=(later, SIGNAL, first)).story
    assert story is not None
    assert [(step.here, step.href) for step in story.steps] == [
        (False, "/s/3"), (True, ""), (False, "/s/9"),
    ]  # fmt: skip
    assert story.earlier == 1
    assert story.new_numbers == ("400",)


def test_a_story_of_one_is_no_story():
    assert view(story=(SIGNAL,)).story is None


def test_a_long_story_keeps_this_signal_in_sight():
    members = [signal(id=100 + n, published_at=NOW + timedelta(hours=n)) for n in range(30)]
    shown = view(signal=members[20], story=tuple(members)).story
    assert shown is not None
    assert any(step.here for step in shown.steps)
    assert shown.left_out == 22


def test_related_signals_leave_out_the_story_and_the_signal_itself():
    other = signal(id=50)
    story = (SIGNAL, signal(id=8))
    shown = view(related=(SIGNAL, story[1], other), story=story)
    assert [item.href for item in shown.related] == ["/s/50"]


def test_the_score_comes_with_its_parts():
    rows = view().provenance.score
    assert [(row.points, row.ceiling, row.share) for row in rows] == [
        ("12", "20", 60), ("30.5", "40", 76),
    ]  # fmt: skip
    assert rows[1].evidence == (("sources", "3"), ("age_h.unknown", ""))


def test_hostile_lengths_come_out_bounded():
    long = "x" * 500
    shown = view(
        signal=signal(
            title=long,
            author=long,
            site=long,
            brief=replace(BRIEF, headline=long, points=(Point(long * 9, (0,), "en"),) * 50),
            seen_in=tuple(SeenIn(n, long, "https://e.example/", NOW) for n in range(40)),
        )
    )
    assert len(shown.headline.text) <= 200
    assert len(shown.points) == 6
    assert len(shown.points[0].text.text) <= 300
    assert (len(shown.provenance.carriers), shown.provenance.further_carriers) == (8, 32)


def test_control_characters_never_reach_the_page():
    shown = view(signal=signal(title="a\x00b\x1b[31m\r\nSet-Cookie: x\ud800"))
    assert shown.original.title is not None
    assert shown.original.title.text == "a b [31m Set-Cookie: x"


def test_dates_at_the_end_of_the_calendar_do_not_break_the_page():
    end = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)
    assert view(signal=signal(published_at=end)).original.at is not None
    start = datetime(1, 1, 1, tzinfo=UTC)
    assert view(signal=signal(published_at=start, utc_offset_min=-300)).original.at is not None
