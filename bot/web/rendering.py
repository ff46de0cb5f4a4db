"""From a view to a response: templates, language, validators."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.web.assets import asset_url
from bot.web.views.items import Label
from bot.web.visit import HTML_TAGS, Visit
from bot.web.words import linked
from digest.model import Lang
from digest.taxonomy import Taxonomy
from digest.texts import Texts, texts_for

_FOLDER = Path(__file__).parent / "templates"
# Always ask again, cheaply: pages change whenever a source publishes.
_REVALIDATE = "no-cache"
_PRIVATE = "private, no-cache"

# Pages whose subject the bot opens by a link (handlers/payloads.py), and the kind of payload.
_OPENED_BY_THE_BOT = (
    (r"/s/([0-9]{1,18})", "s"),
    (r"/story/([0-9]{1,18})", "story"),
    (r"/topic/([A-Za-z0-9_-]{1,60})", "t"),
    (r"/column/([A-Za-z0-9_-]{1,60})", "col"),
    (r"/week/([0-9]{4}-W[0-9]{2})", "week"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds every page: the site's address, its shelves and the way to the bot."""

    taxonomy: Taxonomy
    base_url: str
    bot_username: Callable[[], str]

    def columns(self, visit: Visit) -> tuple[Label, ...]:
        """The navigation's columns in the reader's language."""
        return tuple(
            Label(column.name(visit.lang), visit.url(f"/column/{column.id}"))
            for column in self.taxonomy.columns.values()
        )

    @property
    def bot_url(self) -> str:
        """Where the bot is on Telegram, "" when it is not known (a sandbox)."""
        # Known only once Telegram has let us in, and the pages do not wait for that.
        username = self.bot_username()
        return f"https://t.me/{quote(username)}" if username else ""

    def bot_link(self, visit: Visit) -> str:
        """The bot, opened at what the page shows where it can show the same; "" as `bot_url`."""
        for path, kind in _OPENED_BY_THE_BOT:
            if self.bot_url and (found := re.fullmatch(path, visit.path)):
                return f"{self.bot_url}?start={kind}_{found[1]}"
        return self.bot_url


@cache
def environment() -> Environment:
    """The templates; everything put into them is escaped, unknown names are errors."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["linked"] = linked
    return made


def render_text(name: str, *, texts: Texts, **values: Any) -> str:
    """A template with the words of one language."""
    return environment().get_template(name).render(t=texts, **values)


def render_page(name: str, frame: Frame, visit: Visit, **values: Any) -> str:
    """A whole HTML page in its frame: `layout` is another template than that of the pages."""
    values.setdefault("layout", "layout.html")
    other = Lang.EN if visit.lang is Lang.ZH else Lang.ZH
    return render_text(
        name,
        texts=texts_for(visit.lang),
        frame=frame,
        visit=visit,
        html_lang=HTML_TAGS[visit.lang],
        other=texts_for(other),
        other_lang=HTML_TAGS[other],
        other_href=visit.in_language(other),
        columns=frame.columns(visit),
        asset=asset_url,
        **values,
    )


def html_response(
    request: web.Request,
    visit: Visit,
    body: str,
    *,
    status: int = 200,
    volatile: str = "",
    private: bool = False,
) -> web.Response:
    """A page, or 304 when the reader has it. `volatile` is text that may differ in between.

    A `private` page is for nobody's index and for no cache but the reader's own.
    """
    headers = {
        "Content-Language": HTML_TAGS[visit.lang],
        "Vary": "Accept-Language, Accept-Encoding",
        "Cache-Control": _REVALIDATE if status == web.HTTPOk.status_code else "no-store",
    }
    if private:
        headers |= {"Cache-Control": _PRIVATE, "X-Robots-Tag": "noindex"}
    return text_response(
        request, body, headers, content_type="text/html", status=status, volatile=volatile
    )


def text_response(
    request: web.Request,
    body: str,
    headers: dict[str, str],
    *,
    content_type: str,
    status: int = 200,
    volatile: str = "",
) -> web.Response:
    """A text with its weak validator (RFC 9110 §8.8.1), compressed where the reader can."""
    if status == web.HTTPOk.status_code:
        stable = body.replace(volatile, "", 1) if volatile else body
        etag = f'W/"{hashlib.sha256(stable.encode()).hexdigest()[:20]}"'
        headers = headers | {"ETag": etag}
        if etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
    response = web.Response(
        text=body, content_type=content_type, charset="utf-8", status=status, headers=headers
    )
    response.enable_compression()
    return response
