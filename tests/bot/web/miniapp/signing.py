"""Init data as Telegram makes it, written from its documentation and nothing of ours."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
LIN = {"id": 1001, "first_name": "林晓", "last_name": "", "language_code": "zh-hans"}


def fields_at(now: datetime, user: dict[str, Any] | None = None, **more: str) -> dict[str, str]:
    """The fields of an opening at `now`."""
    return {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(user or LIN, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(now.timestamp())),
        "signature": "theirs" * 14,
    } | more


def hash_of(fields: dict[str, str], token: str = TOKEN) -> str:
    """secret_key = HMAC_SHA256(bot_token, "WebAppData"); hex(HMAC_SHA256(check, secret_key))."""
    check = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, check.encode(), hashlib.sha256).hexdigest()


def written(fields: dict[str, str]) -> str:
    """The fields as a query string."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())


def init_data(now: datetime, token: str = TOKEN, user: dict[str, Any] | None = None) -> str:
    """Signed init data of an opening at `now`."""
    fields = fields_at(now, user)
    return written(fields | {"hash": hash_of(fields, token)})
