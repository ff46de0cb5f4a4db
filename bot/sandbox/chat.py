"""The chat page: a messenger in the browser, and the JSON it talks.

Only this machine may call it: the Host header must name the loopback (so that a rebound DNS name
finds nothing), and writing needs a same-origin request with a header that forms cannot send.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web

from bot.sandbox import running
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.people import Person
from bot.sandbox.reading import read_json
from bot.sandbox.state import Chat, Json, StoredFile
from bot.sandbox.webapps import app_link, init_data, offered_app
from bot.sandbox.world import World

_PAGE = Path(__file__).parent / "page"
_STATIC = {
    "chat.css": "text/css",
    "chat.js": "text/javascript",
    "render.js": "text/javascript",
    "webapp.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src https: http://127.0.0.1:*; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_WAITING_EVENTS = 1000
_HEARTBEAT_S = 15.0
_SHOWN_MESSAGES = 200
_WRITE_HEADER = "X-Sandbox"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ChatPage:
    """Serves the page at / and its data below /chat."""

    def __init__(
        self,
        world: World,
        people: Callable[[], tuple[Person, ...]],
        hurry: Callable[[int], Awaitable[str]],
        token: str,
    ) -> None:
        self.world = world
        self._token = token
        self.people = people
        self.bring_forward = hurry
        self._open: set[asyncio.Queue[Json]] = set()

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into `app`."""
        app.router.add_get("/", _guarded(self.page))
        app.router.add_get("/chat/static/{name}", _guarded(self.static))
        app.router.add_get("/chat/api/state", _guarded(self.state))
        app.router.add_get("/chat/api/events", _guarded(self.events))
        app.router.add_get("/chat/file/{file_id}", _guarded(self.file))
        acts = {"send": self.send, "press": self.press, "read": self.read, "block": self.block}
        more = {"upload": self.upload, "start": self.start, "hurry": self.hurry}
        more |= {"webapp": self.webapp, "inline": self.inline, "choose": self.choose}
        more |= {"place": self.place, "run": self.run, "photo": self.photo}
        for name, act in (acts | more).items():
            app.router.add_post(f"/chat/api/{name}", _guarded(_writing(act)))
        app.on_shutdown.append(self._hang_up)

    # --- reading ---------------------------------------------------------------------------

    async def page(self, _request: web.Request) -> web.FileResponse:
        """The page itself."""
        headers = {
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
            "Referrer-Policy": "no-referrer",
        }
        return web.FileResponse(_PAGE / "index.html", headers=headers)

    async def static(self, request: web.Request) -> web.FileResponse:
        """Style, script, icon."""
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        headers = {"Content-Type": f"{_STATIC[name]}; charset=utf-8"}
        headers |= {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.FileResponse(_PAGE / name, headers=headers)

    async def state(self, request: web.Request) -> web.Response:
        """Everything that one person sees."""
        person = self._person(request.query.get("as", ""))
        answer = {
            "bot": self.world.bot.data() | {"description": self._describe(person)},
            "me": _person_data(person),
            "menu_button": self.world.profile.menu_button(person.id),
            "people": [_person_data(other) for other in self.people()[:20]],
            "chats": [self._chat(person, chat) for chat in self.world.chats_of(person.user)],
        }
        return web.json_response(answer)

    def _describe(self, person: Person) -> str:
        profile = self.world.profile
        return profile.text_for(profile.descriptions, person.user.language_code[:2])

    def _chat(self, person: Person, chat: Chat) -> Json:
        read = chat.read_up_to.get(person.id, 0)
        records = list(chat.records.values())
        fresh = [
            r for r in records if r.id > read and r.data.get("from", {}).get("id") != person.id
        ]
        return self.world.chat_data(chat) | {
            "key": chat.key or person.user.key,
            "title": "核心信息" if chat.private else chat.title,
            "unread": len(fresh),
            "members": len(chat.members),
            "may_write": chat.kind != "channel" or chat.members[person.id] == "creator",
            "runs": running.runs(chat, person.id),
            "has_bot": running.is_in(chat, self.world.bot.id),
            "names": [
                {"id": one.id, "title": one.title}
                for one in running.names_of(self.world, person.user, chat)
            ],
            "topics": [
                {"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values()
            ],
            "commands": self._commands(person, chat),
            "messages": [record.data for record in records[-_SHOWN_MESSAGES:]],
        }

    def _commands(self, person: Person, chat: Chat) -> list[Json]:
        if chat.private:
            scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
        else:
            admin = chat.members[person.id] in {"creator", "administrator"}
            scopes = [f"chat_member:{chat.id}:{person.id}"]
            if admin:
                scopes += [f"chat_administrators:{chat.id}", "all_chat_administrators"]
            scopes += [f"chat:{chat.id}", "all_group_chats", "default"]
        return self.world.profile.commands_for(person.user.language_code[:2], scopes)

    async def file(self, request: web.Request) -> web.Response:
        """A photo to look at or a document to keep."""
        stored = self.world.files.get(request.match_info["file_id"])
        if stored is None:
            raise web.HTTPNotFound
        return web.Response(body=stored.content, headers=_file_headers(stored))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What happens, as server-sent events."""
        person = self._person(request.query.get("as", ""))
        response = web.StreamResponse(headers={hdrs.CACHE_CONTROL: "no-store"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        try:
            async for line in self._lines(person):
                await response.write(line)
        except ConnectionError:
            pass  # the page was closed
        return response

    async def _lines(self, person: Person) -> AsyncIterator[bytes]:
        with self._listening(person) as queue:
            yield b": hello\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), _HEARTBEAT_S)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event["type"] == "bye":
                    return
                yield b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"

    @contextmanager
    def _listening(self, person: Person) -> Any:
        queue: asyncio.Queue[Json] = asyncio.Queue(_WAITING_EVENTS)

        def listen(event: Json) -> None:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait({"type": "reload"})
            elif self._concerns(person, event):
                queue.put_nowait(event)

        self.world.listeners.append(listen)
        self._open.add(queue)
        try:
            yield queue
        finally:
            self.world.listeners.remove(listen)
            self._open.discard(queue)

    def _concerns(self, person: Person, event: Json) -> bool:
        if event["type"] == "answer":
            return bool(event["user_id"] == person.id)
        chat = self.world.chats.get(event["chat_id"]) if event["chat_id"] else None
        return chat is None or person.id in chat.members

    async def _hang_up(self, _app: web.Application) -> None:
        for queue in list(self._open):
            if not queue.full():
                queue.put_nowait({"type": "bye"})

    # --- writing ---------------------------------------------------------------------------

    async def send(self, body: Json) -> Json:
        """{as, chat, text, thread?, reply_to?, as_chat?} → the message."""
        seen = self._person(body["as"]).send(
            str(body["text"]),
            chat=int(body["chat"]),
            thread=int(body.get("thread") or 0),
            reply_to=int(body.get("reply_to") or 0) or None,
            as_chat=int(body.get("as_chat") or 0) or None,
        )
        return seen.data

    async def run(self, body: Json) -> Json:
        """{as, chat, act, thread?}: what those who run a group do (bot/sandbox/running.py)."""
        person = self._person(body["as"])
        chat = person.chat(int(body["chat"]))
        if not running.runs(chat, person.id):
            raise bad_request("only administrators do that")
        running.ACTS[str(body["act"])](self.world, person.user, chat, int(body.get("thread") or 0))
        return {}

    async def start(self, body: Json) -> Json:
        """{as, payload?} → the message: the START button or a deep link."""
        return self._person(body["as"]).start(str(body.get("payload") or "")[:64]).data

    async def press(self, body: Json) -> Json:
        """{as, chat, message_id, data} → {query_id}; the answer comes as an event."""
        query = self._person(body["as"]).press(
            int(body["message_id"]), str(body["data"]), chat=int(body["chat"])
        )
        return {"query_id": query.id}

    async def inline(self, body: Json) -> Json:
        """{as, chat, query, offset?} → {query_id}; the results come as an event."""
        asked = self._person(body["as"]).inline(
            str(body["query"]),
            chat=int(body["chat"]),
            offset=str(body.get("offset") or ""),
        )
        return {"query_id": asked.id}

    async def choose(self, body: Json) -> Json:
        """{as, chat, query_id, result_id, thread?} → the message: a result is sent."""
        person = self._person(body["as"])
        asked = self.world.inline_queries.get(str(body["query_id"]))
        if asked is None or asked.user_id != person.id:
            raise bad_request("no such query")
        seen = person.choose(
            asked,
            str(body["result_id"]),
            chat=int(body["chat"]),
            thread=int(body.get("thread") or 0),
        )
        return seen.data

    async def read(self, body: Json) -> Json:
        """{as, chat}: everything there has been seen."""
        person = self._person(body["as"])
        chat = person.chat(int(body["chat"]))
        chat.read_up_to[person.id] = chat.last_id
        return {}

    async def block(self, body: Json) -> Json:
        """{as, blocked}: block the bot or let it write again."""
        person = self._person(body["as"])
        if body["blocked"]:
            person.block()
        else:
            person.unblock()
        return _person_data(person)

    async def hurry(self, body: Json) -> Json:
        """{as} → {text}: let this person's next push be due now, and say what will happen."""
        return {"text": await self.bring_forward(self._person(body["as"]).id)}

    async def upload(self, body: Json) -> Json:
        """{as, name, text}: send a text file, such as an OPML list, to the bot."""
        name = str(body["name"])[:100] or "file.txt"
        content = str(body["text"]).encode()
        return self._person(body["as"]).send_file(name, "text/plain", content).data

    async def photo(self, body: Json) -> Json:
        """{as, chat, content, caption?, thread?, reply_to?}: send a picture (base64)."""
        seen = self._person(body["as"]).send_photo(
            b64decode(str(body["content"]), validate=True),
            caption=str(body.get("caption") or ""),
            chat=int(body["chat"]),
            thread=int(body.get("thread") or 0),
            reply_to=int(body.get("reply_to") or 0) or None,
        )
        return seen.data

    async def webapp(self, body: Json) -> Json:
        """{as, message_id?, url?} → {url, init_data}: open the app of a button or of the menu."""
        person = self._person(body["as"])
        if body.get("message_id"):
            url = offered_app(person.chat(), int(body["message_id"]), str(body["url"]))
        else:
            url = app_link(self.world.profile.menu_button(person.id).get("web_app"), "menu button")
        return {"url": url, "init_data": init_data(person.user, self._token, self.world.now())}

    async def place(self, body: Json) -> Json:
        """{as, latitude, longitude}: share a place with the bot."""
        latitude, longitude = float(body["latitude"]), float(body["longitude"])
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # noqa: PLR2004  degrees
            raise bad_request("there is no such place")
        return self._person(body["as"]).send_place(latitude, longitude).data

    def _person(self, key: str) -> Person:
        for person in self.people():
            if person.user.key == key:
                return person
        raise bad_request("nobody of that name here")


def _guarded(handler: Handler) -> Handler:
    """Answer only requests that address this machine by a loopback name."""

    async def checked(request: web.Request) -> web.StreamResponse:
        name = request.host.rsplit(":", 1)[0] if request.host[-1:].isdigit() else request.host
        if name not in _LOOPBACK and request.host not in _LOOPBACK:
            raise web.HTTPForbidden(text="only by a loopback address")
        try:
            return await handler(request)
        except ApiError as error:
            return web.json_response(error.body(), status=error.code)

    return checked


def _writing(act: Callable[[Json], Awaitable[Json]]) -> Handler:
    """Take a JSON body from the page itself, not from a form or script of another site."""

    async def checked(request: web.Request) -> web.StreamResponse:
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and origin != f"{request.scheme}://{request.host}":
            raise web.HTTPForbidden(text="only from the chat page")
        if request.content_type != "application/json" or _WRITE_HEADER not in request.headers:
            raise web.HTTPForbidden(text=f"JSON with the header {_WRITE_HEADER} only")
        try:
            answer = await act(read_json(await request.read()))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise bad_request(f"{type(error).__name__}: {error}") from None
        return web.json_response(answer)

    return checked


def _person_data(person: Person) -> Json:
    return person.user.data() | {
        "key": person.user.key,
        "name": person.user.name,
        "blocked": person.user.blocked,
        "started": person.user.started,
    }


def _file_headers(stored: StoredFile) -> dict[str, str]:
    """Photos are shown, all else is only ever downloaded."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'",
    }
    if stored.width:
        return headers | {hdrs.CONTENT_TYPE: stored.mime_type}
    disposition = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    return headers | {
        hdrs.CONTENT_TYPE: "application/octet-stream",
        hdrs.CONTENT_DISPOSITION: disposition,
    }
