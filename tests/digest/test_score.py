from dataclasses import replace
from datetime import timedelta

from digest.model import Kind
from digest.pipeline import DraftRequest, make_draft
from digest.score import ScoreFacts, score, with_context
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, NOW, article

GOOD = ScoreFacts(
    source_weight=1.0,
    points=3,
    numbers=4,
    names=3,
    length=900,
    kind=Kind.RELEASE,
    topics=2,
    published_at=NOW - timedelta(hours=4),
)


def test_a_good_article_a_thin_note_and_an_exceptional_one() -> None:
    assert 55 <= score(GOOD, NOW).total <= 75
    thin = ScoreFacts(source_weight=1.0, points=1, numbers=0, names=1, length=60, published_at=NOW)
    assert score(thin, NOW).total < 40
    great = replace(
        GOOD,
        source_weight=1.4,
        length=2400,
        topics=3,
        has_why=True,
        novelty=1.0,
        sources=4,
        momentum=0.5,
    )
    assert score(great, NOW).total >= 80


def test_parts_stay_under_their_ceilings_and_say_what_they_rest_on() -> None:
    wild = ScoreFacts(
        source_weight=99,
        points=99,
        numbers=99,
        names=99,
        length=10**9,
        topics=99,
        has_why=True,
        novelty=7,
        sources=10**6,
        momentum=9,
        published_at=NOW,
    )
    for facts in (GOOD, wild, replace(GOOD, source_weight=-3, novelty=-1, momentum=-1)):
        parts = score(facts, NOW).parts
        assert [part.name for part in parts] == [
            "source",
            "substance",
            "novelty",
            "corroboration",
            "momentum",
            "recency",
        ]
        assert all(0 <= part.points <= part.ceiling for part in parts)
        assert all(part.evidence for part in parts)
        assert sum(part.ceiling for part in parts) == 100


def test_age_lowers_and_an_unknown_or_future_time_is_no_error() -> None:
    def recency(facts: ScoreFacts) -> float:
        return score(facts, NOW).parts[-1].points

    assert recency(GOOD) > recency(replace(GOOD, published_at=NOW - timedelta(days=3)))
    assert recency(replace(GOOD, published_at=None)) == 5
    assert recency(replace(GOOD, published_at=NOW + timedelta(days=1))) == 10


def test_what_others_say_is_counted_anew() -> None:
    before = score(GOOD, NOW)
    after = with_context(before, novelty=1.0, sources=3, momentum=1.0)
    assert after.total > before.total
    same = {part.name: part for part in before.parts}
    for part in after.parts:
        if part.name in {"source", "substance", "recency"}:
            assert part == same[part.name]


def test_drafts_of_the_sample_articles_are_usual() -> None:
    for source in (LAUNCH_EN, LAUNCH_ZH):
        draft = make_draft(DraftRequest(source, "ai", 1.0, NOW))
        assert 45 <= draft.score.total <= 75
        assert draft == make_draft(DraftRequest(source, "ai", 1.0, NOW))


def test_an_empty_article_still_gives_a_draft() -> None:
    draft = make_draft(DraftRequest(article("", lang="en"), "", 1.0, NOW))
    assert draft.brief.points == ()
    assert draft.reading_minutes == 1
    assert draft.score.total < 40
