"""/search words, and plain words in a private chat: what was found, newest first."""

from digest.model import Button, Message
from handlers.arguments import QUERY_LIMIT, USUAL_LIST, plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import grid
from handlers.lists import search_button, search_message, shelf_button
from handlers.replies import say

_WORDS_OFFERED = 3
_SOUNDS_ALIKE = 80
_QUOTES = '"“”„«»「」『』《》'


async def search(turn: Turn) -> None:
    """Search for what was typed; without words, say how to."""
    query = plain(turn.words)
    if not query:
        await say(turn, turn.texts("chat.search.how"))
    elif len(query) > QUERY_LIMIT:
        await say(turn, turn.texts("chat.search.long", limit=QUERY_LIMIT))
    else:
        await find(turn, query)


async def find(turn: Turn, words: str) -> None:
    """Send what `words` find as a new message."""
    message = await search_message(turn, words, 0, USUAL_LIST)
    await say(turn, message or _nothing(turn, words))


def _nothing(turn: Turn, query: str) -> Message:
    """Say that nothing was found and what to try: single words, topics that sound alike."""
    rows: list[tuple[Button, ...]] = []
    loose = {word.strip(_QUOTES) for word in query.split(" ")} - {""}
    words = sorted(loose, key=lambda word: (-len(word), word))
    if len(words) > 1:
        offers = [search_button(turn, word) for word in words[:_WORDS_OFFERED]]
        rows.extend((button,) for button in offers if button)
    topics = turn.taxonomy.suggest_topics(query, 4, least=_SOUNDS_ALIKE)
    rows.extend(
        grid(
            shelf_button(
                f"t/{topic.id}",
                turn.texts("chat.search.topic", name=topic.name(turn.lang)),
                USUAL_LIST,
            )
            for topic in topics
        )
    )
    return Message(turn.texts("chat.search.nothing", query=quoted(query)), tuple(rows))
