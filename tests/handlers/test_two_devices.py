"""The same settings changed at two places at once, and while digests wait or are planned."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.compose import next_push_at
from digest.merging import merged
from digest.model import Subscription, WeeklyTime, Wishes
from handlers.subscriptions import rescheduled
from storage import Recipient
from tests.handlers.conftest import Chatting

BASE = Subscription(wishes=Wishes(columns=("ai",), mutes=("涨停",), min_score=40))
# 06:30 in Shanghai on Saturday, within the usual quiet hours (23:00 to 07:00).
ASLEEP = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
AWAKE = ASLEEP + timedelta(minutes=30)
EARLY = Subscription(digest_times=(time(6),), next_digest_at=AWAKE, considered_until=ASLEEP)


def test_what_two_devices_change_is_both_kept():
    one = replace(BASE, wishes=replace(BASE.wishes, columns=("ai", "tech"), min_score=60))
    other = replace(
        BASE, zone="Europe/Berlin", wishes=replace(BASE.wishes, columns=("ai", "science"))
    )
    both = merged(BASE, one, other)
    assert both.wishes.columns == ("ai", "science", "tech")
    assert both.wishes.min_score == 60
    assert both.zone == "Europe/Berlin"


def test_what_one_device_takes_away_is_gone_though_the_other_adds():
    one = replace(BASE, wishes=replace(BASE.wishes, columns=(), mutes=()))
    other = replace(BASE, wishes=replace(BASE.wishes, columns=("ai", "tech")))
    both = merged(BASE, one, other)
    assert both.wishes.columns == ("tech",)
    assert both.wishes.mutes == ()


async def test_a_tap_keeps_what_was_changed_since_it_was_read(chatting: Chatting):
    lin, stored = chatting.lin, chatting.storage.subscribers
    page = await chatting.say(lin, "/score")
    me = await chatting.subscriber(lin)
    by_chat = stored.by_chat

    async def and_another_device(chat_id: int, thread_id: int = 0):
        found = await by_chat(chat_id, thread_id)
        elsewhere = replace(me.subscription, zone="Europe/Berlin", max_a_day=5)
        await stored.save_subscription(me.id, elsewhere)
        return found

    stored.by_chat = and_another_device  # what lies between reading and writing
    await chatting.tap(lin, page, "60")
    stored.by_chat = by_chat
    now = (await chatting.subscriber(lin)).subscription
    assert (now.wishes.min_score, now.zone, now.max_a_day) == (60, "Europe/Berlin", 5)


async def test_a_digest_planned_meanwhile_is_not_due_again(chatting: Chatting):
    lin, stored = chatting.lin, chatting.storage
    page = await chatting.say(lin, "/score")
    me, now = await chatting.subscriber(lin), chatting.clock()
    due = replace(
        me.subscription, paused=False, next_digest_at=now, considered_until=now - timedelta(days=1)
    )
    await stored.subscribers.save_subscription(me.id, due)
    tomorrow = now + timedelta(days=1)
    by_chat = stored.subscribers.by_chat

    async def and_the_planner(chat_id: int, thread_id: int = 0):
        found = await by_chat(chat_id, thread_id)
        planned = Recipient(me.id, tomorrow, expected_next=now, considered_until=now)
        await stored.digests.skip_daily([planned])
        return found

    stored.subscribers.by_chat = and_the_planner
    await chatting.tap(lin, page, "60")
    stored.subscribers.by_chat = by_chat
    kept = (await chatting.subscriber(lin)).subscription
    assert kept.wishes.min_score == 60
    assert kept.next_digest_at is not None
    assert kept.next_digest_at > now


def test_a_digest_held_by_quiet_hours_survives_a_change():
    changed = replace(EARLY, wishes=Wishes(min_score=50))
    assert rescheduled(EARLY, changed, ASLEEP).next_digest_at == AWAKE


def test_a_held_digest_comes_when_the_new_quiet_hours_end():
    longer = replace(EARLY, quiet_to=time(8))
    assert rescheduled(EARLY, longer, ASLEEP).next_digest_at == AWAKE + timedelta(hours=1)
    none = replace(EARLY, quiet_to=EARLY.quiet_from)
    assert rescheduled(EARLY, none, ASLEEP).next_digest_at == ASLEEP


def test_a_held_weekly_survives_a_change():
    weekly = replace(EARLY, weekly=WeeklyTime(5, time(6)), next_weekly_at=AWAKE)
    changed = replace(weekly, max_a_day=5)
    assert rescheduled(weekly, changed, ASLEEP).next_weekly_at == AWAKE


def test_a_digest_that_was_sent_does_not_come_again_when_quiet_hours_are_set():
    sent = replace(EARLY, next_digest_at=AWAKE + timedelta(hours=23), quiet_to=EARLY.quiet_from)
    quiet = replace(sent, quiet_to=time(7))
    moved = rescheduled(sent, quiet, ASLEEP).next_digest_at
    assert moved == AWAKE + timedelta(days=1)


@given(
    times=st.sets(st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])), min_size=1),
    quiet=st.tuples(st.builds(time, st.integers(0, 23)), st.builds(time, st.integers(0, 23))),
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"]),
    minutes=st.integers(1, 60 * 48),
)
def test_a_change_of_something_else_never_moves_the_next_digest(
    times: set[time], quiet: tuple[time, time], zone: str, minutes: int
):
    start, end = quiet
    wanted = Subscription(
        digest_times=tuple(sorted(times)), quiet_from=start, quiet_to=end, zone=zone
    )
    now = ASLEEP
    wanted = replace(wanted, considered_until=now, next_digest_at=next_push_at(wanted, now))
    until = now + timedelta(minutes=minutes)
    while wanted.next_digest_at is not None and wanted.next_digest_at <= until:
        due = wanted.next_digest_at
        wanted = replace(wanted, considered_until=due, next_digest_at=next_push_at(wanted, due))
    changed = rescheduled(wanted, replace(wanted, max_a_day=5), until)
    assert changed.next_digest_at == wanted.next_digest_at
