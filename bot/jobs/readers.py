"""Which readers can be planned for, and how their schedules go on."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.compose import quiet_until
from digest.model import Subscriber, Subscription
from storage import Recipient

log = logging.getLogger(__name__)


def is_placed(subscriber: Subscriber) -> bool:
    """Whether the reader's time zone is one that this machine knows."""
    try:
        ZoneInfo(subscriber.subscription.zone)
    except (ZoneInfoNotFoundError, ValueError):  # another machine's list of zones is longer
        log.warning("reader %d lives in a zone that is not known here", subscriber.id)
        return False
    return True


def awake_and_asleep(
    due: Iterable[Subscriber],
    now: datetime,
    planned_for: Callable[[Subscription], datetime | None],
) -> tuple[list[Subscriber], list[Recipient]]:
    """Those who can be written to now, and the schedules of those in their quiet hours.

    `planned_for` says when what is due was planned for; as after a pause of ours it may now fall
    into quiet hours, and waits for their end.
    """
    awake: list[Subscriber] = []
    asleep: list[Recipient] = []
    for subscriber in due:
        if not is_placed(subscriber):
            continue
        wake = quiet_until(subscriber.subscription, now)
        if wake is None:
            awake.append(subscriber)
        else:
            expected = planned_for(subscriber.subscription)
            asleep.append(Recipient(subscriber.id, next_digest_at=wake, expected_next=expected))
    return awake, asleep
