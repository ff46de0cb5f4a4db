"""People to play with: what they do to the bot, and what they see of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbelow
from typing import TypeVar

from bot.sandbox import running
from bot.sandbox.entities import check_caption, check_message, commands_in, format_text, plain_text
from bot.sandbox.errors import bad_request
from bot.sandbox.images import picture_size
from bot.sandbox.keyboards import read_markup
from bot.sandbox.methods.chats import member_data
from bot.sandbox.methods.compose import caption_fields, preview_fields, text_fields
from bot.sandbox.state import CallbackQuery, Chat, InlineQuery, Json, Record, User
from bot.sandbox.world import ANONYMOUS, CHANNEL_BOT, TELEGRAM, World

T = TypeVar("T")

LONGEST_INLINE_QUERY = 256


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it."""

    data: Json
    by_bot: bool
    revision: int

    @property
    def id(self) -> int:
        """The message id."""
        return int(self.data["message_id"])

    @property
    def text(self) -> str:
        """The text or caption, "" when there is none."""
        return str(self.data.get("text") or self.data.get("caption") or "")

    @property
    def edited(self) -> bool:
        """Whether the text was changed after it was sent."""
        return "edit_date" in self.data

    @property
    def buttons(self) -> list[Json]:
        """All inline buttons, row by row."""
        rows = self.data.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons."""
        return [str(button["text"]) for button in self.buttons]

    @property
    def links(self) -> list[str]:
        """The targets of linked text, in order."""
        entities = self.data.get("entities") or self.data.get("caption_entities") or []
        return [str(one["url"]) for one in entities if one["type"] == "text_link"]

    def button(self, wanted: str) -> Json:
        """The button with this label or data, else the first whose label holds `wanted`."""
        exact = [b for b in self.buttons if wanted in {b["text"], b.get("callback_data")}]
        loose = [b for b in self.buttons if wanted in b["text"]]
        found = (exact or loose)[:1]
        if not found:
            raise KeyError(f"no button {wanted!r} among {self.labels}")
        return found[0]


class Person:
    """One person at a keyboard. Writes go to the private chat unless `chat` names another one."""

    def __init__(self, world: World, user: User) -> None:
        self.world = world
        self.user = user
        self.mark = 0

    @property
    def id(self) -> int:
        """The user id, which is also the id of the private chat."""
        return self.user.id

    def chat(self, chat: int | None = None) -> Chat:
        """A chat that this person sees. Raises KeyError for others."""
        found = self.world.chats[chat if chat is not None else self.id]
        if self.id not in found.members:
            raise KeyError(f"{self.user.key} is not in chat {found.id}")
        return found

    # --- acts ------------------------------------------------------------------------------

    def send(
        self,
        text: str,
        *,
        chat: int | None = None,
        thread: int = 0,
        reply_to: int | None = None,
        as_chat: int | None = None,
    ) -> Seen:
        """Write a message. Raises ApiError 400 for an empty or over-long text.

        `as_chat` is the group itself, for its admins who stay anonymous, or one's own channel.
        """
        place = self.chat(chat)
        content = text_fields(check_message(plain_text(text)))
        content |= self._quoting(place, reply_to)
        return self._post(place, content, thread, as_chat)

    def send_file(self, name: str, mime_type: str, body: bytes, *, caption: str = "") -> Seen:
        """Send a document to the bot."""
        stored = self.world.keep_file(name, mime_type, body)
        document = stored.data() | {"file_name": name, "mime_type": mime_type}
        content: Json = {"document": document}
        content |= caption_fields(check_caption(plain_text(caption)))
        return self._post(self.chat(), content, 0)

    def send_photo(
        self,
        body: bytes,
        *,
        caption: str = "",
        chat: int | None = None,
        thread: int = 0,
        reply_to: int | None = None,
        album: str = "",
    ) -> Seen:
        """Send a picture; those of one `album` (a name) belong together.

        Raises ApiError 400 for what no app would send as a photo, and for an over-long caption.
        """
        size = picture_size(body)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        stored = self.world.keep_file("photo.jpg", "image/jpeg", body, size=size)
        photo = stored.data() | {"width": stored.width, "height": stored.height}
        content: Json = {"photo": [photo]}
        content |= caption_fields(check_caption(plain_text(caption)))
        if album:
            content["media_group_id"] = album
        place = self.chat(chat)
        return self._post(place, content | self._quoting(place, reply_to), thread)

    def _quoting(self, place: Chat, reply_to: int | None) -> Json:
        """The message that another one replies to."""
        if reply_to is None or reply_to not in place.records:
            return {}
        original = place.records[reply_to].data
        short = {name: value for name, value in original.items() if name != "reply_to_message"}
        return {"reply_to_message": short}

    def forward(self, html: str, *, under_file: bool = False, button: str = "") -> Seen:
        """Forward a channel's post to the bot: `html` as it was written there.

        `under_file` makes it a document's caption; `button` is a link behind a button below it.
        """
        formatted = format_text(html, "HTML", None)
        content = text_fields(check_message(formatted))
        if under_file:
            stored = self.world.keep_file("report.txt", "text/plain", b"figures")
            content = caption_fields(check_caption(formatted)) | {
                "document": stored.data() | {"file_name": "report.txt", "mime_type": "text/plain"}
            }
        if button:
            rows = [[{"text": "Read", "url": button}]]
            content["reply_markup"] = {"inline_keyboard": rows}
        content["forward_origin"] = {
            "type": "channel",
            "date": int(self.world.now()),
            "chat": {"id": -1007000000000, "type": "channel", "title": "Elsewhere"},
            "message_id": 12,
        }
        return self._post(self.chat(), content, 0)

    def send_place(self, latitude: float, longitude: float) -> Seen:
        """Share a place with the bot, in degrees."""
        location: Json = {"latitude": latitude, "longitude": longitude}
        return self._post(self.chat(), {"location": location}, 0)

    def _post(self, place: Chat, content: Json, thread: int, as_chat: int | None = None) -> Seen:
        if place.kind == "channel" and not self._runs(place):
            raise bad_request("only administrators write to a channel")
        if place.private:
            self._arrive(place)
        self.mark = self.world.revision
        name = None if as_chat is None else self._name(as_chat)
        sender = self.user
        if name is not None:
            sender = ANONYMOUS if name is place else CHANNEL_BOT
        topic = self._topic(place, thread)
        record = self.world.post(place, sender, content, thread=topic, as_chat=name)
        place.read_up_to[self.id] = record.id
        kind = "channel_post" if place.kind == "channel" else "message"
        if self._bot_hears(place, record):
            self.world.updates.push(kind, record.data)
        if place.kind == "channel" and place.linked_to is not None:
            self._discuss(place, record)
        return _seen(record)

    def _runs(self, place: Chat) -> bool:
        return running.runs(place, self.id)

    def _name(self, as_chat: int) -> Chat:
        """The group or channel to speak as. Raises ApiError 400 unless the person runs it."""
        chosen = self.world.chats[as_chat]
        if not self._runs(chosen):
            raise bad_request("SEND_AS_PEER_INVALID")
        return chosen

    def _discuss(self, channel: Chat, post: Record) -> None:
        """Telegram forwards a channel's post into its discussion group by itself."""
        group = self.world.chats[channel.linked_to or 0]
        origin = {
            "type": "channel",
            "date": post.data["date"],
            "chat": self.world.chat_data(channel),
            "message_id": post.id,
        }
        own = {"message_id", "date", "chat", "sender_chat"}
        content = {name: value for name, value in post.data.items() if name not in own}
        content |= {"is_automatic_forward": True, "forward_origin": origin}
        record = self.world.post(group, TELEGRAM, content, as_chat=channel)
        if self._bot_hears(group, record):
            self.world.updates.push("message", record.data)

    def _topic(self, place: Chat, thread: int) -> int:
        return self.world.topic_of(place, thread, self.id)

    def _arrive(self, place: Chat) -> None:
        """The first message starts the bot, and writing means that it is not blocked any more."""
        if self.user.blocked:
            self.unblock()
        if not self.user.started:
            self.user.started = True
            self.world.tell("chat", place.id)

    def _bot_hears(self, place: Chat, record: Record) -> bool:
        """Privacy mode: in groups a bot hears commands, mentions and replies to itself."""
        bot = self.world.bot
        if not running.is_in(place, bot.id):
            return False
        if place.private or place.members[bot.id] == "administrator":
            return True
        reply = record.data.get("reply_to_message", {})
        if reply.get("from", {}).get("id") == bot.id:
            return True
        if f"@{bot.username}".lower() in str(record.data.get("text", "")).lower():
            return True
        targets = [name.partition("@")[2].lower() for name in commands_in(record.data)]
        return any(target in {"", bot.username.lower()} for target in targets)

    def start(self, payload: str = "") -> Seen:
        """Press START, perhaps by a t.me/…?start=payload link."""
        return self.send(f"/start {payload}".strip())

    def press(self, message: Seen | int, wanted: str, *, chat: int | None = None) -> CallbackQuery:
        """Press a button by its label or data. Raises KeyError when it is not there."""
        place = self.chat(chat)
        record = place.records[message if isinstance(message, int) else message.id]
        button = _seen(record).button(wanted)
        if "callback_data" not in button:
            raise KeyError(f"{button['text']!r} is not a button that asks the bot")
        self.mark = self.world.revision
        query = CallbackQuery(
            id=str(randbelow(1 << 63)),
            user_id=self.id,
            chat_id=place.id,
            message_id=record.id,
            data=button["callback_data"],
            asked_at=self.world.now(),
        )
        self.world.ask(query)
        payload = {
            "id": query.id,
            "from": self.user.data(),
            "chat_instance": str(place.id),
            "data": query.data,
        }
        if record.inline_id:
            payload["inline_message_id"] = record.inline_id
        else:
            payload["message"] = record.data
        self.world.updates.push("callback_query", payload)
        return query

    def inline(self, query: str, *, chat: int | None = None, offset: str = "") -> InlineQuery:
        """Type `@bot query` into the input field; `offset` asks for more of the same results.

        Raises ApiError 400 for more than 256 characters, which no app sends.
        """
        if len(query) > LONGEST_INLINE_QUERY:
            raise bad_request("the query is too long")
        place = self.chat(chat)
        kind = "sender" if place.private else place.kind
        asked = InlineQuery(str(randbelow(1 << 63)), self.id, query, self.world.now(), offset)
        self.world.ask_inline(asked)
        payload = {"id": asked.id, "from": self.user.data(), "query": query, "offset": offset}
        self.world.updates.push("inline_query", payload | {"chat_type": kind})
        return asked

    def choose(
        self, asked: InlineQuery, result_id: str, *, chat: int | None = None, thread: int = 0
    ) -> Seen:
        """Send an inline result. Raises KeyError when the bot offered no such text."""
        offered = (asked.answer or {}).get("results", [])
        result = next((one for one in offered if str(one["id"]) == result_id), None)
        if result is None:
            raise KeyError(f"no inline result {result_id!r}")
        given = result.get("input_message_content", {})
        formatted = format_text(
            str(given.get("message_text", "")), given.get("parse_mode"), given.get("entities")
        )
        content = text_fields(check_message(formatted)) | {"via_bot": self.world.bot.data()}
        content |= preview_fields(given)
        place = self.chat(chat)
        if place.kind == "channel" and place.members[self.id] not in {"creator", "administrator"}:
            raise bad_request("only administrators write to a channel")
        markup = read_markup(result.get("reply_markup"), place, inline_only=True)
        if markup:
            content["reply_markup"] = markup
        self.mark = self.world.revision
        record = self.world.post(place, self.user, content, thread=self._topic(place, thread))
        place.read_up_to[self.id] = record.id
        record.inline_id = f"inline-{asked.id}-{result_id}"
        self.world.inline_messages[record.inline_id] = (place.id, record.id)
        chosen = {"result_id": result_id, "from": self.user.data(), "query": asked.query}
        chosen["inline_message_id"] = record.inline_id
        self.world.updates.push("chosen_inline_result", chosen)
        return _seen(record)

    # --- running a group (bot/sandbox/running.py) --------------------------------------------

    def close_topic(self, chat: int, thread: int) -> None:
        """Close a forum topic (0: General); only those who run topics write there then."""
        running.turn_topic(self.world, self.user, self.chat(chat), thread, closed=True)

    def reopen_topic(self, chat: int, thread: int) -> None:
        """Open a closed forum topic again."""
        running.turn_topic(self.world, self.user, self.chat(chat), thread, closed=False)

    def delete_topic(self, chat: int, thread: int) -> None:
        """Delete a forum topic with all its messages; the bot is not told."""
        running.delete_topic(self.world, self.chat(chat), thread)

    def set_bot(self, chat: int, status: str, **rights: bool) -> None:
        """Add the bot to a group or channel, promote, restrict or remove it."""
        running.set_bot(self.world, self.user, self.chat(chat), status, rights)

    # --- letting the bot write -------------------------------------------------------------

    def block(self) -> None:
        """Block the bot."""
        self._member_changes(old="member", new="kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        self._member_changes(old="kicked", new="member")

    def _member_changes(self, *, old: str, new: str) -> None:
        self.user.blocked = new == "kicked"
        place = self.chat()
        me = self.world.bot.data()
        until = {"until_date": 0}
        change = {
            "chat": self.world.chat_data(place),
            "from": self.user.data(),
            "date": int(self.world.now()),
            "old_chat_member": {"user": me, "status": old} | (until if old == "kicked" else {}),
            "new_chat_member": {"user": me, "status": new} | (until if new == "kicked" else {}),
        }
        self.world.updates.push("my_chat_member", change)
        self.world.tell("chat", place.id)

    # --- what is seen ----------------------------------------------------------------------

    @property
    def messages(self) -> list[Seen]:
        """The private chat, oldest first."""
        return self.messages_in(self.id)

    def messages_in(self, chat: int) -> list[Seen]:
        """The messages of a chat, oldest first."""
        return [_seen(record) for record in self.chat(chat).records.values()]

    @property
    def inbox(self) -> list[Seen]:
        """What the bot wrote in the private chat, oldest first."""
        return [message for message in self.messages if message.by_bot]

    async def wait_for(
        self,
        predicate: Callable[[Seen], bool] = lambda _seen: True,
        timeout_s: float = 10.0,
        *,
        chat: int | None = None,
    ) -> Seen:
        """The first message of the bot, sent or edited since this person's last act, that fits.

        Raises TimeoutError, naming what was seen instead.
        """
        place = self.chat(chat)

        def look() -> Seen | None:
            fresh = [r for r in place.records.values() if r.by_bot and r.revision > self.mark]
            for record in sorted(fresh, key=lambda r: r.revision):
                if predicate(_seen(record)):
                    return _seen(record)
            return None

        try:
            return await until(self.world, look, timeout_s)
        except TimeoutError:
            texts = [message.text[:80] for message in self.messages_in(place.id)[-5:]]
            raise TimeoutError(f"nothing fitting within {timeout_s} s; last: {texts}") from None

    async def answer_to(self, query: CallbackQuery | InlineQuery, timeout_s: float = 10.0) -> Json:
        """How the bot answers a pressed button or an inline query."""
        return await until(self.world, lambda: query.answer, timeout_s)


async def until(world: World, look: Callable[[], T | None], timeout_s: float) -> T:
    """Wait until `look` finds something. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while (found := look()) is None:
            await world.changed.wait()
    return found


def _seen(record: Record) -> Seen:
    return Seen(record.data, record.by_bot, record.revision)


def add_member(world: World, chat: Chat, user: User, status: str = "member") -> None:
    """Put somebody into a group or channel; the bot hears of its own changes."""
    old = member_data(world, chat, user.id)
    chat.members[user.id] = status
    if user.id == world.bot.id:
        change = {
            "chat": world.chat_data(chat),
            "from": user.data(),
            "date": int(world.now()),
            "old_chat_member": old,
            "new_chat_member": member_data(world, chat, user.id),
        }
        world.updates.push("my_chat_member", change)
    world.tell("chat", chat.id)
