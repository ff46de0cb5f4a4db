"""How much of a signal is shown, and in which words: lists, digests, cards and alerts alike."""

from dataclasses import replace

import pytest

from digest.model import Digest as MadeDigest
from digest.model import (
    DigestKind,
    Lang,
    Layout,
    Message,
    NumberFact,
    Point,
    Relation,
    Rising,
    Shelf,
    Signal,
    Wording,
)
from digest.render import (
    Links,
    Rendering,
    count_entities,
    count_units,
    plain_text,
    render_alert,
    render_card,
    render_digest,
    render_list,
)
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from tests.digest.render.samples import NOW, a_signal

HEADLINE, TITLE = "新一代推理芯片发布", "A new generation of inference chips is here"
POINT, SENTENCE = "新芯片的功耗下降了四成。", "The new chip uses 40% less power."
WHY = Point("这会降低成本。", (1,), "zh", translated=True, original="It lowers cost.")


def translated(words: int = 1) -> Signal:
    """An English signal in Chinese; `words` makes its sentences longer."""
    point = Point(POINT * words, (0,), "zh", translated=True, original=f"{SENTENCE} " * words)
    number = NumberFact("40%", 40, "percent", "%", 0)
    signal = a_signal(7, lang="en", points=(point,) * 3, why=WHY, numbers=(number,))
    brief = replace(
        signal.brief, headline=HEADLINE, headline_original=TITLE, maker="firefox en-zh"
    )
    return replace(signal, brief=brief)


def rendering(
    layout: Layout = Layout.FULL, wording: Wording = Wording.TRANSLATION, lang: Lang = Lang.ZH
) -> Rendering:
    return Rendering(
        Links("https://hexin.example"),
        texts_for(lang),
        load_taxonomy(),
        "Asia/Shanghai",
        NOW,
        layout=layout,
        wording=wording,
    )


def a_digest(*signals: Signal) -> MadeDigest:
    return MadeDigest(
        DigestKind.DAILY, NOW, NOW, (Shelf("tech", signals),), 9, rising=(Rising("llm", 3, 1),)
    )


def lines_of(message: Message) -> list[str]:
    return plain_text(message.text).split("\n")


def test_a_compact_list_is_headline_and_meta_line():
    shown = lines_of(render_list("<b>最新</b>", (translated(),), rendering(Layout.COMPACT)))
    assert shown[2:4] == [f"1. 🚀 {HEADLINE}", "信源7 · 今天 08:12 · 评分 70"]
    full = lines_of(render_list("<b>最新</b>", (translated(),), rendering()))
    assert full[2:5] == [f"1. 🚀 {HEADLINE}", POINT, "信源7 · 今天 08:12 · 评分 70"]


def test_a_compact_digest_has_no_points_and_the_same_signals():
    signals = (translated(), a_signal(8))
    (full,) = render_digest(a_digest(*signals), rendering())
    (compact,) = render_digest(a_digest(*signals), rendering(Layout.COMPACT))
    assert POINT in full.text
    assert POINT not in compact.text
    assert compact.signals == full.signals
    assert compact.buttons == full.buttons


@pytest.mark.parametrize(
    ("wording", "has", "lacks"),
    [
        (Wording.TRANSLATION, (HEADLINE, POINT, "这会降低成本"), (TITLE, SENTENCE)),
        (Wording.ORIGINAL, (TITLE, SENTENCE, "It lowers cost"), (HEADLINE, POINT)),
        (Wording.BOTH, (HEADLINE, TITLE, POINT, SENTENCE), ()),
    ],
)
def test_cards_come_in_the_words_that_were_wished(
    wording: Wording, has: tuple[str, ...], lacks: tuple[str, ...]
):
    text = render_card(translated(), rendering(wording=wording)).text
    for words in has:
        assert words in text
    for words in lacks:
        assert words not in text


@pytest.mark.parametrize("layout", Layout)
def test_lists_come_in_the_words_that_were_wished(layout: Layout):
    def shown(wording: Wording) -> str:
        return render_list("最新", (translated(),), rendering(layout, wording)).text

    assert HEADLINE in shown(Wording.TRANSLATION)
    assert TITLE not in shown(Wording.TRANSLATION)
    assert HEADLINE not in shown(Wording.ORIGINAL)
    assert shown(Wording.BOTH).index(HEADLINE) < shown(Wording.BOTH).index(TITLE)


def test_who_wished_the_original_is_not_told_that_it_lacks_a_translation():
    text = render_card(translated(), rendering(wording=Wording.ORIGINAL)).text
    assert "按你的设置显示原文" in text
    assert "未翻译" not in text
    assert "机器翻译" not in text


def test_what_has_no_translation_reads_the_same_in_every_wording():
    texts = {render_card(a_signal(1), rendering(wording=one)).text for one in Wording}
    assert len(texts) == 1


def test_a_compact_card_keeps_its_points_and_honest_marks():
    text = render_card(translated(), rendering(Layout.COMPACT)).text
    assert POINT in text
    assert "机器翻译" in text
    assert "🔢" not in text
    assert "blockquote" not in text


def test_a_compact_alert_opens_its_points_by_a_button():
    alert = render_alert(translated(), rendering(Layout.COMPACT), DigestKind.INSTANT)
    assert POINT not in alert.text
    assert HEADLINE in alert.text
    opens = alert.buttons[0][0]
    assert opens.action is not None
    assert (opens.label, opens.action.verb, opens.action.args) == ("要点", "card", (7,))
    full = render_alert(translated(), rendering(), DigestKind.INSTANT)
    assert full.text == render_card(translated(), rendering()).text


@pytest.mark.parametrize(
    ("relation", "chinese", "english"),
    [
        (Relation.UPDATE, "🧵 专题更新", "🧵 Story update"),
        # It begins a story of its own: the event of one that had closed is back.
        (Relation.LEAD, "🧵 旧事有了新进展", "🧵 More on an earlier story"),
    ],
)
def test_a_story_update_says_that_it_is_one(relation: Relation, chinese: str, english: str):
    for lang, words in ((Lang.ZH, chinese), (Lang.EN, english)):
        signal = replace(translated(), relation=relation)
        alert = render_alert(signal, rendering(lang=lang), DigestKind.STORY)
        assert plain_text(alert.text).startswith(f"{words}\n")


@pytest.mark.parametrize("wording", Wording)
@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("words", [1, 5, 12, 40])
def test_every_card_is_one_message(layout: Layout, wording: Wording, words: int):
    card = render_card(translated(words), rendering(layout, wording))
    assert count_units(card.text) <= 4096
    assert count_entities(card.text) <= 100
    assert HEADLINE in card.text or TITLE in card.text


def test_beside_originals_numbers_give_way_before_points():
    long = render_card(translated(40), rendering(wording=Wording.BOTH)).text
    assert SENTENCE in long
    assert POINT in long
