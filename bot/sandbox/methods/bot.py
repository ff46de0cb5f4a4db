"""The bot itself: getMe, updates, webhook, texts, commands, menu button."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import Given, Method, array, boolean, integer, obj, string
from bot.sandbox.profile import Profile, scope_key
from bot.sandbox.state import Json
from bot.sandbox.updates import Webhook
from bot.sandbox.webapps import menu_button
from bot.sandbox.world import World
from digest.regexes import regex

_COMMAND = regex(r"[a-z0-9_]{1,32}\Z")
_SECRET = regex(r"[A-Za-z0-9_-]{1,256}\Z")
_LANGUAGE = regex(r"[a-z]{2}\Z")
_DEFAULT = {"type": "default"}
_PORTS = frozenset({443, 80, 88, 8443})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SCOPES = frozenset(
    [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ]
)
MOST_COMMANDS = 100
DESCRIPTION_CHARACTERS = 256
_MOST_UPDATES = 100
_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
    ]
)


def get_me(world: World, _given: Given) -> Json:
    """Who the bot is."""
    return world.bot.data() | {
        "first_name": world.profile.names[""],
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def log_out(_world: World, _given: Given) -> bool:
    """Leave the cloud server: nothing to do here."""
    return True


async def get_updates(world: World, given: Given) -> list[Json]:
    """Wait for updates."""
    world.updates.allow(_allowed(given))
    limit = min(max(given.get("limit", _MOST_UPDATES), 1), _MOST_UPDATES)
    return await world.updates.poll(given.get("offset", 0), limit, given.get("timeout", 0))


def _allowed(given: Given) -> list[str] | None:
    """Telegram passes over kinds that it does not know; the rest is remembered."""
    wanted = given.get("allowed_updates")
    if wanted is None:
        return None
    if not all(isinstance(kind, str) for kind in wanted):
        raise bad_request("can't parse allowed_updates")
    return [kind for kind in wanted if kind in _KINDS]


def set_webhook(world: World, given: Given) -> bool:
    """Send updates to a URL. Unlike Telegram, plain HTTP is taken on this machine itself."""
    url = given.get("url", "")
    drop = given.get("drop_pending_updates", False)
    if not url:
        world.updates.set_webhook(None, drop=drop)
        return True
    secret = given.get("secret_token", "")
    if secret and not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    _check_webhook(url)
    world.updates.allow(_allowed(given))
    connections = given.get("max_connections", 40)
    if not 1 <= connections <= 100:  # noqa: PLR2004  Telegram's own bounds
        raise bad_request("max_connections must be between 1 and 100")
    world.updates.set_webhook(
        Webhook(url, secret, connections, given.get("ip_address", "")), drop=drop
    )
    return True


def _check_webhook(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def delete_webhook(world: World, given: Given) -> bool:
    """Go back to getUpdates."""
    world.updates.set_webhook(None, drop=given.get("drop_pending_updates", False))
    return True


def get_webhook_info(world: World, _given: Given) -> Json:
    """How the webhook is doing."""
    hook = world.updates.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        info["ip_address"] = hook.ip_address or "127.0.0.1"
        if hook.last_error:
            info |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    if world.updates.allowed is not None:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


# --- commands ------------------------------------------------------------------------------


def _menu_key(given: Given) -> tuple[str, str]:
    scope = given.get("scope")
    if scope and scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    return scope_key(scope), _language(given)


def _language(given: Given) -> str:
    code: str = given.get("language_code", "")
    if code and not _LANGUAGE.match(code):
        raise bad_request("invalid language code specified")
    return code


def set_my_commands(world: World, given: Given) -> bool:
    """Set the command menu of one scope and language."""
    commands = given["commands"]
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = [_command(one) for one in commands]
    world.profile.commands[_menu_key(given)] = kept
    world.tell("commands")
    return True


def _command(command: Any) -> Json:
    if not isinstance(command, dict) or set(command) - {"command", "description"}:
        raise bad_request("can't parse BotCommand: BotCommand must be an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not _COMMAND.match(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > DESCRIPTION_CHARACTERS:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def get_my_commands(world: World, given: Given) -> list[Json]:
    """The command menu of one scope and language."""
    return world.profile.commands.get(_menu_key(given), [])


def delete_my_commands(world: World, given: Given) -> bool:
    """Forget the command menu of one scope and language."""
    world.profile.commands.pop(_menu_key(given), None)
    world.tell("commands")
    return True


# --- texts ---------------------------------------------------------------------------------


def _texts(profile: Profile, name: str) -> dict[str, str]:
    return {
        "name": profile.names,
        "description": profile.descriptions,
        "short_description": profile.short_descriptions,
    }[name]


def _setter(name: str, longest: int, refusal: str) -> Callable[[World, Given], bool]:
    def change(world: World, given: Given) -> bool:
        text = given.get(name, "").strip()
        code = _language(given)
        if len(text) > longest:
            raise bad_request(refusal)
        if name == "name" and not text and not code:
            raise bad_request("BOT_TITLE_INVALID")
        texts = _texts(world.profile, name)
        if text:
            texts[code] = text
        else:
            texts.pop(code, None)
        world.tell("profile")
        return True

    return change


def _getter(name: str) -> Callable[[World, Given], Json]:
    def read(world: World, given: Given) -> Json:
        return {name: Profile.text_for(_texts(world.profile, name), _language(given))}

    return read


# --- menu button ---------------------------------------------------------------------------


def set_chat_menu_button(world: World, given: Given) -> bool:
    """Choose what stands beside the input field."""
    chat_id = given.get("chat_id", 0)
    if chat_id and not world.find_chat(chat_id).private:
        raise bad_request("chat_id must be of a private chat")
    world.profile.menu_buttons[chat_id] = menu_button(given.get("menu_button") or _DEFAULT)
    world.tell("profile")
    return True


def get_chat_menu_button(world: World, given: Given) -> Json:
    """What stands beside the input field."""
    return world.profile.menu_button(given.get("chat_id", 0))


_LANG = string("language_code")
_MENU = (obj("scope"), _LANG)

METHODS = (
    Method("getMe", get_me),
    Method("logOut", log_out),
    Method("close", log_out),
    Method(
        "getUpdates",
        get_updates,
        (integer("offset"), integer("limit"), integer("timeout"), array("allowed_updates")),
    ),
    Method(
        "setWebhook",
        set_webhook,
        (
            string("url"),
            string("ip_address"),
            integer("max_connections"),
            array("allowed_updates"),
            boolean("drop_pending_updates"),
            string("secret_token"),
        ),
    ),
    Method("deleteWebhook", delete_webhook, (boolean("drop_pending_updates"),)),
    Method("getWebhookInfo", get_webhook_info),
    Method("setMyCommands", set_my_commands, (array("commands", required=True), *_MENU)),
    Method("getMyCommands", get_my_commands, _MENU),
    Method("deleteMyCommands", delete_my_commands, _MENU),
    Method("setMyName", _setter("name", 64, "BOT_TITLE_INVALID"), (string("name"), _LANG)),
    Method("getMyName", _getter("name"), (_LANG,)),
    Method(
        "setMyDescription",
        _setter("description", 512, "bot description is too long"),
        (string("description"), _LANG),
    ),
    Method("getMyDescription", _getter("description"), (_LANG,)),
    Method(
        "setMyShortDescription",
        _setter("short_description", 120, "bot short description is too long"),
        (string("short_description"), _LANG),
    ),
    Method("getMyShortDescription", _getter("short_description"), (_LANG,)),
    Method("setChatMenuButton", set_chat_menu_button, (integer("chat_id"), obj("menu_button"))),
    Method("getChatMenuButton", get_chat_menu_button, (integer("chat_id"),)),
)
