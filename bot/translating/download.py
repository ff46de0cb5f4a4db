"""Fetching large files to disk, going on where an earlier try broke off."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import aiohttp

from bot.translating.shelf import ModelError

_CHUNK = 1 << 18
_OK, _PARTIAL, _NOT_FOUND, _RANGE = 200, 206, 404, 416
# A slow line may take long in all; a silent one is given up.
_SILENCE_S = 60.0
_CONNECT_S = 20.0


class _Missing(Exception):  # noqa: N818  an answer, not a fault
    """The server has no such file."""


class Downloads:
    """Fetches into `folder`, no file over `most_bytes`. `progress(name, done, total)` is told.

    Honours the proxy of the environment: where Mozilla's storage is not reached directly, that is
    the usual way to it.
    """

    def __init__(
        self, folder: Path, most_bytes: int, progress: Callable[[str, int, int], None]
    ) -> None:
        self._folder = folder
        self._most = most_bytes
        self._progress = progress

    async def fetch_all(
        self, url: str, choices: tuple[tuple[tuple[str, int], ...], ...]
    ) -> list[Path]:
        """The files of the first choice that is whole there. Raises ModelError.

        Each choice names its files with their expected packed sizes (0 when unknown); each is
        asked for as .gz first.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=_SILENCE_S)
        missing = ""
        async with aiohttp.ClientSession(
            timeout=timeout, trust_env=True, auto_decompress=False
        ) as session:
            for names in choices:
                try:
                    return [await self._either(session, url, name) for name, _ in names]
                except _Missing as error:
                    missing = str(error)
        raise ModelError(f"{url} 没有 {missing}（404）。可用 --from 指定别的文件夹或网址。")

    async def _either(self, session: aiohttp.ClientSession, url: str, name: str) -> Path:
        for written in (f"{name}.gz", name):
            path = self._folder / written
            if path.is_file():
                return path
            try:
                await self._fetch(session, f"{url}/{written}", path)
            except _Missing:
                continue
            return path
        raise _Missing(name)

    async def _fetch(self, session: aiohttp.ClientSession, url: str, path: Path) -> None:
        part = path.with_name(f"{path.name}.part")
        have = part.stat().st_size if part.is_file() else 0
        try:
            await self._receive(session, url, part, have)
        except (TimeoutError, aiohttp.ClientError) as error:
            detail = str(error) or type(error).__name__
            raise ModelError(
                f"下载 {path.name} 中断：{detail}\n已收到的部分留着，再运行一次会接着下载。"
            ) from error
        part.rename(path)

    async def _receive(
        self, session: aiohttp.ClientSession, url: str, part: Path, have: int
    ) -> None:
        headers = {"Range": f"bytes={have}-"} if have else {}
        async with session.get(url, headers=headers) as response:
            if response.status == _NOT_FOUND:
                raise _Missing(part.name.removesuffix(".part"))
            if response.status == _RANGE:
                self._drop(part)
                raise ModelError(f"{url} 与已收到的部分对不上，已清除；请再运行一次。")
            if response.status not in {_OK, _PARTIAL}:
                raise ModelError(f"{url} 回答 {response.status} {response.reason}")
            if response.status == _OK:
                have = 0
            await self._write(response, part, have)

    async def _write(self, response: aiohttp.ClientResponse, part: Path, have: int) -> None:
        total = have + (response.content_length or 0) if response.content_length else 0
        self._limit(part, total)
        name = part.name.removesuffix(".part")
        with part.open("ab" if have else "wb") as out:
            async for chunk in response.content.iter_chunked(_CHUNK):
                have += len(chunk)
                self._limit(part, have)
                await asyncio.to_thread(out.write, chunk)
                self._progress(name, have, total)

    @staticmethod
    def _drop(part: Path) -> None:
        part.unlink(missing_ok=True)

    def _limit(self, part: Path, size: int) -> None:
        if size > self._most:
            self._drop(part)
            most = self._most // 1_000_000
            raise ModelError(f"{part.name.removesuffix('.part')} 超过 {most} MB，不像模型")
