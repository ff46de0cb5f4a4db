"""Ports of this machine, and what is served on them until the end."""

import socket
from contextlib import AsyncExitStack

from aiohttp import web

from bot.running import StartError
from bot.web.guards import server_log
from bot.web.patience import PATIENCE


async def serve(app: web.Application, listening: socket.socket, stack: AsyncExitStack) -> int:
    """Serve `app` on a port that is ours until `stack` ends; returns its number."""
    runner = web.AppRunner(app, access_log=None, logger=server_log(), shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    if PATIENCE in app and runner.server is not None:
        await stack.enter_async_context(app[PATIENCE].watching(runner.server))
    await web.SockSite(runner, listening).start()
    return int(listening.getsockname()[1])


def listen(host: str, port: int) -> socket.socket:
    """A port of ours. Raises StartError where it is taken."""
    try:
        return socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        # create_server adds the address, which we name ourselves.
        reason = str(error.strerror).partition(" (while")[0]
        raise StartError(
            f"端口 {host}:{port} 用不了（{reason}）。换一个：PORT=… 或 SANDBOX_PORT=…", 2
        ) from error
