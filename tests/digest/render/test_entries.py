"""What is kept from one digest for the next changes nothing in either."""

import sys
from dataclasses import replace
from datetime import timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Access, Digest, DigestKind, Lang, Layout, Shelf, Signal, Wording
from digest.render import Entries, Links, Rendering, render_digest
from digest.taxonomy import load_taxonomy
from digest.texts import texts_for
from tests.digest.render.samples import NOW, a_signal
from tests.digest.render.test_messages import wild_signals

ZONES = ("Asia/Shanghai", "America/New_York", "Pacific/Kiritimati")
LINKS = Links("https://hexin.example")
ALIKE = st.tuples(
    st.sampled_from(Lang),
    st.sampled_from(Layout),
    st.sampled_from(Wording),
    st.sampled_from(ZONES),
    st.sampled_from((NOW, NOW + timedelta(hours=9))),
)


def rendering(lang: Lang, layout: Layout, wording: Wording, links: Links = LINKS) -> Rendering:
    return Rendering(
        links, texts_for(lang), load_taxonomy(), ZONES[0], layout=layout, wording=wording
    )


def digest_of(signals: list[Signal], zone: str = ZONES[0], **changes: object) -> Digest:
    columns: dict[str, list[Signal]] = {}
    for one in signals:
        columns.setdefault(one.placement.column, []).append(one)
    shelves = tuple(Shelf(column, tuple(some)) for column, some in columns.items())
    plain = Digest(DigestKind.DAILY, NOW - timedelta(days=1), NOW, shelves, 300, 2, zone=zone)
    return replace(plain, **changes)  # type: ignore[arg-type]  whatever is asked


@settings(max_examples=60, deadline=None)
@given(st.data(), st.lists(ALIKE, min_size=2, max_size=5))
def test_digests_of_one_batch_read_as_those_made_one_at_a_time(
    data: st.DataObject, looks: list[tuple[Lang, Layout, Wording, str, object]]
) -> None:
    pool = [data.draw(wild_signals(number)) for number in range(1, 4)]
    # The same number, and something else in it: it was edited between two batches.
    pool += [data.draw(wild_signals(number)) for number in range(1, 3)]
    shared = Entries()
    for lang, layout, wording, zone, now in looks:
        chosen = data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=20))
        pinned = frozenset(data.draw(st.sets(st.integers(1, 3))))
        digest = digest_of(chosen, zone, window_to=now, pinned=pinned)
        look = rendering(lang, layout, wording)
        assert render_digest(digest, look, shared) == render_digest(digest, look)


def translated(number: int) -> Signal:
    one = a_signal(number, created_at=NOW - timedelta(hours=number), lang="en")
    told = replace(one.brief.points[0], translated=True, original=f"A point of chip {number}.")
    words = {"headline_en": f"Chip {number}", "headline_original": f"A chip, number {number}"}
    return replace(one, brief=replace(one.brief, points=(told,), **words))


def test_every_look_has_its_own_words_and_its_own_clock() -> None:
    signals, shared = [translated(number) for number in range(3)], Entries()
    texts = set()
    for lang, layout, wording, zone in product(Lang, Layout, Wording, ZONES):
        digest, look = digest_of(signals, zone), rendering(lang, layout, wording)
        messages = render_digest(digest, look, shared)
        assert messages == render_digest(digest, look)
        texts.add(messages[0].text)
    assert len(texts) > len(Lang) * len(Layout) * len(ZONES)


def test_what_was_edited_between_two_digests_reads_as_it_is_now() -> None:
    shared, look = Entries(), rendering(Lang.ZH, Layout.FULL, Wording.TRANSLATION)
    before, after = a_signal(1, headline="推理芯片发布"), a_signal(1, headline="推理芯片推迟")
    assert "发布" in render_digest(digest_of([before]), look, shared)[0].text
    text = render_digest(digest_of([after]), look, shared)[0].text
    assert "推迟" in text
    assert "发布" not in text


def test_a_sealed_link_is_made_anew() -> None:
    seals = iter(("first", "second"))
    links = Links("https://hexin.example", seal=lambda _: next(seals))
    digest, shared = digest_of([a_signal(1, access=Access.SUBSCRIBERS)]), Entries()
    look = rendering(Lang.ZH, Layout.COMPACT, Wording.TRANSLATION, links)
    texts = [render_digest(digest, look, shared)[0].text for _ in range(2)]
    assert "first" in texts[0]
    assert "second" in texts[1]


def test_what_nobody_is_shown_any_more_is_forgotten() -> None:
    shared, told, later = Entries(), a_signal(1), a_signal(2)
    held = sys.getrefcount(told)
    look = rendering(Lang.ZH, Layout.FULL, next(iter(Wording)))

    def show(signal: Signal, minutes: int) -> None:
        render_digest(
            digest_of([signal], window_to=NOW + timedelta(minutes=minutes)), look, shared
        )

    show(told, 0)
    assert sys.getrefcount(told) > held
    for minutes in (5, 10):
        show(later, minutes)
    assert sys.getrefcount(told) == held


def test_a_crowd_of_signals_is_not_kept_whole() -> None:
    shared, told = Entries(), a_signal(1)
    held = sys.getrefcount(told)
    look = rendering(Lang.ZH, Layout.FULL, next(iter(Wording)))
    for number in range(1, 4200):
        shared.entry(told if number == 1 else a_signal(number), look, point=False)
    assert sys.getrefcount(told) == held
