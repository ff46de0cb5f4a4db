"""The links in a message: typed, linked to words, in a caption, or behind a forwarded button."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from telegram import Message
from telegram.constants import MessageEntityType

from digest.identity import canonical_url
from digest.regexes import regex

MOST_LINKS = 10
_KINDS: list[str | None] = [MessageEntityType.URL, MessageEntityType.TEXT_LINK]
_SCHEME = regex(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ALONE = regex(r"[a-z][a-z0-9+.-]{1,15}://\S+", re.IGNORECASE)
_TELEGRAM = regex(r"(?:^|\.)(?:t\.me|telegram\.me|telegram\.dog|telegram\.org)$")


def links_in(message: Message) -> tuple[str, ...]:
    """The links of a message in their order, each page once, at most ten.

    A bare host such as "asp.net" is a word to search for, no link. Telegram's own links, which
    stand under forwarded posts, count only when there are no others.
    """
    found: dict[str, str] = {}
    for url in (*_written(message), *_behind(message)):
        found.setdefault(canonical_url(url), url)
    urls = tuple(found.values())
    outside = tuple(url for url in urls if not is_telegram(url))
    return (outside or urls)[:MOST_LINKS]


def link_typed(words: str) -> str:
    """The first of the words when it is an address ("example.com/a"), else ""."""
    first = words.split(maxsplit=1)[0] if words.strip() else ""
    return _complete(first) if "." in first or _SCHEME.match(first) else ""


def address_alone(text: str) -> str:
    """`text` when it is nothing but one address of any kind ("ftp://a.example/b"), else ""."""
    return text.strip() if _ALONE.fullmatch(text.strip()) else ""


def is_telegram(url: str) -> bool:
    """Whether a link leads to something inside Telegram."""
    return bool(_TELEGRAM.search((_parts(url)[0]).lower()))


def short_address(url: str, limit: int = 48) -> str:
    """An address as people read it: without scheme, www and parameters, cut in its middle."""
    host, path = _parts(url)
    shown = host.removeprefix("www.") + _port(url) + ("" if path == "/" else path)
    if len(shown) <= limit:
        return shown
    tail = limit // 2
    return f"{shown[: limit - tail - 1]}…{shown[-tail:]}"


def _parts(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    return parts.hostname or "", parts.path


def _port(url: str) -> str:
    """The port that an address names, as ":8080", else nothing."""
    try:
        port = urlsplit(url).port
    except ValueError:
        return ""
    return "" if port is None else f":{port}"


def _written(message: Message) -> Iterator[str]:
    """Links in the text or the caption, in the order in which they stand there."""
    entities = message.parse_entities(_KINDS) | message.parse_caption_entities(_KINDS)
    for entity, text in sorted(entities.items(), key=lambda pair: pair[0].offset):
        url = entity.url or "" if entity.type == MessageEntityType.TEXT_LINK else text
        yield from _usable(url)


def _behind(message: Message) -> Iterator[str]:
    """Links behind the buttons of a forwarded post."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    yield from _each(button.url or "" for row in rows for button in row)


def _each(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        yield from _usable(url)


def _usable(url: str) -> Iterator[str]:
    if _SCHEME.match(url):
        if url.lower().startswith(("http://", "https://")):
            yield url
    elif re.search(r"^[^/\s@]+\.[^/\s@]+/\S", url):
        yield _complete(url)


def _complete(url: str) -> str:
    return url if _SCHEME.match(url) else f"https://{url}"
