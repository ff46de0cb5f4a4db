"""The settings of a chat as people read them."""

from datetime import date, time, timedelta

from digest.dates import weekday_words
from digest.model import LookBackWish, Subscription
from digest.texts import Texts
from handlers.context import Turn
from handlers.settings_fields import edition
from handlers.subscriptions import clock

__all__ = [
    "clock",
    "daily_name",
    "day_name",
    "frequency_name",
    "instant_name",
    "layout_name",
    "look_back_name",
    "max_name",
    "quiet_name",
    "weekly_name",
    "wording_name",
]

_A_MONDAY = date(2024, 1, 1)


def frequency_name(turn: Turn) -> str:
    """Every kind of push that is on: 即时快讯（80 分起）、早报 08:30、周报 周一 09:00."""
    wanted, texts = turn.subscription, turn.texts
    if wanted.paused:
        return texts("chat.frequency.paused")
    parts = [instant_name(turn, wanted)] if wanted.instant else []
    parts += [daily_name(texts, at) for at in wanted.digest_times]
    if wanted.weekly is not None:
        parts.append(f"{texts('chat.push.weekly')} {weekly_name(turn, wanted)}")
    if wanted.story_updates:
        parts.append(texts("chat.push.stories"))
    elif wanted.stories:
        parts.append(texts.n("chat.push.followed", len(wanted.stories)))
    if wanted.hears_of_trends:
        parts.append(texts("chat.push.trends"))
    if wanted.look_back is not LookBackWish.OFF:
        parts.append(f"{texts('chat.push.look_back')} {look_back_name(turn, wanted)}")
    return texts("chat.comma").join(parts) or texts("chat.frequency.nothing")


def look_back_name(turn: Turn, wanted: Subscription) -> str:
    """How often something of the past comes: 关、每天最多一条、每周日一条."""
    return turn.texts(f"chat.look_back.{wanted.look_back}")


def instant_name(turn: Turn, wanted: Subscription) -> str:
    """Alerts, and from which score on they come: not below the least score of all pushes."""
    score = max(wanted.instant_score, wanted.wishes.min_score)
    return turn.texts("chat.push.instant_from", score=score)


def daily_name(texts: Texts, at: time) -> str:
    """A daily digest by the name it will have, with its time: 早报 08:30."""
    return f"{texts(f'chat.push.{edition(at)}')} {clock(at)}"


def weekly_name(turn: Turn, wanted: Subscription) -> str:
    """When the weekly comes: 周一 09:00; that it does not."""
    if wanted.weekly is None:
        return turn.texts("chat.settings.off")
    return f"{day_name(turn.texts, wanted.weekly.day)} {clock(wanted.weekly.at)}"


def day_name(texts: Texts, day: int) -> str:
    """A day of the week, 0 for Monday."""
    return weekday_words(_A_MONDAY + timedelta(days=day), texts.lang)


def quiet_name(turn: Turn, wanted: Subscription) -> str:
    """The quiet hours."""
    if wanted.quiet_from == wanted.quiet_to:
        return turn.texts("chat.settings.off")
    return f"{clock(wanted.quiet_from)}–{clock(wanted.quiet_to)}"


def max_name(turn: Turn, wanted: Subscription) -> str:
    """The most signals a day."""
    limit = wanted.max_a_day
    return (
        turn.texts.n("chat.settings.max.value", limit) if limit else turn.texts("chat.unlimited")
    )


def layout_name(turn: Turn, wanted: Subscription) -> str:
    """The layout."""
    return turn.texts(f"chat.layout.{wanted.wishes.layout.value}")


def wording_name(turn: Turn, wanted: Subscription) -> str:
    """In which words foreign signals come."""
    return turn.texts(f"chat.wording.{wanted.wishes.wording.value}")
