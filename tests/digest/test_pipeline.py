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


def test_a_traditional_article_is_condensed_and_kept_in_simplified_characters_too() -> None:
    told = article(
        "青櫟電子宣布投資 1.2 兆元擴建新廠",
        "青櫟電子週二宣布，將投資 1.2 兆元在臺南擴建晶圓廠，預計創造 3,500 個工作機會。",
        "新廠的機組功率為 300 兆瓦。軟體工程師的薪資將調升。",
    )
    draft = make_draft(DraftRequest(told, "", 1.0, NOW))
    assert draft.article == told  # what the source wrote stays as it is
    assert draft.simple is not None
    assert draft.simple.is_script_only
    assert [one.text for one in draft.simple.sentences] == [
        "青栎电子周二宣布，将投资 1.2万亿元在台南扩建晶圆厂，预计创造 3,500 个工作机会。",
        "新厂的机组功率为 300 兆瓦。",
        "软件工程师的薪资将调升。",
    ]
    assert draft.brief.headline == "青栎电子宣布投资 1.2万亿元扩建新厂"
    first = draft.brief.points[0]
    assert first.text == draft.simple.sentences[0].text
    assert (first.evidence, first.translated) == ((0,), False)
    assert "1.2万亿元" in {number.text for number in draft.brief.numbers}


def test_other_articles_have_no_simplified_form() -> None:
    for told in (LAUNCH_ZH, LAUNCH_EN):
        assert make_draft(DraftRequest(told, "", 1.0, NOW)).simple is None


def test_reading_time_counts_characters_or_words() -> None:
    assert reading_minutes(article("标题", "字" * 1199 + "。")) == 3
    assert reading_minutes(article("Title", "word " * 1000, lang="en")) == 5
    assert reading_minutes(LAUNCH_EN) == 1
