"""What a form brought."""

from aiohttp import web


async def field_of(request: web.Request, name: str) -> str:
    """A field of the form, "" when it is not there or is a file."""
    value = (await request.post()).get(name, "")
    return value if isinstance(value, str) else ""
