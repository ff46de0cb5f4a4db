"""A tiny news site of our own, so that the first run shows everything even without a network."""

from bot.sandbox.newsroom.feeds import FEEDS
from bot.sandbox.newsroom.site import Newsroom
from digest.model import FullText, SourceSpec

__all__ = ["Newsroom", "newsroom_specs"]


def newsroom_specs(base_url: str) -> tuple[SourceSpec, ...]:
    """The newsroom's feeds as sources; `base_url` is http://127.0.0.1:port."""
    origin = base_url.rstrip("/")
    return tuple(
        SourceSpec(
            key=f"sample-{feed.key}",
            url=origin + feed.path,
            title=feed.title,
            column=feed.column,
            lang=feed.lang,
            weight=1.45,  # strong enough that a fresh, well-founded story is pushed at once
            site_url=f"{origin}/news",
            poll_floor_s=15,
            full_text=FullText.FULL,
        )
        for feed in FEEDS
    )
