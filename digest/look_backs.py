"""What is worth looking back at: on this day in other years, a month ago, what became of it. Pure.

Silence is the rule: only what was strong then, reads on its own and is no offer or quotation of
its day; and what something came of goes before everything else. What came of it is only what
later signals say, never a judgement.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from digest.compose import local_moment, matches, quiet_until
from digest.insight import Difference
from digest.model import Kind, Relation, Signal, Subscription, Wishes
from digest.regexes import regex
from digest.stories import StorySummary
from digest.wishes import LookBackWish

LEAST_SCORE = 65
"""Below it nothing is looked back at, whatever came of it."""

ALONE_AFTER_A_YEAR, ALONE_AFTER_A_MONTH = 78, 85
"""The score from which a signal is worth it though nothing came of it."""

LATER_AFTER = timedelta(hours=36)
"""What is told sooner belongs to the event itself, not to what came of it."""

MOST_YEARS = 10
_WEEKS_BACK = (timedelta(days=34), timedelta(days=28))
_AFTER_DIGEST = timedelta(minutes=10)
_USUAL = time(9, 0)
_SUNDAY = 6
_OWN = frozenset({Relation.LEAD, Relation.FOLLOW_UP})
_PASSING_KINDS = frozenset({Kind.TUTORIAL})
_PASSING = regex(
    r"优惠|促销|折扣|满减|红包|领券|券后|补贴价|到手价|秒杀|抢购|限时|预售|开售|开抢|直播预告|预告"
    r"|收盘|开盘|盘前|盘中|盘后|早盘|午盘|涨停|跌停|[大股]涨|[大股]跌|指数|汇率|金价|油价|行情|走势"
    r"|早报|晚报|日报|周报|月报|汇总|盘点|一图|天气|彩票|今日|今晚|明日|明天|下周|抽奖|招聘|问卷"
    r"|\b(?:deals|(?:on|flash) sale|discounts?|coupons?|% off|save \$|giveaway|price drop"
    r"|pre-?orders?|(?:stocks?|shares) (?:close|open|rise|fall|slip|end|jump|gain|drop|climb)s?"
    r"|wall street|dow jones|nasdaq|s&p 500|ftse|markets? wrap|roundup|newsletter|weekly|this week"
    r"|today|tonight|tomorrow|live updates?|how to watch|horoscope|weather|hiring|webinar)\b",
    re.IGNORECASE,
)


class LookBackKind(StrEnum):
    """`year`: this day in another year; `month`: a month ago; `outcome`: what became of it."""

    YEAR = "year"
    MONTH = "month"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both included, that may be looked back at."""

    kind: LookBackKind
    first: date
    last: date
    years: int = 0

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first moment in `zone`, and the first after it, in UTC."""
        place = ZoneInfo(zone)
        after = self.last + timedelta(days=1)
        return local_moment(self.first, time(), place), local_moment(after, time(), place)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What later signals say: `later` ones of its story, the oldest first, what took it up again.

    `change` is a figure of it that `changed`, a later signal about the same name, tells otherwise.
    """

    later: tuple[Signal, ...] = ()
    story: StorySummary | None = None
    change: Difference | None = None
    changed: Signal | None = None

    def __bool__(self) -> bool:
        """Whether anything came of it."""
        return bool(self.later or self.story or self.change)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Those that say so: of a changed figure, the newest of its story, a later story's."""
        told = (self.changed, *self.later[-1:], self.story.lead if self.story else None)
        return tuple(one for one in told if one is not None)


NOTHING_CAME = Outcome()


@dataclass(frozen=True, slots=True)
class LookBack:
    """A past signal, of which day, why it is shown today, and what came of it."""

    kind: LookBackKind
    signal: Signal
    on: date
    years: int = 0
    outcome: Outcome = NOTHING_CAME


def windows(today: date, first: date) -> tuple[Window, ...]:
    """The days that are looked back at on `today`, none before `first`, the oldest year last."""
    found = []
    for years in range(1, min(MOST_YEARS, today.year - first.year) + 1):
        day = _on(today.year - years, today.month, today.day)
        if day is not None and day >= first:
            found.append(Window(LookBackKind.YEAR, day, day, years))
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    day = _on(year, month, today.day)
    if day is not None and day >= first:
        found.append(Window(LookBackKind.MONTH, day, day))
    since, until = (today - span for span in _WEEKS_BACK)
    if until >= first:
        found.append(Window(LookBackKind.OUTCOME, since, until))
    return tuple(found)


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 29 February, 31 September
        return None


def may_be(signal: Signal) -> bool:
    """Whether a signal could be looked back at: strong, on its own, and not of its day only."""
    return (
        signal.score.total >= LEAST_SCORE
        and signal.relation in _OWN
        and bool(signal.brief.points)
        and not signal.note
        and signal.placement.kind not in _PASSING_KINDS
        and not is_passing(signal)
    )


def is_passing(signal: Signal) -> bool:
    """Whether its headline is an offer, a quotation or a roundup of its day."""
    return bool(_PASSING.search(f"{signal.title} {signal.brief.headline}"))


def is_worth(one: LookBack) -> bool:
    """Whether there is enough to it: something came of it, or it was among the strongest."""
    if not may_be(one.signal):
        return False
    if one.outcome:
        return True
    match one.kind:
        case LookBackKind.YEAR:
            return one.signal.score.total >= ALONE_AFTER_A_YEAR
        case LookBackKind.MONTH:
            return one.signal.score.total >= ALONE_AFTER_A_MONTH
        case _:
            return False


def ranked(found: Iterable[LookBack]) -> tuple[LookBack, ...]:
    """Those that are worth it, once each: what something came of first, then the strongest."""
    kept: dict[int, LookBack] = {}
    stories: set[int] = set()
    for one in sorted(filter(is_worth, found), key=_order):
        story = one.signal.story_id
        if one.signal.id not in kept and (story is None or story not in stories):
            kept[one.signal.id] = one
            stories |= {story} if story is not None else set()
    return tuple(kept.values())


def _order(one: LookBack) -> tuple[bool, int, int, int]:
    place = (LookBackKind.YEAR, LookBackKind.OUTCOME, LookBackKind.MONTH).index(one.kind)
    return (not one.outcome, place, -one.signal.score.total, one.signal.id)


def chosen(
    found: Sequence[LookBack], wishes: Wishes, seen: Collection[int], stories: Collection[int]
) -> LookBack | None:
    """The first that a reader with these wishes has not been shown, nor another of its story.

    Without what the reader mutes; what is then not worth it is not shown.
    """
    for one in found:
        told = one.signal.id in seen or one.signal.story_id in stories
        if told or not matches(one.signal, wishes):
            continue
        kept = unmuted(one, wishes)
        if is_worth(kept):
            return kept
    return None


def unmuted(one: LookBack, wishes: Wishes) -> LookBack:
    """The same without what came of it in words that the reader mutes."""
    outcome = one.outcome
    later = tuple(it for it in outcome.later if not _muted(it, wishes))
    story = outcome.story if outcome.story and not _muted(outcome.story.lead, wishes) else None
    kept = Outcome(later, story)
    if outcome.changed is not None and not _muted(outcome.changed, wishes):
        kept = replace(kept, change=outcome.change, changed=outcome.changed)
    return replace(one, outcome=kept)


def _muted(signal: Signal, wishes: Wishes) -> bool:
    return not matches(signal, Wishes(mutes=wishes.mutes, min_score=0))


# --- when ------------------------------------------------------------------------------------


def next_look_back_at(subscription: Subscription, now: datetime) -> datetime | None:
    """The first moment after `now` at which a look-back may be due, in UTC; None for never.

    Shortly after the day's first digest, at nine without one; weekly ones come on Sundays.
    """
    if subscription.paused or subscription.look_back is LookBackWish.OFF:
        return None
    zone = ZoneInfo(subscription.zone)
    at = min(subscription.digest_times, default=_USUAL)
    today = now.astimezone(zone).date()
    for offset in range(-1, 9):
        day = today + timedelta(days=offset)
        if subscription.look_back is LookBackWish.WEEKLY and day.weekday() != _SUNDAY:
            continue
        moment = local_moment(day, at, zone) + _AFTER_DIGEST
        if moment > now:
            return moment
    return None


def next_look_back_push_at(subscription: Subscription, now: datetime) -> datetime | None:
    """When the next one may reach the reader: `next_look_back_at`, or the end of quiet."""
    due = next_look_back_at(subscription, now)
    return due if due is None else quiet_until(subscription, due) or due
