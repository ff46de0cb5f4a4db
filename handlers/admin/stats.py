"""/stats: how the publication is doing, in numbers."""

from digest.model import Message
from handlers.admin.inside import page_button
from handlers.context import Turn
from handlers.replies import say


async def stats(turn: Turn) -> None:
    """Lead to the private pages, which have the numbers."""
    texts = turn.texts
    await say(turn, Message(texts("chat.stats"), ((page_button(texts("chat.inside.button")),),)))
