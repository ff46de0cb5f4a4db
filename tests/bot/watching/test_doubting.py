"""The staff hears once that several pushes came into doubt, and of a single one nothing."""

from datetime import datetime, timedelta

import pytest

from bot.jobs.doubting import DoubtTeller
from digest.model import DigestKind, Lang
from digest.texts import texts_for
from handlers.admin.sources.newscards import news_message
from handlers.staff import Staff
from storage import Recipient, Storage
from tests.storage.making import NOW, add_subscriber, planned

WANG = 1003


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def teller(storage: Storage, clock: Clock) -> DoubtTeller:
    return DoubtTeller(storage, staff=Staff(storage.staff, frozenset({WANG})), clock=clock)


async def doubt(storage: Storage, clock: Clock, count: int, kind: DigestKind) -> None:
    readers = [
        Recipient((await add_subscriber(storage, number)).id) for number in range(1, count + 1)
    ]
    await storage.digests.plan_instant(planned(kind=kind, until=clock()), readers)
    for one in await storage.deliveries.claim(clock(), count, "me"):
        assert await storage.deliveries.mark_sending(one.id, clock())
    await storage.deliveries.recover(clock(), "me")


async def told(storage: Storage, clock: Clock, lang: Lang = Lang.ZH) -> list[str]:
    due = await storage.source_news.due(clock())
    return [news_message(texts_for(lang), one.news).text for one in due]


async def test_several_are_told_once_when_no_more_come(
    storage: Storage, clock: Clock, teller: DoubtTeller
) -> None:
    await add_subscriber(storage, WANG)
    await doubt(storage, clock, 4, DigestKind.DAILY)
    await teller.run_due()
    clock.now += timedelta(minutes=5)
    await doubt(storage, clock, 2, DigestKind.INSTANT)
    await teller.run_due()
    assert await told(storage, clock) == []
    clock.now += timedelta(minutes=2)
    await teller.run_due()
    (text,) = await told(storage, clock)
    assert text.startswith("❓ 有 6 条推送不确定送到没有（定时摘要 4、快讯 2）")
    (text,) = await told(storage, clock, Lang.EN)
    assert text.startswith("❓ Not known whether 6 pushes arrived (Digest: 4, Alert: 2)")
    await teller.run_due()
    assert len(await told(storage, clock)) == 1


async def test_a_single_lost_answer_is_no_news(
    storage: Storage, clock: Clock, teller: DoubtTeller
) -> None:
    await doubt(storage, clock, 4, DigestKind.DAILY)
    clock.now += timedelta(minutes=30)
    await teller.run_due()
    # Nor do single ones add up from day to day.
    clock.now += timedelta(hours=1)
    await doubt(storage, clock, 4, DigestKind.STORY)
    clock.now += timedelta(minutes=30)
    await teller.run_due()
    assert await told(storage, clock) == []
