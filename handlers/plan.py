"""Digests on request: a newcomer's first one, and a preview of what would be pushed now.

Neither is consumed: what is shown here counts as delivered to nobody, and the next push is
composed as if it had not been asked for.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from digest.compose import compose
from digest.model import Digest, DigestKind, Message, Signal, Wishes
from digest.render import render_digest
from digest.trends.telling import rising_for
from handlers.arguments import USUAL_LIST
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say
from handlers.rising import report_of
from storage import allowance, chosen, unread, window_start

FIRST_WINDOW = timedelta(hours=48)


async def send_first(turn: Turn) -> None:
    """Send a newcomer's first digest: the last 48 hours, what sources already had included."""
    since = turn.now - FIRST_WINDOW
    signals = await turn.storage.signals.window(since, turn.now)
    wishes = turn.subscription.wishes
    # When nothing is good enough yet, a newcomer still sees something of what was chosen.
    for wanted in (wishes, replace(wishes, min_score=0)):
        digest = await _composed(turn, signals, wanted, DigestKind.FIRST, since)
        if digest is not None:
            await _send(turn, digest)
            return
    await say(turn, _nothing(turn, "chat.first.nothing" if signals else "chat.latest.empty"))


async def send_preview(turn: Turn) -> None:
    """Send what would be pushed if the daily digest were due now."""
    since = window_start(turn.subscriber, turn.now)
    window = await turn.storage.signals.window(since, turn.now)
    inside = {signal.id for signal in window}
    pinned = await turn.storage.pins.signals(turn.now)
    window = (*window, *(signal for signal, _ in pinned if signal.id not in inside))
    reader = turn.subscriber.id
    given = (await unread(turn.storage, (reader,), window, turn.now))[reader]
    carried = await turn.storage.signals.get_many(given.carried)
    signals = chosen(window, carried, given)
    wishes = turn.subscription.wishes
    left = await allowance(turn.storage, turn.subscriber, turn.now)
    if left == 0:
        await say(turn, turn.texts("chat.preview.full", limit=turn.subscription.max_a_day))
        return
    capped = left is not None and left < wishes.max_items
    if capped and left is not None:
        wishes = replace(wishes, max_items=left)
    digest = await _composed(
        turn, signals, wishes, DigestKind.DAILY, since, capped=capped, owed=given.unsure
    )
    if digest is None:
        await say(turn, _nothing(turn, "chat.preview.nothing"))
        return
    await say(turn, turn.texts("chat.preview.intro"))
    await _send(turn, digest)


async def _composed(
    turn: Turn,
    signals: Iterable[Signal],
    wishes: Wishes,
    kind: DigestKind,
    since: datetime,
    *,
    capped: bool = False,
    owed: Collection[int] = (),
) -> Digest | None:
    wanted = replace(wishes.normal(), lang=turn.lang)
    return compose(
        signals,
        wanted,
        kind=kind,
        window_from=since,
        window_to=turn.now,
        zone=turn.subscription.zone,
        rising=rising_for(await report_of(turn), wanted),
        taxonomy=turn.taxonomy,
        capped=capped,
        owed=owed,
        pins={pin.signal_id: pin.everywhere for pin in await turn.storage.pins.active(turn.now)},
    )


async def _send(turn: Turn, digest: Digest) -> None:
    for message in render_digest(digest, turn.rendering):
        await say(turn, message)


def _nothing(turn: Turn, key: str) -> Message:
    texts = turn.texts
    return Message(
        texts(key),
        (
            (act(texts("chat.list.all"), "page", "latest", "", 0, USUAL_LIST),),
            (act(texts("chat.start.change"), "setup", "sub", "columns", 0),),
        ),
    )
