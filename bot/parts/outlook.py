"""The port of its own for whoever watches this process: a worker has no pages to ask."""

import logging
from contextlib import AsyncExitStack

from aiohttp import web

from bot.parts.serving import listen, serve
from bot.running import Running
from bot.web.probes import Probes

log = logging.getLogger(__name__)


async def open_outlook(running: Running, stack: AsyncExitStack) -> None:
    """Serve /metrics, /healthz and /readyz where METRICS_PORT says. Raises StartError."""
    settings, watching = running.settings, running.watching
    if settings.metrics_port is None:
        return
    probes = Probes(running.storage, watching.health.report)
    app = web.Application()
    app.add_routes(
        [
            web.get("/metrics", watching.page(open_without=True).answer),
            web.get("/healthz", probes.alive),
            web.get("/readyz", probes.ready),
        ]
    )
    listening = listen(settings.metrics_host, settings.metrics_port)
    port = await serve(app, listening, stack)
    running.metrics_url = f"http://{settings.metrics_host}:{port}/metrics"
    log.info("metrics at %s", running.metrics_url)
