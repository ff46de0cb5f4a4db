"""Foreign articles, translated ones and a model's: what is said of them, to whom, how often."""

from dataclasses import replace

import pytest

from digest.model import Brief, Checked, Kind, Lang, Point, Signal, Tier
from digest.render import count_units, render_card, render_list
from digest.render.measures import measure_words
from digest.render.wording import frame_parts, in_words_of
from digest.texts import texts_for
from tests.digest.render.samples import a_number, a_signal
from tests.digest.render.test_messages import checked, rendering

TITLE = "Harborlight raises $1.2 billion"
SENTENCES = ("It raised $1.2 billion.", "It has 340 employees.", "A listing is planned.")


def foreign(**changes: object) -> Signal:
    """An English article as the rules leave it."""
    brief = Brief(
        headline=TITLE,
        headline_lang="en",
        points=tuple(Point(text, (at,), "en") for at, text in enumerate(SENTENCES)),
        numbers=(a_number(),),
        why=Point("It matters.", (3,), "en"),
        frame=("Harborlight", "融资 12 亿美元"),
    )
    base = a_signal(7, kind=Kind.FUNDING, lang="en", title=TITLE)
    return replace(base, brief=replace(brief, **changes))  # type: ignore[arg-type]


def translated(**changes: object) -> Signal:
    """The same, translated but for its last point."""
    points = tuple(
        Point(text, (at,), "zh", translated=True, original=SENTENCES[at])
        for at, text in enumerate(("融资 12 亿美元。", "员工 340 人。"))
    )
    made: dict[str, object] = {
        "headline": "Harborlight 融资 12 亿美元",
        "headline_lang": "zh",
        "headline_original": TITLE,
        "points": (*points, Point(SENTENCES[2], (2,), "en")),
        "why": Point("很重要。", (3,), "zh", translated=True, original="It matters."),
        "maker": "firefox en-zh base-memory",
    }
    return foreign(**(made | changes))


def by_model(**changes: object) -> Signal:
    made: dict[str, object] = {
        "headline": "Harborlight 融资 12 亿美元",
        "headline_lang": "zh",
        "headline_original": TITLE,
        "points": (Point("融资 12 亿美元。", (0,), "zh", support=0.9),),
        "why": None,
        "tier": Tier.MODEL,
        "maker": "gpt-x",
    }
    return foreign(**(made | changes))


def card(signal: Signal, lang: Lang = Lang.ZH) -> str:
    return checked(render_card(signal, rendering(lang))).text


def test_an_untranslated_article_has_a_chinese_frame_above_its_own_title():
    lines = card(foreign()).split("\n")
    assert lines[0] == "融资 · Harborlight · 融资 12 亿美元"
    assert lines[1] == f"💰 {TITLE}"
    assert lines[-1] == "规则整理稿 · 未翻译"
    assert "• It raised $1.2 billion." in lines
    assert "🔢 12 亿美元（$1.2 billion）" in lines


def test_untranslated_is_said_once_and_only_to_those_who_read_another_language():
    assert card(foreign()).count("未翻译") == 1
    english = card(foreign(), Lang.EN)
    assert "untranslated" not in english
    assert "融资" not in english
    assert english.startswith(f"💰 {TITLE}")


def test_a_kind_that_says_nothing_and_no_facts_make_no_frame():
    plain = replace(foreign(frame=()), placement=replace(foreign().placement, kind=Kind.NEWS))
    assert card(plain).startswith(f"📰 {TITLE}")
    assert frame_parts(plain, texts_for(Lang.ZH)) == ()


def test_a_long_frame_is_cut_between_its_parts():
    first = card(foreign(frame=("甲" * 60, "乙" * 60, "丙"))).split("\n")[0]
    assert first == f"融资 · {'甲' * 60}"


def test_a_translated_card_names_its_engine_and_what_stayed():
    text = card(translated())
    assert text.startswith("💰 Harborlight 融资 12 亿美元")
    assert "融资 · Harborlight" not in text
    assert "机器翻译（firefox en-zh base-memory）" in text
    assert "规则整理稿" in text
    assert "部分未翻译" in text
    assert "• A listing is planned." in text


def test_readers_of_the_original_get_the_original_words():
    text = card(translated(checked=Checked(3, dropped=("x",))), Lang.EN)
    assert text.startswith(f"💰 {TITLE}")
    for sentence in (*SENTENCES, "It matters."):
        assert sentence in text
    assert "machine translation" not in text
    assert "check" not in text
    assert "untranslated" not in text


def test_a_models_card_names_the_model():
    text = card(by_model())
    assert text.endswith("模型增强版 · gpt-x · 融资")
    assert "机器翻译" not in text
    assert "Condensed by a model · gpt-x" in card(by_model(), Lang.EN)


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        (by_model(checked=Checked(4, 1, ("a", "b"))), "数字与名称核对：2 处与原文不符，已略去"),
        (by_model(checked=Checked(4, 1)), ""),
        (by_model(checked=None), ""),
        (translated(checked=Checked(9, 0, ("a",))), "数字与名称核对：1 句译文未通过，保留原文"),
        (foreign(checked=Checked(9, 0, ("a",))), ""),
    ],
)
def test_what_the_check_dropped_is_said_in_one_line(signal: Signal, said: str):
    text = card(signal)
    assert (text.split("\n")[-1] == said) if said else ("核对" not in text)


def test_lists_show_the_frame_in_the_place_of_a_foreign_point():
    def listed(signal: Signal, lang: Lang) -> list[str]:
        return render_list("T", [signal], rendering(lang)).text.split("\n")

    chinese = listed(foreign(), Lang.ZH)
    assert "融资 · Harborlight · 融资 12 亿美元" in chinese
    assert not any("It raised" in line for line in chinese)
    assert any("It raised" in line for line in listed(foreign(), Lang.EN))
    assert any("It raised" in line for line in listed(foreign(frame=()), Lang.ZH))
    assert any(
        "员工" in line or "融资 12 亿美元。" in line for line in listed(translated(), Lang.ZH)
    )
    assert any(TITLE in line for line in listed(translated(), Lang.EN))


def test_what_has_no_original_stays_as_it_is():
    signal = by_model()
    assert in_words_of(Lang.EN, signal).brief.points == signal.brief.points
    assert in_words_of(Lang.EN, signal).brief.headline == TITLE
    assert in_words_of(Lang.ZH, signal) is signal


def test_the_longest_card_still_fits():
    long = "words without an end " * 60
    point = Point(long, (0,), "en")
    signal = foreign(
        headline=long,
        points=(point,) * 5,
        numbers=(a_number(long, "亿" * 90, long),) * 6,
        why=point,
        gaps=(point, point),
        frame=("框" * 50, "架" * 50),
        tier=Tier.MODEL,
        maker="m" * 200,
        checked=Checked(9, 9, ("x",) * 99),
    )
    assert count_units(render_card(signal, rendering()).text) <= 4096
    checked(render_card(signal, rendering(Lang.EN)))


@pytest.mark.parametrize(
    ("lang", "measure", "words"),
    [
        (Lang.EN, "融资金额", "Funding"),
        (Lang.EN, "受伤人数", "Injured"),
        (Lang.EN, "首批订单的融资金额", "首批订单的融资金额"),  # more than funding
        (Lang.EN, "持股", "持股"),  # nothing that has a name here
        (Lang.EN, "valuation", "valuation"),
        (Lang.ZH, "valuation", "估值"),
        (Lang.ZH, "融资", "融资"),
        (Lang.EN, "", ""),
    ],
)
def test_a_measure_is_called_by_its_name_in_the_readers_language(
    lang: Lang, measure: str, words: str
) -> None:
    assert measure_words(measure, texts_for(lang)) == words
