"""Pages by the calendar: a day, a month."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.clock import Clock
from bot.web import views
from bot.web.listing import PER_PAGE, listing_of, page_response, setting_of
from bot.web.moments import (
    BEIJING,
    beijing_day,
    day_bounds,
    day_words,
    parse_day,
    weekday_words,
)
from digest.taxonomy import Taxonomy
from storage import Storage

# Since 1991 the clocks there have not been changed.
_AHEAD = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Archive:
    """The handlers of the pages by the calendar."""

    storage: Storage
    taxonomy: Taxonomy
    clock: Clock

    async def day(self, request: web.Request) -> web.Response:
        """GET /day/{yyyy-mm-dd}: the archive of one Beijing day."""
        setting = setting_of(request, self.taxonomy, self.clock)
        day = parse_day(request.match_info["day"])
        today = beijing_day(setting.now)
        if day is None or day > today:
            raise web.HTTPNotFound
        start, end = day_bounds(day)
        found = await (
            self.storage.signals.latest(
                before=setting.visit.before, since=start, limit=PER_PAGE + 1
            )
            if setting.visit.before
            else self.storage.signals.day(start, end, limit=PER_PAGE + 1)
        )
        past = (
            ()
            if setting.visit.before
            else await self.storage.past.of_day(day, str(BEIJING), setting.now)
        )
        following = None
        if day < today:
            following = views.home.day_label(day + timedelta(days=1), setting)
        return page_response(
            request,
            "day.html",
            setting.visit,
            past=views.past.past_items(past, setting),
            iso=day.isoformat(),
            month=str(views.archive.Month.of(day)),
            title=day_words(day, setting.visit.lang),
            weekday=weekday_words(day, setting.visit.lang),
            previous=views.home.day_label(day - timedelta(days=1), setting),
            following=following,
            listing=listing_of(found, setting, f"/day/{day.isoformat()}"),
        )

    async def month(self, request: web.Request) -> web.Response:
        """GET /archive and /archive/{yyyy-mm}: a month's calendar, and all others."""
        setting = setting_of(request, self.taxonomy, self.clock)
        this = views.archive.Month.of(beijing_day(setting.now))
        asked = request.match_info.get("month")
        month = views.archive.Month.read(asked) if asked is not None else this
        if month is None or month > this:
            raise web.HTTPNotFound
        start, _ = day_bounds(month.first)
        end, _ = day_bounds(month.moved(1).first)
        public = self.storage.public
        counts = await public.days(start, end, _AHEAD)
        view = views.archive.month_view(month, counts, await public.first_date(), setting)
        return page_response(request, "archive.html", setting.visit, view=view)
