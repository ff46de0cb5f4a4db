"""How many pages are answered how, and how quickly."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot import meters

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def measured(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Count an answer by the class of its status: addresses are endless, classes are not."""
    status = 500
    try:
        with meters.timed(meters.PAGE_TIME):
            response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    else:
        return response
    finally:
        meters.PAGES.labels(f"{status // 100}xx").inc()
