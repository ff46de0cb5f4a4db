"""Which links Telegram takes, and how it writes them."""

import re
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.errors import bad_request
from bot.sandbox.reading import whole_number
from digest.regexes import regex

_SCHEME = regex(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_HOST = regex(r"^(?:[^@/\s]*@)?(\[[0-9a-f:.]+\]|[^\s/:?#\"<>]+)(?::\d{1,5})?$", re.IGNORECASE)


def checked_link(url: str) -> str:
    """The link as Telegram keeps it, "" for one it cannot understand."""
    link, _problem = _check(url.strip())
    return link


def button_link(url: str) -> str:
    """A button's link as Telegram keeps it. Raises ApiError 400 with its text otherwise."""
    link, problem = _check(url.strip())
    if problem:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {problem}")
    return link


def mentioned_user(url: str) -> int | None:
    """The user of a tg://user?id=… link, else None."""
    parts = urlsplit(url) if url.lower().startswith("tg:") else None
    if parts is None or "user" not in {parts.netloc, parts.path.strip("/")}:
        return None
    wanted = parse_qs(parts.query).get("id", [""])[0]
    return max(0, whole_number(wanted) or 0) or None


def _check(url: str) -> tuple[str, str]:
    if not url:
        return "", "URL host is empty"
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() in {"tg", "ton", "tonsite"}:
        return url, ""
    if scheme and "://" in url and scheme[1].lower() not in {"http", "https"}:
        return "", "Unsupported URL protocol"
    whole = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(whole)
    except ValueError:
        return "", "Wrong HTTP URL"
    host = _HOST.match(parts.netloc)
    if not parts.netloc:
        return "", "URL host is empty"
    # Names without a dot ("localhost") are refused, addresses such as 127.0.0.1 are not.
    if host is None or ("." not in host[1] and not host[1].startswith("[")):
        return "", "Wrong HTTP URL"
    return (whole if parts.path or parts.query or parts.fragment else f"{whole}/"), ""
