"""Passes to the private pages: proof that we let in this person, not long ago.

Two kinds, told apart by what they are sealed for: the link that the bot hands out, which serves
once and for minutes, and the cookie that it is exchanged for. Neither says what the person may
see: that is asked anew with every request.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from digest.regexes import regex

KEY_NAME: Final = "desk.key"
"""Under which name the key is kept (storage.Meta.secret)."""

PARAMETER: Final = "pass"

_FORM = regex(r"([1-9][0-9]{0,16})\.([0-9a-f]{1,9})\.([A-Za-z0-9_-]{8,24})\.[A-Za-z0-9_-]{24}")
_MAC_BYTES = 18  # 144 bits, 24 characters


@dataclass(frozen=True, slots=True)
class Pass:
    """Whom it lets in, until when (to the minute), and by which mark it is known."""

    user_id: int
    until: datetime
    mark: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a pass is sealed for, and how long it lasts."""

    purpose: str
    lasts: timedelta

    def make(self, key: str, user_id: int, now: datetime, nonce: str) -> str:
        """A pass for one person: "1001.1c3f2a9.k3Jd….Q3mK…". `nonce` makes it one of a kind."""
        minute = int((now + self.lasts).timestamp()) // 60
        body = f"{user_id}.{minute:x}.{nonce}"
        return f"{body}.{self._mac(key, body)}"

    def read(self, key: str, text: str) -> Pass | None:
        """What a pass of ours says, whether it has ended or not; None for any other text."""
        found = _FORM.fullmatch(text)
        body, _, mac = text.rpartition(".")
        if found is None or not hmac.compare_digest(mac, self._mac(key, body)):
            return None
        until = datetime.fromtimestamp(int(found[2], 16) * 60, UTC)
        return Pass(int(found[1]), until, f"{self.purpose} {body}")

    def _mac(self, key: str, body: str) -> str:
        digest = hmac.digest(key.encode(), f"{self.purpose} {body}".encode(), sha256)
        return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()


LINK: Final = Sealing("link", timedelta(minutes=10))
SESSION: Final = Sealing("session", timedelta(hours=12))
