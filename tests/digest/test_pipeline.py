import pickle

from digest.model import Kind
from digest.pipeline import DraftRequest, make_draft, reading_minutes
from digest.taxonomy import load_taxonomy
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, NOW, article


def test_a_draft_has_all_parts_and_travels_between_processes() -> None:
    request = DraftRequest(LAUNCH_ZH, "ai", 1.2, NOW)
    draft = make_draft(pickle.loads(pickle.dumps(request)))  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(draft)) == draft  # noqa: S301 - our own bytes
    assert draft.article is not LAUNCH_ZH
    assert draft.article == LAUNCH_ZH
    assert draft.placement.column in load_taxonomy().columns
    assert draft.placement.kind == Kind.RELEASE
    assert draft.brief.points
    assert 0 < draft.score.total < 100


def test_reading_time_counts_characters_or_words() -> None:
    assert reading_minutes(article("标题", "字" * 1199 + "。")) == 3
    assert reading_minutes(article("Title", "word " * 1000, lang="en")) == 5
    assert reading_minutes(LAUNCH_EN) == 1
