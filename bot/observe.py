"""Logs: one line per event, never a secret."""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any
from urllib.parse import quote

from bot.watching.about import Marking, ids_of
from digest.regexes import regex

_TOKEN = regex(r"(?<!\d)(\d{6,12}):[A-Za-z0-9_-]{30,}")
# One with an @ or a / in it is against the rules, and typed all the same; a port is none.
_PASSWORD = regex(r"(://[^:/\s]*:)(?!\d{1,5}[/?#])(?:[^/\s]+@|[^@\s]+@)")
# Shorter ones would black out ordinary words; whoever sets one has no secret.
_SHORTEST = 6


# What opens something for whoever has it, by its form: it comes from anybody, at any time.
_PROOFS = (
    (regex(r"(/telegram/)[0-9a-f]{16,64}"), r"\1***"),  # where Telegram brings updates
    (regex(r"(?<![\w-])([ei]_)[\w-]{24}(?![\w-])"), r"\1***"),  # codes that let in
    (regex(r"\b(\d{1,17}\.[0-9a-f]{1,9}\.)[\w-]{8,24}\.[\w-]{24}(?![\w-])"), r"\1***"),
    (regex(r"\b(\d{1,17}\.\d{1,12}\.)\d{1,12}\.[\w-]{43}(?![\w-])"), r"\1***"),
    (regex(r"([?&]k=[0-9a-f]{1,9}-)[\w-]{20}(?![\w-])"), r"\1***"),  # sealed pages
    (regex(r"(\b(?:hash|signature)(?:=|%3D))[\w-]{43,128}"), r"\1***"),  # init data
    (
        regex(
            r"((?:authorization|cookie|x-app-session|x-telegram-bot-api-secret-token|x-api-key)"
            r"['\"\\]{0,2}\s?[:=]\s?['\"\\]{0,2})[^'\"\\\r\n]+",
            re.IGNORECASE,
        ),
        r"\1***",
    ),
)


class _Known:
    """The secrets of this process, in every way that a log may write them."""

    secrets: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None


def keep_secret(secrets: Iterable[str]) -> None:
    """From now on these, and no others, stand in no log line, whoever writes it."""
    _Known.secrets = frozenset(secrets)
    written = {
        form
        for secret in _Known.secrets
        if len(secret) >= _SHORTEST
        for form in (secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1])
    }
    longest_first = sorted(written, key=len, reverse=True)
    _Known.pattern = re.compile("|".join(map(re.escape, longest_first))) if written else None


def keep_also(secret: str) -> None:
    """One more that stands in no log line: a key that was made or read later."""
    if secret not in _Known.secrets:
        keep_secret((*_Known.secrets, secret))


def redact(text: str) -> str:
    """Return `text` without bot tokens, passwords in URLs and what `keep_secret` was told."""
    text = _PASSWORD.sub(r"\1***@", _TOKEN.sub(r"\1:***", text))
    return _Known.pattern.sub("***", text) if _Known.pattern else text


def redact_line(text: str) -> str:
    """As `redact`, and without codes, seals, passes and headers that let somebody in.

    For what is written down. A command may show a code to whoever asked for it.
    """
    text = redact(text)
    for form, shown in _PROOFS:
        text = form.sub(shown, text)
    return text


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={what}" for name, what in ids_of(record).items())
        text = super().format(record)
        return redact_line(f"{text} [{ids}]" if ids else text)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "area": record.name,
            "message": record.getMessage(),
        } | ids_of(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return redact_line(json.dumps(line, ensure_ascii=False))


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What Python prints of an error that nobody caught, like any other line of ours."""
    sys.stderr.write(redact_line("".join(traceback.format_exception(kind, error, trace))))


def _told_by_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None:
        _last_words(given.exc_type, given.exc_value, given.exc_traceback)


def _told_by_nobody(given: Any) -> None:
    """What fails where nothing can be raised, such as while an object is taken down."""
    if given.exc_value is not None:
        _last_words(given.exc_type, given.exc_value, given.exc_traceback)


def set_up_logging(level: str, *, as_json: bool) -> None:
    """Send all logs to standard error in one form, secrets removed whatever the library."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Json() if as_json else _Plain("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    handler.addFilter(Marking())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _last_words
    threading.excepthook = _told_by_thread
    sys.unraisablehook = _told_by_nobody
    # Chatty at INFO; httpx would even print the request's URL with the token in it.
    for name in (
        "httpx",
        "httpcore",
        "apscheduler",
        "aiohttp.access",
        "trafilatura",
        "alembic",
        "telegram.ext.Application",
        # These tell values that go to and from the database: keys, cookies, what people write.
        "aiosqlite",
        "psycopg",
        "sqlalchemy",
        # And these the requests with their headers, or whole messages.
        "httpcore2",
        "httpx2",
        "openai",
        "telegram",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
