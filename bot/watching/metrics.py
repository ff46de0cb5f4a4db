"""/metrics, for Prometheus only: with the token on the pages' port, or on a port of its own."""

import hmac

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from bot.meters import REGISTRY
from bot.watching.gauges import Gauges


class MetricsPage:
    """Answers GET /metrics. `token` "" leaves it to whoever serves it to keep others out."""

    def __init__(self, gauges: Gauges, token: str, *, open_without: bool) -> None:
        self._gauges = gauges
        self._token = token
        self._open = open_without and not token

    async def answer(self, request: web.Request) -> web.Response:
        """The figures, in the form that the asker understands; 404 for whoever may not see them.

        Without a token the pages' port has no such page at all: a proxy on this machine makes
        everybody's requests come from here, so an address proves nothing.
        """
        if not self._open and not self._knows_token(request):
            raise web.HTTPNotFound
        await self._gauges.refresh()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(
            body=encode(REGISTRY),
            headers={"Content-Type": content_type, "Cache-Control": "no-store"},
        )

    def _knows_token(self, request: web.Request) -> bool:
        if not self._token:
            return False
        told = request.headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(told, f"Bearer {self._token}".encode())
