"""Whether a request is a person reading: counted without cookies, addresses or identifiers."""

import re

from aiohttp import web

from digest.regexes import regex

# Crawlers, link previews and tools say so in their User-Agent; whoever says nothing is no browser.
_MACHINE = regex(
    r"bot|crawl|spider|slurp|preview|fetch|monitor|scrap|headless|lighthouse|curl|wget|python|"
    r"aiohttp|httpx|axios|okhttp|java/|go-http|libwww|facebookexternalhit|whatsapp|embed|feed|rss",
    re.IGNORECASE,
)


def is_a_reading(request: web.Request) -> bool:
    """True for a browser's own GET; not for HEAD, machines, or a page loaded ahead of a click."""
    if request.method != "GET" or not is_browser(request.headers.get("User-Agent", "")):
        return False
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return "prefetch" not in purpose.lower()


def is_browser(user_agent: str) -> bool:
    """Whether a User-Agent looks like a person's browser."""
    return user_agent.startswith("Mozilla/") and not _MACHINE.search(user_agent)
