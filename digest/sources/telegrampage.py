"""The public page of a Telegram channel (t.me/s/name): its last posts, with text and time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import PollFailure, SourceError
from digest.regexes import regex
from digest.sources.dates import FeedDate
from digest.sources.listpage import link_of, open_page, select, text_of
from digest.sources.moments import read_moment
from digest.sources.plain import plain_text
from digest.sources.raw import RawEntry, RawFeed

_POST = ".tgme_widget_message[data-post]"
_TEXT = ".tgme_widget_message_text.js-message_text, .tgme_widget_message_text"
_TIME = "a.tgme_widget_message_date time[datetime], time[datetime]"
_PREVIEW = "a.tgme_widget_message_link_preview[href]"
_NAME = regex(r"[A-Za-z]\w{3,31}/\d{1,12}")
_OWN_HOSTS = frozenset({"t.me", "telegram.me", "telegram.org"})
# A post shorter than this beside one link announces what is behind the link.
_ANNOUNCES = 300
_LONGEST_TITLE = 120
_OUTER = regex(r"^<div\b[^<>]{0,500}>|</div>\s*$")
_LINE_END = regex(r"<br\s*/?>|</?p>|</?blockquote>")
_PARAGRAPH_END = regex(r"(?:<br\s*/?>\s*){2,}")


def parse_channel(body: bytes, *, url: str, content_type: str = "", now: datetime) -> RawFeed:
    """The posts of a channel's page, the newest first.

    A post is its own article, found at its own address; a short one with one link outside
    Telegram announces that page and stands for it. Raises SourceError(NO_ITEMS) for a page of
    no channel or of one that hides its posts.
    """
    page = open_page(body, url, content_type)
    header = next(iter(select(page.root, ".tgme_channel_info_header_title", 1)), None)
    entries = tuple(_entries(page.root, now))
    if not entries and header is None:
        raise SourceError(PollFailure.NO_ITEMS, "no posts for the public")
    feed_url = url.replace("/s/", "/", 1)
    return RawFeed("telegram", tuple(reversed(entries)), text_of(header), feed_url)


def is_post(url: str) -> bool:
    """Whether an address is a post, whose text is in the channel's page and nowhere better."""
    return (urlsplit(url).hostname or "") in _OWN_HOSTS


def _entries(root: Any, now: datetime) -> Iterator[RawEntry]:
    for post in select(root, _POST):
        name = post.get("data-post", "")
        text = next(iter(select(post, _TEXT, 1)), None)
        if not _NAME.fullmatch(name) or text is None or not text_of(text):
            continue  # joined, pinned, a picture without words
        own, markup = f"https://t.me/{name}", _markup(text)
        yield RawEntry(
            guid=own,
            link=_announced(post, text) or own,
            title=_first_line(markup),
            bodies=(_paragraphs(markup),),
            date=_date(post, now),
        )


def _announced(post: Any, text: Any) -> str:
    """The one page outside Telegram that a short post leads to, "" when it is none."""
    if len(text_of(text)) > _ANNOUNCES:
        return ""
    links = [link_of(one, "") for one in (*select(text, "a[href]"), *select(post, _PREVIEW))]
    outside = dict.fromkeys(link for link in links if link and not is_post(link))
    return next(iter(outside)) if len(outside) == 1 else ""


def _first_line(markup: str) -> str:
    """What a post begins with, to call it by."""
    lines = (plain_text(line, _LONGEST_TITLE) for line in _LINE_END.split(markup[:5_000]))
    return next((line for line in lines if line), "")


def _markup(text: Any) -> str:
    """What is inside the element of the text, as it is written."""
    whole = etree.tostring(text, encoding="unicode", method="html", with_tail=False)
    return _OUTER.sub("", whole)


def _paragraphs(markup: str) -> str:
    """The post as paragraphs: two line ends part them."""
    return "".join(f"<p>{block}</p>" for block in _PARAGRAPH_END.split(markup) if block.strip())


def _date(post: Any, now: datetime) -> FeedDate | None:
    time = next(iter(select(post, _TIME, 1)), None)
    return read_moment(time.get("datetime", ""), now) if time is not None else None
