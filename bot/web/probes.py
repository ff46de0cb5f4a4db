"""For whoever looks after the process: whether it is alive, and whether it can answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from storage import Storage

log = logging.getLogger(__name__)

Health = Callable[[], Awaitable[dict[str, Any]]]
PATIENCE_S = 2.0
_HEADERS = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Probes:
    """The handlers of /healthz and /readyz."""

    storage: Storage
    health: Health

    async def alive(self, _request: web.Request) -> web.Response:
        """GET /healthz: 200 as long as the event loop turns; asks nothing else."""
        return web.json_response({"ok": True}, headers=_HEADERS)

    async def ready(self, _request: web.Request) -> web.Response:
        """GET /readyz: 200 when the database answers in time, else 503; with the health report.

        A report with `"ok": false` makes it 503 too.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.storage.signals.total()
                report = await self.health()
        except Exception as error:  # noqa: BLE001  whatever is wrong, the answer is: not ready
            log.warning("not ready: %r", error)
            return web.json_response(
                {"ok": False, "database": False}, status=503, headers=_HEADERS
            )
        ok = bool(report.get("ok", True))
        answer = {"database": True, **report, "ok": ok}
        return web.json_response(answer, status=200 if ok else 503, headers=_HEADERS)
