"""/lookback: on this day in other years, a month ago, and what became of it."""

from digest.compose import matches
from digest.look_backs import LookBack, is_worth, unmuted
from digest.model import Button, LookBackWish, Message, Wishes
from digest.render import render_look_backs
from handlers.context import Turn
from handlers.keyboards import Rows, act
from handlers.replies import say

MOST = 4


async def lookback(turn: Turn) -> None:
    """Send what today looks back at; where there is nothing, say so and offer something else."""
    zone = turn.subscription.zone
    found = await turn.storage.past.of_day(turn.today, zone, turn.now)
    shown = _unmuted(found, turn.subscription.wishes)[:MOST]
    rows: Rows = ((act(turn.texts("chat.past.random"), "again", 0), _often(turn)),)
    if not shown:
        await say(turn, Message(turn.texts("chat.past.none"), rows))
        return
    title = turn.texts("chat.past.title")
    message = render_look_backs(title, shown, turn.rendering)
    await turn.storage.look_backs.note_shown((turn.subscriber.id,), message.signals, turn.now)
    await say(turn, Message(message.text, (*message.buttons, *rows), message.signals))


def _unmuted(found: tuple[LookBack, ...], wishes: Wishes) -> list[LookBack]:
    """Whoever asks sees more than what they follow, but nothing that they mute."""
    any_ = Wishes(mutes=wishes.mutes, min_score=0)
    kept = (unmuted(one, wishes) for one in found if matches(one.signal, any_))
    return [one for one in kept if is_worth(one)]


def _often(turn: Turn) -> Button:
    key = "chat.past.on" if turn.subscription.look_back is LookBackWish.OFF else "chat.past.often"
    return act(turn.texts(key), "settings", "look_back")
