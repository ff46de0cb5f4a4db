"""Changing what a chat is sent, and saying in words what will happen next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale

from digest.compose import next_push_at, next_weekly_push_at, quiet_until
from digest.dates import BABEL, day_words, weekday_words
from digest.look_backs import next_look_back_push_at
from digest.merging import merged
from digest.model import Lang, LookBackWish, Subscription, Wishes
from digest.regexes import regex
from digest.texts import Texts
from handlers.context import Turn
from handlers.zones import city_of

_Following = Callable[[Subscription, datetime], datetime | None]
_NAMED = 12
_ETC = regex(r"Etc/GMT([+-])(\d+)")


async def change(turn: Turn, **changes: Any) -> Subscription:
    """Save the chat's subscription with `changes` and the digest time that follows from them.

    What was changed elsewhere since this turn began (the Mini App, another process, the planner)
    stays.
    """
    seen = turn.subscription
    wanted = replace(seen, **changes)

    def revised(present: Subscription) -> Subscription:
        return rescheduled(present, merged(seen, wanted, present), turn.now)

    fresh = await turn.storage.subscribers.revise(turn.subscriber.id, revised)
    turn.learn(subscription=fresh)
    return fresh


async def change_wishes(turn: Turn, **changes: Any) -> Wishes:
    """Save the chat's wishes with `changes`."""
    wishes = replace(turn.subscription.wishes, **changes)
    await change(turn, wishes=wishes)
    return wishes


async def change_wishes_to(turn: Turn, wishes: Wishes) -> None:
    """Save `wishes` as the chat's."""
    await change(turn, wishes=wishes)


async def change_language(turn: Turn, lang: Lang) -> None:
    """Answer and push in `lang` from now on."""
    await turn.storage.subscribers.set_lang(turn.subscriber.id, lang)
    turn.learn(lang=lang)
    await change_wishes(turn, lang=lang)


def rescheduled(old: Subscription, new: Subscription, now: datetime) -> Subscription:
    """`new` with its next digest time; what came while pushes were off is not caught up on.

    A digest that is due stays due: a change made in the seconds before it is planned must not
    cost the reader a day. One that quiet hours hold comes when the new ones end, at once without.
    `considered_until` stays None until pushes are switched on for the first time.
    """
    considered = new.considered_until
    if new.pushes and (not old.pushes or considered is None):
        considered = now

    def moved(due: datetime | None, following: _Following) -> datetime | None:
        fresh = following(new, now)
        if due is None or fresh is None:
            return fresh
        if due <= now:
            return due
        held = due == quiet_until(old, now) and due != following(old, now)
        return min(fresh, quiet_until(new, now) or now) if held else fresh

    return replace(
        new,
        next_digest_at=moved(old.next_digest_at, next_push_at),
        next_weekly_at=moved(old.next_weekly_at, next_weekly_push_at),
        next_look_back_at=moved(old.next_look_back_at, next_look_back_push_at),
        considered_until=considered,
    )


# --- in words ----------------------------------------------------------------------------


# What is due comes within seconds, unless it waits for an editor.
_SOON = timedelta(minutes=5)


def what_next(texts: Texts, subscription: Subscription, now: datetime) -> str:
    """Some lines (HTML): when the next pushes come, or that none will."""
    if subscription.paused:
        return texts("chat.next.off")
    if not subscription.pushes:
        return texts("chat.next.none")
    lines = [*_next_digests(texts, subscription, now)]
    if subscription.instant:
        # Whoever wants nothing below 70 gets no alert below it either.
        score = max(subscription.instant_score, subscription.wishes.min_score)
        lines.append(texts("chat.next.instant", score=score))
    if subscription.story_updates:
        lines.append(texts("chat.next.stories"))
    elif subscription.stories:
        lines.append(texts.n("chat.next.followed", len(subscription.stories)))
    if subscription.hears_of_trends:
        lines.append(texts("chat.next.trends"))
    if subscription.look_back is not LookBackWish.OFF:
        lines.append(texts(f"chat.next.look_back.{subscription.look_back}"))
    if subscription.max_a_day:
        key = "chat.next.max" if subscription.digest_times else "chat.next.max_only"
        lines.append(texts(key, limit=subscription.max_a_day))
    return "\n".join(lines)


def _next_digests(texts: Texts, subscription: Subscription, now: datetime) -> list[str]:
    lines = []
    zone = subscription.zone
    for key, at in (
        ("chat.next.daily", subscription.next_digest_at),
        ("chat.next.weekly", subscription.next_weekly_at),
    ):
        if at is None:
            continue
        if key == "chat.next.weekly" and now - at > _SOON:
            lines.append(texts("chat.next.weekly_waits"))
        else:
            when = local_time(texts, at, zone, now)
            lines.append(texts(key, when=when, zone=zone_name(texts, zone)))
    if _held(subscription):
        lines.append(texts("chat.next.held"))
    return lines


def _held(subscription: Subscription) -> bool:
    """Whether a digest comes when the quiet hours end, for its own time lies in them."""
    start, end = subscription.quiet_from, subscription.quiet_to
    zone, weekly = ZoneInfo(subscription.zone), subscription.weekly
    chosen = (*subscription.digest_times, *((weekly.at,) if weekly else ()))
    if start == end or end in chosen:
        return False
    coming = (subscription.next_digest_at, subscription.next_weekly_at)
    return any(at is not None and at.astimezone(zone).time() == end for at in coming)


def what_follows(turn: Turn) -> str:
    """One line: the columns, topics, sources (their number) and words that the chat is sent."""
    wishes, taxonomy, lang = turn.subscription.wishes, turn.taxonomy, turn.lang
    columns = [c.name(lang) for id_, c in taxonomy.columns.items() if id_ in wishes.columns]
    topics = [t.name(lang) for id_, t in taxonomy.topics.items() if id_ in wishes.topics]
    named = (("columns", columns), ("topics", topics), ("words", list(wishes.words)))
    parts = [
        turn.texts(f"chat.follows.{kind}", names=_some(turn.texts, names))
        for kind, names in named
        if names
    ]
    if wishes.sources:
        parts.append(turn.texts.n("chat.follows.sources", len(wishes.sources)))
    return turn.texts("chat.follows.between").join(parts) or turn.texts("chat.follows.all")


def _some(texts: Texts, names: list[str]) -> str:
    """The names, of many only the first."""
    shown = texts("chat.comma").join(names[:_NAMED])
    left = len(names) - _NAMED
    return texts.n("chat.follows.and_more", left, names=shown) if left > 0 else shown


def local_time(texts: Texts, moment: datetime, zone: str, now: datetime) -> str:
    """`moment` on the reader's clock: "明天 08:30", "11月25日周二 08:30"."""
    local = moment.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return texts("chat.day.today", time=clock)
    if local.date() == today + timedelta(days=1):
        return texts("chat.day.tomorrow", time=clock)
    day = local.date()
    return f"{day_words(day, texts.lang)} {weekday_words(day, texts.lang)} {clock}"


def zone_name(texts: Texts, zone: str) -> str:
    """The zone's name as people say it: 北京时间, Berlin time; Etc/GMT-9 is UTC+9."""
    if found := _ETC.fullmatch(zone):
        return f"UTC{'-' if found[1] == '+' else '+'}{found[2]}"
    if zone == "Asia/Shanghai":
        return texts("chat.zone.shanghai")
    if "/" not in zone:
        return zone
    return texts("chat.zone.city", city=city_of(zone, Locale.parse(BABEL[texts.lang])))


def clock(moment: Any) -> str:
    """A time of day as "08:30"."""
    return f"{moment:%H:%M}"


def with_(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    """`values` and `value`, once."""
    return values if value in values else (*values, value)


def without(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    """`values` without `value`."""
    return tuple(one for one in values if one != value)
