"""Who is told that something begins to rise, and with which of its signals. Pure.

Once, early, and only what the reader has not been given: a trend that rests on signals which
came an hour ago is no news.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from digest.compose import matches, quiet_until
from digest.model import Relation, Rising, Signal, SignalState, Subscription, Wishes
from digest.trends.model import Phase, Trend, TrendKind, Trends

EVIDENCE = 3
"""At most so many of its signals are shown."""

COOL_DOWN = timedelta(days=3)
"""So long nobody hears of the same subject again, however it goes on."""

MOST_A_DAY = 2
"""Of so many subjects somebody hears within 24 hours."""

_LEAST = 2
_SOON = timedelta(hours=1)
_EARLY = timedelta(hours=12)


def beginning(report: Trends) -> tuple[Trend, ...]:
    """What has just begun to rise, is followed as a topic or a word, and is told by several."""
    return tuple(
        one
        for one in report.rising
        if one.phase is Phase.STARTING
        and one.kind is not TrendKind.STORY
        and one.sources >= _LEAST
        and one.began_at is not None
        and report.at - one.began_at <= _EARLY
    )


def rising_for(report: Trends, wishes: Wishes, most: int = 3) -> tuple[Rising, ...]:
    """What a digest says rises: first what its readers follow, then anything not muted.

    Stories are no part of it: a digest tells them itself.
    """
    told = [
        one
        for one in report.rising
        if one.kind is not TrendKind.STORY
        and one.sources >= _LEAST
        and not _is_muted(one, wishes.mutes)
    ]
    told.sort(key=lambda one: not rule_met(one, wishes))
    return tuple(
        Rising(
            one.key,
            one.now,
            one.usual,
            name="" if one.kind is TrendKind.TOPIC else one.called(wishes.lang),
            since=one.began_at,
            followed=bool(rule_met(one, wishes)),
        )
        for one in told[:most]
    )


def unmuted(report: Trends, mutes: Collection[str]) -> Trends:
    """The report without what its reader does not want to hear of."""

    def kept(trends: Iterable[Trend]) -> tuple[Trend, ...]:
        return tuple(one for one in trends if not _is_muted(one, mutes))

    return replace(
        report,
        rising=kept(report.rising),
        fading=kept(report.fading),
        fresh=kept(report.fresh),
        quiet=kept(report.quiet),
        busiest=kept(report.busiest),
    )


def _is_muted(trend: Trend, mutes: Collection[str]) -> bool:
    if trend.kind is TrendKind.TOPIC:
        return f"topic:{trend.key}" in mutes
    said = f"{trend.key} {trend.name} {trend.pair}".casefold()
    return any(mute.casefold() in said for mute in mutes if mute)


def mark_of(trend: Trend) -> str:
    """What somebody was told of, as it is remembered: "topic:llm"."""
    kind = "topic" if trend.kind is TrendKind.TOPIC else "word"
    return f"{kind}:{trend.key}"


def rule_met(trend: Trend, wishes: Wishes) -> str:
    """By which wish a reader follows it, as reasons name it; "" when none does."""
    if trend.kind is TrendKind.TOPIC:
        return f"topic:{trend.key}" if trend.key in wishes.topics else ""
    names = {one.casefold() for one in (trend.key, trend.name, trend.pair) if one}
    word = next((one for one in wishes.words if one.casefold() in names), "")
    return f"word:{word}" if word else ""


def is_open(subscription: Subscription, now: datetime) -> bool:
    """Whether the reader may be told of trends at this moment.

    Nobody is woken, nor told what the digest of the next hour will say; whoever sleeps hears of
    it afterwards if it is still beginning then.
    """
    if subscription.paused or not subscription.trend_alerts:
        return False
    due = subscription.next_digest_at
    soon = due is not None and due - now <= _SOON
    return not soon and quiet_until(subscription, now) is None


def evidence(
    signals: Iterable[Signal], subscription: Subscription, given: Collection[int]
) -> tuple[Signal, ...]:
    """The signals to show a reader, strongest first; none unless several sources bring news.

    What was given already, what the last digest looked at, and what the reader does not want to
    be told of at all is no news.
    """
    since = subscription.considered_until
    news = [
        one
        for one in signals
        if one.state is SignalState.LIVE
        and one.relation is not Relation.DUPLICATE
        and not one.backlog
        and one.id not in given
        and (since is None or one.arrived_at > since)
        and matches(one, subscription.wishes)
    ]
    news.sort(key=lambda one: (-one.score.total, -one.when.timestamp(), -one.id))
    return _of_several_sources(news)


def _of_several_sources(news: Sequence[Signal]) -> tuple[Signal, ...]:
    """The best of each source before any second one; () when there is only one source."""
    firsts: dict[object, Signal] = {}
    others = []
    for one in news:
        source = one.seen_in[0].source_id if one.seen_in else one.site
        if source in firsts:
            others.append(one)
        else:
            firsts[source] = one
    if len(firsts) < _LEAST:
        return ()
    return tuple([*firsts.values(), *others][:EVIDENCE])
