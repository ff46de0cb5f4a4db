"""Names and words as editors type them, and whose they are already."""

import re
from collections.abc import Iterable

from telegram.constants import MessageEntityType

from digest.slugs import slug
from handlers.cards import quoted
from handlers.context import Turn
from storage.shelves import NewTopic

MOST_NAME = 40
"""Characters of a name or word."""


def read_names(line: str) -> tuple[str, str] | None:
    """The Chinese and the English name of "大模型 / Language models"; one name is both."""
    parts = [" ".join(part.split()) for part in re.split(r"\s*[/／|]\s*", line.strip())]
    named = [part for part in parts if part]
    if not named or len(named) > 2 or any(len(part) > MOST_NAME for part in named):  # noqa: PLR2004
        return None
    first, last = named[0], named[-1]
    # Whoever writes English first means the same.
    return (last, first) if first.isascii() and not last.isascii() else (first, last)


def taken(turn: Turn, names: Iterable[str], but: str = "") -> str:
    """A line (HTML) that says whose one of the names is already, "" when all are free."""
    taxonomy = turn.taxonomy
    for name in names:
        column, topic = taxonomy.find_column(name), taxonomy.find_topic(name)
        found = [("c", column)] * (column is not None) + [("t", topic)] * (topic is not None)
        for kind, shelf in found:
            if shelf is not None and f"{kind}/{shelf.id}" != but:
                owner = quoted(shelf.name(turn.lang))
                return turn.texts("chat.tx.taken", name=quoted(name), owner=owner)
    return ""


async def fresh_topic(turn: Turn, names: tuple[str, str], column: str = "") -> NewTopic:
    """A new topic (or column) of these names, which are its first words too."""
    known = [*await turn.storage.shelves.all("topic"), *await turn.storage.shelves.all("column")]
    id_ = slug(names[1], {one.id for one in known})
    return NewTopic(id_, *names, column=column, cues=tuple(dict.fromkeys(names)))


def read_words(typed: str) -> list[str]:
    """Words typed one a line, or with commas between them."""
    parts = re.split(r"[\n,，、;；]+", typed)
    words = [" ".join(part.split()) for part in parts]
    return list(dict.fromkeys(word for word in words if word and len(word) <= MOST_NAME))


def coded(turn: Turn) -> list[str]:
    """The words that the tapped message of ours sets off: what is being offered stands in it."""
    message = turn.message
    if message is None or message.from_user is None or message.from_user.id != turn.bot.id:
        return []
    return list(message.parse_entities([MessageEntityType.CODE]).values())
