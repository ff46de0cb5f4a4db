"""What an opened app shows with every request: a signed, short-lived proof of who opened it.

It travels in a header of its own. A cookie would have to pass as a third party's inside Telegram's
web clients, and would be sent along by forms of other sites; this header is neither.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from digest.regexes import regex

HEADER = "X-App-Session"
LASTS = timedelta(hours=1)
RENEWED_AFTER = timedelta(minutes=10)
LONGEST = timedelta(hours=12)
"""However busy: after this long the app is opened from the chat again."""

_FORM = regex(r"([0-9]{1,17})\.([0-9]{1,12})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Session:
    """Who opened the app, when, and until when this proof holds."""

    user_id: int
    began: datetime
    until: datetime


class Sessions:
    """Makes and reads proofs, with a key that ends when the bot's token is replaced."""

    def __init__(self, token: str) -> None:
        self._key = hmac.digest(b"hexin mini app session", token.encode(), sha256)

    def begin(self, user_id: int, now: datetime) -> str:
        """A proof for whoever has just opened the app."""
        return self._write(user_id, now, now + LASTS)

    def read(self, proof: str, now: datetime) -> Session | None:
        """The session behind a proof, None when it is not ours or has ended."""
        found = _FORM.fullmatch(proof)
        if found is None:
            return None
        expected = self._mac(proof.rpartition(".")[0])
        if not hmac.compare_digest(expected, found[4]):
            return None
        began, until = (datetime.fromtimestamp(int(part), UTC) for part in (found[2], found[3]))
        return Session(int(found[1]), began, until) if now < until else None

    def renewed(self, session: Session, now: datetime) -> str:
        """A later proof for a session in use, "" while the present one serves or may not."""
        end = min(now + LASTS, session.began + LONGEST)
        young = session.until - now > LASTS - RENEWED_AFTER
        if young or end <= session.until:
            return ""
        return self._write(session.user_id, session.began, end)

    def _write(self, user_id: int, began: datetime, until: datetime) -> str:
        body = f"{user_id}.{int(began.timestamp())}.{int(until.timestamp())}"
        return f"{body}.{self._mac(body)}"

    def _mac(self, body: str) -> str:
        mac = hmac.digest(self._key, body.encode(), sha256)
        return urlsafe_b64encode(mac).decode().rstrip("=")
