"""Seals on links to subscribers' pages: proof that the bot made the link, not long ago.

A seal belongs to a page, not to a person: digests are written once for many readers, and who
opened what is nothing we want to know. It holds the day it ends and a MAC over page and day.
"""

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

LASTS: Final = timedelta(days=30)
"""How long a link serves at least; the bot makes a new one whenever it shows the signal."""

PARAMETER: Final = "k"
KEY_NAME: Final = "pages.key"
"""Under which name the key is kept (storage.Meta.secret)."""

SIGNAL: Final = "signal"
POST: Final = "post"

_DAY_S = 86_400
_MAC_BYTES = 15  # 120 bits, 20 characters


def make_seal(key: str, number: int, now: datetime, *, of: str = SIGNAL) -> str:
    """The seal of a link made now, the same for a whole day: "50c2-Q3mK…".

    `of` says which kind of page has this number.
    """
    last_day = int((now + LASTS).timestamp()) // _DAY_S + 1
    return f"{last_day:x}-{_mac(key, f'{of} {number}', last_day)}"


def is_sealed(key: str, number: int, seal: str, now: datetime, *, of: str = SIGNAL) -> bool:
    """Whether `seal` is ours, for this page, and has not ended."""
    day, _, mac = seal.partition("-")
    try:
        last_day = int(day, 16)
    except ValueError:
        return False
    # The spelling counts too: "0x50C2" is no seal of ours.
    if f"{last_day:x}" != day or now.timestamp() // _DAY_S > last_day:
        return False
    return hmac.compare_digest(mac.encode(), _mac(key, f"{of} {number}", last_day).encode())


def _mac(key: str, page: str, last_day: int) -> str:
    message = f"{page} until {last_day}"
    digest = hmac.digest(key.encode(), message.encode(), sha256)
    return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
