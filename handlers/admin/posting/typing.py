"""The words of a message as a post has them: links behind words stand beside them. Pure."""

from collections.abc import Sequence

from telegram import Message, MessageEntity
from telegram.constants import MessageEntityType

from handlers.arguments import read_command
from handlers.linkparts import address_alone, link_typed

_SHOWN_URL = 300


def words_of(message: Message | None) -> str:
    """The text or caption of a message, without a command in front."""
    if message is None:
        return ""
    typed = message.text or message.caption or ""
    entities = message.entities if message.text else message.caption_entities
    spelt = _spelt_out(typed, entities)
    command = read_command(spelt)
    return command.rest if command else spelt.strip()


def _spelt_out(text: str, entities: Sequence[MessageEntity]) -> str:
    """`text` with the address of each linked word after it, where that is not the word itself."""
    units = text.encode("utf-16-le")
    linked = (one for one in entities if one.type == MessageEntityType.TEXT_LINK and one.url)
    for one in sorted(linked, key=lambda entity: entity.offset, reverse=True):
        end = 2 * (one.offset + one.length)
        words = units[2 * one.offset : end].decode("utf-16-le", "ignore")
        url = one.url or ""
        if url.startswith(("http://", "https://")) and len(url) <= _SHOWN_URL and url not in words:
            units = units[:end] + f" {url} ".encode("utf-16-le") + units[end:]
    return units.decode("utf-16-le", "replace")


def split_link(typed: str) -> tuple[str, str]:
    """A link on the first line and the words below it; ("", typed) when there is none."""
    first, _, rest = typed.strip().partition("\n")
    first = first.strip()
    if " " in first or not first:
        return "", typed.strip()
    url = address_alone(first) or (link_typed(first) if "/" in first else "")
    return (url, rest.strip()) if url else ("", typed.strip())
