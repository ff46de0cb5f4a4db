"""What every rendering needs: whose language, whose clock, and where links lead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from digest.blocks import Look
from digest.dates import day_words, weekday_words
from digest.model import Access, Lang, Layout, Wording
from digest.seals import PARAMETER
from digest.taxonomy import Taxonomy
from digest.texts import Texts

_MAX_URL = 1000


def _no_seal(_signal_id: int) -> str:
    return ""


class Links:
    """Addresses of our own pages under `base_url` ("" when there are no pages to link to).

    `seal` gives the seal for a signal's page (digest/seals.py), "" where none can be made;
    `post_seal` that for the page of a post that is not published yet.
    """

    def __init__(
        self,
        base_url: str,
        seal: Callable[[int], str] = _no_seal,
        post_seal: Callable[[int], str] = _no_seal,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._seal = seal
        self._post_seal = post_seal

    @property
    def usable(self) -> bool:
        """Whether Telegram takes such a link: it refuses buttons to a host without a dot."""
        return bool(outside_link(self.base_url))

    def signal(self, signal_id: int, access: Access = Access.PUBLIC) -> str:
        """The page of one signal; with a fresh seal where only subscribers may read it."""
        seal = self._seal(signal_id) if access is Access.SUBSCRIBERS else ""
        return f"{self.base_url}/s/{signal_id}" + (f"?{PARAMETER}={seal}" if seal else "")

    def post(self, post_id: int) -> str:
        """The page of a post that is not published yet, for whoever has this link."""
        return f"{self.base_url}/post/{post_id}?{PARAMETER}={self._post_seal(post_id)}"

    def post_photo(self, post_id: int) -> str:
        """The picture of a post that is not published yet."""
        return f"{self.base_url}/post/{post_id}/photo.jpg?{PARAMETER}={self._post_seal(post_id)}"

    def photo(self, signal_id: int) -> str:
        """The picture of a signal that everybody may see."""
        return f"{self.base_url}/s/{signal_id}/photo.jpg"

    def story(self, story_id: int) -> str:
        """The page of a story."""
        return f"{self.base_url}/story/{story_id}"

    def week(self, week: str) -> str:
        """The page of a week, as "2026-W48"."""
        return f"{self.base_url}/week/{week}"

    def trends(self) -> str:
        """The page of what rises."""
        return f"{self.base_url}/trends"

    def week_picture(self, week: str, lang: str) -> str:
        """The picture of a week in one language."""
        return f"{self.base_url}/week/{week}/glance.png?lang={lang}"

    def week_column(self, week: str, column_id: str) -> str:
        """The page of one column of a week."""
        return f"{self.base_url}/week/{week}/{quote(column_id, safe='')}"

    def home(self) -> str:
        """The page of today."""
        return f"{self.base_url}/"

    def column(self, column_id: str) -> str:
        """The page of a column."""
        return f"{self.base_url}/column/{quote(column_id, safe='')}"

    def topic(self, topic_id: str) -> str:
        """The page of a topic."""
        return f"{self.base_url}/topic/{quote(topic_id, safe='')}"

    def collection(self, key: str) -> str:
        """The page of a shared collection."""
        return f"{self.base_url}/c/{quote(key, safe='')}"

    def search(self, words: str) -> str:
        """The page of a search."""
        return f"{self.base_url}/search?q={quote(words, safe='')}"


@dataclass(frozen=True, slots=True)
class Rendering:
    """For whom to render: `texts` in their language, times in their `zone` (IANA).

    With `now`, times near it read 今天 and 昨天. Without it they are dates, which is right for a
    text that is stored and delivered later. A digest's times are relative to its own date.
    `layout` and `wording` are the reader's wishes of how much is shown, and in which words.
    """

    links: Links
    texts: Texts
    taxonomy: Taxonomy
    zone: str
    now: datetime | None = None
    layout: Layout = Layout.FULL
    wording: Wording = Wording.TRANSLATION

    @property
    def lang(self) -> Lang:
        """The reader's language."""
        return self.texts.lang

    @property
    def look(self) -> Look:
        """What must be kept to render the same way later."""
        return Look(self.zone, self.layout, self.wording, self.now)

    def column(self, column_id: str) -> str:
        """The name of a column in the reader's language, its id when it has none."""
        column = self.taxonomy.columns.get(column_id)
        return column.name(self.lang) if column else column_id

    def topic(self, topic_id: str) -> str:
        """The name of a topic in the reader's language, its id when it has none."""
        topic = self.taxonomy.topic_of(topic_id)
        return topic.name(self.lang) if topic else topic_id

    def clock(self, at: datetime) -> str:
        """`at` as the reader says it: 今天 08:12, 昨天 21:40, 11月20日 09:05."""
        zone = ZoneInfo(self.zone)
        local = at.astimezone(zone)
        clock = f"{local:%H:%M}"
        if self.now is None:
            return f"{day_words(local.date(), self.lang)} {clock}"
        today = self.now.astimezone(zone).date()
        days = (today - local.date()).days
        if days == 0:
            return self.texts("when.today", clock=clock)
        if days == 1:
            return self.texts("when.yesterday", clock=clock)
        day = day_words(local.date(), self.lang, year=local.year != today.year)
        return f"{day} {clock}"

    def date(self, at: datetime) -> str:
        """The reader's day of `at`, with its weekday."""
        local = at.astimezone(ZoneInfo(self.zone))
        return self.texts(
            "when.date",
            day=day_words(local.date(), self.lang),
            weekday=weekday_words(local.date(), self.lang),
        )


def outside_link(url: str) -> str:
    """`url` when Telegram will take it as a link or button, else ""."""
    if not url or len(url) > _MAX_URL or any(letter <= " " for letter in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        url.encode()
    except ValueError:
        return ""
    return url if parts.scheme.lower() in {"http", "https"} and "." in host.strip(".") else ""
