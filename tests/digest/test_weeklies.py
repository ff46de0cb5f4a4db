"""What came of a story, which numbers a week has, and what editors change of a report."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from digest.model import (
    Action,
    Adds,
    Changed,
    Insight,
    Lang,
    Moment,
    NumberFact,
    Point,
    Relation,
    Signal,
    SignalState,
)
from digest.modeltier.schema import FactsAnswer
from digest.modeltier.week import week_lines, what_holds
from digest.render import Links, Rendering, message_body, render_weekly
from digest.render.amending import Change, Frozen, amended, reduced
from digest.stories import StorySummary
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from digest.weeklies.choosing import Material, StoryTold, choose
from digest.weeklies.data import intro_data, read_intro, read_report, report_data
from digest.weeklies.figures import figures_of
from digest.weeklies.lines import dropped, lines_of, moved, restored, reworded
from digest.weeklies.opened import Weekly, opened
from digest.weeklies.outcome import steps_of
from digest.weeklies.report import UNEDITED, Came, Edits, Move, Report, Said, briefs_of
from digest.weekly import Tally, Week
from handlers.callbacks import pack
from storage.values import place_blocks, read_blocks
from tests.newsdesk import NOON, brief, number_fact, signal

WEEK = Week(2026, 11)
AFTER = NOON + timedelta(days=10)
DEATHS = number_fact(text="12 人", value=12, kind="count", unit="人", measure="死亡人数", zh="")
TEXTS = texts_for(Lang.ZH)


def told(number: int, title: str, hours: int, **changes: object) -> Signal:
    at = NOON + timedelta(hours=hours)
    defaults = {"published_at": at, "created_at": at, "story_id": 1}
    return signal(number, title, **(defaults | changes))


LEAD = told(1, "某地发生地震", 0, brief=brief("某地发生地震", numbers=(DEATHS,)))
LATER = told(
    2,
    "搜救工作结束",
    20,
    relation=Relation.UPDATE,
    brief=brief("搜救工作结束", numbers=(replace(DEATHS, text="19 人", value=19),)),
    adds=Adds(changes=(Changed(0, "12 人"),)),
)


# --- what came of it -------------------------------------------------------------------------


def test_a_changed_figure_and_the_news_are_told_in_their_order() -> None:
    steps = steps_of((LATER, LEAD), LEAD, AFTER)
    assert [(one.came, one.signal_id) for one in steps] == [(Came.FIGURE, 2), (Came.NEWS, 2)]
    assert (steps[0].before, steps[0].fact, steps[0].earlier) == ("12 人", "19 人", 1)


def test_what_only_repeats_is_no_development() -> None:
    again = replace(LATER, relation=Relation.DUPLICATE)
    assert steps_of((LEAD, again), LEAD, AFTER) == ()
    same = told(3, "某地发生地震", 30, relation=Relation.UPDATE)
    assert steps_of((LEAD, same), LEAD, AFTER) == ()


@pytest.mark.parametrize(
    ("title", "came"),
    [
        # The lead's headline, and one of its points, in other words; then what it does not say.
        ("央行下调存款准备金率", False),
        ("央行降准后业内反应不一，长期资金释放约 1 万亿元", False),
        ("长期资金将释放约 2 万亿元", True),
        ("财政部发行特别国债", True),
    ],
)
def test_a_step_tells_what_the_lead_does_not(title: str, *, came: bool) -> None:
    lead = told(1, "存款准备金率获央行下调 0.5 个百分点", 0)
    news = told(3, title, 30, relation=Relation.UPDATE, adds=Adds(points=(), numbers=()))
    assert bool(steps_of((lead, news), lead, AFTER)) is came


def test_a_figure_that_nobody_told_before_or_that_measures_nothing_is_left_out() -> None:
    unknown = replace(LATER, adds=Adds(changes=(Changed(0, "13 人"),)))
    bare = brief("搜救工作结束", numbers=(replace(DEATHS, text="19 人", measure=""),))
    for one in (unknown, replace(LATER, brief=bare)):
        assert [step.came for step in steps_of((LEAD, one), LEAD, AFTER)] == [Came.NEWS]


def test_a_headline_told_before_gives_way_to_the_new_point() -> None:
    points = (*LEAD.brief.points[:2], Point("次日上午余震仍在继续。", (2,), "zh"))
    news = told(
        3,
        "某地发生地震",
        30,
        relation=Relation.UPDATE,
        brief=brief("某地发生地震", points=points),
        adds=Adds(points=(1, 2), numbers=()),
    )
    (step,) = steps_of((LEAD, news), LEAD, AFTER)
    assert (step.came, step.point) == (Came.NEWS, 2)


# --- the report and what editors make of it ----------------------------------------------------


def report(*signals: Signal) -> Report:
    summary = StorySummary(1, LEAD, 2, 2, LATER.when, LEAD.when)
    two = replace(LATER, seen_in=(replace(LATER.seen_in[0], source_id=2),))
    found = Material((LEAD, *signals), Tally(3, 2), stories=(StoryTold(summary, (LEAD, two)),))
    made = choose(WEEK, found, zone="Asia/Shanghai", now=AFTER, taxonomy=load_taxonomy())
    assert made is not None
    return made


def shown(made: Report, *signals: Signal, edits: Edits = UNEDITED) -> Weekly | None:
    by_id = {one.id: one for one in (LEAD, LATER, *signals)}
    return opened(made, by_id, now=AFTER, taxonomy=load_taxonomy(), edits=edits)


def rendering() -> Rendering:
    links = Links("https://hexin.example")
    return Rendering(links, TEXTS, load_taxonomy(), "Asia/Shanghai")


OTHERS = tuple(told(number, f"第 {number} 件事", number, story_id=None) for number in (5, 6))


def test_a_step_goes_with_the_signals_that_it_rests_on() -> None:
    made = report(*OTHERS)
    weekly = shown(made, *OTHERS)
    assert weekly is not None
    (story,) = weekly.stories
    assert [one.step.came for one in story.happened] == [Came.FIGURE, Came.NEWS]
    by_id = {one.id: one for one in (LEAD, *OTHERS)}
    by_id[1] = replace(LEAD, brief=brief("某地发生地震", numbers=()))
    by_id[2] = LATER
    corrected = opened(made, by_id, now=AFTER, taxonomy=load_taxonomy())
    assert corrected is not None
    assert [one.step.came for one in corrected.stories[0].happened] == [Came.NEWS]


def test_a_new_word_goes_with_the_signals_that_told_it() -> None:
    word = Move("word", "青栎", "青栎", 5, 0.0, up=True, signals=(5, 6))
    topic = Move("topic", "llm", "llm", 9, 2.5, up=True)
    made = replace(report(*OTHERS), moves=(topic, word))
    assert {5, 6} <= set(made.signal_ids)
    assert read_report(json.loads(json.dumps(report_data(made)))).moves == (topic, word)
    one, other = OTHERS
    rejected = replace(other, state=SignalState.REJECTED)
    left = shown(made, one, rejected)
    assert left is not None
    assert left.moves == (topic, word)
    gone = shown(made, replace(one, state=SignalState.REJECTED), rejected)
    assert gone is not None
    assert gone.moves == (topic,)


def frozen(made: Report, *signals: Signal) -> Frozen:
    """The weekly as it was sent."""
    weekly = shown(made, *signals)
    assert weekly is not None
    message = render_weekly(weekly, rendering())
    body = message_body(message, pack)
    blocks = read_blocks(body, place_blocks(body, message.blocks))
    return Frozen(body, blocks, lambda number: pack(Action("card", (number,))))


def test_what_was_sent_follows_both_signals_of_a_figure() -> None:
    sent = frozen(report(*OTHERS), *OTHERS)
    line = "↳ 死亡人数：3月10日报 12 人，后来报 <b>19 人</b>"
    assert line in sent.body["text"]
    gone = {1: Change(LEAD, replace(LEAD, state=SignalState.REJECTED))}
    after = amended(sent, gone, rendering())["text"]
    assert "死亡人数" not in after
    assert "↳ 🚫 <i>" in after
    unsent = reduced(sent, gone, rendering())
    assert unsent is not None
    assert "死亡人数" not in unsent["text"]
    assert "搜救工作结束" in unsent["text"]
    # What does not touch the numbers leaves the line as it is.
    retitled = replace(LEAD, brief=replace(LEAD.brief, headline="某县发生地震"))
    kept = amended(sent, {1: Change(LEAD, retitled)}, rendering())["text"]
    assert line in kept
    assert "某县发生地震" in kept


def test_an_introduction_goes_when_a_brief_under_it_changes() -> None:
    made = report(*OTHERS)
    by_id = {one.id: one for one in (LEAD, LATER, *OTHERS)}
    intro = {"zh": (Said("某地发生地震。", (1,)), Said("另有两件事。", (5, 6)))}
    weekly = opened(made, by_id, now=AFTER, taxonomy=load_taxonomy(), intro=intro)
    assert weekly is not None
    message = render_weekly(weekly, rendering())
    assert "某地发生地震。另有两件事。" in message.text
    assert TEXTS("tier.model") in message.text
    body = message_body(message, pack)
    blocks = read_blocks(body, place_blocks(body, message.blocks))
    sent = Frozen(body, blocks, lambda number: pack(Action("card", (number,))))
    other = replace(OTHERS[1], brief=brief("别的"))
    after = amended(sent, {6: Change(OTHERS[1], other)}, rendering())["text"]
    assert "某地发生地震。" in after
    assert "另有两件事。" not in after
    # Nor is it shown to whoever does not see its signals.
    edits = dropped(UNEDITED, "i6")
    less = opened(made, by_id, now=AFTER, taxonomy=load_taxonomy(), intro=intro, edits=edits)
    assert less is not None
    assert [one.text for one in (less.intro or {})["zh"]] == ["某地发生地震。"]


def test_lines_are_left_out_put_back_and_moved() -> None:
    made = report(*OTHERS)
    first = shown(made, *OTHERS)
    assert first is not None
    lines = lines_of(first, rendering())
    keys = [one.key for one in lines]
    assert keys[:3] == ["s1", "i6", "i5"]
    edits = moved(lines, lines[2], dropped(UNEDITED, "s1"), to_top=False)
    again = shown(made, *OTHERS, edits=edits)
    assert again is not None
    assert [one.key for one in lines_of(again, rendering())][:2] == ["i5", "i6"]
    # Nothing of a story that was left out comes back by itself.
    assert LEAD.id not in [one.id for one in again.signals]
    back = shown(made, *OTHERS, edits=restored(edits, "s1"))
    assert back is not None
    assert [one.lead.id for one in back.stories] == [1]


def test_words_of_editors_come_and_go_by_language() -> None:
    edits = reworded(reworded(UNEDITED, "s1", "zh", "改"), "s1", "en", "new")
    assert edits.lines == {"s1": {"zh": "改", "en": "new"}}
    assert reworded(reworded(edits, "s1", "zh", ""), "s1", "en", "").lines == {}


# --- numbers ---------------------------------------------------------------------------------


def funded(number: int, title: str, fact: NumberFact, **changes: Any) -> Signal:
    return told(number, title, 1, story_id=None, brief=brief(title, numbers=(fact,)), **changes)


def test_no_number_is_told_twice_and_none_without_its_measure() -> None:
    first = funded(1, "地震死亡人数 12 人", DEATHS, total=90)
    same = replace(first, id=2)
    silent = replace(first, id=3, brief=brief("12 人", numbers=(replace(DEATHS, measure=" "),)))
    other = replace(DEATHS, text="40%", value=40, unit="%", measure="市场份额")
    fourth = funded(4, "市场份额 40%", other)
    assert [one.signal_id for one in figures_of((first, same, silent, fourth))] == [2, 4]


@pytest.mark.parametrize(
    "title",
    [
        "死亡人数不只来自倒塌的单人宿舍 12 人",  # far apart: nobody knows what it measures
        "死亡人数上升，12 人获救",
        "死亡人数近12 人",
        "死亡人数近  12 人",
        "死亡人数",
        "早报：死亡人数 12 人",
    ],
)
def test_a_number_whose_measure_does_not_stand_beside_it_is_left_out(title: str) -> None:
    fact = replace(DEATHS, text="12 人")
    assert figures_of((funded(1, title, fact),)) == ()


def test_a_hostile_title_takes_no_time() -> None:
    started = time.process_time()
    for piece in ("约 ", " ", "at least ", "over"):
        title = piece * (100_000 // len(piece)) + "x死亡人数12 人"
        (found,) = figures_of((funded(1, title, replace(DEATHS, text="12 人")),))
        assert found.fact == "12 人"
    assert time.process_time() - started < 4


def test_a_page_says_no_more_what_a_corrected_brief_said() -> None:
    made = report(*OTHERS)
    by_id = {one.id: one for one in (LEAD, LATER, *OTHERS)}
    said = Said("某地发生地震。", (1,), briefs_of([LEAD]))
    kept = read_intro(json.loads(json.dumps(intro_data({"zh": (said,)}))))

    def intro_of(lead: Signal) -> tuple[Said, ...]:
        now = by_id | {1: lead}
        weekly = opened(made, now, now=AFTER, taxonomy=load_taxonomy(), intro=kept)
        assert weekly is not None
        return weekly.intro.get("zh", ())

    assert [one.text for one in intro_of(LEAD)] == ["某地发生地震。"]
    assert intro_of(replace(LEAD, brief=brief("更正后的标题"))) == ()


# --- the introduction --------------------------------------------------------------------------


def test_only_sentences_that_the_briefs_support_introduce_a_week() -> None:
    signals = (LEAD, LATER)
    lines = week_lines(signals, Lang.ZH)
    place = next(n for n, line in enumerate(lines) if line.signal_id == 2)

    def answer(*texts: str) -> FactsAnswer:
        facts = [{"text": text, "sentences": [0, place]} for text in texts]
        return FactsAnswer.model_validate({"facts": facts})

    good = ("某地发生地震，搜救工作结束。", "死亡人数 19 人。")
    held = what_holds(answer(*good), lines, signals, Lang.ZH)
    assert held == tuple(Said(text, (1, 2)) for text in good)
    wrong = (
        "死亡人数 91 人。",
        "Everything is well.",
        "见 https://a.example。",
        "这一周精彩纷呈。",
    )
    for text in wrong:
        assert what_holds(answer(good[0], text), lines, signals, Lang.ZH) == (), text
        assert what_holds(answer(*good, text), lines, signals, Lang.ZH) == held, text


@pytest.mark.parametrize(
    ("words", "is_open"),
    [
        ("听证会将于 3 月 20 日举行。", True),
        ("优惠价持续到 3 月 20 日。", False),
        ("限时 1.5 倍额度到 3 月 20 日为止。", False),
        ("The 20% discount ends on 20 March.", False),
    ],
)
def test_that_an_offer_ends_is_nothing_a_week_leaves_open(words: str, is_open: bool) -> None:
    on = WEEK.sunday + timedelta(days=5)
    coming = Insight(timeline=(Moment("", on, words, 1, "zh"),))
    one = told(9, "新闻", 0, brief=replace(brief("新闻"), insight=coming))
    report = choose(WEEK, Material((one,)), zone="UTC", now=AFTER, taxonomy=load_taxonomy())
    assert report is not None
    assert [it.on for it in report.ahead] == ([on] if is_open else [])
