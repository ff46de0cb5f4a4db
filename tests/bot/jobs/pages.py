"""Feeds and pages for the tests, made from a few words."""

from datetime import datetime
from email.utils import format_datetime
from html import escape

PARAGRAPHS = (
    "Harbour Robotics said on Tuesday that it had sold 1,200 sorting machines to the port of "
    "Lindholm, in a deal worth $45 million. The machines will be delivered before the end of "
    "next year, according to the company.",
    "Each machine sorts 900 parcels an hour, up from 640 in the previous model. The port expects "
    "to save 12% of its energy bill, because the new belts stop when nothing lies on them.",
    "The company employs 340 people and opened a second factory in May. It did not disclose the "
    "price of a single machine.",
    "Competitors have tried similar belts before, but gave up after the first trials because the "
    "sensors froze in winter. Harbour Robotics says that its sensors work down to minus 35 "
    "degrees.",
)


def page(title: str, paragraphs: tuple[str, ...] = PARAGRAPHS, *, salt: str = "") -> str:
    """An ordinary article page; `salt` makes its text different from another's."""
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    extra = f"<p>{escape(salt)}</p>" if salt else ""
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)}</title></head><body><header><a href='/'>Home</a></header>"
        f"<main><article><h1>{escape(title)}</h1>{body}{extra}</article></main>"
        "<footer>About us</footer></body></html>"
    )


def item(
    *, title: str = "", link: str = "", guid: str = "", at: datetime | None = None, text: str = ""
) -> str:
    parts = [
        f"<title>{escape(title)}</title>" if title else "",
        f"<link>{escape(link)}</link>" if link else "",
        f"<guid isPermaLink='false'>{escape(guid)}</guid>" if guid else "",
        f"<pubDate>{format_datetime(at)}</pubDate>" if at else "",
        f"<description>{escape(text)}</description>" if text else "",
    ]
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "Test feed") -> str:
    """An RSS 2.0 document."""
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>"
        f"<title>{title}</title><link>http://example.org/</link><description>x</description>"
        f"{''.join(items)}</channel></rss>"
    )
