"""Inline mode: "@bot words" in any chat offers cards to send there.

What is sent stands in a foreign chat, where nobody need know the bot: its buttons are links only,
and its links carry no reader's own seal.
"""

from datetime import timedelta

from telegram import (
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
    User,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from digest.allowed import public_part
from digest.asking import Request
from digest.model import (
    Button,
    ChatKind,
    Message,
    Signal,
    SignalState,
    Subscriber,
    Subscription,
    Wishes,
)
from digest.render import Links, Rendering, render_card
from digest.render.fit import clean, cut, shorten
from digest.render.wording import in_words_of
from handlers.arguments import QUERY_LIMIT, plain, read_payload
from handlers.context import Services, Turn
from handlers.failures import AnyContext
from handlers.guards import Pace, Pacer, first_language
from handlers.keyboards import markup
from handlers.payloads import HOME, search_payload
from handlers.processor import time_waited
from handlers.search import read, resolved

PER_PAGE = 10
CACHE_TIME = timedelta(seconds=30)
_BURST, _PER_SECOND = 60, 4.0  # every letter typed is a query
_TITLE_UNITS = 120
_POINT_UNITS = 120
_LABEL = 60


class Inline:
    """Answers inline queries; `pacer` says how fast one person may type."""

    def __init__(self, services: Services, pacer: Pacer | None = None) -> None:
        self._services = services
        self._pacer = pacer or Pacer(_BURST, _PER_SECOND)

    async def answer(self, update: Update, context: AnyContext) -> None:
        """Answer one query. Answering it twice does no harm, so it is not noted as done."""
        query = update.inline_query
        if query is None:
            return
        now = self._services.clock()
        if self._pacer.check(query.from_user.id, now - time_waited()) is not Pace.FINE:
            return
        reader = await _reader(self._services, query.from_user)
        turn = Turn(self._services, context.bot, update, reader, now, query.query)
        await _answer(turn, query)


async def _reader(services: Services, user: User) -> Subscriber:
    """Whoever types: as we know them, else with their app's language; nothing is kept of them."""
    known = await services.storage.subscribers.by_chat(user.id, 0)
    if known is not None:
        return known
    lang = first_language(user)
    wanted = Subscription(Wishes(lang=lang), paused=True, zone=services.zone)
    now = services.clock()
    return Subscriber(
        0,
        user.id,
        0,
        ChatKind.PRIVATE,
        user.full_name,
        lang,
        active=False,
        created_at=now,
        subscription=wanted,
    )


async def _answer(turn: Turn, query: InlineQuery) -> None:
    typed = plain(query.query)
    found: tuple[Signal, ...] = ()
    offset = ""
    if len(typed) <= QUERY_LIMIT:
        found, offset = await _find(turn, typed, query.offset)
    try:
        await query.answer(
            [_article(turn, signal) for signal in found],
            cache_time=CACHE_TIME,
            is_personal=True,  # in the person's own language and zone
            next_offset=offset,
            button=_button(turn, typed, found=bool(found) or bool(query.offset)),
        )
    except BadRequest as error:
        # While we searched the person typed on; Telegram no longer wants this answer.
        if "query is too old" not in error.message.casefold():
            raise


async def _find(turn: Turn, typed: str, offset: str) -> tuple[tuple[Signal, ...], str]:
    """The signals to offer, and the offset of the next page, "" for none."""
    payload = read_payload(typed)
    if payload is not None and payload.kind == "s" and payload.value.isdecimal():
        signal = await turn.storage.signals.get(int(payload.value[:18]))
        live = signal is not None and signal.state is SignalState.LIVE
        return ((signal,) if signal and live else ()), ""
    after = int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < _LABEL else 0
    asked = await resolved(turn, read(turn, typed) if typed else Request())
    sought = await turn.storage.search.page(
        asked.request.words,
        asked.narrowing,
        zone=turn.subscription.zone,
        after=after,
        size=PER_PAGE,
    )
    last = str(sought.signals[-1].id) if sought.page.more else ""
    return sought.signals, last


def _article(turn: Turn, signal: Signal) -> InlineQueryResultArticle:
    rendering = _public(turn)
    signal = public_part(signal)  # whoever is in that chat may be no subscriber
    shown = in_words_of(turn.lang, signal)
    card = render_card(signal, rendering)
    title = clean(shown.brief.headline) or clean(signal.title) or f"#{signal.id}"
    return InlineQueryResultArticle(
        id=f"s{signal.id}",
        title=cut(title, _TITLE_UNITS),
        description=_description(shown, rendering),
        input_message_content=InputTextMessageContent(
            card.text,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=_links(turn, card, signal),
    )


def _public(turn: Turn) -> Rendering:
    own = turn.rendering
    return Rendering(Links(own.links.base_url), own.texts, own.taxonomy, own.zone, now=None)


def _description(shown: Signal, rendering: Rendering) -> str:
    """Column, source and time, then the first point."""
    parts = (
        rendering.column(shown.placement.column),
        clean(shown.source_title),
        rendering.clock(shown.when),
    )
    meta = " · ".join(part for part in parts if part)
    points = shown.brief.points
    point = shorten(points[0].text, _POINT_UNITS, points[0].lang) if points else ""
    return f"{meta}\n{point}" if point else meta


def _links(turn: Turn, card: Message, signal: Signal) -> InlineKeyboardMarkup | None:
    """What makes sense where nobody talks to us: the page, and the way to us."""
    pages = tuple(button for row in card.buttons for button in row if button.url)
    url = f"https://t.me/{turn.bot.username}?start=s_{signal.id}"
    return markup([(*pages, Button(turn.texts("chat.inline.open"), url=url))])


def _button(turn: Turn, typed: str, *, found: bool) -> InlineQueryResultsButton:
    """Above the results: the same question in private, where there are filters and pages."""
    texts = turn.texts
    payload = search_payload(typed) if typed and len(typed) <= QUERY_LIMIT else ""
    if len(typed) > QUERY_LIMIT:
        text = texts("chat.inline.long", limit=QUERY_LIMIT)
    elif not found and typed:
        text = texts("chat.inline.nothing")
    elif payload:
        text = texts("chat.inline.more", query=typed)
    else:
        text = texts("chat.inline.home")
    if len(text) > _LABEL:
        text = texts("chat.inline.home") if found else text[:_LABEL]
    return InlineQueryResultsButton(text, start_parameter=payload or HOME)
