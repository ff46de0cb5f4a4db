"""Words from outside, made safe to lay out: bounded, on one line, links only to the web."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from babel import Locale

from digest.model import Lang
from digest.regexes import regex
from digest.text.units import clip, utf16_length

MAX_TITLE = 200
MAX_SENTENCE = 600
MAX_URL = 1000
_UNWANTED = regex(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
# As far as an address reaches in a Chinese or a foreign sentence.
_ADDRESS = regex(
    r"https?://[^\s<>\"'，。、；：！？（）【】《》“”]*[^\s<>\"'，。、；：！？（）【】《》“”.,;:!?)]"
)
_LOCAL = (".localhost", ".local", ".internal", ".lan", ".home", ".corp")
_TAG = regex(r"[A-Za-z]{2,3}")
# BCP 47 tags that make a browser pick the right glyphs.
_TAGS = {"zh": "zh-Hans", "": "und"}


def clean(text: str) -> str:
    """`text` on one line, without control characters or halves of surrogate pairs."""
    return " ".join(_UNWANTED.sub(" ", text).split())


def short(text: str, limit: int) -> str:
    """`text` clean and in at most `limit` UTF-16 units, cut between words where there are any."""
    whole = clean(text)
    if utf16_length(whole) <= limit:
        return whole
    return clip(whole, limit) or whole[: limit // 2] + "…"


def outside_link(url: str) -> str:
    """`url` when it is an http(s) address that may stand in a link, else ""."""
    if not url or len(url) > MAX_URL or _UNWANTED.search(url) or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme.lower() in {"http", "https"} and host else ""


def public_link(url: str) -> str:
    """`url` as `outside_link`, but for addresses that only a machine or a house of its own has."""
    if not outside_link(url):
        return ""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return url if ip_address(host).is_global else ""
    except ValueError:
        local = "." not in host or host.endswith(_LOCAL) or host.replace(".", "").isdecimal()
        return "" if local else url


def linked(text: str) -> Iterator[tuple[str, str]]:
    """`text` in pieces, each with where it leads; "" for what is no link, or to nobody's web."""
    at = 0
    for found in _ADDRESS.finditer(text):
        href = public_link(found[0])
        if href:
            if found.start() > at:
                yield text[at : found.start()], ""
            yield found[0], href
            at = found.end()
    if at < len(text):
        yield text[at:], ""


def host_of(url: str) -> str:
    """The host of a link without its `www.`, for people to see where it leads."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if outside_link(url) else ""


def tag_of(lang: str) -> str:
    """The `lang` attribute for text in ISO 639-1 `lang`."""
    known = _TAGS.get(lang)
    return known or (lang if _TAG.fullmatch(lang) else "und")


def language_name(code: str, lang: Lang) -> str:
    """What readers of `lang` call the language `code`, "" when it has no name."""
    return str(Locale(lang.value).languages.get(code, ""))
