"""The rows of posts in the tables of handlers/registry.py."""

from handlers.admin.posting import answers, choosing, entry, launch, menus, preview, steps
from handlers.context import Turn
from handlers.dispatch import Answered, Command, Deed, Group, Listener
from handlers.guards import Permission
from handlers.prompts import POST

_EDITOR = Permission.EDITOR


async def _take(turn: Turn, value: str, typed: str) -> None:
    """The answer to whatever was asked about a post."""
    if not await entry.take_typed(turn, value, typed):
        await answers.take_answer(turn, value, typed)


COMMANDS = (Command("post", entry.post, _EDITOR, aliases=("发布", "投稿"), group=Group.DESK),)

DEEDS: dict[str, Deed] = {
    "posts": Deed(steps.show_list, _EDITOR),
    "post": Deed(steps.show_card, _EDITOR),
    "post_new": Deed(entry.ask_for_new, _EDITOR),
    "post_menu": Deed(menus.open_menu, _EDITOR),
    "post_set": Deed(choosing.set_by_button, _EDITOR),
    "post_ask": Deed(answers.ask_typed, _EDITOR),
    "post_drop": Deed(steps.drop, _EDITOR),
    "post_show": Deed(preview.show_preview, _EDITOR),
    "post_look": Deed(preview.turn_preview, _EDITOR),
    "post_mock": Deed(preview.mock, _EDITOR),
    "post_close": Deed(preview.close, _EDITOR),
    "post_go": Deed(launch.ask_to_publish, _EDITOR),
    "post_out": Deed(launch.publish, _EDITOR),
    "post_back": Deed(launch.withdraw, _EDITOR),
    "post_retry": Deed(launch.retry, _EDITOR),
}

ANSWERS: dict[str, Answered] = {POST: Answered(_take, _EDITOR)}

LISTENERS = (Listener(entry.hears_photo, entry.take_lone_photo),)
