"""Following topics by buttons, and saying what that means for what is pushed."""

from digest.model import Action, Button
from handlers.callbacks import unpack
from handlers.cards import back_button, find
from handlers.context import Turn
from handlers.keyboards import act, replaced
from handlers.replies import change_keyboard, show_buttons, toast
from handlers.subscriptions import change_wishes, what_follows, with_, without


async def show_topics(turn: Turn, signal_id: int) -> None:
    """Put follow / unfollow buttons for the signal's topics under its card."""
    signal = await find(turn, signal_id)
    if signal is None:
        return
    topics = [id_ for id_ in signal.placement.topics if id_ in turn.taxonomy.topics]
    if not topics:
        await toast(turn, turn.texts("chat.topics.none"))
        return
    rows = [(follow_button(turn, topic),) for topic in topics]
    await show_buttons(turn, (*rows, (back_button(turn, signal_id),)))
    await toast(turn)


def follow_button(turn: Turn, topic: str) -> Button:
    """The button that follows a topic, or with ✓ the one that stops following it."""
    name = turn.taxonomy.topics[topic].name(turn.lang)
    if topic in turn.subscription.wishes.topics:
        return act(f"✓ {name}", "unfollow", topic)
    return act(turn.texts("chat.topic.follow", name=name), "follow", topic)


async def follow(turn: Turn, topic: str) -> None:
    """Follow a topic, and say what that means for what is pushed."""
    if topic not in turn.taxonomy.topics:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    wishes = turn.subscription.wishes
    narrowed = not wishes.columns and not wishes.topics
    await change_wishes(
        turn,
        topics=with_(wishes.topics, topic),
        mutes=without(wishes.mutes, f"topic:{topic}"),
    )
    await _flip(turn, Action("follow", (topic,)), topic)
    key = "chat.topic.narrowed" if narrowed else "chat.topic.followed"
    await _confirm(turn, key, topic, alert=narrowed)


async def unfollow(turn: Turn, topic: str) -> None:
    """Stop following a topic, and say what that means for what is pushed."""
    if topic not in turn.taxonomy.topics:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    wishes = await change_wishes(turn, topics=without(turn.subscription.wishes.topics, topic))
    await _flip(turn, Action("unfollow", (topic,)), topic)
    widened = not wishes.columns and not wishes.topics
    key = "chat.topic.widened" if widened else "chat.topic.unfollowed"
    await _confirm(turn, key, topic, alert=widened)


async def _flip(turn: Turn, old: Action, topic: str) -> None:
    if turn.message is None:
        return
    # A button of before a merge names the topic by its former id.
    tapped = unpack(turn.query.data or "") if turn.query else None
    keyboard = replaced(turn.message.reply_markup, tapped or old, follow_button(turn, topic))
    if keyboard is not None:
        await change_keyboard(turn, keyboard)


async def _confirm(turn: Turn, key: str, topic: str, *, alert: bool) -> None:
    text = turn.texts(
        key, name=turn.taxonomy.topics[topic].name(turn.lang), follows=what_follows(turn)
    )
    if not turn.subscription.pushes:
        text = f"{text}\n{turn.texts('chat.next.off')}"
    await toast(turn, text, alert=alert)
