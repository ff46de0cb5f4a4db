"""Rows of buttons: how they are laid out, and how they become Telegram's."""

from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from digest.model import Action, Button
from handlers.callbacks import pack

Rows = tuple[tuple[Button, ...], ...]

_LABEL_LIMIT = 40


def act(label: str, verb: str, *args: str | int) -> Button:
    """A button that carries out `verb`; an over-long label is cut with an ellipsis."""
    short = label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1] + "…"
    return Button(short, action=Action(verb, args))


def ticked(label: str, verb: str, *args: str | int, on: bool) -> Button:
    """A button for one choice, with ✓ when it is chosen."""
    return act(f"✓ {label}" if on else label, verb, *args)


def grid(buttons: Iterable[Button], per_row: int = 2) -> Rows:
    """The buttons in rows of `per_row`."""
    row = tuple(buttons)
    return tuple(row[at : at + per_row] for at in range(0, len(row), per_row))


def markup(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """The rows as Telegram's keyboard, None when there are none."""
    keyboard = [[_button(button) for button in row] for row in rows if row]
    return InlineKeyboardMarkup(keyboard) if keyboard else None


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
