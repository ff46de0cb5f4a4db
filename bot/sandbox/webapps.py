"""Mini Apps: which addresses may be opened, and the init data that Telegram hands to them.

https://core.telegram.org/bots/webapps#webappinitdata
"""

import hmac
import json
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import urlencode

from bot.sandbox.errors import bad_request
from bot.sandbox.state import Chat, Json, User
from digest.regexes import regex

# Telegram takes https only; here this machine will do, where no certificate is to be had.
_ALLOWED = regex(r"https://[^\s/]+\S*|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/\S*)?")
_SIGNATURE_BYTES = 64


def app_link(info: object, where: str) -> str:
    """The address in a WebAppInfo. Raises ApiError 400 with Telegram's words otherwise."""
    url = str(info.get("url", "")) if isinstance(info, dict) else ""
    if not _ALLOWED.fullmatch(url):
        raise bad_request(f"{where} Web App URL '{url}' is invalid: Only HTTPS links are allowed")
    return url


def menu_button(button: Json) -> Json:
    """A MenuButton as Telegram keeps it. Raises ApiError 400."""
    kind = button.get("type")
    if kind not in {"commands", "web_app", "default"}:
        raise bad_request("can't parse MenuButton: unsupported type specified")
    if kind != "web_app":
        return {"type": kind}
    text = str(button.get("text", "")).strip()
    if not text:
        raise bad_request("can't parse MenuButton: Can't find field \"text\"")
    url = app_link(button.get("web_app"), "menu button")
    return {"type": kind, "text": text, "web_app": {"url": url}}


def offered_app(chat: Chat, message_id: int, url: str) -> str:
    """The address behind a button of a message. Raises ApiError 400 when there is no such one."""
    record = chat.records.get(message_id)
    markup = record.data.get("reply_markup", {}) if record else {}
    buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
    if {"url": url} not in [button.get("web_app") for button in buttons]:
        raise bad_request("BUTTON_INVALID")
    return url


def init_data(user: User, token: str, now: float) -> str:
    """What an app learns of the person who opened it, signed with the bot's token.

    `signature` stands where Telegram signs for third parties, with a key that is only theirs.
    """
    fields = {
        "query_id": token_urlsafe(15),
        "user": json.dumps(
            {name: value for name, value in user.data().items() if name != "is_bot"}
            | {"allows_write_to_pm": user.started and not user.blocked},
            ensure_ascii=False,
            separators=(",", ":"),
        ),
        "auth_date": str(int(now)),
        "signature": token_urlsafe(_SIGNATURE_BYTES),
    }
    check = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.digest(b"WebAppData", token.encode(), sha256)
    fields["hash"] = hmac.new(secret, check.encode(), sha256).hexdigest()
    return urlencode(fields)
