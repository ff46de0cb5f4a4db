"""How many pages are answered how, and how quickly."""

from collections.abc import Awaitable, Callable
from secrets import token_hex

from aiohttp import web

from bot import meters
from bot.watching.about import about

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def measured(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Count an answer by the class of its status: addresses are endless, classes are not."""
    status = 500
    try:
        with about(request=token_hex(4)), meters.timed(meters.PAGE_TIME):
            response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    else:
        return response
    finally:
        meters.PAGES.labels(f"{status // 100}xx").inc()
