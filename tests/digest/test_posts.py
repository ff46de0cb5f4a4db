"""What an editor types, and the signal that it makes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Kind, Score, ScorePart, Tier
from digest.posts import (
    HEADLINE_UNITS,
    LINE_UNITS,
    MOST_LINES,
    TEXT_UNITS,
    Level,
    Post,
    PostKind,
    PostState,
    PostText,
    TextFault,
    edited_brief,
    read_text,
    signal_of_link,
    signal_of_words,
    text_of,
    toggled,
    unsupported,
    with_level,
)
from digest.text.units import utf16_length
from tests.newsdesk import article, brief, score, signal

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def a_post(text: PostText, **changes: object) -> Post:
    values: dict[str, object] = {
        "id": 7,
        "kind": PostKind.WORDS,
        "state": PostState.DRAFT,
        "text": text,
        "level": Level.NOTABLE,
        "column": "ai",
        "topics": ("llm",),
        "made_by": 1,
        "changed_by": 1,
        "version": 0,
        "created_at": NOW,
        "changed_at": NOW,
    }
    return Post(**values | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "headline", "lines"),
    [
        ("标题", "标题", ()),
        ("  标题 \n\n• 一\n- 二\n3. 三\n4.四\n", "标题", ("一", "二", "三", "4.四")),
        ("3.5 亿美元\n1.5 倍增长", "3.5 亿美元", ("1.5 倍增长",)),
        ("标\u200b题\u202e反\n\u200b\n\u3164\n一\u2066点\u2069", "标题 反", ("一 点",)),
        ("e\u0301cole\r\nsecond", "école", ("second",)),
        ("👨\u200d👩\u200d👧 家", "👨\u200d👩\u200d👧 家", ()),
        ("-5% 与 -3\n— 甲", "-5% 与 -3", ("甲",)),
    ],
)
def test_the_first_line_is_the_headline(typed: str, headline: str, lines: tuple[str, ...]):
    assert read_text(typed) == PostText(headline, lines)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", TextFault.EMPTY),
        ("\u200b \u3164\n\u2800", TextFault.EMPTY),
        ("核" * (HEADLINE_UNITS + 1), TextFault.HEADLINE),
        ("标题\n" + "核" * (LINE_UNITS + 1), TextFault.LINE),
        ("标题" + "\n一点" * (MOST_LINES + 1), TextFault.LINES),
        ("标题" + ("\n" + "核" * 900) * 5, TextFault.LONG),
        ("核" * 50_000, TextFault.HEADLINE),
    ],
)
def test_what_would_have_to_be_cut_is_refused(typed: str, fault: TextFault):
    assert read_text(typed) is fault


@given(st.text(max_size=400))
def test_whatever_is_typed_reads_the_same_twice(typed: str):
    read = read_text(typed)
    if isinstance(read, PostText):
        assert utf16_length(read.typed) <= TEXT_UNITS
        assert "\u202e" not in read.typed
        again = read_text(read.typed)
        assert isinstance(again, PostText)
        assert len(again.lines) <= len(read.lines)


def test_own_words_rest_on_nothing_and_say_so():
    text = PostText("我们的模型目录上线", ("收录 120 个模型。每天更新。", "可以订阅。"))
    made, told = signal_of_words(a_post(text, sort=Kind.RELEASE, signature="王编辑"), NOW)
    assert made.brief.tier is Tier.EDITOR
    assert [point.text for point in made.brief.points] == list(text.lines)
    assert all(point.evidence == () for point in made.brief.points)
    assert made.brief.numbers == ()
    assert told.paragraphs == (("收录 120 个模型。", "每天更新。"), ("可以订阅。",))
    assert (made.title, made.author, made.url) == ("我们的模型目录上线", "王编辑", "")
    assert (made.placement.column, made.placement.kind) == ("ai", Kind.RELEASE)
    assert made.score.total == 80


def test_a_link_unchanged_is_what_was_read():
    read = signal()
    post = a_post(text_of(read), kind=PostKind.LINK, level=Level.NORMAL)
    assert signal_of_link(post, read).brief == read.brief


def test_what_an_editor_adds_to_a_reading_is_the_editors():
    known = brief()
    kept = known.points[1]
    made = edited_brief(known, PostText("新标题", (kept.text, "编辑加的一句")))
    assert made.headline == "新标题"
    assert made.headline_original == ""
    assert made.points[0] == kept
    assert made.points[1].edited
    assert made.points[1].evidence == ()
    assert made.tier is known.tier


def test_only_the_editors_own_words_are_checked_against_the_article():
    read, told = brief(), article()
    known = [point.text for point in read.points]
    assert unsupported(PostText(read.headline, tuple(known)), read, told) == ()
    wrong = unsupported(PostText(read.headline, (*known, "将释放资金 3 万亿元")), read, told)
    assert any("3 万亿" in finding.text for finding in wrong)
    right = unsupported(PostText(read.headline, ("将释放资金约 1 万亿元",)), read, told)
    assert right == ()


@pytest.mark.parametrize(
    ("level", "known", "total"),
    [
        (Level.NORMAL, 30, 60),
        (Level.NOTABLE, 30, 80),
        (Level.TOP, 72, 95),
        (Level.NORMAL, 72, 72),
    ],
)
def test_a_level_raises_a_score_and_never_lowers_it(level: Level, known: int, total: int):
    raised = with_level(score(known), level)
    assert raised.total == total
    assert raised.parts[-1].name == "editor"
    assert raised.parts[:-1] == score(known).parts


def test_a_level_set_anew_replaces_the_one_before():
    twice = with_level(with_level(score(30), Level.TOP), Level.NORMAL)
    assert twice == with_level(score(30), Level.NORMAL)
    assert with_level(Score((ScorePart("source", 33.3, 50),)), Level.NOTABLE).total == 80


def test_topics_go_in_and_out():
    assert toggled(("a", "b"), "a") == ("b",)
    assert toggled(("a",), "b") == ("a", "b")
    full = ("a", "b", "c", "d", "e")
    assert toggled(full, "f") == full
