"""What is behind a post: its page before it is published, and the pictures of posts."""

from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.guards import FRAME
from bot.web.listing import setting_of
from bot.web.pages import Pages
from bot.web.rendering import html_response, render_page
from bot.web.views.items import Setting
from digest.model import Access
from digest.posts import Post, PostState
from digest.seals import KEY_NAME, POST, is_sealed
from storage import Storage
from storage.posted import as_posted

_NUMBER = "{id:[1-9][0-9]{0,17}}"
_A_DAY = "public, max-age=86400"
_OWN = "private, max-age=3600"


@dataclass(frozen=True, slots=True)
class PostPages:
    """The handlers of posts; what is published is shown by `pages`."""

    storage: Storage
    clock: Clock
    pages: Pages

    def routes(self) -> list[web.RouteDef]:
        """The page of a post, its picture, and the picture of a signal."""
        return [
            web.get(f"/post/{_NUMBER}", self.post),
            web.get(f"/post/{_NUMBER}/photo.jpg", self.post_photo),
            web.get(f"/s/{_NUMBER}/photo.jpg", self.photo),
        ]

    async def post(self, request: web.Request) -> web.Response:
        """GET /post/{id}: a post as its page will be, for whoever has the sealed link."""
        setting = setting_of(request, self.pages.taxonomy, self.clock)
        post = await self._post(request, setting)
        if post.state is PostState.PUBLISHED and post.signal_id:
            raise web.HTTPFound(setting.visit.url(f"/s/{post.signal_id}"))
        made = await as_posted(self.storage, post, setting.now)
        if made is None:
            raise web.HTTPNotFound
        path = f"/post/{post.id}/photo.jpg"
        view = views.signal.signal_view(
            views.signal.SignalFacts(made.signal, made.article, photo_path=path), setting
        )
        body = render_page(
            "signal.html",
            request.app[FRAME],
            setting.visit,
            view=view,
            views_text="",
            draft=True,
        )
        return html_response(request, setting.visit, body, private=True)

    async def post_photo(self, request: web.Request) -> web.Response:
        """GET /post/{id}/photo.jpg: the picture of a post that is not published yet."""
        setting = setting_of(request, self.pages.taxonomy, self.clock)
        post = await self._post(request, setting)
        return await self._picture(post.photo.id if post.photo else None, _OWN)

    async def _post(self, request: web.Request, setting: Setting) -> Post:
        """The post that the address names. Raises HTTPNotFound unless the link is sealed."""
        number = int(request.match_info["id"])
        key = await self.storage.meta.secret(KEY_NAME)
        if not is_sealed(key, number, setting.visit.seal, setting.now, of=POST):
            raise web.HTTPNotFound
        post = await self.storage.posts.get(number)
        if post is None or post.state is PostState.DROPPED:
            raise web.HTTPNotFound
        return post

    async def photo(self, request: web.Request) -> web.Response:
        """GET /s/{id}/photo.jpg: a signal's picture, for whoever may read the signal."""
        signal = await self.pages.opened(request)
        lasting = _A_DAY if signal.access is Access.PUBLIC else _OWN
        return await self._picture(signal.photo.id if signal.photo else None, lasting)

    async def _picture(self, photo_id: int | None, lasting: str) -> web.Response:
        body = await self.storage.posts.photo_body(photo_id) if photo_id else None
        if body is None:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": lasting,
            # Chats and readers of feeds show it beside a link.
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return web.Response(body=body, content_type="image/jpeg", headers=headers)
