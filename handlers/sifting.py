"""Filters by buttons: open them under a list, choose, take off. The list is edited in place."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from digest.asking import Kind, Request
from digest.days import Days
from digest.finding import Match
from digest.model import Button
from handlers.arguments import USUAL_LIST
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.lists import empty_shelf, shelf_message, shelf_parts
from handlers.replies import show, show_buttons, toast
from handlers.search import chips, request_of, resolved, results
from handlers.topics import turning

_PER_PAGE = 12
_KINDS: dict[str, Kind] = {"column": "column", "topic": "topic", "source": "source", "day": "day"}
_SPANS = (1, 2, 7, 30)  # days back, with today; 2 stands for yesterday alone
_YESTERDAY = 2


async def sift(turn: Turn, shelf: str, what: str, page: int) -> None:
    """Put the filters of a list, or the choices of one filter, in the place of its buttons."""
    request = _request(turn, shelf)
    if request is None or (what != "menu" and what not in _KINDS):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    if what == "menu":
        await show_buttons(turn, _menu(turn, request, shelf))
        return
    kind = _KINDS[what]
    choices = await _choices(turn, request, shelf, kind)
    if not choices:
        await toast(turn, turn.texts("chat.filter.none"))
        return
    pages = -(-len(choices) // _PER_PAGE)
    page = max(0, min(pages - 1, page))
    rows: list[tuple[Button, ...]] = list(grid(choices[page * _PER_PAGE : (page + 1) * _PER_PAGE]))
    rows.append(turning(turn, page, pages, "sift", shelf, what))
    rows.append((act(turn.texts("chat.back"), "sift", shelf, "menu", 0),))
    await show_buttons(turn, rows)


async def narrow(turn: Turn, shelf: str, kind: str, value: str) -> None:
    """Add a filter to the tapped list, or replace the one of its kind."""
    request = _request(turn, shelf)
    changed = await _narrowed(turn, request, kind, value) if request is not None else None
    if changed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await results(turn, changed))


async def widen(turn: Turn, kind: str) -> None:
    """Take a filter off the tapped list, or all of them."""
    request = request_of(turn, turn.message)
    if request is None or (kind != "all" and kind not in _KINDS):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    wider = Request(request.words) if kind == "all" else request.without(_KINDS[kind])
    if wider.words or wider.filters:
        await show(turn, await results(turn, wider))
        return
    everything = await shelf_message(turn, "", 0, USUAL_LIST)
    await show(turn, everything or await empty_shelf(turn, "", USUAL_LIST))


def _request(turn: Turn, shelf: str) -> Request | None:
    """What the tapped list asks for: a shelf, or what a list of finds carries."""
    request = request_of(turn, turn.message)
    if request is not None and not shelf:
        return request
    parts = shelf_parts(turn.taxonomy, shelf)
    return Request(column=parts[0], topic=parts[1]) if parts is not None else None


def _menu(turn: Turn, request: Request, shelf: str) -> Rows:
    buttons = (
        ticked(
            turn.texts(f"chat.filter.{kind}"),
            "sift",
            shelf,
            kind,
            0,
            on=kind in request.filters,
        )
        for kind in _KINDS.values()
    )
    kind = "latest" if shelf or not (request.words or request.filters) else "search"
    back = act(turn.texts("chat.filter.list"), "page", kind, shelf, 0, USUAL_LIST)
    taken = () if shelf else chips(turn, request)
    return (*grid(buttons), *taken, (back,))


async def _choices(turn: Turn, request: Request, shelf: str, kind: Kind) -> list[Button]:
    """What can be chosen, with how much would be found, as buttons; what finds nothing is not."""
    asked = await resolved(turn, request.without(kind))
    window = await turn.storage.search.window(request.words, asked.narrowing)
    chosen = request.value(kind, turn.lang, turn.taxonomy)

    def choice(value: str, name: str, count: int, emoji: str = "") -> Button:
        label = f"{emoji}{name} · {count}"
        return ticked(label, "narrow", shelf, kind, value, on=name == chosen)

    if kind == "day":
        return [
            choice(str(span), turn.texts(f"chat.filter.day.{_day_key(span)}"), count)
            for span, count in _spans(turn, window)
            if count
        ]
    ids = [match.id for match in window]
    if kind == "column":
        counts: Counter[str] = Counter(match.column for match in window)
        columns = [one for one in turn.taxonomy.columns.values() if counts[one.id]]
        return [
            choice(one.id, one.name(turn.lang), counts[one.id], f"{one.emoji} ") for one in columns
        ]
    if kind == "topic":
        found = await turn.storage.search.topics_among(ids)
        known = [(count, id_) for id_, count in found.items() if id_ in turn.taxonomy.topics]
        return [
            choice(id_, turn.taxonomy.topics[id_].name(turn.lang), count)
            for count, id_ in sorted(known, key=lambda one: (-one[0], one[1]))
        ]
    carried = await turn.storage.search.sources_among(ids)
    titles = {one.id: one.spec.title for one in await turn.storage.sources.all()}
    ranked = sorted(carried, key=lambda id_: (-carried[id_], id_))
    return [choice(str(id_), titles.get(id_, ""), carried[id_]) for id_ in ranked if id_ in titles]


def _spans(turn: Turn, window: Sequence[Match]) -> list[tuple[int, int]]:
    zone = ZoneInfo(turn.subscription.zone)
    ages = [(turn.today - match.dated_at.astimezone(zone).date()).days for match in window]
    return [
        (span, sum(age == 1 if span == _YESTERDAY else age < span for age in ages))
        for span in _SPANS
    ]


def _day_key(span: int) -> str:
    return {1: "today", _YESTERDAY: "yesterday", 7: "week", 30: "month"}[span]


async def _narrowed(turn: Turn, request: Request, kind: str, value: str) -> Request | None:
    if kind == "column" and value in turn.taxonomy.columns:
        return replace(request, column=value)
    if kind == "topic" and value in turn.taxonomy.topics:
        return replace(request, topic=value)
    if kind == "source" and value.isdecimal() and value.isascii():
        source = await turn.storage.sources.get(int(value))
        return replace(request, source=source.spec.title) if source else None
    if kind == "day" and value in map(str, _SPANS):
        return replace(request, days=_days(turn, int(value)))
    return None


def _days(turn: Turn, span: int) -> Days:
    if span == _YESTERDAY:
        day = turn.today - timedelta(days=1)
        return Days(day, day)
    return Days(turn.today - timedelta(days=span - 1), turn.today)
