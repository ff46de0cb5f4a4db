"""A signal's full page for the staff, whatever its state: what readers may not see, or not yet."""

from aiohttp import web

from bot.web.desk.door import Member, private_page
from bot.web.pages import Pages
from digest.model import SignalState

SIGNAL_PAGES = web.AppKey("signal_pages", Pages)


async def signal(request: web.Request, member: Member) -> web.Response:
    """GET /desk/signal/{id}: as readers would see it, with a word on its state.

    What was read for one reader's link is nobody else's, not even the staff's.
    """
    found = await member.storage.signals.get(int(request.match_info["id"]))
    if found is None or found.state is SignalState.PRIVATE:
        raise web.HTTPNotFound
    view, views_text = await request.app[SIGNAL_PAGES].shown(found, member.setting)
    return private_page(
        request,
        member.visit,
        "signal.html",
        view=view,
        views_text=views_text,
        state=found.state.value,
    )
