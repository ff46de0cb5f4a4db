"""What those who run a group or channel do: topics, the bot's place and rights, moving house."""

from collections.abc import Callable, Mapping

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.chats import member_data
from bot.sandbox.state import Chat, Json, User
from bot.sandbox.world import World

_ADMINS = frozenset({"creator", "administrator"})
_GONE = frozenset({"left", "kicked"})


def runs(chat: Chat, user_id: int) -> bool:
    """Whether somebody administers a group or channel."""
    return chat.members.get(user_id) in _ADMINS


def is_in(chat: Chat, user_id: int) -> bool:
    """Whether somebody is in a chat."""
    return chat.members.get(user_id, "left") not in _GONE


def names_of(world: World, user: User, chat: Chat) -> list[Chat]:
    """In whose name somebody may speak in a group: the group's own, and their channels'."""
    if chat.kind not in {"group", "supergroup"} or not runs(chat, user.id):
        return []
    channels = (one for one in world.chats.values() if one.kind == "channel")
    return [chat, *(one for one in channels if runs(one, user.id))]


def turn_topic(world: World, user: User, chat: Chat, thread: int, *, closed: bool) -> None:
    """Close or reopen a forum topic (0: General)."""
    if thread:
        chat.topics[thread].closed = closed
    else:
        chat.general_closed = closed
    note = "forum_topic_closed" if closed else "forum_topic_reopened"
    _announce(world, user, chat, {note: {}}, thread)
    world.tell("chat", chat.id)


def delete_topic(world: World, chat: Chat, thread: int) -> None:
    """Delete a forum topic with all its messages; nobody is told."""
    del chat.topics[thread]
    gone = [r.id for r in chat.records.values() if r.data.get("message_thread_id") == thread]
    for message_id in gone:
        world.remove(chat, message_id)
    world.tell("chat", chat.id)


def set_bot(world: World, user: User, chat: Chat, status: str, rights: Mapping[str, bool]) -> None:
    """Change what the bot is in a chat; it hears of it."""
    bot = world.bot
    old = member_data(world, chat, bot.id)
    chat.members[bot.id] = status
    chat.rights[bot.id] = dict(rights)
    change = {
        "chat": world.chat_data(chat),
        "from": user.data(),
        "date": int(world.now()),
        "old_chat_member": old,
        "new_chat_member": member_data(world, chat, bot.id),
    }
    world.updates.push("my_chat_member", change)
    came = old["status"] in _GONE and status not in _GONE
    if came and chat.kind != "channel":
        _announce(world, user, chat, {"new_chat_members": [bot.data()]})
    world.tell("chat", chat.id)


def upgrade_group(world: World, chat_id: int) -> int:
    """Turn a group into a supergroup, as Telegram does at times. Returns the new id."""
    old = world.chats[chat_id]
    if old.kind != "group" or old.upgraded_to is not None:
        raise bad_request("the chat is not a basic group")
    new_id = -1_003_000_000_000 - (-chat_id)
    new = Chat(new_id, "supergroup", old.title, key=old.key, members=dict(old.members))
    old.key = ""
    world.add_chat(new)
    owner = next(one for one, status in old.members.items() if status == "creator")
    sender = world.users[owner]
    leaving = world.post(old, sender, {"migrate_to_chat_id": new_id})
    arriving = world.post(new, sender, {"migrate_from_chat_id": chat_id})
    old.upgraded_to = new_id
    for record in (leaving, arriving):
        world.updates.push("message", record.data)
    return new_id


def _announce(world: World, user: User, chat: Chat, content: Json, thread: int = 0) -> None:
    """Post a service message: bots hear of all of them, whatever their privacy mode."""
    record = world.post(chat, user, content, thread=thread)
    if is_in(chat, world.bot.id):
        world.updates.push("message", record.data)


# What the chat page offers to those who run a chat, by name.
ACTS: Mapping[str, Callable[[World, User, Chat, int], object]] = {
    "close": lambda w, u, c, t: turn_topic(w, u, c, t, closed=True),
    "reopen": lambda w, u, c, t: turn_topic(w, u, c, t, closed=False),
    "delete": lambda w, _u, c, t: delete_topic(w, c, t),
    "remove": lambda w, u, c, _t: set_bot(w, u, c, "left", {}),
    "add": lambda w, u, c, _t: set_bot(w, u, c, _added(c), {}),
    "silence": lambda w, u, c, _t: set_bot(w, u, c, *_silenced(c)),
    "upgrade": lambda w, _u, c, _t: upgrade_group(w, c.id),
}


def _added(chat: Chat) -> str:
    return "member" if chat.kind == "group" else "administrator"


def _silenced(chat: Chat) -> tuple[str, Mapping[str, bool]]:
    if chat.kind == "channel":
        return "administrator", {"can_post_messages": False}
    return "restricted", {}
