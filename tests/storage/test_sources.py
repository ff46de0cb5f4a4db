from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import (
    Access,
    EntryState,
    FullText,
    PollNote,
    PollState,
    Recipe,
    SourceKind,
    SourceState,
    Validators,
)
from storage import DuplicateSource, NotFound, Storage
from tests.storage.making import NOW, add_source, entry, minutes, spec


async def test_seeding_adds_what_is_new_and_leaves_edits_alone(storage: Storage) -> None:
    assert await storage.sources.seed([spec("one"), spec("two")], NOW) == 2
    one = await storage.sources.by_url(spec("one").url)
    assert one is not None
    edited = await storage.sources.edit(one.id, actor="7", now=NOW, title="改过的名字", weight=2.0)

    assert await storage.sources.seed([spec("one"), spec("two"), spec("three")], NOW) == 1
    assert await storage.sources.get(one.id) == edited
    assert [source.spec.key for source in await storage.sources.all()] == ["one", "two", "three"]


async def test_seeding_skips_an_address_that_an_admin_added(storage: Storage) -> None:
    await storage.sources.add(replace(spec("mine"), url=spec("one").url), NOW, actor="7")
    assert await storage.sources.seed([spec("one")], NOW) == 0


async def test_a_source_reads_as_it_was_added(storage: Storage) -> None:
    wanted = replace(
        spec("科技"),
        weight=1.5,
        poll_floor_s=300,
        site_url="https://a.example/",
        full_text=FullText.LINK,
        access=Access.SUBSCRIBERS,
        kind=SourceKind.PAGE,
        recipe=Recipe(items="ul > li", link="a", date="time", zone="Asia/Shanghai"),
        headers=(("Authorization", "Bearer 0123456789abcdef"),),
        poll_ceiling_s=7200,
        translate=False,
    )
    source = await storage.sources.add(wanted, NOW, actor="admin:7")

    assert source.spec == wanted
    assert (source.state, source.poll, source.origin) == (
        SourceState.ACTIVE,
        PollState(),
        "admin:7",
    )
    assert await storage.sources.get(source.id) == source
    assert (await storage.audit.list())[0].act == "source.add"


async def test_the_same_address_or_key_is_refused_with_the_one_that_has_it(
    storage: Storage,
) -> None:
    one = await add_source(storage, "one")
    for same in (spec("other", url=one.spec.url), replace(spec("other"), key="one")):
        with pytest.raises(DuplicateSource) as caught:
            await storage.sources.add(same, NOW, actor="7")
        assert caught.value.existing == one
    assert len(await storage.audit.list()) == 1


async def test_an_endless_address_is_refused(storage: Storage) -> None:
    with pytest.raises(ValueError, match="2000 bytes"):
        await storage.sources.add(spec("x", url="https://x.example/" + "a" * 2000), NOW, actor="7")


async def test_due_sources_are_claimed_once_and_never_polled_ones_first(
    storage: Storage,
) -> None:
    old, new, later, paused = [
        await add_source(storage, name) for name in ("old", "new", "later", "paused")
    ]
    await storage.sources.record_poll(old.id, PollState(next_poll_at=NOW - minutes(5)), now=NOW)
    await storage.sources.record_poll(later.id, PollState(next_poll_at=NOW + minutes(5)), now=NOW)
    await storage.sources.set_state(paused.id, SourceState.PAUSED, actor="7", now=NOW)

    claimed = await storage.sources.claim_due(NOW, 10, lambda _: NOW + minutes(60))

    assert [source.id for source in claimed] == [new.id, old.id]
    assert await storage.sources.claim_due(NOW, 10, lambda _: NOW + minutes(60)) == ()
    reread = await storage.sources.get(old.id)
    assert reread is not None
    assert reread.poll.next_poll_at == NOW + minutes(60)


async def test_a_claim_keeps_to_its_limit(storage: Storage) -> None:
    for name in "abc":
        await add_source(storage, name)
    assert len(await storage.sources.claim_due(NOW, 2, lambda _: NOW + minutes(60))) == 2
    assert len(await storage.sources.claim_due(NOW, 2, lambda _: NOW + minutes(60))) == 1


async def test_blocked_hosts_are_left_alone_until_their_time(storage: Storage) -> None:
    source = await add_source(storage, "one")
    await storage.sources.block_host("ONE.example", NOW + minutes(10), "429")
    await storage.sources.block_host("one.example", NOW + minutes(20), "429 again")

    assert await storage.sources.blocked_hosts(NOW) == {"one.example": NOW + minutes(20)}
    assert await storage.sources.claim_due(NOW, 10, lambda _: NOW + minutes(60)) == ()
    later = NOW + minutes(20)
    assert await storage.sources.blocked_hosts(later) == {}
    claimed = await storage.sources.claim_due(later, 10, lambda _: later + minutes(60))
    assert [found.id for found in claimed] == [source.id]


async def test_everything_about_a_poll_is_kept(storage: Storage) -> None:
    source = await add_source(storage)
    poll = PollState(
        validators=Validators("https://one.example/feed.xml", '"é-1"', "yesterday, more or less"),
        body_hash="abc",
        next_poll_at=NOW + minutes(1),
        last_poll_at=NOW,
        last_ok_at=NOW - minutes(1),
        last_unconditional_at=NOW - minutes(2),
        interval_s=900,
        hint_s=60,
        gaps_s=(60, 3600),
        newest_entry_at=NOW - minutes(3),
        errors=4,
        failing_since=NOW - minutes(4),
        error_code="http",
        error_text="503 服务不可用",
        told_at=NOW - minutes(5),
        moved_to="https://new.example/",
        moved_seen=2,
        moved_since=NOW - minutes(6),
        ttl_s=1800,
        skip_hours=(0, 1),
        skip_days=(6,),
    )
    await storage.sources.record_poll(source.id, poll, now=NOW)
    poll = replace(poll, history=(PollNote(NOW, 0, "http"),))
    assert await storage.sources.get(source.id) == replace(source, poll=poll)
    defaults = PollState()
    assert all(getattr(poll, name) != getattr(defaults, name) for name in poll.__slots__)


async def test_new_entries_are_kept_once_and_edits_change_only_their_hash(
    storage: Storage,
) -> None:
    source = await add_source(storage)
    first = [entry("a"), entry("b"), entry("a")]
    assert await storage.sources.record_poll(source.id, PollState(), entries=first, now=NOW) == 2
    edited = replace(entry("a"), content_hash="another", title="新标题")
    again = [edited, entry("b"), entry("c")]
    assert await storage.sources.record_poll(source.id, PollState(), entries=again, now=NOW) == 1

    assert await storage.sources.known_keys(source.id, ["a", "b", "z"]) == {"a", "b"}
    titles = {found.entry.key: found.entry for found in await storage.entries.claim(NOW, 10)}
    assert titles["a"].title == "标题 a"
    assert titles["a"].content_hash == "another"


async def test_a_finished_entry_does_not_come_back(storage: Storage) -> None:
    source = await add_source(storage)
    await storage.sources.record_poll(source.id, PollState(), entries=[entry("a")], now=NOW)
    (pending,) = await storage.entries.claim(NOW, 10)
    await storage.entries.finish(pending.id, EntryState.SHORT, now=NOW)

    assert (
        await storage.sources.record_poll(source.id, PollState(), entries=[entry("a")], now=NOW)
        == 0
    )
    assert await storage.entries.claim(NOW + timedelta(days=1), 10) == ()


async def test_a_feed_of_five_thousand_entries(storage: Storage) -> None:
    source = await add_source(storage)
    many = [entry(f"k{number}") for number in range(5000)]
    assert await storage.sources.record_poll(source.id, PollState(), entries=many, now=NOW) == 5000
    assert len(await storage.sources.known_keys(source.id, [one.key for one in many])) == 5000
    assert await storage.sources.record_poll(source.id, PollState(), entries=many, now=NOW) == 0


async def test_a_poll_that_fails_to_be_written_leaves_nothing(storage: Storage) -> None:
    source = await add_source(storage)
    broken = replace(entry("b"), published_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="offset-naive"):
        await storage.sources.record_poll(
            source.id, PollState(body_hash="x"), entries=[entry("a"), broken], now=NOW
        )
    assert await storage.sources.get(source.id) == source
    assert await storage.entries.counts() == {}


async def test_a_permanent_move_rewrites_the_address(storage: Storage) -> None:
    source = await add_source(storage)
    await storage.sources.record_poll(
        source.id, PollState(), url="https://Moved.example/f", now=NOW
    )
    moved = await storage.sources.by_url("https://Moved.example/f")
    assert moved is not None
    assert moved.id == source.id
    await storage.sources.block_host("moved.example", NOW + minutes(1), "429")
    assert await storage.sources.claim_due(NOW, 10, lambda _: NOW) == ()


async def test_a_move_to_what_another_source_polls_pauses_this_one(storage: Storage) -> None:
    one, two = await add_source(storage, "one"), await add_source(storage, "two")
    await storage.sources.record_poll(one.id, PollState(), url=two.spec.url, now=NOW)

    reread = await storage.sources.get(one.id)
    assert reread is not None
    assert (reread.spec.url, reread.state) == (one.spec.url, SourceState.PAUSED)
    assert (await storage.audit.list())[0].after == f"source:{two.id}"


async def test_a_resumed_source_starts_afresh(storage: Storage) -> None:
    source = await add_source(storage)
    failing = PollState(
        errors=9, failing_since=NOW, error_code="dns", next_poll_at=NOW, told_at=NOW
    )
    await storage.sources.record_poll(source.id, failing, state=SourceState.PAUSED, now=NOW)
    later = NOW + minutes(30)
    resumed = await storage.sources.set_state(source.id, SourceState.ACTIVE, actor="7", now=later)

    assert resumed.state is SourceState.ACTIVE
    assert (resumed.poll.errors, resumed.poll.error_code, resumed.poll.told_at) == (0, None, None)
    assert resumed.poll.next_poll_at == later
    assert (await storage.audit.list())[0].before == "paused"


async def test_a_new_address_drops_the_old_ones_validators(storage: Storage) -> None:
    source = await add_source(storage)
    known = PollState(validators=Validators(source.spec.url, '"1"'), body_hash="x")
    await storage.sources.record_poll(source.id, known, now=NOW)
    edited = await storage.sources.edit(source.id, actor="7", now=NOW, url="https://n.example/f")
    assert (edited.poll.validators, edited.poll.body_hash) == (None, None)
    assert (await storage.audit.list())[0].after == {"url": "https://n.example/f"}


async def test_edits_that_make_no_sense_are_refused(storage: Storage) -> None:
    one, two = await add_source(storage, "one"), await add_source(storage, "two")
    with pytest.raises(DuplicateSource):
        await storage.sources.edit(one.id, actor="7", now=NOW, url=two.spec.url)
    with pytest.raises(TypeError, match="colour"):
        await storage.sources.edit(one.id, actor="7", now=NOW, colour="red")
    with pytest.raises(TypeError, match="key"):
        await storage.sources.edit(one.id, actor="7", now=NOW, key="x")
    with pytest.raises(NotFound):
        await storage.sources.edit(999, actor="7", now=NOW, title="x")
    assert await storage.sources.get(one.id) == one


async def test_sources_can_be_made_due(storage: Storage) -> None:
    one, two = await add_source(storage, "one"), await add_source(storage, "two")
    for source in (one, two):
        await storage.sources.record_poll(
            source.id, PollState(next_poll_at=NOW + minutes(60)), now=NOW
        )
    await storage.sources.make_due(one.id, NOW)
    claimed = await storage.sources.claim_due(NOW, 10, lambda _: NOW + minutes(1))
    assert [source.id for source in claimed] == [one.id]
    await storage.sources.make_due(None, NOW)
    assert len(await storage.sources.claim_due(NOW, 10, lambda _: NOW + minutes(1))) == 2


async def test_the_books_show_no_header_in_full(storage: Storage) -> None:
    secret = "Bearer 0123456789abcdef"
    given = replace(spec("one"), headers=(("Authorization", secret),))
    source = await storage.sources.add(given, NOW, actor="7")
    await storage.sources.edit(source.id, actor="7", now=NOW, headers=(("Cookie", "sid=1"),))
    books = str(await storage.audit.list())
    assert secret not in books
    assert "sid=1" not in books
    assert "Authorization: …cdef" in books
    assert "Cookie" in books
    assert secret not in repr(source)


async def test_a_header_that_may_not_be_sent_is_refused(storage: Storage) -> None:
    source = await add_source(storage)
    for pair in (("Host", "a"), ("X", "a\r\nHost: b"), ("X", ""), ("a b", "c")):
        with pytest.raises(ValueError, match="may not be sent"):
            await storage.sources.edit(source.id, actor="7", now=NOW, headers=(pair,))
    assert await storage.sources.get(source.id) == source


async def test_a_new_recipe_makes_the_same_document_be_read_again(storage: Storage) -> None:
    source = await add_source(storage)
    read = PollState(body_hash="h", validators=Validators(source.spec.url, "e"), interval_s=9)
    await storage.sources.record_poll(source.id, read, now=NOW)
    weight = await storage.sources.edit(source.id, actor="7", now=NOW, weight=1.1)
    assert weight.poll.body_hash == "h"
    edited = await storage.sources.edit(
        source.id, actor="7", now=NOW, kind=SourceKind.PAGE, recipe=Recipe(items="li")
    )
    assert (edited.poll.body_hash, edited.poll.validators) == (None, None)
    assert edited.poll.next_poll_at == NOW
