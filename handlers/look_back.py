"""/random: one past signal worth rereading, the stronger the likelier."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta

from digest.model import Lang, Message, Signal
from digest.regexes import regex
from digest.render import count_units, render_card
from digest.render.fit import MAX_UNITS
from handlers.cards import is_saved
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, toast

_PAST = (timedelta(days=14), timedelta(days=1), timedelta())
"""How old it should be at least; the next where there is nothing so old."""

_DRAWS = 64
_BEFORE_HAN = regex(r"(?<=\d)(?=[\u4e00-\u9fff])")
_LOCALE = {Lang.ZH: "zh_Hans_CN", Lang.EN: "en_GB"}


async def look_back(turn: Turn) -> None:
    """Send a past signal, never the one that was sent last."""
    await _send(turn)


async def again(turn: Turn, last: int) -> None:
    """Send another past signal than the one above the button."""
    await _send(turn, last)


async def _send(turn: Turn, *shown: int) -> None:
    last = {await turn.storage.look_backs.last(turn.subscriber.id), *shown}
    signal = await _drawn(turn, last)
    if signal is None:
        key = "chat.random.only" if any(last) else "chat.random.none"
        await (toast(turn, turn.texts(key)) if turn.query else say(turn, turn.texts(key)))
        return
    await turn.storage.look_backs.remember(turn.subscriber.id, signal.id)
    await say(turn, await _message(turn, signal))


async def _drawn(turn: Turn, without: set[int]) -> Signal | None:
    dice = turn.services.dice
    for age in _PAST:
        draws = [dice.random() for _ in range(_DRAWS)]
        found = await turn.storage.look_backs.candidates(turn.now - age, draws)
        candidates = [one for one in found if one[0] not in without]
        if candidates:
            ids, weights = zip(*_weighted(candidates), strict=True)
            return await turn.storage.signals.get(dice.choices(ids, weights)[0])
    return None


def _weighted(candidates: Sequence[tuple[int, int]]) -> list[tuple[int, float]]:
    """A signal of 80 is drawn four times as often as one of 40."""
    return [(id_, max(1.0, float(score)) ** 2) for id_, score in candidates]


async def _message(turn: Turn, signal: Signal) -> Message:
    card = render_card(signal, turn.rendering, saved=await is_saved(turn, signal.id))
    text = f"{_when(turn, signal)}\n\n{card.text}"
    if count_units(text) > MAX_UNITS:
        text = card.text
    row = (act(turn.texts("chat.random.again"), "again", signal.id),)
    return replace(card, text=text, buttons=(*card.buttons, row))


def _when(turn: Turn, signal: Signal) -> str:
    ago = format_timedelta(
        signal.when - turn.now, granularity="day", add_direction=True, locale=_LOCALE[turn.lang]
    )
    if turn.lang is Lang.ZH:  # 3 周前: numbers stand apart, as everywhere else
        ago = _BEFORE_HAN.sub(" ", ago)
    local = signal.when.astimezone(ZoneInfo(turn.subscription.zone))
    day = format_date(local, "long", locale=_LOCALE[turn.lang])
    return turn.texts("chat.random.when", ago=ago, date=day)
