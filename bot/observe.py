"""Logs: one line per event, never a secret."""

import json
import logging
import re
import sys
from typing import Any

_TOKEN = re.compile(r"(?<!\d)(\d{6,12}):[A-Za-z0-9_-]{30,}")
_PASSWORD = re.compile(r"(://[^:/\s]+:)[^@\s]+@")


def redact(text: str) -> str:
    """Return `text` without bot tokens and passwords in URLs."""
    return _PASSWORD.sub(r"\1***@", _TOKEN.sub(r"\1:***", text))


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "area": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return redact(json.dumps(line, ensure_ascii=False))


def set_up_logging(level: str, *, as_json: bool) -> None:
    """Send all logs to standard error in one form, secrets removed whatever the library."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Json() if as_json else _Plain("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Chatty at INFO; httpx would even print the request's URL with the token in it.
    for name in (
        "httpx",
        "httpcore",
        "apscheduler",
        "aiohttp.access",
        "trafilatura",
        "alembic",
        "telegram.ext.Application",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
