"""python-telegram-bot on aiohttp: one shared session, JSON bodies, errors that say what was sent.

Every error of the network is raised as TimedOut or NetworkError with a cause of NotSent,
PerhapsSent or Unanswered. The token is part of every address, so no address appears in any error.
"""

import asyncio
import io
import json
import socket
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import AddrInfoType
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery.fates import NotSent, PerhapsSent, Unanswered, certainly_not_sent, is_refusal
from bot.delivery.wire import Wire
from digest.regexes import regex

JSON_HEADERS = {"Content-Type": "application/json"}
_REDIRECT, _BAD_REQUEST = 300, 400
# Calls of handlers that are under way at once, with what they ask for side by side.
_CALLS = 2 * 64
# Of the message that a call leads to; its id, its chat and its files are what we did not know.
_SAID_BY_US = ("entities", "caption_entities", "reply_markup", "reply_to_message")
# An edit is answered with the whole message as it stands now, which takes long to read and nobody
# asks for; of a message sent by way of an inline query the answer is this.
_EDITS = "editMessage"
_DONE = b'{"ok":true,"result":true}'
# Less than an answer is waited for (30 s): who gives up then leaves nothing behind that is still
# to be delivered, which the system would go on trying for minutes.
_FORGET_AFTER_MS = 25_000
_FORGETS: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux has it
_TOKEN = regex(r"(?<=/bot)[^/\s'\"]+")


def open_session(pushes: int) -> aiohttp.ClientSession:
    """The session that calls, polling and `pushes` at once share, with a connection for each.

    Connections are kept for less time than servers keep them (15 s): the longer one lies idle,
    the likelier it is closed at the very moment of its use, which leaves a message in doubt.
    """
    connector = aiohttp.TCPConnector(
        limit=_CALLS + pushes, keepalive_timeout=15.0, socket_factory=_open_socket
    )
    return aiohttp.ClientSession(connector=connector, trust_env=False)


def _open_socket(target: AddrInfoType) -> socket.socket:
    """One whose connection ends when nobody has taken what was written for long enough."""
    family, kind, protocol, *_ = target
    made = socket.socket(family=family, type=kind, proto=protocol)
    if _FORGETS is not None:
        made.setsockopt(socket.IPPROTO_TCP, _FORGETS, _FORGET_AFTER_MS)
    return made


class AiohttpRequest(BaseRequest):
    """A transport on a `session` that whoever made it closes. Timeouts are seconds per phase.

        pool     until a connection is free; what it leaves is added to the next   not sent
        connect  until the connection stands                                       not sent
        write    until a file is handed over (other bodies fit into the socket)    perhaps sent
        read     until the answer begins; of a file, until its next piece          perhaps sent

    Nothing takes longer than all of them together. A slow answer is not taken for a failure:
    reading waits 30 s unless a call says otherwise.
    """

    __slots__ = ("_connect", "_pool", "_read", "_session", "_upload", "_wire", "_write")

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        read_timeout: float = 30.0,
        write_timeout: float = 10.0,
        upload_timeout: float = 60.0,
        connect_timeout: float = 10.0,
        pool_timeout: float = 10.0,
    ) -> None:
        self._session = session
        self._wire = Wire(session)
        self._read = read_timeout
        self._write = write_timeout
        self._upload = upload_timeout
        self._connect = connect_timeout
        self._pool = pool_timeout

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for an answer by default."""
        return self._read

    async def initialize(self) -> None:
        """Nothing to open: the session is shared."""

    async def shutdown(self) -> None:
        """Nothing to close: the session is shared."""

    async def do_request(  # noqa: PLR0917  the signature is the library's
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request. Returns the HTTP status and the body.

        Raises TimedOut or NetworkError, from NotSent when Telegram certainly has not got it.
        What a proxy or a login page refuses is an error of the network too, no word of Telegram.
        """
        files = request_data is not None and request_data.contains_files
        read = _given(read_timeout, self._read)
        write = _given(write_timeout, self._upload if files else self._write)
        connect = _given(connect_timeout, self._connect)
        pool = _given(pool_timeout, self._pool)
        phases = aiohttp.ClientTimeout(
            total=_sum(_sum(pool, connect), _sum(write, read)),
            connect=_sum(pool, connect),
            sock_connect=connect,
            sock_read=read,
        )
        said = {} if request_data is None or files else request_data.parameters
        begun = False

        def begins() -> None:
            nonlocal begun
            begun = True

        try:
            if said:
                status, body = await self._wire.post(url, _json(said), phases, begins)
            else:
                form = _form(request_data, write) if request_data and files else None
                status, body = await self._request(method, url, form, phases, begins)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _translated(error) from _finding(error, begun=begun)
        if not _of_bot_api(method, status, body):
            raise NetworkError(f"HTTP {status} of something that is no Bot API") from PerhapsSent(
                f"HTTP {status} of something that is no Bot API"
            )
        if status < _REDIRECT and url.rpartition("/")[2].startswith(_EDITS):
            return status, _DONE
        return status, body

    async def _request(
        self,
        method: str,
        url: str,
        form: aiohttp.Payload | None,
        phases: aiohttp.ClientTimeout,
        begins: Callable[[], None],
    ) -> tuple[int, bytes]:
        """A request of any kind, as the session makes it."""
        # Its own limit for all together does not say what had been reached.
        steps = aiohttp.ClientTimeout(
            total=None,
            connect=phases.connect,
            sock_connect=phases.sock_connect,
            sock_read=phases.sock_read,
        )
        async with (
            asyncio.timeout(phases.total),
            self._session.request(
                method, url, data=form, timeout=steps, allow_redirects=False
            ) as response,
        ):
            begins()
            return response.status, await response.read()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """What a Bot API answered, of a message of ours without what we have just said in it.

        The library would make objects of every link and button, which takes longer than all else
        that an answer needs.
        """
        answer = BaseRequest.parse_json_payload(payload)
        result = answer.get("result")
        if isinstance(result, dict) and "message_id" in result:
            for name in _SAID_BY_US:
                result.pop(name, None)
        return answer


class _Timed(aiohttp.Payload):
    """A body that is written within `seconds`, for which aiohttp has no timeout of its own."""

    def __init__(self, body: aiohttp.Payload, seconds: float) -> None:
        super().__init__(body, headers=body.headers)
        self._body = body
        self._seconds = seconds

    @property
    def size(self) -> int | None:
        """Bytes, None when unknown."""
        return self._body.size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """As text."""
        return self._body.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write all of it. Raises TimeoutError."""
        await self.write_with_length(writer, None)

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        """Write at most `content_length` bytes of it. Raises TimeoutError."""
        async with asyncio.timeout(self._seconds):
            await self._body.write_with_length(writer, content_length)

    async def close(self) -> None:
        """Close its files."""
        await self._body.close()


def _json(parameters: dict[str, Any]) -> bytes:
    """A body. A Bot API server takes JSON values as they are, so nothing is encoded twice."""
    body = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"))
    return body.encode("utf-8", "replace")


def _form(data: RequestData, seconds: float | None) -> aiohttp.Payload:
    """A body with files, which is written within `seconds`."""
    # Telegram takes a file's name as it is written; per cent signs would stay in it.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        # As a file, which is written piece by piece: the event loop does not stand still.
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=filename, content_type=mime)
    return form() if seconds is None else _Timed(form(), seconds)


def _of_bot_api(method: str, status: int, body: bytes) -> bool:
    """Whether an answer may be read as a Bot API's; a file that was asked for is anything."""
    if status >= _BAD_REQUEST:
        return is_refusal(body)
    called = method == "POST"
    return not called or (body.lstrip().startswith(b"{") and b'"result"' in body)


def _given(value: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(value, DefaultValue) else value


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _finding(error: BaseException, *, begun: bool) -> ConnectionError:
    """What `error` says of a request whose answer had `begun` to come."""
    kind: type[ConnectionError] = PerhapsSent
    if certainly_not_sent(error):
        kind = NotSent
    elif not begun and _FORGETS is not None:
        kind = Unanswered
    return kind(f"{type(error).__name__}: {redacted(str(error))}")


def _translated(error: BaseException) -> NetworkError:
    if isinstance(error, TimeoutError):
        return TimedOut(f"Timed out ({type(error).__name__})")
    return NetworkError(f"{type(error).__name__}: {redacted(str(error))}")


def redacted(text: str) -> str:
    """`text` with the token taken out of any Bot API address in it."""
    return _TOKEN.sub("…", text)
