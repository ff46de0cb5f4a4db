"""HTTP to a remote engine: one session, limits on time and size, patience with a busy server."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.translating.port import TranslationUnavailable, Trouble

# Less than news waits for its translation: the breaker must learn of a silent server.
_TIMEOUT_S = 25.0
_MOST_BYTES = 2 * 1024 * 1024
_CHUNK = 64 * 1024
_TRIES = 3
_FIRST_WAIT_S = 0.5
# What a server may ask us to wait within one call; more than that is for the breaker.
_PATIENCE_S = 5.0
_BUSY = 429
_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and the JSON of its body, {} when the body holds none."""

    status: int
    data: Any
    retry_after_s: float

    def message(self, *keys: str) -> str:
        """What an error body says, at most 200 characters."""
        if isinstance(self.data, Mapping):
            for key in keys:
                if self.data.get(key):
                    return str(self.data[key])[:200]
        return f"HTTP {self.status}"


class Wire:
    """Requests with JSON to one server. `headers` go with each; redirects are not followed.

    A redirect would carry the key and the text to somewhere nobody configured.
    """

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = _TIMEOUT_S,
        first_wait_s: float = _FIRST_WAIT_S,
    ) -> None:
        self._base = base.rstrip("/")
        self._headers = dict(headers or {})
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._first_wait_s = first_wait_s
        self._session: aiohttp.ClientSession | None = None

    async def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """The answer, after up to three tries at a busy or failing server.

        Raises `TranslationUnavailable` (TIMEOUT, CONNECT, ANSWER, BUSY, BROKEN); other statuses
        are the engine's to judge.
        """
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            wait_s = self._first_wait_s * 2**attempt
            try:
                answer = await self._once(method, path, body)
            except TranslationUnavailable as error:
                if last or error.trouble is not Trouble.CONNECT:
                    raise
            else:
                if answer.status != _BUSY and answer.status < _SERVER_ERRORS:
                    return answer
                wait_s = max(wait_s, answer.retry_after_s)
                if last or wait_s > _PATIENCE_S:
                    raise _refusal(answer)
            await asyncio.sleep(wait_s)
        raise TranslationUnavailable(Trouble.BROKEN)  # the last try returned or raised

    async def close(self) -> None:
        """End the session. May be called twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _once(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        try:
            async with self._open().request(
                method, f"{self._base}{path}", data=_written(body), allow_redirects=False
            ) as response:
                raw = await _limited(response)
                wait_s = _seconds(response.headers.get("Retry-After", ""))
                if response.status in range(300, 400):
                    raise TranslationUnavailable(Trouble.ANSWER, f"redirect {response.status}")
                return Answer(response.status, _parsed(raw, response.status), wait_s)
        except TimeoutError as error:
            raise TranslationUnavailable(Trouble.TIMEOUT, f"{self._timeout.total:g} s") from error
        except aiohttp.ClientError as error:
            detail = str(error) or type(error).__name__
            raise TranslationUnavailable(Trouble.CONNECT, detail) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"Content-Type": "application/json", **self._headers},
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise TranslationUnavailable(Trouble.ANSWER, f"over {_MOST_BYTES} bytes")
    return bytes(body)


def _written(body: Mapping[str, Any] | None) -> bytes | None:
    # Plain UTF-8: escaped, a Chinese character takes six bytes and fills the limits of servers.
    return None if body is None else json.dumps(body, ensure_ascii=False).encode()


def _parsed(raw: bytes, status: int) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        if status < 300:  # noqa: PLR2004  a success must bring its result
            shown = raw[:80].decode(errors="replace")
            raise TranslationUnavailable(Trouble.ANSWER, f"no JSON: {shown!r}") from error
        return {}


def _seconds(written: str) -> float:
    """Retry-After in seconds; the date form is rare enough to be taken for unknown."""
    return min(float(written), 86_400.0) if written.isascii() and written.isdigit() else 0.0


def _refusal(answer: Answer) -> TranslationUnavailable:
    trouble = Trouble.BUSY if answer.status == _BUSY else Trouble.BROKEN
    wait = timedelta(seconds=answer.retry_after_s) if answer.retry_after_s else None
    return TranslationUnavailable(trouble, answer.message("error", "message"), retry_after=wait)


def texts_in(found: Any) -> list[str]:
    """A list of texts as an engine gave it. Raises `TranslationUnavailable` (ANSWER)."""
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise TranslationUnavailable(Trouble.ANSWER, "not a list of texts")
    return found
