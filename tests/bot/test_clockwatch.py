from datetime import UTC, datetime, timedelta

from bot.jobs.clockwatch import ClockWatch

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


async def test_it_looks_at_first_and_when_the_clock_was_set_back() -> None:
    at, looked = [NOON], []

    async def put_right(now: datetime) -> int:
        looked.append(now)
        return 1

    watch = ClockWatch(put_right, clock=lambda: at[0])
    assert await watch.run_due() == 1
    assert await watch.run_due() == 0
    at[0] = NOON + timedelta(hours=1)  # set fast: what it has written so far is right
    assert await watch.run_due() == 0
    at[0] = NOON + timedelta(seconds=5)
    assert await watch.run_due() == 1
    at[0] = NOON - timedelta(seconds=5)  # a time server's touch
    assert await watch.run_due() == 0
    assert looked == [NOON, NOON + timedelta(seconds=5)]
