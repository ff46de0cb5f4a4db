"""Who opened the Mini App: the init data that Telegram signs with the bot's token.

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from urllib.parse import parse_qsl

from digest.regexes import regex
from digest.render.fit import clean

FRESH_FOR = timedelta(minutes=10)
"""How long after opening init data is taken; an app asks at once, clocks and networks lag."""

_AHEAD = timedelta(minutes=2)
_LONGEST = 8192
_MOST_FIELDS = 40
_HASH = regex(r"[0-9a-f]{64}")
_SECONDS = regex(r"[0-9]{1,12}")
_TOP_ID = 1 << 53
_LONGEST_TAG = 35


class Refusal(StrEnum):
    """Why init data is not taken: not as Telegram writes it, not signed for this bot, or old."""

    DAMAGED = "damaged"
    FORGED = "forged"
    OLD = "old"


class InitDataRefusedError(Exception):
    """Init data that proves nothing; `why` says what is wrong with it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of the app: the person, their app's language (IETF tag), and when.

    `mark` is the signature: the same for every copy of the same init data.
    """

    user_id: int
    name: str
    language: str
    at: datetime
    mark: str


def verify(init_data: str, token: str, now: datetime) -> Opening:
    """Return who opened the app. Raises InitDataRefusedError.

    The check covers every field but `hash`, in the order of their names. `signature`, by which
    others could check without our token, is one of these fields.
    """
    fields = _fields(init_data)
    mark = fields.pop("hash", "")
    if not _HASH.fullmatch(mark):
        raise InitDataRefusedError(Refusal.DAMAGED)
    check = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.digest(b"WebAppData", token.encode(), sha256)
    expected = hmac.new(secret, check.encode(), sha256).hexdigest()
    if not hmac.compare_digest(expected, mark):
        raise InitDataRefusedError(Refusal.FORGED)
    at = _moment(fields.get("auth_date", ""))
    if not -_AHEAD <= now - at <= FRESH_FOR:
        raise InitDataRefusedError(Refusal.OLD)
    return _opening(fields.get("user", ""), at, mark)


def _fields(init_data: str) -> dict[str, str]:
    if len(init_data) > _LONGEST:
        raise InitDataRefusedError(Refusal.DAMAGED)
    try:
        pairs = parse_qsl(
            init_data,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise InitDataRefusedError(Refusal.DAMAGED) from None
    fields = dict(pairs)
    if len(fields) < len(pairs):  # a name twice: which one was signed?
        raise InitDataRefusedError(Refusal.DAMAGED)
    # A line's end in a value would let one field pass for two under the same signature.
    if any("\n" in part for pair in pairs for part in pair):
        raise InitDataRefusedError(Refusal.DAMAGED)
    return fields


def _moment(seconds: str) -> datetime:
    if not _SECONDS.fullmatch(seconds):
        raise InitDataRefusedError(Refusal.DAMAGED)
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError):
        raise InitDataRefusedError(Refusal.DAMAGED) from None


def _opening(user: str, at: datetime, mark: str) -> Opening:
    """The opening by the person in the field `user`, a JSON object."""
    try:
        person = json.loads(user)
        user_id = person["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InitDataRefusedError(Refusal.DAMAGED) from None
    if type(user_id) is not int or not 0 < user_id < _TOP_ID or person.get("is_bot"):
        raise InitDataRefusedError(Refusal.DAMAGED)
    names = [str(person.get(part) or "") for part in ("first_name", "last_name")]
    language = clean(str(person.get("language_code") or ""))
    # JSON can escape halves of characters, which no database takes.
    return Opening(user_id, clean(" ".join(names))[:200], language[:_LONGEST_TAG], at, mark)
