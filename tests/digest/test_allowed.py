"""How much of a signal is passed on: in chat, in files, in other people's chats."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digest.allowed import LINK_POINTS, as_allowed, public_part
from digest.exports.formats import Format, Shelf, write
from digest.model import Access, Collection, FullText, Lang, Point, Saved
from digest.render import Links, Rendering, render_card
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from tests.newsdesk import NOON, brief, number_fact, signal

POINTS = tuple(Point(f"要点之{number}。", (number,), "zh") for number in "一二三四五")
FULL = signal(
    brief=brief(
        points=POINTS,
        numbers=(number_fact(),),
        why=Point("因为它重要。", (1,), "zh"),
        gaps=(Point("谁来付钱没有说。", (2,), "zh"),),
    )
)
LINK = replace(FULL, full_text=FullText.LINK)
CLOSED = replace(FULL, access=Access.SUBSCRIBERS)
RENDERING = Rendering(
    Links("https://pages.example", lambda number: f"seal-of-{number}"),
    texts_for(Lang.ZH),
    load_taxonomy(),
    "Asia/Shanghai",
    now=NOON,
)


def test_where_everything_is_allowed_nothing_is_left_out():
    for setting in (FullText.FULL, FullText.EXCERPT):
        allowed = replace(FULL, full_text=setting)
        assert as_allowed(allowed) == public_part(allowed) == allowed


def test_where_the_link_is_allowed_there_are_points_and_numbers():
    kept = as_allowed(LINK).brief
    assert kept.points == POINTS[:LINK_POINTS]
    assert kept.numbers == FULL.brief.numbers
    assert (kept.why, kept.gaps, kept.insight) == (None, (), None)


def test_the_public_knows_the_headline_of_a_subscribers_signal():
    kept = public_part(CLOSED)
    assert kept.brief.headline == FULL.brief.headline
    assert (kept.brief.points, kept.brief.numbers, kept.brief.keywords) == ((), (), ())
    assert (kept.url, kept.title) == (FULL.url, FULL.title)
    assert public_part(LINK) == as_allowed(LINK)


def test_a_card_quotes_no_more_than_the_source_allows():
    assert "因为它重要" in render_card(FULL, RENDERING).text
    card = render_card(LINK, RENDERING).text
    assert "要点之三" in card
    assert "因为它重要" not in card
    assert "谁来付钱" not in card


def test_only_a_subscribers_signal_has_a_sealed_link():
    assert "https://pages.example/s/1?k=seal-of-1" in render_card(CLOSED, RENDERING).text
    assert "k=" not in render_card(FULL, RENDERING).text


@pytest.mark.parametrize("form", [Format.MARKDOWN, Format.JSON, Format.CSV, Format.HTML])
def test_a_file_carries_no_more_than_the_source_allows(form: Format):
    shelf = Collection(1, 1, "要读的", is_default=True, count=1, created_at=NOON)
    saved = [Saved(1, one, "", datetime(2026, 3, 1, tzinfo=UTC)) for one in (LINK,)]
    body = write(form, [Shelf(shelf, saved)], RENDERING).decode()
    assert LINK.brief.headline[:4] in body
    assert "要点之四" not in body
    assert "因为它重要" not in body
    if form is Format.JSON:
        (kept,) = json.loads(body)["collections"][0]["saved"]
        assert len(kept["points"]) == LINK_POINTS
