"""What editors type about a draft: its words, a time, a byline, whom to push it to."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from digest.addressing import read_typed_audience
from digest.audience import audience_data
from digest.posts import Post, PostKind, TextFault, read_text
from handlers.admin.posting.asking import ask_about
from handlers.admin.posting.desk import desk_of, editor_of
from handlers.admin.posting.entry import fault_message, placed_words
from handlers.admin.posting.menus import audiences
from handlers.admin.posting.photos import has_photo, take_photo
from handlers.admin.posting.steps import changed, schedule, set_values, shown_post
from handlers.admin.posting.typing import words_of
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.moments import read_moment
from handlers.replies import say, toast

SIGNATURE_UNITS = 30


async def ask_typed(turn: Turn, name: str, post_id: int, version: int) -> None:
    """Ask for what is typed: the words, a time, whom to push it to."""
    post = await shown_post(turn, post_id, version)
    if post is None:
        return
    if name not in _TYPED:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await ask_about(turn, post, name)


async def take_answer(turn: Turn, value: str, typed: str) -> bool:
    """Take an answer about a post; False when the question was another one."""
    name, _, rest = value.partition("_")
    number, _, version = rest.partition("_")
    step = _TYPED.get(name)
    if step is None or not (number.isdecimal() and version.isdecimal()):
        return False
    post = await shown_post(turn, int(number), int(version))
    if post is not None:
        await step(turn, post, typed)
    return True


async def _take_text(turn: Turn, post: Post, _typed: str) -> None:
    words = words_of(turn.message)
    text = read_text(words)
    if isinstance(text, TextFault):
        await say(turn, fault_message(turn, text, words))
        return
    values: dict[str, Any] = {"text": text.typed}
    if post.kind is PostKind.WORDS and not post.topics:
        placed = placed_words(turn, text)
        values |= {"topics": list(placed.topics), "sort": placed.kind.value}
    await set_values(turn, post, "post.text", **values)


async def _take_time(turn: Turn, post: Post, typed: str) -> None:
    moment = read_moment(typed, turn.subscription.zone, turn.now)
    if moment is None:
        await say(turn, turn.texts("chat.post.fault.time"))
        return
    await schedule(turn, post, moment)


async def _take_pin(turn: Turn, post: Post, typed: str) -> None:
    moment = read_moment(typed, turn.subscription.zone, turn.now)
    if moment is None:
        await say(turn, turn.texts("chat.post.fault.time"))
        return
    await set_values(turn, post, "post.pin", pin_until=moment)


async def _take_signature(turn: Turn, post: Post, typed: str) -> None:
    name = plain(typed)
    if name in {"-", "无", "none", "no"}:
        name = ""
    if len(name) > SIGNATURE_UNITS:
        await say(turn, turn.texts("chat.post.fault.signature", n=SIGNATURE_UNITS))
        return
    await set_values(turn, post, "post.signature", signature=name)


async def _take_people(turn: Turn, post: Post, typed: str) -> None:
    wanted = read_typed_audience(typed, turn.taxonomy, turn.today)
    if wanted.unknown:
        unknown = turn.texts("chat.comma").join(f"“{quoted(one)}”" for one in wanted.unknown[:5])
        await say(turn, turn.texts("chat.post.fault.people", unknown=unknown))
        return
    made = await changed(
        turn,
        post,
        lambda: turn.storage.posts.change(
            post, "post.audience", editor_of(turn), audience=audience_data(wanted.audience)
        ),
    )
    if made is not None:
        await say(turn, await audiences(desk_of(turn), made))


async def _take_photo(turn: Turn, post: Post, _typed: str) -> None:
    if not has_photo(turn.message):
        await say(turn, turn.texts("chat.post.fault.photo"))
        return
    photo = await take_photo(turn, turn.message)
    if photo is not None:
        await set_values(turn, post, "post.photo", photo_id=photo.id)


_TYPED: Mapping[str, Callable[[Turn, Post, str], Awaitable[None]]] = {
    "text": _take_text,
    "time": _take_time,
    "pin": _take_pin,
    "signature": _take_signature,
    "people": _take_people,
    "photo": _take_photo,
}
