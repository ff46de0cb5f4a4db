from datetime import timedelta

from storage import Filed, Notice, Storage
from storage.reports import MOST_A_DAY
from tests.storage.making import NOW, add_signal, minutes


async def untold(storage: Storage, *admins: int, after: float = 0) -> tuple[Notice, ...]:
    return await storage.reports.untold(admins or (9,), NOW + minutes(after))


async def test_a_report_waits_for_every_admin_until_told(storage: Storage) -> None:
    signal = await add_signal(storage)
    assert await storage.reports.file(signal.id, "fact", 1, "错了", NOW) is Filed.NEW
    notices = await untold(storage, 8, 9)
    assert [one.admin_id for one in notices] == [8, 9]
    await storage.reports.told(notices[0], 55)
    (left,) = await untold(storage, 8, 9)
    assert (left.admin_id, left.count, left.message_id) == (9, 1, None)
    assert [(quote.user_id, quote.words) for quote in left.quotes] == [(1, "错了")]


async def test_a_second_reader_changes_the_same_message(storage: Storage) -> None:
    signal = await add_signal(storage)
    await storage.reports.file(signal.id, "fact", 1, "", NOW)
    (first,) = await untold(storage)
    await storage.reports.told(first, 55)
    assert await untold(storage) == ()
    await storage.reports.file(signal.id, "fact", 2, "我也看到", NOW + minutes(1))
    await storage.reports.file(signal.id, "translation", 2, "", NOW + minutes(2))
    again, other = await untold(storage, after=3)
    assert (again.kind, again.count, again.message_id) == ("fact", 2, 55)
    assert (other.kind, other.count, other.message_id) == ("translation", 1, None)


async def test_a_persons_second_report_is_merged_and_retold_only_with_new_words(
    storage: Storage,
) -> None:
    signal = await add_signal(storage)
    await storage.reports.file(signal.id, "other", 1, "旧话", NOW)
    (first,) = await untold(storage)
    await storage.reports.told(first, 55)
    same = await storage.reports.file(signal.id, "other", 1, "旧话", NOW + minutes(1))
    assert same is Filed.AGAIN
    assert await untold(storage, after=2) == ()
    await storage.reports.file(signal.id, "other", 1, "新话", NOW + minutes(3))
    (again,) = await untold(storage, after=4)
    assert (again.count, again.quotes[0].words) == (1, "新话")


async def test_what_was_put_off_is_told_later_and_not_for_ever(storage: Storage) -> None:
    signal = await add_signal(storage)
    await storage.reports.file(signal.id, "fact", 1, "", NOW)
    (notice,) = await untold(storage)
    await storage.reports.put_off(notice, NOW + minutes(10))
    assert await untold(storage, after=9) == ()
    assert len(await untold(storage, after=10)) == 1
    assert await storage.reports.untold((9,), NOW + timedelta(days=15)) == ()


async def test_nobody_files_without_end_in_a_day(storage: Storage) -> None:
    source = [await add_signal(storage) for _ in range(MOST_A_DAY + 1)]
    for signal in source[:MOST_A_DAY]:
        assert await storage.reports.file(signal.id, "fact", 1, "", NOW) is Filed.NEW
    last = source[MOST_A_DAY]
    assert await storage.reports.file(last.id, "fact", 1, "", NOW) is Filed.TOO_MANY
    assert await storage.reports.file(last.id, "fact", 2, "", NOW) is Filed.NEW
    tomorrow = NOW + timedelta(days=1, minutes=1)
    assert await storage.reports.file(last.id, "fact", 1, "", tomorrow) is Filed.NEW
