"""Chats: who is in them, pins, forum topics, leaving."""

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import CHAT, MESSAGE, Given, Method, boolean, integer, string
from bot.sandbox.state import Chat, Json
from bot.sandbox.world import World

_ADMINS = frozenset({"creator", "administrator"})
_GONE = frozenset({"left", "kicked"})
_ICON_COLOURS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})
TOPIC_CHARACTERS = 128

_RIGHTS = [
    "can_be_edited",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
]


_PERMISSIONS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
]


def get_chat(world: World, given: Given) -> Json:
    """All that is known of a chat (ChatFullInfo)."""
    chat = world.find_chat(given["chat_id"])
    info = world.chat_data(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.linked_to is not None:
        info["linked_chat_id"] = chat.linked_to
    if chat.pinned and chat.pinned[-1] in chat.records:
        info["pinned_message"] = chat.records[chat.pinned[-1]].data
    return info


def member_data(world: World, chat: Chat, user_id: int) -> Json:
    """A Bot API ChatMember."""
    status = chat.members.get(user_id, "left")
    member: Json = {"user": world.users[user_id].data(), "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "administrator":
        member |= dict.fromkeys(_RIGHTS, False)
        member |= {"is_anonymous": False, "can_manage_chat": True, "can_delete_messages": True}
        if chat.kind == "channel":
            member |= {"can_post_messages": True, "can_edit_messages": True}
        if chat.forum:
            member |= {"can_manage_topics": True, "can_pin_messages": True}
    if status == "restricted":
        member |= dict.fromkeys(_PERMISSIONS, False) | {"is_member": True, "until_date": 0}
    if status == "kicked":
        member["until_date"] = 0
    return member | chat.rights.get(user_id, {})


def get_chat_member(world: World, given: Given) -> Json:
    """What one person is in a chat."""
    chat = world.find_chat(given["chat_id"])
    if given["user_id"] not in world.users:
        raise bad_request("user not found")
    return member_data(world, chat, given["user_id"])


def get_chat_administrators(world: World, given: Given) -> list[Json]:
    """The people who run a chat; bots only when asked for."""
    chat = world.find_chat(given["chat_id"])
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    return [
        member_data(world, chat, user_id)
        for user_id, status in chat.members.items()
        if status in _ADMINS and (given.get("return_bots") or not world.users[user_id].is_bot)
    ]


def get_chat_member_count(world: World, given: Given) -> int:
    """How many are in a chat."""
    chat = world.find_chat(given["chat_id"])
    return sum(status not in _GONE for status in chat.members.values())


def pin_chat_message(world: World, given: Given) -> bool:
    """Pin a message; the chat is told by a message of its own."""
    chat = world.writable(given["chat_id"])
    record = chat.records.get(given["message_id"])
    if record is None:
        raise bad_request("message to pin not found")
    _need_right(world, chat)
    if record.id in chat.pinned:
        return True
    chat.pinned.append(record.id)
    short = {name: value for name, value in record.data.items() if name != "reply_to_message"}
    world.post(chat, world.bot, {"pinned_message": short})
    return True


def unpin_chat_message(world: World, given: Given) -> bool:
    """Unpin one message, the newest pinned one when none is named."""
    chat = world.writable(given["chat_id"])
    _need_right(world, chat)
    wanted = given.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted)
    world.tell("chat", chat.id)
    return True


def unpin_all_chat_messages(world: World, given: Given) -> bool:
    """Unpin everything."""
    chat = world.writable(given["chat_id"])
    _need_right(world, chat)
    chat.pinned.clear()
    world.tell("chat", chat.id)
    return True


def _need_right(world: World, chat: Chat) -> None:
    if not chat.private and chat.members.get(world.bot.id) not in _ADMINS:
        raise bad_request("not enough rights to manage pinned messages in the chat")


def create_forum_topic(world: World, given: Given) -> Json:
    """Open a topic in a forum supergroup."""
    chat = world.writable(given["chat_id"])
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if chat.members.get(world.bot.id) not in _ADMINS:
        raise bad_request("not enough rights to create a topic")
    colour = given.get("icon_color", 7322096)
    if colour not in _ICON_COLOURS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    if len(given["name"]) > TOPIC_CHARACTERS:
        raise bad_request("TOPIC_TITLE_INVALID")
    topic = world.add_topic(chat, given["name"], colour, world.bot)
    return {
        "message_thread_id": topic.id,
        "name": topic.name,
        "icon_color": topic.icon_color,
    }


def leave_chat(world: World, given: Given) -> bool:
    """Leave a group or channel."""
    chat = world.writable(given["chat_id"])
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.members.pop(world.bot.id)
    world.tell("chat", chat.id)
    return True


_USER = integer("user_id", required=True, missing="invalid user_id specified")

METHODS = (
    Method("getChat", get_chat, (CHAT,)),
    Method("getChatMember", get_chat_member, (CHAT, _USER)),
    Method("getChatAdministrators", get_chat_administrators, (CHAT, boolean("return_bots"))),
    Method("getChatMemberCount", get_chat_member_count, (CHAT,)),
    Method("pinChatMessage", pin_chat_message, (CHAT, MESSAGE, boolean("disable_notification"))),
    Method("unpinChatMessage", unpin_chat_message, (CHAT, integer("message_id"))),
    Method("unpinAllChatMessages", unpin_all_chat_messages, (CHAT,)),
    Method(
        "createForumTopic",
        create_forum_topic,
        (
            CHAT,
            string("name", required=True, missing="TOPIC_TITLE_EMPTY"),
            integer("icon_color"),
            string("icon_custom_emoji_id"),
        ),
    ),
    Method("leaveChat", leave_chat, (CHAT,)),
)
