"""Errors to Sentry, if SENTRY_DSN is set: which, where and how often; nothing of anybody's.

What leaves the process is built anew from a list of what may: kind of error, places in the code,
our own words of the log line. No variables, no requests, no hosts' names, no breadcrumbs; and no
words of an error itself, which may quote what somebody wrote.
"""
# ruff: noqa: PLC0415  sentry-sdk is an extra: without it nothing changes

import logging
from typing import Any

from bot.observe import redact_line

log = logging.getLogger(__name__)

_KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment")
_FRAME = ("module", "function", "lineno", "in_app")
_OFF_S = 2.0


def set_up_sentry(dsn: str, *, role: str, release: str) -> bool:
    """Send errors from now on. False, with a line in the log, where sentry-sdk is missing."""
    if not dsn:
        return False
    try:
        import sentry_sdk
        from sentry_sdk.integrations.logging import LoggingIntegration
    except ImportError:
        log.warning("SENTRY_DSN is set but sentry-sdk is missing: pip install 'hexin[sentry]'")
        return False
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=role,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        send_client_reports=False,
        auto_session_tracking=False,
        shutdown_timeout=_OFF_S,
        before_send=lambda event, _hint: scrubbed(event),
    )
    return True


def scrubbed(event: Any) -> Any:
    """An event with only what may leave the process."""
    kept = {name: event[name] for name in _KEPT if name in event}
    entry = event.get("logentry") or {}
    if entry.get("message"):
        # The log line before anything was filled in: our words only.
        kept["logentry"] = {"message": redact_line(str(entry["message"]))}
    values = (event.get("exception") or {}).get("values") or ()
    if values:
        kept["exception"] = {"values": [_error(one) for one in values]}
    return kept


def _error(one: Any) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames") or ()
    return {
        "type": one.get("type"),
        "module": one.get("module"),
        "stacktrace": {
            "frames": [{name: frame[name] for name in _FRAME if name in frame} for frame in frames]
        },
    }
