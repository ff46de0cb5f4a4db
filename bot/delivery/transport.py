"""python-telegram-bot on aiohttp: one shared session, JSON bodies, errors that say what was sent.

Every error of the network is raised as TimedOut or NetworkError with a cause of NotSent or
PerhapsSent. The token is part of every address, so no address appears in any error.
"""

import asyncio
import json
import re
from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery.fates import NotSent, PerhapsSent, certainly_not_sent

JSON_HEADERS = {"Content-Type": "application/json"}
_TOKEN = re.compile(r"(?<=/bot)[^/\s'\"]+")


class AiohttpRequest(BaseRequest):
    """A transport on a `session` that whoever made it closes. Timeouts are seconds per phase.

    A slow answer is not taken for a failure: reading waits 30 s unless a call says otherwise.
    """

    __slots__ = ("_connect", "_pool", "_read", "_session", "_upload", "_write")

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
        """
        files = request_data is not None and request_data.contains_files
        read = _given(read_timeout, self._read)
        write = _given(write_timeout, self._upload if files else self._write)
        connect = _given(connect_timeout, self._connect)
        pool = _given(pool_timeout, self._pool)
        phases = aiohttp.ClientTimeout(
            total=None, connect=_sum(pool, connect), sock_connect=connect, sock_read=read
        )
        # aiohttp has no timeout for writing, so all phases together have one.
        patience = _sum(_sum(pool, connect), _sum(write, read))
        try:
            return await self._exchange(url, method, request_data, phases, patience)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _translated(error) from _finding(error)

    async def _exchange(
        self,
        url: str,
        method: str,
        request_data: RequestData | None,
        phases: aiohttp.ClientTimeout,
        patience: float | None,
    ) -> tuple[int, bytes]:
        async with (
            asyncio.timeout(patience),
            self._session.request(
                method, url, timeout=phases, allow_redirects=False, **_payload(request_data)
            ) as response,
        ):
            return response.status, await response.read()


def _payload(data: RequestData | None) -> dict[str, Any]:
    if data is None or not data.parameters:
        return {}
    if not data.contains_files:
        # A Bot API server takes JSON values as they are, so nothing is encoded twice.
        body = json.dumps(data.parameters, ensure_ascii=False, separators=(",", ":"))
        return {"data": body.encode("utf-8", "replace"), "headers": JSON_HEADERS}
    # Telegram takes a file's name as it is written; per cent signs would stay in it.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return {"data": form}


def _given(value: ODVInput[float], default: float | None) -> float | None:
    return default if isinstance(value, DefaultValue) else value


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _finding(error: BaseException) -> ConnectionError:
    kind = NotSent if certainly_not_sent(error) else PerhapsSent
    return kind(f"{type(error).__name__}: {redacted(str(error))}")


def _translated(error: BaseException) -> NetworkError:
    if isinstance(error, TimeoutError):
        return TimedOut(f"Timed out ({type(error).__name__})")
    return NetworkError(f"{type(error).__name__}: {redacted(str(error))}")


def redacted(text: str) -> str:
    """`text` with the token taken out of any Bot API address in it."""
    return _TOKEN.sub("…", text)
