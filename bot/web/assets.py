"""The few files that pages need, read once at start, so that no request touches a path on disk."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_A_YEAR = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file and the mark that changes when it changes."""

    body: bytes
    content_type: str
    mark: str


@cache
def load_assets() -> dict[str, Asset]:
    """All static files by name."""
    assets = {}
    for path in sorted(_FOLDER.iterdir()):
        if path.suffix in _TYPES:
            body = path.read_bytes()
            mark = hashlib.sha256(body).hexdigest()[:12]
            assets[path.name] = Asset(body, _TYPES[path.suffix], mark)
    return assets


def asset_url(name: str) -> str:
    """The address of a file, which changes with its contents."""
    return f"/static/{name}?v={load_assets()[name].mark}"


async def serve_asset(request: web.Request) -> web.Response:
    """GET /static/{name}: one of our files, for a year when asked for by its mark."""
    asset = load_assets().get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    return asset_response(request, asset)


def asset_response(request: web.Request, asset: Asset) -> web.Response:
    """A file with its validators."""
    etag = f'"{asset.mark}"'
    lasting = request.query.get("v") == asset.mark
    headers = {"ETag": etag, "Cache-Control": _A_YEAR if lasting else _AN_HOUR}
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    response = web.Response(
        body=asset.body, content_type=asset.content_type, charset="utf-8", headers=headers
    )
    response.enable_compression()
    return response
