"""/trends: what is told more than usual, as a picture with the same in words under it."""

import logging
from dataclasses import replace

from telegram.error import BadRequest

from digest.errors import HexinError
from digest.model import Action, Button
from digest.render import render_trends, trends_caption
from digest.render.trendwords import Heads
from digest.trendpictures import trend_picture
from digest.trends import Trend, TrendKind
from digest.trends.board import Board, Span, View, board_of
from digest.trends.telling import unmuted
from handlers.arguments import USUAL_LIST, read_board
from handlers.callbacks import fits, pack
from handlers.context import Turn
from handlers.keyboards import Rows, act, ticked
from handlers.lists import send_shelf
from handlers.replies import say, say_photo, show, show_photo, toast
from handlers.rising import report_of
from handlers.search import find
from handlers.story import open_story

log = logging.getLogger(__name__)

_FILE = "trends.png"


async def trends(turn: Turn) -> None:
    """Send what is rising now; when nothing is, say so and what is busiest.

    Words after it narrow it: 话题, 新词, 专题; 周 looks back a week.
    """
    await _tell(turn, *read_board(turn.words), anew=True)


async def show_trends(turn: Turn, view: str, span: str) -> None:
    """Show another view in the place of the tapped message."""
    if view not in {one.value for one in View} or span not in {one.value for one in Span}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _tell(turn, View(view), Span(span), anew=not _is_board(turn))


def _is_board(turn: Turn) -> bool:
    """Whether the tapped message is a board; what leads to one stays as it is."""
    keyboard = turn.message.reply_markup if turn.message else None
    begins = pack(Action("trends", ("", ""))).rstrip(":")
    rows = keyboard.inline_keyboard if keyboard else ()
    return any(
        button.text.startswith("✓") and str(button.callback_data).startswith(begins)
        for row in rows
        for button in row
    )


async def open_trend(turn: Turn, kind: str, key: str) -> None:
    """Open what a line of the board is about: a topic's signals, a story, what a word finds."""
    match kind:
        case TrendKind.TOPIC if key in turn.taxonomy.topics:
            await send_shelf(turn, f"t/{key}", USUAL_LIST)
        case TrendKind.STORY if key.isdecimal() and key.isascii():
            await open_story(turn, int(key), 0)
        case TrendKind.ENTITY | TrendKind.WORD:
            await find(turn, key)
        case _:
            await toast(turn, turn.texts("chat.button.old"), alert=True)


async def _tell(turn: Turn, view: View, span: Span, *, anew: bool) -> None:
    report = unmuted(await report_of(turn), turn.subscription.wishes.mutes)
    board = board_of(report, view, span)
    heads = await heads_of(turn, board)
    message = replace(render_trends(board, turn.rendering, heads), buttons=_rows(turn, board))
    caption = trends_caption(board, turn.rendering, heads)
    body = await _drawn(turn, board, heads) if caption else None
    if body is not None:
        try:
            put = say_photo if anew else show_photo
            await put(turn, _FILE, body, replace(message, text=caption))
        except BadRequest as error:  # as in a group where we may write, but show nothing
            log.warning("the picture of trends was not taken: %s", error)
        else:
            return
    await (say if anew else show)(turn, message)


async def heads_of(turn: Turn, board: Board) -> Heads:
    """The signals that lead the stories of a board."""
    found = {}
    for one in (*board.told, *board.fading):
        if one.kind is TrendKind.STORY and one.key.isdecimal():
            story = await turn.storage.stories.get(int(one.key))
            if story is not None:
                found[one.key] = story.lead
    return found


async def _drawn(turn: Turn, board: Board, heads: Heads) -> bytes | None:
    """The picture; None where nothing rises, or it could not be drawn."""
    paint = turn.services.paint
    if paint is None or not board.told or board.calm:
        return None
    try:
        return await paint.png(trend_picture(board, turn.rendering, heads))
    except HexinError:
        log.exception("the picture of trends was not drawn")
        return None


# --- buttons -----------------------------------------------------------------------------


def _rows(turn: Turn, board: Board) -> Rows:
    texts = turn.texts
    numbered = [_number_button(place, one) for place, one in enumerate(board.told, 1)]
    views = tuple(
        ticked(
            texts(f"trends.view.{view.value}"),
            "trends",
            view.value,
            board.span.value,
            on=view is board.view,
        )
        for view in View
    )
    spans = tuple(
        ticked(
            texts(f"trends.back.{span.value}"),
            "trends",
            board.view.value,
            span.value,
            on=span is board.span,
        )
        for span in Span
    )
    links = turn.rendering.links
    page = (Button(texts("chat.trends.page"), url=links.trends()),) if links.usable else ()
    return (
        tuple(button for button in numbered if button is not None),
        views[:2],
        views[2:],
        (*spans, act(texts("chat.trends.weekly"), "week", "")),
        page,
    )


def _number_button(place: int, trend: Trend) -> Button | None:
    """Opens what the line is about; None where its key has no room in a button."""
    button = act(str(place), "trend", trend.kind.value, trend.key)
    return button if button.action is not None and fits(button.action) else None
