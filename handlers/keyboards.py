"""Rows of buttons: how they are laid out, and how they become Telegram's."""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from digest.model import Action, Button
from digest.render.fit import in_order
from handlers.callbacks import pack

Rows = tuple[tuple[Button, ...], ...]

_LABEL_LIMIT = 40
# In Latin letters: a phone shows about 12 汉字 on each of two buttons side by side.
_ROW_WIDTH = 48


def act(label: str, verb: str, *args: str | int) -> Button:
    """A button that carries out `verb`; an over-long label is cut with an ellipsis."""
    label = in_order(label)
    short = label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1] + "…"
    return Button(short, action=Action(verb, args))


def ticked(label: str, verb: str, *args: str | int, on: bool) -> Button:
    """A button for one choice, with ✓ when it is chosen."""
    return act(f"✓ {label}" if on else label, verb, *args)


def grid(buttons: Iterable[Button], per_row: int = 2) -> Rows:
    """The buttons in rows of at most `per_row`, fewer where a label would be cut on a phone."""
    rows: list[tuple[Button, ...]] = []
    row: tuple[Button, ...] = ()
    for button in buttons:
        longer = (*row, button)
        if row and (len(row) == per_row or not _readable(longer)):
            rows.append(row)
            longer = (button,)
        row = longer
    return (*rows, row) if row else tuple(rows)


def _readable(row: Sequence[Button]) -> bool:
    """Whether each label fits into its share of the row."""
    return max(_width(button.label) for button in row) * len(row) <= _ROW_WIDTH


def _width(label: str) -> int:
    """How many Latin letters wide a label is; 汉字 and emoji count as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in label)


def markup(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """The rows as Telegram's keyboard, None when there are none."""
    return _keyboard(tuple(tuple(row) for row in rows if row))


@lru_cache(maxsize=32)  # what many ask for at a time; each takes 10 KB, and none can change
def _keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    keyboard = [[_button(button) for button in row] for row in rows]
    return _Keyboard(keyboard) if keyboard else None


class _Keyboard(InlineKeyboardMarkup):
    """A keyboard that is put into Telegram's words once, for all whom it is sent."""

    __slots__ = ("_as_sent",)

    def __init__(self, rows: Sequence[Sequence[InlineKeyboardButton]]) -> None:
        super().__init__(rows)
        self._as_sent = super().to_dict()

    def to_dict(self, recursive: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002  the library's signature
        """As the library says it; it is only read."""
        return self._as_sent if recursive else super().to_dict(recursive)


def _button(button: Button) -> InlineKeyboardButton:
    if button.web_app:
        return InlineKeyboardButton(button.label, web_app=WebAppInfo(button.web_app))
    if button.action is None:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=pack(button.action))


def replaced(
    keyboard: InlineKeyboardMarkup | None, old: Action, new: Button
) -> InlineKeyboardMarkup | None:
    """`keyboard` with `new` in the place of the button that carries out `old`.

    It changes one button wherever it stands (a card, a list, a pushed digest) and leaves the rest
    as the person sees it. None when there is no such button.
    """
    data = pack(old)
    rows = keyboard.inline_keyboard if keyboard else ()
    if not any(button.callback_data == data for row in rows for button in row):
        return None
    return InlineKeyboardMarkup(
        [
            [_button(new) if button.callback_data == data else button for button in row]
            for row in rows
        ]
    )
