"""What an editor is told of a trial: reasons and remarks, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import PollFailure
from digest.model import Entry, FeedReading, Lang, SourceKind
from digest.sources.services import own_spec
from digest.sources.trial import (
    Proposal,
    Refusal,
    Refused,
    Remark,
    Service,
    column_guess,
    proposal_of,
)
from digest.texts import texts_for

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TEXT = "<p>" + "Harbour Robotics sold its machines to the port of Lindholm. " * 4 + "</p>"
GOOD = Entry("k", "https://n.example/1", "Harbour sells", body_html=TEXT, published_at=NOW)


def proposal(
    *entries: Entry, url: str = "https://n.example/feed", title: str = "News"
) -> Proposal:
    spec = replace(own_spec(url), title=title)
    return proposal_of(spec, Service.FEED, FeedReading(entries), NOW)


@pytest.mark.parametrize("lang", Lang)
def test_each_reason_and_remark_has_words(lang: Lang) -> None:
    texts = texts_for(lang)
    for code in (*PollFailure, *Refused):
        assert Refusal(code).words(texts)
    for code in PollFailure:
        assert texts(f"bot.reason_{code}")
        assert texts(f"web.reason.{code}")
    found = replace(proposal(GOOD), remarks=tuple(Remark))
    assert len(set(found.remark_words(texts))) == len(Remark)
    assert {replace(found, service=one).service_words(texts) for one in Service}


@pytest.mark.parametrize(
    ("entries", "remarks"),
    [
        ((GOOD,), ()),
        ((), (Remark.EMPTY,)),
        ((GOOD, replace(GOOD, published_at=None)), (Remark.SOME_DATES,)),
        ((replace(GOOD, published_at=None),), (Remark.NO_DATES,)),
        ((replace(GOOD, body_html=""),), (Remark.ONLY_TITLES,)),
        ((replace(GOOD, title="", body_html=""),), (Remark.NO_TITLES,)),
        ((replace(GOOD, url=""),), (Remark.NO_LINKS,)),
        ((replace(GOOD, published_at=NOW - timedelta(days=91)),), (Remark.OLD,)),
    ],
)
def test_what_entries_lack_is_remarked(
    entries: tuple[Entry, ...], remarks: tuple[Remark, ...]
) -> None:
    assert proposal(*entries).remarks == remarks


def test_the_place_of_a_source_is_remarked() -> None:
    comments = proposal(GOOD, url="http://n.example/comments/feed/")
    assert comments.remarks == (Remark.COMMENTS, Remark.PLAIN_HTTP)
    assert comments.rank > proposal(GOOD).rank


def test_the_language_is_that_of_the_words_not_of_the_generator() -> None:
    reading = FeedReading(
        (replace(GOOD, title="海港机器人售出分拣机" * 9, body_html=""),), lang="en"
    )
    assert (
        proposal_of(own_spec("https://n.example/"), Service.FEED, reading, NOW).spec.lang == "zh"
    )
    short = FeedReading((replace(GOOD, title="On Belts", body_html=""),), lang="en-US")
    assert proposal_of(own_spec("https://n.example/"), Service.FEED, short, NOW).spec.lang == "en"


@pytest.mark.parametrize(
    ("service", "title", "column"),
    [
        (Service.GITHUB, "Release notes from belts", "dev"),
        (Service.ARXIV, "arXiv cs.AI", "ai"),
        (Service.ARXIV, "arXiv astro-ph", "science"),
        (Service.HACKER_NEWS, "Hacker News", "tech"),
        (Service.FEED, "财经早餐", "business"),
        (Service.FEED, "Harbour", "tech"),
    ],
)
def test_the_column_is_guessed(service: Service, title: str, column: str) -> None:
    assert column_guess(service, title) == column


def test_a_spec_of_ones_own_has_the_key_of_its_address() -> None:
    spec = own_spec("n.example/list")
    assert (spec.url, spec.kind) == ("https://n.example/list", SourceKind.FEED)
    assert spec.key == own_spec("https://n.example/list").key
