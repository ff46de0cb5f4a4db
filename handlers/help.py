"""/help, and what to say to a command that does not exist."""

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from digest.model import Button, Message
from digest.texts import Texts
from handlers.arguments import USUAL_LIST
from handlers.cards import quoted
from handlers.choosing import says_untranslated
from handlers.context import Turn
from handlers.dispatch import Group
from handlers.keyboards import Rows, act

_NEAR_ENOUGH = 70
_NEAR_ENOUGH_CJK = 50


def help_message(turn: Turn, groups: Mapping[Group, Sequence[str]]) -> Message:
    """What the bot does and every command, under the heading of its group."""
    texts = turn.texts
    lines = "\n\n".join(
        "\n".join(
            (
                f"<b>{texts(f'chat.help.group.{group}')}</b>",
                *(command_line(texts, name) for name in names),
            )
        )
        for group, names in groups.items()
        if names
    )
    key = "chat.help.private" if turn.is_private else "chat.help.group"
    parts = [texts("chat.help.intro"), lines, texts(key), texts("chat.help.filters")]
    if turn.bot.bot.supports_inline_queries:
        parts.append(texts("chat.help.inline", name=turn.bot.username))
    if says_untranslated(turn):
        parts.append(texts("chat.help.untranslated"))
    text = "\n\n".join(parts)
    rows = (
        (
            act(texts("chat.list.all"), "page", "latest", "", 0, USUAL_LIST),
            act(texts("chat.list.shelves"), "topic", 0),
        ),
        (
            act(texts("chat.start.change"), "setup", "sub", "columns", 0),
            act(texts("chat.start.settings"), "settings", "main"),
        ),
    )
    return Message(text, (*rows, *adding_rows(turn)))


def adding_rows(turn: Turn) -> Rows:
    """Links that add the bot to a group or channel, which asks for no more rights than to post."""
    if not turn.is_private:
        return ()
    link = f"https://t.me/{turn.bot.username}?start"
    return (
        (
            Button(turn.texts("chat.place.add_group"), url=f"{link}group=setup"),
            Button(
                turn.texts("chat.place.add_channel"),
                url=f"{link}channel=setup&admin=post_messages+edit_messages",
            ),
        ),
    )


def command_line(texts: Texts, name: str) -> str:
    """One command with what it does."""
    return f"/{name} {quoted(texts(f'chat.command.{name}'))}"


def unknown_command(turn: Turn, typed: str, names: dict[str, str]) -> Message:
    """Say that a command does not exist, and which one it was probably meant to be.

    `names` maps every spelling of a command to its own name.
    """
    nearest = nearest_name(typed, names)
    shown = quoted(typed[:32])
    if nearest is None:
        return Message(turn.texts("chat.unknown", typed=shown))
    line = command_line(turn.texts, names[nearest])
    return Message(turn.texts("chat.unknown.near", typed=shown, command=line))


def nearest_name(typed: str, names: Iterable[str]) -> str | None:
    """The spelling that `typed` begins ("set" for settings), else the one most like it."""
    spellings = list(names)
    begun = [name for name in spellings if len(typed) > 1 and name.startswith(typed)]
    if begun:
        return min(begun, key=len)
    # Of two Chinese characters one is half the word, and says more than half of the letters.
    enough = _NEAR_ENOUGH if typed.isascii() else _NEAR_ENOUGH_CJK
    found = process.extractOne(typed, spellings, scorer=fuzz.ratio, score_cutoff=enough)
    return found[0] if found else None
