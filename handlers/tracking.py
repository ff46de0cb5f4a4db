"""Following one story: its news comes at once, whatever else is pushed.

A story that editors put into another is followed under the name that it had: whoever follows any
of its names follows it, and leaves it by all of them.
"""

from digest.model import Action, Button
from handlers.context import Turn
from handlers.keyboards import act, replaced
from handlers.replies import change_keyboard, toast
from handlers.subscriptions import change

MOST = 50
"""Stories that are followed at a time; a new one takes the place of the oldest."""


async def track_button(turn: Turn, story_id: int) -> Button:
    """The button that follows a story, or with ✓ the one that stops following it."""
    if not (await _names(turn, story_id)).isdisjoint(turn.subscription.stories):
        return act(turn.texts("chat.track.on"), "untrack", story_id)
    return act(turn.texts("chat.track.off"), "track", story_id)


async def track(turn: Turn, story_id: int) -> None:
    """Follow a story, and say what that means."""
    found = await turn.storage.stories.get(story_id)
    if found is None:
        await toast(turn, turn.texts("chat.story.gone"), alert=True)
        return
    # Under the name that it has now, where editors put it into another.
    names = {story_id} | await _names(turn, found.id)
    others = tuple(one for one in turn.subscription.stories if one not in names)
    await change(turn, stories=(*others, found.id)[-MOST:])
    await _flip(turn, Action("track", (story_id,)), found.id)
    paused = turn.subscription.paused
    await toast(turn, turn.texts("chat.track.paused" if paused else "chat.track.done"), alert=True)


async def untrack(turn: Turn, story_id: int) -> None:
    """Stop following a story."""
    found = await turn.storage.stories.get(story_id)
    names = {story_id} | (await _names(turn, found.id) if found else set())
    kept = tuple(one for one in turn.subscription.stories if one not in names)
    await change(turn, stories=kept)
    await _flip(turn, Action("untrack", (story_id,)), story_id)
    await toast(turn, turn.texts("chat.track.dropped"))


async def _names(turn: Turn, story_id: int) -> set[int]:
    """The story's number, and those of the stories that went into it."""
    return {story_id, *await turn.storage.storyboard.merged_from(story_id)}


async def _flip(turn: Turn, old: Action, story_id: int) -> None:
    if turn.message is None:
        return
    button = await track_button(turn, story_id)
    keyboard = replaced(turn.message.reply_markup, old, button)
    if keyboard is not None:
        await change_keyboard(turn, keyboard)
