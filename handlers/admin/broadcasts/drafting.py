"""What an editor wrote, as an announcement: formatting kept, what bots cannot send left out."""

import re
from dataclasses import dataclass

from telegram import Message as TelegramMessage

from digest.broadcast import MOST_BUTTONS, Announcement
from digest.regexes import regex
from digest.render import count_entities, count_units, escape
from digest.render.fit import MAX_BYTES, MAX_CAPTION_UNITS, MAX_ENTITIES, MAX_UNITS

_COMMAND = regex(r"/[^\s@/<]{1,64}(?:@\w{3,64})?(?:\s+|$)")
_EMOJI = regex(r"<tg-emoji\b[^>]*>(.*?)</tg-emoji>", re.DOTALL)
_ADDRESS = regex(r"(?:https?://|tg://|t\.me/)\S+", re.IGNORECASE)
_LONGEST_LABEL = 40
_NONE = frozenset({"无", "没有", "不要", "去掉", "none", "no", "remove"})
_BETWEEN = " \t:：|—–-→>"


@dataclass(frozen=True, slots=True)
class Written:
    """What was read of a message: its text as HTML, its photo, and how many emoji were dropped.

    `trouble` names what makes it unfit, "" when nothing does.
    """

    text: str = ""
    photo: str = ""
    dropped: int = 0
    trouble: str = ""

    def onto(self, announcement: Announcement) -> Announcement:
        """`announcement` with this text and photo."""
        return Announcement(
            self.text,
            self.photo,
            announcement.buttons,
            silent=announcement.silent,
            patient=announcement.patient,
        )


def read_message(message: TelegramMessage) -> Written:
    """Read a message as an announcement; a command at its beginning is not part of it."""
    photo = message.photo[-1].file_id if message.photo else ""
    if message.effective_attachment is not None and not photo:
        return Written(trouble="attachment")
    plain = message.caption if photo else message.text
    html = message.caption_html if photo else message.text_html
    plain, html = plain or "", html or ""
    if _COMMAND.match(plain):
        # A command inside of formatting would tear its tags; then the formatting goes.
        html = html if _COMMAND.match(html) else escape(plain)
        html = html[_COMMAND.match(html).end() :] if _COMMAND.match(html) else html  # type: ignore[union-attr]  # it was asked
    html, dropped = _EMOJI.subn(r"\1", html.strip())
    return Written(html, photo, dropped, _trouble(html, photo))


def _trouble(html: str, photo: str) -> str:
    if not html and not photo:
        return "empty"
    if count_units(html) > (MAX_CAPTION_UNITS if photo else MAX_UNITS):
        return "caption" if photo else "long"
    if count_entities(html) > MAX_ENTITIES or len(html.encode()) > MAX_BYTES:
        return "formatting"
    return ""


def read_buttons(typed: str) -> tuple[tuple[str, str], ...] | None:
    """Read buttons, one on each line: a label and an address; a word for none gives none.

    None when a line is no button, or there are too many.
    """
    if typed.strip().casefold() in _NONE:
        return ()
    found: list[tuple[str, str]] = []
    for line in filter(None, (one.strip() for one in typed.splitlines())):
        address = _ADDRESS.search(line)
        label = line[: address.start()].strip(_BETWEEN) if address else ""
        if address is None or not 0 < len(label) <= _LONGEST_LABEL:
            return None
        url = address[0]
        found.append((label, url if "://" in url else f"https://{url}"))
    return tuple(found) if 0 < len(found) <= MOST_BUTTONS else None


def read_number(typed: str) -> int | None:
    """The number that was typed, however it is grouped; None for none."""
    digits = re.sub(r"[\s,.，、_’']", "", typed.translate(_WIDE))
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None


_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
