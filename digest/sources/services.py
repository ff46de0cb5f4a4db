"""What a person may type for a source, and where the services document that it can be read.

    words ─▶ Wanted: attempts (ready addresses, by service), a lookup (a page or an interface that
    names the address), and a page in which to look for feeds when these bring nothing

Pure. Addresses are those that the services document: YouTube's feeds/videos.xml, GitHub's
*.atom, Reddit's .rss, Algolia's HN Search API, the arXiv API, Mastodon's .rss, Bluesky's
profile feed and AppView, Apple's lookup, Telegram's public preview.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, quote, quote_plus, urlsplit

from digest.model import AS_USUAL, Recipe, SourceKind, SourceSpec
from digest.regexes import regex
from digest.sources.shelving import guess_column, key_of
from digest.sources.trial import Service

_WEB = regex(r"https?://[^\s/?#]", re.IGNORECASE)
_FEED_SCHEME = regex(r"feed:(?://)?(?=https?:|[\w-]+\.\w)", re.IGNORECASE)
_HOST = regex(
    r"(?:[\w-]{1,63}\.)+[a-z][a-z0-9-]{1,62}\.?(?::\d{1,5})?(?:[/?#]\S*)?"
    r"|(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_CHANNEL_ID = regex(r"UC[\w-]{22}")
_NAME = r"[A-Za-z0-9_.-]{1,60}"
_REPOSITORY = regex(r"([A-Za-z0-9][A-Za-z0-9-]{0,38})/([\w.-]{1,100})")
_SUBREDDIT = regex(r"/?(r|u|user)/([A-Za-z0-9_-]{2,40})/?", re.IGNORECASE)
_ACCOUNT = regex(rf"@?({_NAME})@((?:[\w-]{{1,63}}\.)+[a-z]{{2,20}})", re.IGNORECASE)
_AT_NAME = regex(r"@([A-Za-z]\w{3,31})")
_BLUESKY = regex(r"@?((?:[a-z0-9-]{1,63}\.)+bsky\.social)", re.IGNORECASE)
_PLAYLIST = regex(r"[A-Za-z0-9_-]{10,60}")
_ARXIV_CATEGORY = regex(r"(?:cat:)?([a-z-]{2,12}(?:\.[A-Za-z-]{2,12})?)")
_ARXIV_FIELD = regex(r"(?:all|ti|au|abs|cat|co|jr|rn):\S", re.IGNORECASE)
_APPLE_ID = regex(r"/id(\d{5,12})")
_TELEGRAM = regex(r"[A-Za-z]\w{3,31}")

_YOUTUBE_FEED = "https://www.youtube.com/feeds/videos.xml?"
_ALGOLIA = "https://hn.algolia.com/api/v1/"
_HN_RECIPE = Recipe(
    items="hits",
    title="title || story_title",
    link="url || join('', ['https://news.ycombinator.com/item?id=', objectID])",
    date="created_at",
    author="author",
    summary="story_text",
)
_BLUESKY_RECIPE = Recipe(
    items="feed[?!reason].post",
    title="record.text",
    link="join('', ['https://bsky.app/profile/', author.handle, '/post/', split(uri, '/')[-1]])",
    date="record.createdAt",
    author="author.displayName",
    summary="record.text",
)


class How(StrEnum):
    """How a lookup's answer names the source."""

    YOUTUBE_PAGE = "youtube_page"
    APPLE = "apple"


@dataclass(frozen=True, slots=True)
class Attempt:
    """An address to try as a source. `fallback`: only when nothing before it had entries."""

    service: Service
    url: str
    kind: SourceKind = SourceKind.FEED
    recipe: Recipe = AS_USUAL
    title: str = ""
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """An address whose answer names the source."""

    how: How
    url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words mean. `page` is looked through for feeds when nothing else is found.

    `closed` says that the words name something that nobody outside may read (an invitation).
    """

    attempts: tuple[Attempt, ...] = ()
    lookup: Lookup | None = None
    page: str = ""
    closed: bool = False

    @property
    def understood(self) -> bool:
        """Whether there is anything to try."""
        return bool(self.attempts or self.lookup or self.page or self.closed)


def recognise(words: str) -> Wanted:
    """What `words` mean; not understood when they are no address, name or query known here."""
    words = words.strip().strip("<>").strip()
    for known in (_hacker_news_words, _arxiv_words, _short_words):
        found = known(words)
        if found is not None:
            return found
    url = as_url(words)
    return _of_url(url) if url else Wanted()


def as_url(words: str) -> str:
    """An address for words that are one, also without its scheme; "" for any other words."""
    words = _FEED_SCHEME.sub("", words)
    if _WEB.match(words):
        # As browsers do: a blank in a query is part of it, elsewhere the address ends there.
        address, mark, query = words.partition("?")
        first = address.split()[0]
        return first if first != address else f"{address}{mark}{'%20'.join(query.split())}"
    if words.lower().startswith("rsshub://"):
        return "https://rsshub.app/" + words[len("rsshub://") :].lstrip("/")
    return f"https://{words}" if _HOST.fullmatch(words) else ""


def own_spec(words: str, recipe: Recipe = AS_USUAL) -> SourceSpec:
    """A spec to be previewed, for an address and a recipe of an editor's own.

    Whether `items` are selectors in a page or paths in a JSON document shows at the preview.
    """
    url = as_url(words.strip()) or words.strip()
    kind = SourceKind.PAGE if recipe.items else SourceKind.FEED
    return SourceSpec(
        key=key_of(url),
        url=url,
        title=url,
        column=guess_column(()),
        lang="",
        kind=kind,
        recipe=recipe,
    )


def video_feed(page: str) -> str:
    """The feed of the channel that a YouTube page is about, "" when it names none."""
    named = re.search(
        r"feeds/videos\.xml\?channel_id=(UC[\w-]{22})"
        r"|<meta itemprop=\"(?:identifier|channelId)\" content=\"(UC[\w-]{22})\""
        r"|<link rel=\"canonical\" href=\"https://www\.youtube\.com/channel/(UC[\w-]{22})\""
        r"|\"(?:externalId|channelId)\":\"(UC[\w-]{22})\"",
        page,
    )
    channel = next((one for one in named.groups() if one), "") if named else ""
    return f"{_YOUTUBE_FEED}channel_id={channel}" if channel else ""


# --- words that are no address -----------------------------------------------------------------


def _hacker_news_words(words: str) -> Wanted | None:
    name, colon, query = words.partition(":")
    if name.strip().lower() not in {"hn", "hacker news", "hackernews"}:
        return None
    query = query.strip()
    listed = query.lower() or "front"
    if not colon or listed in _HN_LISTS:
        return _hacker_news(listed)
    found = f"{_ALGOLIA}search_by_date?query={quote_plus(query)}&tags=story&hitsPerPage=50"
    return _hn_wanted(found, f"Hacker News: {query}")


def _arxiv_words(words: str) -> Wanted | None:
    name, _, query = words.partition(":")
    if name.strip().lower() == "arxiv" and query.strip():
        return _arxiv(query.strip())
    return _arxiv(words) if _ARXIV_FIELD.match(words) else None


def _short_words(words: str) -> Wanted | None:
    """Names as their services write them: r/name, @user@host, @name, owner/name."""
    bluesky = _BLUESKY.fullmatch(words)
    if bluesky:
        return _bluesky(bluesky[1])
    account = _ACCOUNT.fullmatch(words)
    if account:
        return _mastodon_account(account[2], account[1])
    reddit = _SUBREDDIT.fullmatch(words)
    if reddit:
        return _reddit(f"/{reddit[1]}/{reddit[2]}/", "")
    name = _AT_NAME.fullmatch(words)
    if name:
        lookup = Lookup(How.YOUTUBE_PAGE, f"https://www.youtube.com/@{name[1]}")
        return Wanted((_telegram(name[1]),), lookup=lookup)
    repository = _REPOSITORY.fullmatch(words)
    return _github(repository[1], repository[2]) if repository else None


# --- addresses ---------------------------------------------------------------------------------


def _of_url(url: str) -> Wanted:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return Wanted()
    for hosts, read in _SITES:
        if host in hosts or (hosts[0].startswith(".") and host.endswith(hosts[0])):
            found = read(parts)
            if found is not None:
                return found
    return _anywhere(url, parts)


def _anywhere(url: str, parts: SplitResult) -> Wanted:
    """An address of no service: itself, and where a Mastodon server has the feed of a page."""
    path = parts.path.rstrip("/")
    base = f"{parts.scheme}://{parts.netloc}"
    account = re.fullmatch(rf"/(?:@|users/)({_NAME})", path)
    tag = re.fullmatch(r"/tags/([^/.]{1,80})", path)
    attempts: tuple[Attempt, ...] = ()
    if account and "." not in account[1]:
        attempts = (Attempt(Service.MASTODON, f"{base}/@{account[1]}.rss"),)
    elif tag:
        attempts = (Attempt(Service.MASTODON, f"{base}/tags/{tag[1]}.rss"),)
    return Wanted(attempts, page=url)


def _youtube(parts: SplitResult) -> Wanted | None:
    query = parse_qs(parts.query)
    playlist = next(iter(query.get("list", ())), "")
    first, _, rest = parts.path.strip("/").partition("/")
    if first == "feeds":
        return Wanted((Attempt(Service.YOUTUBE, parts.geturl()),))
    if _PLAYLIST.fullmatch(playlist):
        return Wanted((Attempt(Service.YOUTUBE, f"{_YOUTUBE_FEED}playlist_id={playlist}"),))
    channel = rest.partition("/")[0]
    if first == "channel" and _CHANNEL_ID.fullmatch(channel):
        return Wanted((Attempt(Service.YOUTUBE, f"{_YOUTUBE_FEED}channel_id={channel}"),))
    if first.startswith("@") or first in {"c", "user", "watch"}:
        path = "/".join(parts.path.strip("/").split("/")[: 1 if first.startswith("@") else 2])
        tail = f"?{parts.query}" if first == "watch" else ""
        page = f"https://www.youtube.com/{quote(path, safe='/@%')}{tail}"
        return Wanted(lookup=Lookup(How.YOUTUBE_PAGE, page))
    return None


def _github_url(parts: SplitResult) -> Wanted | None:
    if parts.path.endswith(".atom"):
        return Wanted((Attempt(Service.GITHUB, parts.geturl()),))
    names = [name for name in parts.path.split("/") if name]
    if len(names) < 2 or names[0] in {"topics", "orgs", "features", "search", "trending"}:  # noqa: PLR2004  owner and name
        return None
    owner, name = names[0], names[1].removesuffix(".git")
    if not _REPOSITORY.fullmatch(f"{owner}/{name}"):
        return None
    wanted = _github(owner, name)
    return Wanted(wanted.attempts[1:]) if names[2:3] == ["tags"] else wanted


def _github(owner: str, name: str) -> Wanted:
    """Releases; a project that makes none has tags."""
    base = f"https://github.com/{owner}/{name.removesuffix('.git')}"
    return Wanted(
        (
            Attempt(Service.GITHUB, f"{base}/releases.atom"),
            Attempt(Service.GITHUB, f"{base}/tags.atom", fallback=True),
        )
    )


def _reddit_url(parts: SplitResult) -> Wanted | None:
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    if parts.path.rstrip("/").endswith(".rss"):
        return Wanted((Attempt(Service.REDDIT, parts.geturl()),))
    if re.match(r"/(?:r|u|user)/[A-Za-z0-9_-]{2,40}/", path):
        return _reddit(path, parts.query)
    return None


def _reddit(path: str, query: str) -> Wanted:
    kind, name, *more = path.strip("/").split("/")
    kind = "user" if kind.lower() in {"u", "user"} else "r"
    kept = [one for one in more[:1] if one in {"new", "top", "hot", "rising", "submitted"}]
    tail = f"?{query}" if query else ""
    address = f"https://www.reddit.com/{'/'.join((kind, name, *kept))}/.rss{tail}"
    return Wanted((Attempt(Service.REDDIT, address),))


_HN_LISTS = {
    "front": ("search?tags=front_page", "Hacker News"),
    "news": ("search?tags=front_page", "Hacker News"),
    "newest": ("search_by_date?tags=story", "Hacker News: newest"),
    "new": ("search_by_date?tags=story", "Hacker News: newest"),
    "show": ("search_by_date?tags=show_hn", "Show HN"),
    "ask": ("search_by_date?tags=ask_hn", "Ask HN"),
    "jobs": ("search_by_date?tags=job", "Hacker News: jobs"),
}


def _hacker_news(listed: str) -> Wanted:
    query, title = _HN_LISTS[listed]
    wanted = _hn_wanted(f"{_ALGOLIA}{query}&hitsPerPage=50", title)
    if title != "Hacker News":
        return wanted
    official = Attempt(Service.HACKER_NEWS, "https://news.ycombinator.com/rss")
    return Wanted((*wanted.attempts, official))


def _hn_wanted(url: str, title: str) -> Wanted:
    return Wanted((Attempt(Service.HACKER_NEWS, url, SourceKind.JSON, _HN_RECIPE, title),))


def _hacker_news_url(parts: SplitResult) -> Wanted | None:
    if parts.path == "/rss":
        return None
    listed = parts.path.strip("/") or "front"
    return _hacker_news(listed) if listed in _HN_LISTS else None


def _arxiv(query: str) -> Wanted:
    category = _ARXIV_CATEGORY.fullmatch(query)
    plain = query if _ARXIV_FIELD.match(query) else f"all:{query}"
    search = f"cat:{category[1]}" if category and ("." in query or "cat:" in query) else plain
    url = (
        f"https://export.arxiv.org/api/query?search_query={quote_plus(search, safe=':')}"
        "&sortBy=submittedDate&sortOrder=descending&max_results=50"
    )
    return Wanted((Attempt(Service.ARXIV, url, title=f"arXiv {search.removeprefix('cat:')}"),))


def _arxiv_url(parts: SplitResult) -> Wanted | None:
    listed = re.match(r"/list/([a-z-]+(?:\.[A-Za-z-]+)?)(?:/|$)", parts.path)
    if listed:
        return _arxiv(f"cat:{listed[1]}")
    query = next(iter(parse_qs(parts.query).get("query", ())), "")
    return _arxiv(query) if parts.path.startswith("/search") and query else None


def _mastodon_account(host: str, user: str) -> Wanted:
    base = f"https://{host.lower()}/@{user}"
    return Wanted((Attempt(Service.MASTODON, f"{base}.rss"),), page=base)


def _telegram(name: str) -> Attempt:
    return Attempt(Service.TELEGRAM, f"https://t.me/s/{name}", SourceKind.TELEGRAM)


def _telegram_url(parts: SplitResult) -> Wanted | None:
    names = [name for name in parts.path.split("/") if name]
    names = names[1:] if names[:1] == ["s"] else names
    if not names:
        return None
    if names[0].startswith("+") or names[0] in {"joinchat", "c", "addlist"}:
        return Wanted(closed=True)
    return Wanted((_telegram(names[0]),)) if _TELEGRAM.fullmatch(names[0]) else None


def _bluesky_url(parts: SplitResult) -> Wanted | None:
    found = re.match(r"/profile/([\w.:-]{3,250})", parts.path)
    return _bluesky(found[1]) if found else None


def _bluesky(handle: str) -> Wanted:
    actor = quote(handle.lower() if not handle.startswith("did:") else handle, safe=":")
    view = (
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"
        f"?actor={actor}&filter=posts_no_replies&limit=50"
    )
    recipe, title = _BLUESKY_RECIPE, f"@{handle}"
    return Wanted(
        (
            Attempt(Service.BLUESKY, f"https://bsky.app/profile/{actor}/rss"),
            Attempt(Service.BLUESKY, view, SourceKind.JSON, recipe, title, fallback=True),
        )
    )


def _apple(parts: SplitResult) -> Wanted | None:
    found = _APPLE_ID.search(parts.path)
    if not found:
        return None
    url = f"https://itunes.apple.com/lookup?id={found[1]}&entity=podcast"
    return Wanted(lookup=Lookup(How.APPLE, url))


def _medium(parts: SplitResult) -> Wanted | None:
    first = parts.path.strip("/").partition("/")[0]
    if not first or first == "feed":
        return None
    feed = Attempt(Service.FEED, f"https://medium.com/feed/{quote(first, safe='@')}")
    return Wanted((feed,), page=parts.geturl())


_Read = Callable[[SplitResult], Wanted | None]
_SITES: tuple[tuple[tuple[str, ...], _Read], ...] = (
    (("youtube.com", "m.youtube.com", "music.youtube.com"), _youtube),
    (("github.com",), _github_url),
    (("reddit.com", "old.reddit.com", "new.reddit.com", "np.reddit.com"), _reddit_url),
    (("news.ycombinator.com",), _hacker_news_url),
    (("arxiv.org", "export.arxiv.org"), _arxiv_url),
    (("t.me", "telegram.me"), _telegram_url),
    (("bsky.app",), _bluesky_url),
    (("podcasts.apple.com", "itunes.apple.com"), _apple),
    (("medium.com",), _medium),
)


def services_of(words: str) -> Iterator[Service]:
    """The services that `words` would be tried as, in order; a bare page is `Service.PAGE`."""
    wanted = recognise(words)
    yield from dict.fromkeys(attempt.service for attempt in wanted.attempts)
    if wanted.lookup:
        yield Service.YOUTUBE if wanted.lookup.how is How.YOUTUBE_PAGE else Service.PODCAST
    if wanted.page:
        yield Service.PAGE
