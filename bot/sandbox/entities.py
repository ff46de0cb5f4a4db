"""Text with entities: what a bot or a person wrote, as Telegram stores it."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.links import checked_link
from bot.sandbox.markup import Entity, parse_html, utf16_length
from digest.regexes import regex

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
RAW_BYTES = 32_768
MOST_ENTITIES = 100

_KINDS = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    ]
)
_RIGID = frozenset({"code", "pre"})
_ONE_DEEP = frozenset({"text_link", "text_mention", "code", "pre"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
# What Telegram finds in plain text by itself; the earlier pattern wins.
_AUTOMATIC = (
    (
        "url",
        regex(r"https?://[^\s<>\"'，。、；：！？）】》]+[^\s<>\"'，。、；：！？）】》.,;:!?)\]]"),
    ),
    ("email", regex(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("bot_command", regex(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", regex(r"(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("hashtag", regex(r"(?<![\w#&/])#(?=\w*[^\W\d_])\w{1,256}")),
)


@dataclass(frozen=True)
class Formatted:
    """Plain text with its entities (UTF-16 offsets), trimmed as Telegram trims."""

    text: str
    entities: tuple[Entity, ...] = ()


def format_text(text: str, parse_mode: str | None, entities: list[Entity] | None) -> Formatted:
    """Parse, trim and check what a bot sent. Raises ApiError 400 in Telegram's words."""
    if len(text.encode()) > RAW_BYTES:
        raise bad_request("text is too long")
    plain, found = _parse(text, parse_mode, entities)
    found = sorted(found[:MOST_ENTITIES], key=lambda e: (e["offset"], -e["length"]))
    plain, found = _trim(_clean(plain), found)
    found = _disentangle(found)
    return Formatted(plain, tuple(_with_automatic(plain, found)))


def plain_text(text: str) -> Formatted:
    """What a person typed, with the entities that Telegram finds by itself."""
    return format_text(text, None, None)


def _parse(
    text: str, parse_mode: str | None, entities: list[Entity] | None
) -> tuple[str, list[Entity]]:
    mode = (parse_mode or "").lower()
    if mode == "html":
        return parse_html(text)
    if mode in {"markdown", "markdownv2"}:
        raise bad_request("this server reads parse_mode HTML only")
    if mode:
        raise bad_request("unsupported parse_mode")
    return text, _given(text, entities or [])


def _given(text: str, entities: list[Entity]) -> list[Entity]:
    """Entities sent as a list, checked one by one."""
    total = utf16_length(text)
    checked: list[Entity] = []
    for entity in entities:
        kind = entity.get("type")
        if kind not in _KINDS:
            raise bad_request("can't parse MessageEntity: unsupported type specified")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise bad_request(
                "can't parse MessageEntity: offset and length must be of type Number"
            )
        if offset < 0 or length <= 0 or offset + length > total:
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at "
                f"UTF-16 offset {offset + length}"
            )
        checked.append(_given_link(entity) if kind == "text_link" else dict(entity))
    return checked


def _given_link(entity: Entity) -> Entity:
    link = checked_link(str(entity.get("url", "")))
    if not link:
        raise bad_request(f"entity URL '{entity.get('url', '')}' is invalid: Wrong HTTP URL")
    return {**entity, "url": link}


def _clean(text: str) -> str:
    """Control characters become spaces, as they do in Telegram."""
    return "".join(
        " " if character < " " and character != "\n" else character for character in text
    )


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends and move the entities along."""
    trimmed = text.strip()
    front = utf16_length(text[: len(text) - len(text.lstrip())])
    total = utf16_length(trimmed)
    kept: list[Entity] = []
    for entity in entities:
        start = max(entity["offset"] - front, 0)
        end = min(entity["offset"] + entity["length"] - front, total)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return trimmed, kept


def _disentangle(entities: list[Entity]) -> list[Entity]:
    """Nothing stands inside code, links and quotes do not nest, the same does not repeat."""
    kept: list[Entity] = []
    around: list[Entity] = []
    for entity in entities:
        around = [one for one in around if one["offset"] + one["length"] > entity["offset"]]
        kinds = {other["type"] for other in around}
        nested_quote = entity["type"] in _QUOTES and kinds & _QUOTES
        nested_link = entity["type"] in _ONE_DEEP and kinds & _ONE_DEEP
        if entity["type"] in kinds or kinds & _RIGID or nested_quote or nested_link:
            continue
        kept.append(entity)
        around.append(entity)
    return kept


def _with_automatic(text: str, entities: list[Entity]) -> list[Entity]:
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in entities
        if entity["type"] in _ONE_DEEP
    ]
    found = list(entities)
    even = utf16_length(text) == len(text)
    for kind, pattern in _AUTOMATIC:
        for match in pattern.finditer(text):
            start = match.start() if even else utf16_length(text[: match.start()])
            end = start + utf16_length(match[0])
            if any(start < other_end and end > other for other, other_end in taken):
                continue
            taken.append((start, end))
            found.append({"type": kind, "offset": start, "length": end - start})
    return sorted(found, key=lambda e: (e["offset"], -e["length"]))


def check_message(formatted: Formatted) -> Formatted:
    """Refuse an empty or over-long message text."""
    if not formatted.text:
        raise bad_request("message text is empty")
    # Telegram counts code points here; UTF-16 units are the stricter of the two readings.
    if utf16_length(formatted.text) > TEXT_UNITS:
        raise bad_request("message is too long")
    return formatted


def check_caption(formatted: Formatted) -> Formatted:
    """Refuse an over-long caption."""
    if utf16_length(formatted.text) > CAPTION_UNITS:
        raise bad_request("message caption is too long")
    return formatted


def commands_in(data: dict[str, Any]) -> list[str]:
    """The bot commands of a message, without the slash ("start@some_bot")."""
    encoded = str(data.get("text") or data.get("caption") or "").encode("utf-16-le")
    found = []
    for entity in data.get("entities") or data.get("caption_entities") or ():
        if entity["type"] == "bot_command":
            start = entity["offset"] * 2 + 2
            end = (entity["offset"] + entity["length"]) * 2
            found.append(encoded[start:end].decode("utf-16-le"))
    return found
