"""Settings in the app: the pages of /settings from the same tables, shown as forms.

What a choice is called, which there are, what each changes and what is said of it: all of that is
the chat's. Here it is only laid out for a window instead of a keyboard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.web.miniapp import preferences
from bot.web.miniapp.forms import field_of
from bot.web.miniapp.reader import Reader, turn_of
from bot.web.miniapp.rendering import Said, app_page, setting_of
from digest.model import Button
from digest.render import plain_text
from digest.taxonomy import Column, Topic
from handlers import following
from handlers.context import Turn
from handlers.settings import TYPED, apply, is_full
from handlers.settings_fields import MOST_TIMES
from handlers.settings_names import (
    frequency_name,
    layout_name,
    max_name,
    quiet_name,
    wording_name,
)
from handlers.settings_pages import PAGES, muted_name, settings_message
from handlers.subscriptions import change_wishes_to, what_follows, what_next, zone_name
from handlers.typed import read_typed
from handlers.wish_lists import dropped_line, label_of
from handlers.wish_names import Deed, dropped, has, names_of

# What is a page of its own here: the overview.
_ONLY_IN_CHAT = frozenset({"main"})
_LISTS: dict[str, Deed] = {"follows": "follow", "mutes": "mute"}
_TICK = "✓ "


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a field; `on` when it is the present one."""

    label: str
    field: str
    value: str
    on: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """Something followed or muted, or that can be."""

    label: str
    name: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """One page: its choices in rows, fields to type into and pages it leads to, with labels."""

    page: str
    choices: tuple[tuple[Choice, ...], ...]
    typed: tuple[tuple[str, str], ...]
    onward: tuple[tuple[str, str], ...]


def pages() -> tuple[str, ...]:
    """The pages that the app has."""
    return tuple(page for page in PAGES if page not in _ONLY_IN_CHAT)


async def overview(request: web.Request, reader: Reader) -> web.Response:
    """GET /app/settings: every setting with its value, and what comes next."""
    turn = turn_of(reader)
    main = await settings_message(turn, "main")
    led_to = [page for page, _label in _onward(button for row in main.buttons for button in row)]
    rows = [
        (page, turn.texts(f"chat.settings.{page}.button"), _value(turn, page))
        for page in led_to
        if page in pages()
    ]
    return app_page(
        request,
        setting_of(request, reader).visit,
        "app_settings.html",
        tab="settings",
        rows=rows,
        next=_next(turn),
    )


async def one(request: web.Request, reader: Reader) -> web.Response:
    """GET /app/settings/{page}: the choices of one setting."""
    return await _one(request, turn_of(reader), _page(request))


async def change(request: web.Request, reader: Reader) -> web.Response:
    """POST /app/settings/{page}: set a field, take what was typed, follow, mute or drop."""
    page, turn = _page(request), turn_of(reader)
    match await field_of(request, "do"):
        case "set":
            said = await _set(
                turn, await field_of(request, "field"), await field_of(request, "value")
            )
        case "type":
            said = await _typed(
                turn, await field_of(request, "field"), await field_of(request, "typed")
            )
        case "wish" if page in _LISTS:
            said = await _wish(turn, _LISTS[page], await field_of(request, "name"))
        case "add" if page in _LISTS:
            typed = await field_of(request, "typed")
            return await _add(request, turn, page, typed)
        case "tune" if page == preferences.PAGE:
            said = await preferences.tune(request, turn)
        case _:
            raise web.HTTPBadRequest
    return await _one(request, turn, page, said)


async def _set(turn: Turn, field: str, value: str) -> str:
    if field in {"time", "switch"} and is_full(turn, value):
        return turn.texts("chat.settings.time.full", limit=MOST_TIMES)
    confirmed = await apply(turn, field, value)
    if confirmed is None:
        raise web.HTTPBadRequest
    return plain_text(confirmed) or turn.texts("chat.settings.saved")


async def _typed(turn: Turn, field: str, typed: str) -> str:
    """Take a typed value; what is said of it."""
    if field not in TYPED:
        raise web.HTTPBadRequest
    lines = [await apply(turn, done, value) for done, value in read_typed(field, typed) or ()]
    said = "\n".join(line for line in lines if line)
    return plain_text(said or turn.texts("chat.settings.unreadable", typed=typed[:60]))


# --- what is followed and muted --------------------------------------------------------------


async def _wish(turn: Turn, deed: Deed, name: str) -> str:
    """Follow (or mute) a column, topic or source by its name, or take that back."""
    wishes = turn.subscription.wishes
    if has(wishes, deed, name):
        label = await label_of(turn, name)
        await change_wishes_to(turn, dropped(wishes, deed, name))
        return plain_text(dropped_line(turn, deed, label))
    if not await following.exists(turn, name):
        raise web.HTTPBadRequest
    return plain_text(await following.add(turn, deed, name))


async def _add(request: web.Request, turn: Turn, page: str, typed: str) -> web.Response:
    """Follow or mute what was typed; what may mean several things is offered to choose from."""
    deed = _LISTS[page]
    said: list[str] = []
    offered: list[str] = []
    for kind, name in following.read_names(typed):
        meaning = await following.meaning_of(turn, kind, name)
        if len(meaning.exact) == 1:
            said.append(plain_text(await following.add(turn, deed, meaning.exact[0])))
            offered += meaning.near
        elif meaning.exact:
            offered += meaning.exact
        else:
            said.append(plain_text(turn.texts("chat.wish.bad", typed=name[:40])))
    return await _one(request, turn, page, "\n".join(said), offered)


async def _wishes(turn: Turn, names: Iterable[str], deed: Deed) -> list[Wish]:
    wishes = turn.subscription.wishes
    return [Wish(await label_of(turn, name), name, has(wishes, deed, name)) for name in names]


def _shelf(turn: Turn, kind: str, shelf: Iterable[Column | Topic], deed: Deed) -> list[Wish]:
    """A switch for each column or topic there is."""
    wishes = turn.subscription.wishes
    named = ((one.name(turn.lang), f"{kind}:{one.id}") for one in shelf)
    return [Wish(label, name, has(wishes, deed, name)) for label, name in named]


# --- laying out ------------------------------------------------------------------------------


async def _one(
    request: web.Request, turn: Turn, page: str, said: str = "", offered: Iterable[str] = ()
) -> web.Response:
    reader = Reader(turn.subscriber, turn.services, turn.now)
    visit = setting_of(request, reader).visit
    values: dict[str, Any] = {
        "place": f"/app/settings/{page}",
        "tab": "settings",
        "said": Said(said),
        "page": page,
        "next": _next(turn),
    }
    if page in _LISTS:
        deed = _LISTS[page]
        mine = await _wishes(turn, names_of(turn.subscription.wishes, deed), deed)
        return app_page(
            request,
            visit,
            "app_wishes.html",
            **values,
            deed=deed,
            mine=mine,
            offered=await _wishes(turn, dict.fromkeys(offered), deed),
            shelf=_shelf(turn, "column", turn.taxonomy.columns.values(), deed),
            topics=_shelf(turn, "topic", turn.taxonomy.topics.values(), deed),
        )
    if page == preferences.PAGE:
        weighed = await preferences.preferences(turn)
        return app_page(
            request, visit, "app_weights.html", **values, **preferences.RULES, preferences=weighed
        )
    view = _view(page, (await settings_message(turn, page)).buttons)
    return app_page(request, visit, "app_setting.html", **values, view=view)


def _view(page: str, rows: Iterable[Iterable[Button]]) -> View:
    """The buttons of a page in the chat, sorted by what they do."""
    buttons = [tuple(row) for row in rows]
    choices = [tuple(choice for button in row if (choice := _choice(button))) for row in buttons]
    every = [button for row in buttons for button in row]
    typed = [
        (str(button.action.args[0]), button.label)
        for button in every
        if button.action and button.action.verb == "ask" and button.action.args[0] in TYPED
    ]
    onward = [(to, label) for to, label in _onward(every) if to in pages() and to != page]
    return View(page, tuple(row for row in choices if row), tuple(typed), tuple(onward))


def _choice(button: Button) -> Choice | None:
    action = button.action
    if action is None or action.verb != "set":
        return None
    field, value = map(str, action.args)
    on = button.label.startswith(_TICK)
    return Choice(button.label.removeprefix(_TICK), field, value, on)


def _onward(buttons: Iterable[Button]) -> list[tuple[str, str]]:
    return [
        (str(button.action.args[0]), button.label)
        for button in buttons
        if button.action and button.action.verb == "settings"
    ]


def _value(turn: Turn, page: str) -> str:
    """The present value of a page, in a few words; "" where there is none to tell."""
    wanted, texts = turn.subscription, turn.texts
    known = {
        "follows": lambda: what_follows(turn),
        "mutes": lambda: muted_name(turn),
        "frequency": lambda: frequency_name(turn),
        "zone": lambda: zone_name(texts, wanted.zone),
        "quiet": lambda: quiet_name(turn, wanted),
        "min_score": lambda: str(wanted.wishes.min_score),
        "max": lambda: max_name(turn, wanted),
        "layout": lambda: layout_name(turn, wanted),
        "wording": lambda: wording_name(turn, wanted),
        "lang": lambda: texts("web.app.lang"),
    }
    return plain_text(known[page]()) if page in known else ""


def _next(turn: Turn) -> str:
    return plain_text(what_next(turn.texts, turn.subscription, turn.now))


def _page(request: web.Request) -> str:
    page = request.match_info["page"]
    if page not in pages():
        raise web.HTTPNotFound
    return page
