"""What a form brought."""

import logging

from aiohttp import web

from bot.web.patience import PATIENCE

log = logging.getLogger(__name__)


async def field_of(request: web.Request, name: str) -> str:
    """A field of the form, "" when it is not there or is a file.

    Raises HTTPBadRequest for a body that is no form, whatever it calls itself.
    """
    try:
        value = (await request.app[PATIENCE].body(request.post())).get(name, "")
    except web.HTTPException:
        raise
    # An unknown charset, letters that are none, parts without an end, a broken compression: all
    # of it is the sender's doing, and nothing of ours has failed.
    except Exception as error:
        log.info("an unreadable form: %s", type(error).__name__)
        raise web.HTTPBadRequest from error
    return value if isinstance(value, str) else ""
