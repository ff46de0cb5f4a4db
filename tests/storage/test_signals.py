import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, text

from digest.model import Access, EntryState, FullText, Score, ScorePart, Signal, SignalState
from storage import NotFound, Storage, signal_rows
from storage.schema import entries, signal_addresses, signal_sources, signals
from tests.storage.making import NOW, add_entry, add_signal, add_source, draft, minutes


async def test_a_signal_reads_as_it_was_written(storage: Storage) -> None:
    made = draft("芯片", topics=("llm", "chips"))
    signal = await add_signal(storage, "芯片", made=made)

    assert await storage.signals.get(signal.id) == signal
    assert await storage.signals.article(signal.id) == made.article
    assert (signal.brief, signal.placement, signal.score) == (
        made.brief,
        made.placement,
        made.score,
    )
    assert signal.seen_in[0].title == "one 日报"
    assert await storage.signals.latest() == (signal,)
    assert await storage.signals.latest(topic="llm") == (signal,)
    assert await storage.search.find("芯片") == (signal,)
    assert signal.created_at == NOW


async def test_an_article_from_two_sources_is_one_signal(storage: Storage) -> None:
    first, second = await add_source(storage, "one"), await add_source(storage, "two")
    signal = await add_signal(storage, "a", source=first)
    pending = await add_entry(storage, second, "a", now=NOW + minutes(5))

    merged = await storage.signals.add_source(signal.id, pending, second, NOW + minutes(5))
    again = await storage.signals.add_source(signal.id, pending, second, NOW + minutes(9))

    assert [seen.source_id for seen in merged.seen_in] == [first.id, second.id]
    assert merged.source_title == "one 日报"
    assert again == merged
    assert await storage.entries.counts() == {EntryState.DONE: 1, EntryState.MERGED: 1}


@pytest.mark.parametrize("what", ["address", "fingerprint"])
async def test_an_insert_of_the_same_article_becomes_a_second_source(
    storage: Storage, what: str
) -> None:
    second = await add_source(storage, "two")
    signal = await add_signal(storage, "a", made=draft("same"), fingerprint="print")
    other = draft("same") if what == "address" else draft("republished")
    print_of_other = "" if what == "address" else "print"

    merged = await add_signal(storage, "b", made=other, source=second, fingerprint=print_of_other)

    assert merged.id == signal.id
    assert len(merged.seen_in) == 2
    assert await storage.signals.total() == 1
    assert await storage.entries.counts() == {EntryState.DONE: 1, EntryState.MERGED: 1}


async def test_a_race_for_one_article_makes_one_signal(storage: Storage) -> None:
    sources = [await add_source(storage, f"s{number}") for number in range(6)]
    made = draft("同一篇")
    results = await asyncio.gather(
        *(
            add_signal(storage, f"e{number}", made=made, source=source, fingerprint="f")
            for number, source in enumerate(sources)
        )
    )
    assert len({signal.id for signal in results}) == 1
    signal = await storage.signals.get(results[0].id)
    assert signal is not None
    assert {seen.source_id for seen in signal.seen_in} == {source.id for source in sources}
    assert await storage.search.count("同一篇") == 1


async def test_articles_without_fingerprint_are_not_the_same(storage: Storage) -> None:
    one, two = await add_signal(storage, "a"), await add_signal(storage, "b")
    assert one.id != two.id
    assert await storage.signals.find_same("https://nowhere.example/", "") is None
    assert await storage.signals.find_same("https://one.example/a", "") == one.id


async def test_an_address_longer_than_any_index_allows(storage: Storage) -> None:
    long = "https://one.example/" + "长" * 5000
    made = draft("a")
    made = replace(made, article=replace(made.article, canonical_url=long, url=long))
    signal = await add_signal(storage, "a", made=made)
    assert signal.url == long
    assert await storage.signals.find_same(long, "") == signal.id


async def test_a_signal_that_fails_half_way_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object) -> None:
        raise OSError("the disk is full")

    source = await add_source(storage)
    with monkeypatch.context() as broken:
        broken.setattr("storage.signals.finish_entry", break_down)
        broken.setattr("storage.signals.index_signal", break_down)
        with pytest.raises(OSError, match="full"):
            await add_signal(storage, "芯片", source=source)

    assert await storage.signals.total() == 0
    assert await storage.search.find("芯片") == ()
    assert await storage.signals.find_same("https://one.example/芯片", "") is None
    assert await storage.entries.counts() == {EntryState.NEW: 1}
    signal = await add_signal(storage, "芯片", source=source)
    assert await storage.search.find("芯片") == (signal,)


async def test_numbers_are_never_given_twice(storage: Storage) -> None:
    first = await add_signal(storage)
    async with storage.database.write() as connection:
        for table in (signal_sources, signal_addresses, entries, signals):
            await connection.execute(delete(table))
    second = await add_signal(storage)
    assert second.id > first.id


async def test_readers_see_only_live_signals(storage: Storage) -> None:
    live = await add_signal(storage, "芯片 live")
    held = await add_signal(storage, "芯片 held", state=SignalState.HELD)
    assert await storage.signals.latest() == (live,)
    assert await storage.search.find("芯片") == (live,)
    assert await storage.signals.window(NOW - minutes(1), NOW) == (live,)
    assert await storage.signals.total() == 1
    assert await storage.signals.get(held.id) == held


async def test_views_and_scores_change_in_place(storage: Storage) -> None:
    signal = await add_signal(storage)
    better = Score((ScorePart("sources", 90.4, 100, "2 家来源"),))
    await storage.signals.add_view(signal.id)
    await storage.signals.add_view(signal.id)
    await storage.signals.set_score(signal.id, better)
    assert await storage.signals.get(signal.id) == replace(signal, views=2, score=better)
    assert await storage.signals.latest(min_score=90) == (
        await storage.signals.get_many([signal.id])
    )
    assert await storage.signals.latest(min_score=91) == ()


async def test_many_are_given_in_the_order_asked_for(storage: Storage) -> None:
    made = [await add_signal(storage) for _ in range(3)]
    ids = [made[2].id, made[0].id, 999, made[1].id]
    assert await storage.signals.get_many(ids) == (made[2], made[0], made[1])
    assert await storage.signals.get_many([]) == ()
    assert await storage.signals.get(999) is None
    assert await storage.signals.article(999) is None


async def test_an_article_whose_text_is_kept_no_longer(storage: Storage) -> None:
    signal = await add_signal(storage)
    async with storage.database.write() as connection:
        await connection.execute(text("UPDATE articles SET text = NULL"))
    assert await storage.signals.article(signal.id) is None
    assert await storage.signals.get(signal.id) == signal


async def test_an_unknown_signal_gets_no_source(storage: Storage) -> None:
    source = await add_source(storage)
    pending = await add_entry(storage, source, "a")
    with pytest.raises(NotFound):
        await storage.signals.add_source(99, pending, source, NOW)
    assert await storage.entries.counts() == {EntryState.NEW: 1}


async def test_a_signal_is_as_open_as_its_leading_source_unless_it_says_otherwise(
    storage: Storage,
) -> None:
    first, second = await add_source(storage, "one"), await add_source(storage, "two")
    signal = await add_signal(storage, "a", source=first)
    pending = await add_entry(storage, second, "a", now=NOW + minutes(5))
    merged = await storage.signals.add_source(signal.id, pending, second, NOW + minutes(5))
    assert (merged.full_text, merged.access) == (FullText.EXCERPT, Access.PUBLIC)

    closed = {"full_text": FullText.LINK, "access": Access.SUBSCRIBERS}
    await storage.sources.edit(second.id, actor="7", now=NOW, full_text=FullText.FULL)
    await storage.sources.edit(first.id, actor="7", now=NOW, **closed)
    (told,) = await storage.signals.latest()
    assert (told.full_text, told.access) == (FullText.LINK, Access.SUBSCRIBERS)

    opened = await storage.signals.set_access(signal.id, Access.PUBLIC, actor="7", now=NOW)
    assert (opened.full_text, opened.access) == (FullText.LINK, Access.PUBLIC)
    back = await storage.signals.set_access(signal.id, None, actor="7", now=NOW)
    assert back.access is Access.SUBSCRIBERS
    (act, *_) = await storage.audit.list()
    assert (act.act, act.before, act.after) == ("signal.access", "public", None)
    with pytest.raises(NotFound):
        await storage.signals.set_access(10**9, None, actor="7", now=NOW)


async def test_others_have_turns_while_many_signals_are_made(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        await add_signal(storage, name)
    beats, seen = 0, []
    make = signal_rows._signal

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    def noted(*parts: Any) -> Signal:
        seen.append(beats)
        return make(*parts)

    monkeypatch.setattr(signal_rows, "_signal", noted)
    monkeypatch.setattr(signal_rows, "_AT_ONCE", 1)
    beating = asyncio.create_task(beat())
    assert [one.title for one in await storage.signals.latest()] != []
    beating.cancel()
    assert len(set(seen)) == 3
