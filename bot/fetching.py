"""Fetching one URL: every limit on time, size, redirects and addresses in one place.

Nothing here knows what is fetched. A HTTP status is an answer; only trouble on the way is an
error, always a `SourceError`.
"""

import asyncio
import contextlib
import errno
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.addresses import AddressPolicy, RefusedSocket
from digest.errors import PollFailure, SourceError, TooLarge

MEBIBYTE = 1024 * 1024
FEED_LIMIT_BYTES = 10 * MEBIBYTE

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TOO_MANY_REQUESTS = 429
# After a 429 a host gets this much air between requests for as long as we remember it.
_WARNED_GAP_S = 10.0
_CHUNK_BYTES = 64 * 1024
# Some sites send content security policies of over 8 KB, aiohttp's default limit.
_HEADER_BYTES = 64 * 1024
_LOOKUP_S = 5.0
_REMEMBERED_HOSTS = 2_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `headers` have lower-case names, `body` is decompressed.

    `url` is where the answer came from; `redirects` lists (status, target URL) of each hop from
    `requested_url` to it.
    """

    status: int
    url: str
    requested_url: str
    headers: dict[str, str]
    body: bytes
    redirects: tuple[tuple[int, str], ...]
    elapsed_s: float


@dataclass(slots=True)
class _Host:
    """What we owe one host: one request at a time, and a pause between their starts."""

    gap_s: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_start: float = float("-inf")


class Fetcher:
    """Fetches URLs politely and safely through one HTTP session. An async context manager.

    At most `total` requests are in flight and one per host, whose starts are `per_host_gap_s`
    seconds apart (no gap for the servers that `allow` names with their port). `timeout_s` bounds
    one whole fetch with its redirects, waiting for the host's turn not counted; `max_bytes` the
    decompressed body. `trust` says whose certificates hold, by default those the system trusts.
    """

    def __init__(  # noqa: PLR0913  each is a limit of its own
        self,
        *,
        user_agent: str,
        allow: AddressPolicy,
        timeout_s: float = 20.0,
        max_bytes: int = FEED_LIMIT_BYTES,
        max_redirects: int = 5,
        per_host_gap_s: float = 1.0,
        total: int = 20,
        resolver: AbstractResolver | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._policy = allow
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._gap_s = per_host_gap_s
        self._slots = asyncio.Semaphore(total)
        self._resolver = resolver
        self._trust = trust
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            socket_factory=self._policy.open_socket,
            resolver=self._resolver or DaemonResolver(),
            ssl=self._trust or True,
            limit=0,
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            headers={
                "User-Agent": self._user_agent,
                "Accept": _ACCEPT,
                "Accept-Encoding": "gzip, deflate, br",
            },
            timeout=aiohttp.ClientTimeout(total=None),
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        own_headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
    ) -> Fetched:
        """The answer to a GET of `url`, redirects followed.

        `own_headers` may be secrets: they go to the host of `url` alone, over any redirect to
        another host, port or from https to http they stay behind.

        Raises `SourceError` with TIMEOUT, DNS, CONNECT, TLS, REFUSED, TOO_LARGE or REDIRECTS.
        """
        origin = target = _parse(url)
        hops: list[tuple[int, str]] = []
        spent_s = 0.0
        while True:
            async with self._turn(target, first=not hops):
                hop = await self._request(
                    target,
                    _sent(headers, own_headers if _same_host(origin, target) else None),
                    self._max_bytes if max_bytes is None else max_bytes,
                    self._timeout_s - spent_s,
                )
            spent_s += hop.elapsed_s
            location = hop.headers.get("location", "")
            if hop.status not in _REDIRECTS or not location:
                return Fetched(
                    hop.status, str(target), url, hop.headers, hop.body, tuple(hops), spent_s
                )
            target = _follow(target, location)
            hops.append((hop.status, str(target)))
            if len(hops) > self._max_redirects:
                raise SourceError(PollFailure.REDIRECTS, f"over {self._max_redirects} redirects")

    @contextlib.asynccontextmanager
    async def _turn(self, url: URL, *, first: bool) -> AsyncIterator[None]:
        """Hold the host, then one of the slots. Redirects go on at once: one visit, one pause."""
        host = self._host(url)
        loop = asyncio.get_running_loop()
        async with host.lock:
            pause = host.last_start + host.gap_s - loop.time()
            if first and pause > 0:
                await asyncio.sleep(pause)
            async with self._slots:
                host.last_start = loop.time()
                yield

    def _host(self, url: URL) -> _Host:
        key = (url.host or "", url.port or 0)
        host = self._hosts.get(key)
        if host is None:
            if len(self._hosts) >= _REMEMBERED_HOSTS:
                self._forget_hosts()
            host = _Host(0.0 if self._policy.is_own(*key) else self._gap_s)
            self._hosts[key] = host
        return host

    def _forget_hosts(self) -> None:
        long_ago = asyncio.get_running_loop().time() - 60
        self._hosts = {
            key: host
            for key, host in self._hosts.items()
            if host.lock.locked() or host.last_start > long_ago
        }

    async def _request(
        self, url: URL, headers: dict[str, str], max_bytes: int, timeout_s: float
    ) -> Fetched:
        """One hop, its failures mapped to `SourceError`."""
        if self._session is None:
            raise RuntimeError("the fetcher is not open")
        start = asyncio.get_running_loop().time()
        try:
            # Only a limit on the whole stops a server that sends one byte a second.
            async with asyncio.timeout(timeout_s):
                async with self._session.get(
                    url, headers=headers, allow_redirects=False
                ) as response:
                    if response.status in _REDIRECTS and "Location" in response.headers:
                        body = b""
                    else:
                        body = await _read(response, max_bytes)
        except TooLarge as error:
            kind = response.headers.get("Content-Type", "")
            raise SourceError(PollFailure.TOO_LARGE, str(error), content_type=kind) from error
        except TimeoutError as error:
            detail = f"no whole answer within {self._timeout_s:g} s"
            raise SourceError(PollFailure.TIMEOUT, detail) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error) from error
        if response.status == _TOO_MANY_REQUESTS:
            host = self._host(url)
            host.gap_s = max(host.gap_s, _WARNED_GAP_S)
        return Fetched(
            status=response.status,
            url=str(url),
            requested_url=str(url),
            headers=_plain_headers(response),
            body=body,
            redirects=(),
            elapsed_s=asyncio.get_running_loop().time() - start,
        )


class DaemonResolver(AbstractResolver):
    """The system's name lookup in threads that never hold up the end of the process.

    The loop's own lookup shares its few threads with everything else and is waited for at exit;
    a machine without a network would stand still in both. A lookup over 5 s fails.
    """

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Addresses of `host`; raises OSError when there are none."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[ResolveResult]] = loop.create_future()

        def settle(found: list[ResolveResult] | OSError) -> None:
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look_up() -> None:
            found = _look_up(host, port, family)
            with contextlib.suppress(RuntimeError):  # the loop closed while we looked
                loop.call_soon_threadsafe(settle, found)

        threading.Thread(target=look_up, name="lookup", daemon=True).start()
        try:
            async with asyncio.timeout(_LOOKUP_S):
                return await answer
        except TimeoutError as error:
            raise OSError(None, f"no answer from the name server in {_LOOKUP_S:g} s") from error

    async def close(self) -> None:
        """Nothing is held."""


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult] | OSError:
    try:
        infos = socket.getaddrinfo(
            host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
    except OSError as error:
        return error
    except UnicodeError as error:  # a label over 63 bytes
        return OSError(None, str(error))
    return [
        ResolveResult(
            hostname=host,
            host=str(where[0]),
            port=int(where[1]),
            family=found_family,
            proto=protocol,
            flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
        )
        for found_family, _, protocol, _, where in infos
    ]


def _parse(url: str) -> URL:
    """A URL that may be requested, without its fragment; raises SourceError(REFUSED)."""
    try:
        parsed = URL(url.strip()).with_fragment(None)
        host, port = parsed.host, parsed.port
    except (ValueError, TypeError) as error:
        raise SourceError(PollFailure.REFUSED, f"not a URL: {error}") from error
    if parsed.scheme not in {"http", "https"}:
        raise SourceError(PollFailure.REFUSED, f"scheme {parsed.scheme or 'missing'}")
    if not host or not port:
        raise SourceError(PollFailure.REFUSED, "no host")
    if parsed.user is not None or parsed.password is not None:
        raise SourceError(PollFailure.REFUSED, "user name in the URL")
    return parsed


def _follow(url: URL, location: str) -> URL:
    try:
        target = url.join(URL(location.strip()))
    except ValueError as error:
        raise SourceError(PollFailure.REFUSED, f"redirect to no URL: {error}") from error
    return _parse(str(target))


def _same_host(origin: URL, target: URL) -> bool:
    """Whether `target` is the server of `origin`, or that one's upgrade to https."""
    if (origin.host or "").lower() != (target.host or "").lower():
        return False
    ports = (origin.port, target.port)
    if origin.scheme == target.scheme:
        return ports[0] == ports[1]
    return target.scheme == "https" and ports == (80, 443)


def _sent(headers: Mapping[str, str] | None, own: Mapping[str, str] | None) -> dict[str, str]:
    """Both together; names are one name in any case, and an own header stands for ours."""
    sent = dict(headers or {})
    for name, value in (own or {}).items():
        for ours in [each for each in sent if each.lower() == name.lower()]:
            del sent[ours]
        sent[name] = value
    return sent


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The decompressed body; raises `TooLarge` as soon as it is over the limit."""
    if (response.content_length or 0) > max_bytes:
        raise TooLarge(f"{response.content_length} bytes announced, {max_bytes} allowed")
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise TooLarge(f"over {max_bytes} bytes")
    return bytes(body)


def _plain_headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Headers with lower-case names, repeated ones joined by ", " as HTTP allows."""
    plain: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        plain[key] = f"{plain[key]}, {value}" if key in plain else value
    return plain


def _failure(error: Exception) -> SourceError:
    """What went wrong between us and the server, most telling class first."""
    detail = str(error) or type(error).__name__
    if RefusedSocket.MARK in detail and getattr(error, "errno", 0) == errno.EACCES:
        return SourceError(PollFailure.REFUSED, detail)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return SourceError(PollFailure.DNS, detail)
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ServerFingerprintMismatch):
        return SourceError(PollFailure.TLS, detail)
    if isinstance(error, aiohttp.InvalidURL):
        return SourceError(PollFailure.REFUSED, detail)
    return SourceError(PollFailure.CONNECT, detail)
