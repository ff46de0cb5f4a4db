"""The measures of stories against counts by hand, the usual ways against scikit-learn."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.cli.clusters import agreement, b_cubed, pairwise, two_thresholds
from bot.cli.linking import Pairs, linked, min_hash, tf_idf, title_jaccard, whole_text
from digest.stories import StoryItem
from digest.text.segmentation import words

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TITLES = (
    "Northwind Bank cuts its key rate",
    "Key rate is cut by Northwind Bank",
    "央行下调存款准备金率",
    "央行宣布下调存款准备金率",
    "Ferry Aurora runs aground",
)


def item(title: str, text: str = "", at: datetime = NOON, lang: str = "") -> StoryItem:
    lang = lang or ("en" if title.isascii() else "zh")
    return StoryItem(0, None, title, text, lang, (), (), at, 50)


def test_b_cubed_and_pairs_are_counted_as_by_hand() -> None:
    # Items a a a b b in groups 1 1 2 2 2: pairs claimed 1 + 3, due 3 + 1, right 1 + 1.
    found, gold = (1, 1, 2, 2, 2), "aaabb"
    cubed = b_cubed(found, gold)
    assert cubed.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5)
    assert cubed.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5)
    pairs = pairwise(found, gold)
    assert (pairs.precision, pairs.recall, pairs.f1) == (0.5, 0.5, 0.5)


def test_nothing_claimed_is_not_wrong_and_nothing_due_is_not_missed() -> None:
    assert pairwise((1, 2), "ab") == agreement(0, 0, 0)
    assert b_cubed((), ()).f1 == 1
    assert pairwise((1, 2), "aa").f1 == 0


def test_single_link_grows_as_the_threshold_falls() -> None:
    pairs = Pairs(np.array([0, 1]), np.array([1, 2]), np.array([0.5, 0.3]))
    groups = {one: len(set(found)) for one, found in linked(pairs, 4)}
    assert (groups[0.52], groups[0.5], groups[0.32], groups[0.3]) == (4, 3, 3, 2)


def test_of_thresholds_the_best_and_the_best_of_the_sure_are_kept() -> None:
    tried = [
        (0.9, (agreement(1, 1, 10),)),
        (0.5, (agreement(4, 4, 10),)),
        (0.3, (agreement(9, 12, 10),)),
        (0.1, (agreement(0, 0, 10),)),
    ]
    assert [(name, one) for name, one, _ in two_thresholds(tried)] == [
        ("best", 0.3),
        ("sure", 0.5),
    ]
    assert two_thresholds(tried[3:]) == []


def test_tf_idf_is_scikit_learns() -> None:
    items = [item(title, "Rates fell again. 央行 again") for title in TITLES]
    vectorizer = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, sublinear_tf=True)
    cut = [" ".join(words(whole_text(one), one.lang)) for one in items]
    theirs = (vectorizer.fit_transform(cut) @ vectorizer.transform(cut).T).toarray()
    ours = tf_idf(items)
    assert len(ours.one) > 5
    assert ours.likeness == pytest.approx(theirs[ours.one, ours.other])


def test_titles_share_words_of_those_in_either() -> None:
    found = title_jaccard([item(title) for title in TITLES])
    alike = dict(zip(zip(found.one, found.other, strict=True), found.likeness, strict=True))
    assert alike[0, 1] == pytest.approx(4 / 9)  # northwind, bank, key, rate
    assert (0, 4) not in alike


@pytest.mark.parametrize("way", [title_jaccard, tf_idf, min_hash])
def test_texts_more_than_seven_days_apart_are_no_pair(way: object) -> None:
    assert callable(way)
    near, far = NOON + timedelta(days=6), NOON + timedelta(days=8)
    found = way([item(TITLES[0]), item(TITLES[0], at=near), item(TITLES[0], at=far)])
    assert sorted(zip(found.one.tolist(), found.other.tolist(), strict=True)) == [(0, 1), (1, 2)]


def test_shingles_of_a_long_text_are_pairs_of_words() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    turned = " ".join(reversed(text.split()))
    alike = min_hash([item(TITLES[0], text), item(TITLES[0], text), item(TITLES[0], turned)])
    assert alike.likeness[0] == 1
    assert max(alike.likeness[1:], default=0) < 0.2


def test_an_empty_stream_has_no_pairs() -> None:
    assert [len(way([]).one) for way in (title_jaccard, tf_idf, min_hash)] == [0, 0, 0]
