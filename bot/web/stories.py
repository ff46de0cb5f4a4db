"""The page of a story."""

from dataclasses import dataclass

from aiohttp import web

from bot.clock import Clock
from bot.web.listing import page_response, setting_of
from bot.web.views.storyline import storyline_view
from digest.taxonomy import Taxonomy
from storage import Storage


@dataclass(frozen=True, slots=True)
class StoryPages:
    """The handler of the pages of stories."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock

    async def story(self, request: web.Request) -> web.Response:
        """GET /story/{id}: everything told about one event; a lone signal is its own page."""
        setting = setting_of(request, self.taxonomy, self.clock)
        story_id = int(request.match_info["id"])
        members = await self.storage.signals.story(story_id)
        summary = await self.storage.stories.get(story_id)
        if summary is not None and summary.id != story_id:  # editors put it into another
            raise web.HTTPFound(setting.visit.url(f"/story/{summary.id}"))
        if not members:
            raise web.HTTPNotFound
        if summary is None:
            raise web.HTTPFound(setting.visit.url(f"/s/{members[0].id}"))
        view = storyline_view(summary.lead, members, setting, summary.sources)
        return page_response(request, "story.html", setting.visit, view=view, id=story_id)
