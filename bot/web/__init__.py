"""Server-rendered pages: one per signal, and the shelves that lead to them."""

from bot.web.application import make_web

__all__ = ["make_web"]
