"""HTML parse_mode, as strict as Telegram, with its error texts and UTF-16 offsets.

Positions in error texts are byte offsets of the UTF-8 text, positions of entities UTF-16 units.
The rules follow https://core.telegram.org/bots/api#html-style and what its server answers.
"""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.links import checked_link, mentioned_user
from bot.sandbox.reading import whole_number
from digest.regexes import regex

_PLAIN = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
}
_TAGS = frozenset({*_PLAIN, "a", "tg-emoji", "tg-time", "pre", "code", "blockquote"})
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_SPACE = frozenset(b" \t\r\n\v\f\0")
_ALPHA = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset(b"0123456789")
_HEX = _DIGITS | frozenset(b"abcdefABCDEF")
_TOKEN = _ALPHA | _DIGITS | frozenset(b".-")
_LONGEST_ENTITY = 10
_HIGHEST_CODE = 0x10FFFF
_END = 0
_SPECIAL = regex(rb"[<&]")

Entity = dict[str, Any]


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 code units, Telegram's measure for entities."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(html: str) -> tuple[str, list[Entity]]:
    """Split HTML into plain text and entities, in the order in which their tags closed.

    Raises ApiError 400 ("can't parse entities: …") where Telegram would.
    """
    return _Reader(html).read()


@dataclass
class _Open:
    """A start tag that waits for its end."""

    tag: str
    units: int
    at: int
    values: dict[str, str] = field(default_factory=dict)


class _Reader:
    """One pass over the bytes; a zero byte marks the end, as it does on Telegram's side."""

    def __init__(self, html: str) -> None:
        self.data = html.replace("\0", " ").encode() + b"\0"
        self.at = 0
        self.out = bytearray()
        self.units = 0
        self.open: list[_Open] = []
        self.found: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        last = len(self.data) - 1
        while self.at < last:
            byte = self.data[self.at]
            if byte == ord("<"):
                if self.data[self.at + 1] == ord("/"):
                    self._end_tag()
                else:
                    self._start_tag()
            elif byte != ord("&") or not self._reference():
                self._copy()
        if self.open:
            tag = self.open[-1].tag
            raise _refused(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return self._text(), self.found

    def _text(self) -> str:
        try:
            return self.out.decode()
        except UnicodeDecodeError:
            raise _refused(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ) from None

    def _copy(self) -> None:
        """Take over plain text up to the next tag or reference, at least one byte of it."""
        found = _SPECIAL.search(self.data, self.at + 1)
        end = found.start() if found else len(self.data) - 1
        plain = self.data[self.at : end]
        self.units += utf16_length(plain.decode())
        self.out += plain
        self.at = end

    def _reference(self) -> bool:
        decoded = _decode_reference(self.data, self.at)
        if decoded is None:
            return False
        character, self.at = decoded
        self.out += character.encode("utf-8", "surrogatepass")
        self.units += utf16_length(character)
        return True

    def _skip_space(self) -> None:
        while self.data[self.at] in _SPACE and self.data[self.at] != _END:
            self.at += 1

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name_at = self.at
        while self.data[self.at] not in _SPACE and self.data[self.at] != ord(">"):
            self.at += 1
        if self.data[self.at] == _END:
            raise _refused(f"Unclosed start tag at byte offset {begin}")
        tag = self.data[name_at : self.at].decode().lower()
        if tag not in _TAGS:
            raise _refused(f'Unsupported start tag "{tag}" at byte offset {begin}')
        opened = _Open(tag, self.units, len(self.out))
        self._attributes(opened, begin)
        self.at += 1
        if tag == "span" and opened.values.get("class") != "tg-spoiler":
            raise _refused(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(opened)

    def _attributes(self, opened: _Open, begin: int) -> None:
        while True:
            self._skip_space()
            if self.data[self.at] == ord(">"):
                return
            name = self._attribute_name(opened.tag, begin)
            self._skip_space()
            if self.data[self.at] == _END:
                raise _refused(f'Unclosed start tag "{opened.tag}" at byte offset {begin}')
            if self.data[self.at] != ord("="):
                opened.values.setdefault(name, "")
                continue
            self.at += 1
            self._skip_space()
            if self.data[self.at] == _END:
                raise _refused(f'Unclosed start tag "{opened.tag}" at byte offset {begin}')
            opened.values[name] = self._attribute_value()
            if self.data[self.at] == _END:
                raise _refused(f"Unclosed start tag at byte offset {begin}")

    def _attribute_name(self, tag: str, begin: int) -> str:
        start = self.at
        while self.data[self.at] not in _SPACE and self.data[self.at] not in b"=>/\"'":
            self.at += 1
        if start == self.at:
            raise _refused(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        return self.data[start : self.at].decode()

    def _attribute_value(self) -> str:
        quote = self.data[self.at]
        if quote not in b"\"'":
            return self._name_token()
        self.at += 1
        value = bytearray()
        while self.data[self.at] not in {quote, _END}:
            decoded = (
                _decode_reference(self.data, self.at) if self.data[self.at] == ord("&") else None
            )
            if decoded is None:
                value.append(self.data[self.at])
                self.at += 1
            else:
                value += decoded[0].encode("utf-8", "surrogatepass")
                self.at = decoded[1]
        if self.data[self.at] == quote:
            self.at += 1
        return value.decode("utf-8", "replace")

    def _name_token(self) -> str:
        start = self.at
        while self.data[self.at] in _TOKEN:
            self.at += 1
        if self.data[self.at] not in _SPACE and self.data[self.at] != ord(">"):
            raise _refused(f"Unexpected end of name token at byte offset {start}")
        return self.data[start : self.at].decode().lower()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _refused(f"Unexpected end tag at byte offset {begin}")
        self.at += 2
        while self.data[self.at] not in _SPACE and self.data[self.at] != ord(">"):
            self.at += 1
        name = self.data[begin + 2 : self.at].decode().lower()
        self._skip_space()
        if self.data[self.at] != ord(">"):
            raise _refused(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise _refused(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", '
                f'found "</{name}>"'
            )
        if self.units > opened.units:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        tag = opened.tag
        if tag in _PLAIN:
            self._add(opened, _PLAIN[tag])
        elif tag == "blockquote":
            kind = "expandable_blockquote" if "expandable" in opened.values else "blockquote"
            self._add(opened, kind)
        elif tag == "a":
            self._close_link(opened)
        elif tag == "tg-emoji":
            identifier = opened.values.get("emoji-id", "")
            if (whole_number(identifier) or 0) <= 0:
                raise _refused("Invalid custom emoji identifier specified")
            self._add(opened, "custom_emoji", custom_emoji_id=identifier)
        elif tag == "tg-time":
            self._close_time(opened)
        else:
            self._close_code(opened)

    def _close_link(self, opened: _Open) -> None:
        href = opened.values.get("href", "") or self.out[opened.at :].decode("utf-8", "replace")
        user_id = mentioned_user(href)
        if user_id is not None:
            self._add(opened, "text_mention", user={"id": user_id})
            return
        # Telegram drops a link that it cannot understand without a word.
        link = checked_link(href)
        if link:
            self._add(opened, "text_link", url=link)

    def _close_time(self, opened: _Open) -> None:
        moment = whole_number(opened.values.get("unix", "")) or 0
        if moment > 0:
            wanted = (
                {"date_time_format": opened.values["format"]} if "format" in opened.values else {}
            )
            self._add(opened, "date_time", unix_time=moment, **wanted)

    def _close_code(self, opened: _Open) -> None:
        language = ""
        if opened.tag == "code":
            language = opened.values.get("class", "")
            language = language[9:] if language.startswith("language-") else ""
        last = self.found[-1] if self.found else None
        same = (
            last is not None
            and last["type"] in {"pre", "code"}
            and last["type"] != opened.tag
            and (last["offset"], last["length"]) == (opened.units, self.units - opened.units)
        )
        language = language or (str(last.get("language", "")) if same and last else "")
        if same and last and language:
            last.update(type="pre", language=language)
        else:
            extra = {"language": language} if language else {}
            self._add(opened, opened.tag, **extra)

    def _add(self, opened: _Open, kind: str, **extra: object) -> None:
        self.found.append(
            {"type": kind, "offset": opened.units, "length": self.units - opened.units, **extra}
        )


def _refused(text: str) -> Exception:
    return bad_request(f"can't parse entities: {text}")


def _decode_reference(data: bytes, at: int) -> tuple[str, int] | None:
    """`&name;` or `&#number;` at `at` as (character, position behind), None when it is none."""
    end = at + 1
    if data[end] == ord("#"):
        end += 1
        digits, base = (_HEX, 16) if data[end] == ord("x") else (_DIGITS, 10)
        end += base == 16  # noqa: PLR2004
        start = end
        while data[end] in digits:
            end += 1
        # Cut first: int() refuses thousands of digits.
        code = int(data[start : min(end, start + _LONGEST_ENTITY)] or b"0", base)
        if code == 0 or code >= _HIGHEST_CODE or end - at >= _LONGEST_ENTITY:
            return None
        character = chr(code)
    else:
        while data[end] in _ALPHA:
            end += 1
        named = _NAMED.get(data[at + 1 : end])
        if named is None:
            return None
        character = named
    return character, end + (data[end] == ord(";"))
