"""The Bot API over HTTP: token, method, parameters, faults, answer, log."""

import asyncio
import inspect
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, hdrs, web

from bot.sandbox.calls import Call, CallLog, Fault, FaultKind, Faults
from bot.sandbox.errors import (
    NOT_FOUND,
    TOO_LARGE,
    UNAUTHORIZED,
    ApiError,
    bad_request,
    too_many_requests,
)
from bot.sandbox.methods import METHODS
from bot.sandbox.parameters import Upload, typed
from bot.sandbox.reading import read_json, whole_number
from bot.sandbox.state import Json
from bot.sandbox.world import World

_RETRY_CODE = 429
LARGEST_BODY = 52 * 1024 * 1024


class BotApi:
    """Answers /bot<token>/<method> and /file/bot<token>/<path>."""

    def __init__(
        self, world: World, token: str, *, strict: bool, log: CallLog, faults: Faults
    ) -> None:
        self.world = world
        self.token = token
        self.strict = strict
        self.log = log
        self.faults = faults
        world.updates.reply = self._webhook_reply

    def add_routes(self, app: web.Application) -> None:
        """Put the routes into `app`."""
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self.answer)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self.download)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        name, chat_id = request.match_info["method"], None
        try:
            self._check_token(request.match_info["token"])
            raw, uploads = await _read(request)
            chat_id = _chat_id(raw)
            name = METHODS[name.lower()].name if name.lower() in METHODS else name
            fault = self.faults.next(name, chat_id)
            if fault is not None:
                return await self._go_wrong(request, fault, name, raw, uploads)
            result = await self.call(name, raw, uploads)
        except ApiError as error:
            if request.transport is None or request.transport.is_closing():
                return web.Response()  # the caller hung up, for example out of a long poll
            return self._refuse(name, chat_id, error)
        self._note(name, chat_id, 200)
        return web.json_response({"ok": True, "result": result})

    async def call(self, name: str, raw: Json, uploads: dict[str, Upload]) -> Any:
        """Do what a method does. Raises ApiError."""
        method = METHODS.get(name.lower())
        if method is None:
            raise NOT_FOUND
        given = typed(method, raw, uploads, strict=self.strict)
        result = method.run(self.world, given)
        return await result if inspect.isawaitable(result) else result

    async def download(self, request: web.Request) -> web.Response:
        """A file by the path that getFile told."""
        try:
            self._check_token(request.match_info["token"])
            stored = self.world.file_at(request.match_info["path"])
            if stored is None:
                raise NOT_FOUND
        except ApiError as error:
            return web.json_response(error.body(), status=error.code)
        return web.Response(body=stored.content, content_type="application/octet-stream")

    def _check_token(self, token: str) -> None:
        number, _colon, secret = token.partition(":")
        if whole_number(number) is None or not secret:
            raise NOT_FOUND
        if token != self.token:
            raise UNAUTHORIZED

    async def _go_wrong(
        self,
        request: web.Request,
        fault: Fault,
        name: str,
        raw: Json,
        uploads: dict[str, Upload],
    ) -> web.StreamResponse:
        chat_id = _chat_id(raw)
        if fault.kind is FaultKind.ANSWER:
            if fault.code == _RETRY_CODE:
                raise too_many_requests(fault.retry_after or 1)
            raise ApiError(fault.code, fault.description)
        if fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.delay_s)
        result = None
        if fault.kind is not FaultKind.DROP_BEFORE:
            result = await self.call(name, raw, uploads)
        if fault.kind is FaultKind.DELAY:
            self._note(name, chat_id, 200)
            return web.json_response({"ok": True, "result": result})
        self._note(name, chat_id, 0, str(fault.kind))
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _refuse(self, name: str, chat_id: int | None, error: ApiError) -> web.Response:
        self._note(name, chat_id, error.code, error.description)
        return web.json_response(error.body(), status=error.code)

    def _note(self, name: str, chat_id: int | None, code: int, text: str = "") -> None:
        self.log.add(Call(self.world.clock(), name, chat_id, code, text))

    async def _webhook_reply(self, name: str, raw: Json) -> None:
        """A call that came as the answer of a webhook; nobody hears of its refusal but the log."""
        try:
            await self.call(name, raw, {})
        except ApiError as error:
            self._note(name, _chat_id(raw), error.code, error.description)
        else:
            self._note(name, _chat_id(raw), 200)


def _chat_id(raw: Json) -> int | None:
    return whole_number(str(raw.get("chat_id", "")))


async def _read(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Parameters from the query string and the body, whichever form it has."""
    raw: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.method != hdrs.METH_POST:
        if request.method != hdrs.METH_GET:
            raise NOT_FOUND
        return raw, uploads
    try:
        if request.content_type == "application/json":
            raw |= _json_object(await request.read())
        elif request.content_type == "multipart/form-data":
            await _read_parts(await request.multipart(), raw, uploads)
        else:
            raw |= dict(await request.post())
    except web.HTTPRequestEntityTooLarge:
        raise TOO_LARGE from None
    except (web.RequestPayloadError, ValueError, LookupError, AssertionError) as error:
        # Half a multipart body, a boundary or charset that there is not, gzip that is none.
        raise bad_request(f"can't read the request's body: {type(error).__name__}") from None
    return raw, uploads


def _json_object(body: bytes) -> Json:
    try:
        found = read_json(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(found, dict):
        raise bad_request("can't parse JSON object: JSON object expected")
    return found


async def _read_parts(reader: MultipartReader, raw: Json, uploads: dict[str, Upload]) -> None:
    left = LARGEST_BODY
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse multipart body")
        content = bytearray()
        while chunk := await part.read_chunk(1 << 16):
            content += chunk
            left -= len(chunk)
            if left < 0:
                raise TOO_LARGE
        if part.filename is None:
            raw[part.name] = content.decode("utf-8", "replace")
        else:
            mime = part.headers.get(hdrs.CONTENT_TYPE, "")
            uploads[part.name] = Upload(part.filename, mime, bytes(content))
