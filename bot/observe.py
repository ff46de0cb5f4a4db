"""Logs: one line per event, never a secret."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any
from urllib.parse import quote

from bot.watching.about import Marking, ids_of

_TOKEN = re.compile(r"(?<!\d)(\d{6,12}):[A-Za-z0-9_-]{30,}")
_PASSWORD = re.compile(r"(://[^:/\s]+:)[^@\s]+@")
# Shorter ones would black out ordinary words; whoever sets one has no secret.
_SHORTEST = 6


class _Known:
    """The secrets of this process, in every way that a log may write them."""

    pattern: re.Pattern[str] | None = None


def keep_secret(secrets: Iterable[str]) -> None:
    """From now on none of these stands in a log line, whoever writes it."""
    written = {
        form
        for secret in secrets
        if len(secret) >= _SHORTEST
        for form in (secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1])
    }
    longest_first = sorted(written, key=len, reverse=True)
    _Known.pattern = re.compile("|".join(map(re.escape, longest_first))) if written else None


def redact(text: str) -> str:
    """Return `text` without bot tokens, passwords in URLs and what `keep_secret` was told."""
    text = _PASSWORD.sub(r"\1***@", _TOKEN.sub(r"\1:***", text))
    return _Known.pattern.sub("***", text) if _Known.pattern else text


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={what}" for name, what in ids_of(record).items())
        text = super().format(record)
        return redact(f"{text} [{ids}]" if ids else text)


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
        return redact(json.dumps(line, ensure_ascii=False))


def _last_words(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What Python prints of an error that nobody caught, like any other line of ours."""
    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


def set_up_logging(level: str, *, as_json: bool) -> None:
    """Send all logs to standard error in one form, secrets removed whatever the library."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Json() if as_json else _Plain("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    handler.addFilter(Marking())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _last_words
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
