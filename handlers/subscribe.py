"""/subscribe and /unsubscribe: what is pushed to this chat, and stopping it."""

from digest.model import Message
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.choosing import SUBSCRIBE, begin, columns_page, done_page
from handlers.context import Turn
from handlers.keyboards import act
from handlers.latest import unknown_name
from handlers.lists import shelf_called, shelf_parts
from handlers.replies import say
from handlers.subscriptions import change, change_wishes, what_follows, with_, without


async def subscribe(turn: Turn) -> None:
    """Let the person choose by buttons, or follow the column or topic that was named."""
    name = plain(turn.words)
    if not name:
        await say(turn, columns_page(turn, SUBSCRIBE))
        return
    shelf = shelf_called(turn.taxonomy, name)
    parts = shelf_parts(turn.taxonomy, shelf) if shelf else None
    if parts is None:
        await say(turn, await unknown_name(turn, name))
        return
    column, topic = parts
    wishes = turn.subscription.wishes
    if column:
        await change_wishes(turn, columns=with_(wishes.columns, column))
    if topic:
        mutes = without(wishes.mutes, f"topic:{topic}")
        await change_wishes(turn, topics=with_(wishes.topics, topic), mutes=mutes)
    await begin(turn)
    await say(turn, done_page(turn, SUBSCRIBE))


async def unsubscribe(turn: Turn) -> None:
    """Stop all pushes at once; what was chosen stays, and one tap brings them back."""
    key = "chat.unsubscribe.done" if turn.subscription.pushes else "chat.unsubscribe.already"
    await change(turn, paused=True, stopped=True)
    text = turn.texts(key, follows=quoted(what_follows(turn)))
    resume = act(turn.texts("chat.unsubscribe.resume"), "set", "paused", "no")
    await say(turn, Message(text, ((resume,),)))
