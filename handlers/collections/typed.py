"""/collections with words after it: everything that buttons do, for those who rather type."""

import re
from collections.abc import Awaitable, Callable

from digest.regexes import regex
from handlers.collections.access import is_alone
from handlers.collections.exporting import choose_called
from handlers.collections.removal import delete_called, merge_called, send_bin
from handlers.collections.rules import rule_called
from handlers.collections.sharing import share_called
from handlers.collections.shelves import (
    ask_name,
    create,
    main_called,
    rename_called,
    send_shelves,
)
from handlers.context import Turn
from handlers.replies import say

_SPELLINGS = {
    "new": ("new", "create", "add", "新建", "新增"),
    "rename": ("rename", "改名", "重命名"),
    "delete": ("delete", "remove", "删除"),
    "merge": ("merge", "合并"),
    "share": ("share", "分享"),
    "unshare": ("unshare", "revoke", "停止分享", "取消分享"),
    "export": ("export", "导出"),
    "default": ("default", "默认"),
    "rule": ("rule", "auto", "自动"),
    "undo": ("undo", "撤销", "找回"),
}
_VERBS = {spelling: verb for verb, some in _SPELLINGS.items() for spelling in some}
# "->" between two names, or what people put in its place.
_ARROW = regex(r"\s*(?:->|→|=>|＝＞|－＞|⇒)\s*|\s+(?:to|into|到|为|成)\s+", re.IGNORECASE)


async def collections(turn: Turn) -> None:
    """Send the list of collections, or do what the words after the command say."""
    if not await is_alone(turn):
        return
    first, _, rest = turn.words.strip().partition(" ")
    verb, rest = _VERBS.get(first.casefold()), rest.strip()
    if not first:
        await send_shelves(turn)
    elif verb is None:
        await say(turn, turn.texts("chat.collection.how"))
    elif verb in _OF_TWO:
        names = _ARROW.split(rest, maxsplit=1)
        if len(names) == 2 and all(names):  # noqa: PLR2004  from and to
            await _OF_TWO[verb](turn, names[0], names[1])
        else:
            await say(turn, turn.texts(f"chat.collection.how.{verb}"))
    else:
        await _OF_ONE[verb](turn, rest)


async def _new(turn: Turn, name: str) -> None:
    if name:
        await create(turn, name, 0)
    else:
        await ask_name(turn, 0)


async def _share(turn: Turn, name: str) -> None:
    await share_called(turn, name, "on")


async def _unshare(turn: Turn, name: str) -> None:
    await share_called(turn, name, "off")


async def _undo(turn: Turn, _name: str) -> None:
    await send_bin(turn)


_OF_TWO: dict[str, Callable[[Turn, str, str], Awaitable[None]]] = {
    "rename": rename_called,
    "merge": merge_called,
}
_OF_ONE: dict[str, Callable[[Turn, str], Awaitable[None]]] = {
    "new": _new,
    "delete": delete_called,
    "share": _share,
    "unshare": _unshare,
    "export": choose_called,
    "default": main_called,
    "rule": rule_called,
    "undo": _undo,
}
