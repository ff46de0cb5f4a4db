"""From a fetched page to an article, or the honest reason why there is none.

    bytes ─▶ markup ─▶ tree ─▶ metadata ┐
                         └──▶ blocks ───┴▶ verdict ─▶ Article, else the feed's own body

Importing this is cheap; the libraries behind `extract` (some 50 MB) load with its first call, so
only the worker processes carry them.
"""

from dataclasses import dataclass
from datetime import datetime

from digest.model import Article

PAGE_LIMIT_BYTES = 3 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page and what its feed said of it, to fall back on.

    `body` are the decompressed bytes, empty when there was no answer (`status` 0); `content_type`
    the header's value. `fallback_html` is the entry's text in the feed, `fallback_offset_min` the
    UTC offset the feed wrote, in minutes; `lang_hint` a declared language such as "zh-CN".
    """

    url: str
    body: bytes
    content_type: str
    fallback_html: str = ""
    fallback_title: str = ""
    fallback_author: str = ""
    fallback_published: datetime | None = None
    fallback_offset_min: int | None = None
    lang_hint: str = ""
    status: int = 200


def extract(page: Page, *, now: datetime | None = None) -> Article:
    """The article of a page, or of the feed's body where the page has none.

    `now` bounds dates: what lies more than a day ahead of it is not believed. Raises
    `ExtractionError` with SHORT, PAYWALLED, NOT_ARTICLE or FAILED. A text counts as too short
    below 200 Chinese characters or 80 words, unless it has two sentences and 120 characters.
    Slow on hostile pages by nature: call it in a process that can be killed.
    """
    from digest.extract.reader import read  # noqa: PLC0415  keeps the libraries out of the bot

    return read(page, now=now)
