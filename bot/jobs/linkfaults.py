"""Why a link could not be read, told from the answer, the address and what extraction said."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from bot.fetching import Fetched
from digest.errors import ExtractionError, PollFailure, SourceError
from digest.links import Trouble
from digest.model import EntryState
from digest.regexes import regex

_ON_THE_WAY = {
    PollFailure.TIMEOUT: Trouble.TIMEOUT,
    PollFailure.DNS: Trouble.DOWN,
    PollFailure.CONNECT: Trouble.DOWN,
    PollFailure.TLS: Trouble.DOWN,
    PollFailure.REFUSED: Trouble.OFF_LIMITS,
    PollFailure.TOO_LARGE: Trouble.TOO_LARGE,
    PollFailure.REDIRECTS: Trouble.REDIRECTS,
}
_STATUSES = {
    401: Trouble.LOGIN,
    402: Trouble.PAYWALL,
    403: Trouble.BLOCKED,
    404: Trouble.NOT_FOUND,
    407: Trouble.LOGIN,
    410: Trouble.NOT_FOUND,
    429: Trouble.BLOCKED,
    451: Trouble.BLOCKED,
}
_ERRORS, _SERVER_ERRORS = 400, 500
_TYPES = (
    ("application/pdf", Trouble.PDF),
    ("image/", Trouble.PICTURE),
    ("video/", Trouble.VIDEO),
    ("audio/", Trouble.SOUND),
)
_ENDINGS: Mapping[str, Trouble] = {
    "pdf": Trouble.PDF,
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "webp", "svg", "avif", "heic"), Trouble.PICTURE),
    **dict.fromkeys(("mp4", "mov", "webm", "mkv", "avi", "m3u8", "m4v"), Trouble.VIDEO),
    **dict.fromkeys(("mp3", "m4a", "wav", "flac", "ogg", "aac"), Trouble.SOUND),
    **dict.fromkeys(
        ("zip", "rar", "7z", "gz", "tgz", "xz", "exe", "dmg", "apk", "msi", "iso", "deb", "rpm",
         "doc", "docx", "xls", "xlsx", "ppt", "pptx", "epub", "csv"),
        Trouble.FILE,
    ),
}  # fmt: skip
# Places that show videos, and places that show little to those who have not logged in.
_VIDEOS = regex(
    r"(?:^|\.)(?:youtube\.com|youtu\.be|vimeo\.com|twitch\.tv|tiktok\.com|douyin\.com|bilibili\.com"
    r"|b23\.tv|youku\.com|iqiyi\.com|kuaishou\.com|dailymotion\.com|v\.qq\.com)$"
)
_ACCOUNTS = regex(
    r"(?:^|\.)(?:x\.com|twitter\.com|t\.co|facebook\.com|fb\.com|instagram\.com|threads\.net"
    r"|linkedin\.com|weibo\.com|weibo\.cn|xiaohongshu\.com|xhslink\.com|zhihu\.com|quora\.com"
    r"|reddit\.com|discord\.com|slack\.com|docs\.google\.com|notion\.so|feishu\.cn)$"
)
_ENDS = {
    EntryState.PAYWALLED: Trouble.PAYWALL,
    EntryState.NOT_ARTICLE: Trouble.LISTING,
    EntryState.SHORT: Trouble.SHORT,
}
_GUARDS, _LISTS = "a guard page", "a list page"
# A list leads to more pages than this; what has less is a page with next to nothing on it.
_FEW_LINKS = 12


def on_the_way(error: SourceError, url: str) -> Trouble:
    """Why no answer came."""
    if error.code is PollFailure.TOO_LARGE:
        return _by_type(error.content_type) or _by_ending(url) or Trouble.TOO_LARGE
    return _ON_THE_WAY.get(error.code, Trouble.DOWN)


def in_the_answer(got: Fetched) -> Trouble | None:
    """Why the answer is no page; None when it may be one."""
    if got.headers.get("cf-mitigated") == "challenge":
        return Trouble.BLOCKED
    if got.status >= _ERRORS:
        known = _STATUSES.get(got.status)
        if known is Trouble.BLOCKED and _ACCOUNTS.search(_host(got.url)):
            return Trouble.LOGIN
        other = Trouble.DOWN if got.status >= _SERVER_ERRORS else Trouble.NOT_FOUND
        return known or other
    if got.body.startswith(b"%PDF-"):
        return Trouble.PDF
    return _by_type(got.headers.get("content-type", ""))


def in_the_page(error: ExtractionError, got: Fetched) -> Trouble:
    """Why there is no article in the page."""
    host = _host(got.url)
    if _VIDEOS.search(host):
        return Trouble.VIDEO
    if _ACCOUNTS.search(host):
        return Trouble.LOGIN
    if error.detail == _GUARDS:
        return Trouble.BLOCKED
    if error.detail == "a feed":
        return Trouble.FEED
    if error.detail == "empty" or (error.detail == _LISTS and _is_bare(got)):
        return Trouble.SHORT
    if error.state is EntryState.NOT_ARTICLE and error.detail != _LISTS:
        return _by_ending(got.url) or Trouble.FILE
    return _ENDS.get(error.state, Trouble.UNREADABLE)


def _is_bare(got: Fetched) -> bool:
    return got.body.lower().count(b"<a ") < _FEW_LINKS and urlsplit(got.url).path.strip("/") != ""


def _by_type(content_type: str) -> Trouble | None:
    kind = content_type.strip().lower()
    return next((trouble for start, trouble in _TYPES if kind.startswith(start)), None)


def _by_ending(url: str) -> Trouble | None:
    _, dot, ending = urlsplit(url).path.rpartition(".")
    return _ENDINGS.get(ending.lower()) if dot else None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
