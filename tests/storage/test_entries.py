import asyncio
from datetime import timedelta

import pytest

from digest.model import EntryState, PollState
from storage import Storage
from tests.storage.making import NOW, add_source, entry, minutes


async def poll(storage: Storage, *keys_and_ages: tuple[str, float], backlog: bool = False) -> None:
    source = await add_source(storage)
    found = [entry(key, at=NOW - minutes(age)) for key, age in keys_and_ages]
    await storage.sources.record_poll(
        source.id, PollState(), entries=found, backlog=backlog, now=NOW
    )


async def claim(storage: Storage, limit: int = 10, after: float = 0) -> list[str]:
    claimed = await storage.entries.claim(NOW + minutes(after), limit)
    return [pending.entry.key for pending in claimed]


async def test_new_entries_come_before_the_backlog_and_the_newest_first(
    storage: Storage,
) -> None:
    await poll(storage, ("old backlog", 9), ("young backlog", 1), backlog=True)
    await poll(storage, ("old", 60), ("young", 30))

    assert await claim(storage, 3) == ["young", "old", "young backlog"]
    assert await claim(storage, 3) == ["old backlog"]
    assert await claim(storage, 3) == []


async def test_an_entry_reads_as_it_was_published(storage: Storage) -> None:
    source = await add_source(storage)
    written = entry("a", body="<p>正文 😀</p>" * 500)
    await storage.sources.record_poll(
        source.id, PollState(), entries=[written], backlog=True, now=NOW
    )
    (pending,) = await storage.entries.claim(NOW, 10)
    assert pending.entry == written
    assert (pending.source_id, pending.state, pending.tries) == (
        source.id,
        EntryState.BACKLOG,
        1,
    )


async def test_an_entry_without_date_counts_from_when_it_was_seen(storage: Storage) -> None:
    source = await add_source(storage)
    found = [entry("undated", at=None), entry("future", at=NOW + timedelta(days=400))]
    await storage.sources.record_poll(source.id, PollState(), entries=found, now=NOW)
    await poll(storage, ("dated", 1))
    assert await claim(storage) == ["undated", "future", "dated"]


async def test_a_lease_that_runs_out_gives_the_entry_back(storage: Storage) -> None:
    await poll(storage, ("a", 1))
    await storage.entries.claim(NOW, 10, lease_s=60)
    assert await claim(storage, after=0.9) == []
    (again,) = await storage.entries.claim(NOW + minutes(1), 10)
    assert again.tries == 2


async def test_a_retry_waits_for_its_time(storage: Storage) -> None:
    await poll(storage, ("a", 1))
    (pending,) = await storage.entries.claim(NOW, 10, lease_s=3600)
    await storage.entries.retry(pending.id, NOW + minutes(5), "timeout")
    assert await storage.entries.waiting(NOW) == 0
    assert await claim(storage, after=4) == []
    assert await storage.entries.waiting(NOW + minutes(5)) == 1
    assert await claim(storage, after=5) == ["a"]


@pytest.mark.parametrize("state", [EntryState.SHORT, EntryState.PAYWALLED, EntryState.FAILED])
async def test_an_ended_entry_stays_ended(storage: Storage, state: EntryState) -> None:
    await poll(storage, ("a", 1))
    (pending,) = await storage.entries.claim(NOW, 10)
    await storage.entries.finish(pending.id, state, "原因", now=NOW)
    await storage.entries.finish(pending.id, EntryState.DONE, now=NOW)
    await storage.entries.retry(pending.id, NOW, "late")

    assert await claim(storage, after=600) == []
    assert await storage.entries.counts() == {state: 1}


async def test_of_a_backlog_only_the_newest_are_kept(storage: Storage) -> None:
    ages = [(f"age {age}", float(age)) for age in (30, 10, 50, 20, 40)]
    await poll(storage, *ages, backlog=True)
    await poll(storage, ("new", 99))
    source = await add_source(storage)
    other = await storage.entries.retire_backlog(source.id + 1, keep=0, now=NOW)
    retired = await storage.entries.retire_backlog(source.id, keep=2, now=NOW)

    assert (other, retired) == (0, 3)
    assert await claim(storage) == ["new", "age 10", "age 20"]
    assert (await storage.entries.counts())[EntryState.OLD] == 3


async def test_two_readers_never_get_the_same_entry(storage: Storage) -> None:
    await poll(storage, *((f"k{number}", number) for number in range(40)))
    batches = await asyncio.gather(*(claim(storage, 5) for _ in range(12)))
    taken = [key for batch in batches for key in batch]
    # On PostgreSQL a claim skips what another one is looking at, and may so come out short.
    while rest := await claim(storage, 5):
        taken += rest
    assert sorted(taken) == sorted(f"k{number}" for number in range(40))


async def test_a_claim_that_is_kept_lasts_longer_and_what_was_put_back_stays_for_later(
    storage: Storage,
) -> None:
    await poll(storage, ("a", 1), ("b", 2))
    first, second = await storage.entries.claim(NOW, 2, lease_s=60)
    await storage.entries.retry(second.id, NOW + minutes(5), "later")
    await storage.entries.keep([first.id, second.id], NOW + minutes(1), 60)
    assert await claim(storage, after=1.9) == []
    assert await claim(storage, after=2) == ["a"]
    assert await claim(storage, after=5) == ["a", "b"]
    await storage.entries.finish(first.id, EntryState.SHORT, now=NOW)
    await storage.entries.keep([first.id], NOW)
    assert await storage.entries.waiting(NOW + minutes(999)) == 1


async def test_what_is_in_hand_is_not_claimed_once_more(storage: Storage) -> None:
    await poll(storage, ("a", 1), ("b", 2))
    (first,) = await storage.entries.claim(NOW, 1)
    (other,) = await storage.entries.claim(NOW + minutes(9), 9, besides=[first.id])
    assert other.entry.key == "b"


async def test_a_try_that_does_not_count_leaves_the_tries_as_they_were(storage: Storage) -> None:
    await poll(storage, ("a", 1))
    for _ in range(3):
        (pending,) = await storage.entries.claim(NOW, 1)
        assert pending.tries == 1
        await storage.entries.retry(pending.id, NOW, "the disk was full", counts=False)
