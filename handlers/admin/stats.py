"""/stats: how the publication is doing, in words, with pictures to ask for."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from telegram import InputFile
from telegram.constants import ParseMode

from digest.errors import HexinError
from digest.model import Button, Message
from digest.numberpictures import PICTURES, Named, picture_of
from digest.numbers import Count, Span
from digest.overview import Line, compared_words, overview, span_words, title_words
from digest.pictures import Picture
from handlers.admin.doubts import SPANS, doubts
from handlers.admin.inside import page_button
from handlers.admin.weekly_numbers import last_week, weekly_report
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, markup, ticked
from handlers.replies import say, show, toast

log = logging.getLogger(__name__)

USUAL_SPAN = 7
_DOUBTS = frozenset({"doubts", "uncertain", "不确定"})
_WEEKLY = frozenset({"weekly", "week", "周报", "一周"})
# Which lines of the overview stand under which picture, where they have other names.
_SAID_UNDER = {"opens": ("opens", "saves"), "topics": ("topics",)}


async def stats(turn: Turn) -> None:
    """Say the numbers; with words after it of so many days, or one of the pictures."""
    wanted = turn.words.strip().casefold()
    if wanted in _WEEKLY:
        await _preview_week(turn)
        return
    if wanted in _DOUBTS:
        await doubts(turn)
        return
    name = next((one for one in PICTURES if wanted in _names(turn, one)), "")
    if name:
        await _draw(turn, name, USUAL_SPAN)
        return
    typed = "".join(letter for letter in wanted if letter.isdecimal())
    days = int(typed) if typed in {str(span) for span in SPANS} else USUAL_SPAN
    await say(turn, await _message(turn, days))


async def _preview_week(turn: Turn) -> None:
    """The report that the staff gets on Monday, as it would be now."""
    span = last_week(turn.storage, turn.now)
    await turn.storage.numbers.freshen(turn.now, timedelta(minutes=1))
    if not await turn.storage.numbers.counted_days(span):  # the bot is younger than that
        today = turn.storage.numbers.today(turn.now)
        span = Span(today - timedelta(days=today.weekday()), today)
    report = await weekly_report(turn.storage, turn.taxonomy, span, turn.lang, turn.now)
    if report.picture is not None and turn.services.paint is not None:
        with suppress(HexinError):  # the words say it all
            body = await turn.services.paint.png(report.picture)
            await send_picture(turn, "week", body, "", ())
    button = page_button(turn.texts("chat.stats.page"), "stats")
    await say(turn, Message(report.text, ((button,),)))


def _names(turn: Turn, name: str) -> set[str]:
    return {name, turn.texts(f"stats.picture.{name}").casefold()}


async def show_stats(turn: Turn, days: int) -> None:
    """Say the numbers of another span in the place of the tapped message."""
    if days not in SPANS:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await _message(turn, days))


async def chart(turn: Turn, name: str, days: int) -> None:
    """Send one of the pictures."""
    if name not in PICTURES or days not in SPANS:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _draw(turn, name, days)


async def _message(turn: Turn, days: int) -> Message:
    texts = turn.texts
    figures = await turn.storage.numbers.latest(days, turn.now)
    named = await names_of(turn)
    lines = overview(figures, texts, named.topics)
    head = f"📊 <b>{title_words(figures, texts)}</b>　{span_words(figures, texts)}"
    said = [f"<b>{line.title}</b>　{quoted(line.text)}" for line in lines]
    compared = f"<i>{quoted(compared_words(figures, texts))}</i>"
    body = "\n".join(said) if said else texts("chat.stats.nothing")
    rows = _buttons(turn, days)
    unknown = figures.sum(Count.DELIVERIES, "unknown")
    if unknown:
        rows = (*rows, (act(texts("chat.doubt.button", n=unknown), "doubts", days),))
    return Message(f"{head}\n{compared}\n\n{body}", rows)


def _buttons(turn: Turn, days: int) -> Rows:
    """Other spans, and the pictures; of a single day none is drawn."""
    texts = turn.texts
    spans = tuple(ticked(_span_name(turn, span), "stats", span, on=span == days) for span in SPANS)
    drawn = max(days, USUAL_SPAN)
    pictures = (act(texts(f"stats.picture.{name}"), "chart", name, drawn) for name in PICTURES)
    rows: Rows = (spans,)
    if turn.services.paint is not None:
        rows = (*rows, *grid(pictures, 4))
    return (*rows, (page_button(texts("chat.stats.page"), "stats"),))


def _span_name(turn: Turn, span: int) -> str:
    return (
        turn.texts("stats.today") if span == 1 else turn.texts("chat.stats.span", days=str(span))
    )


async def names_of(turn: Turn) -> Named:
    """What topics and sources are called in this chat."""
    topics = {topic.id: topic.name(turn.lang) for topic in turn.taxonomy.topics.values()}
    sources = {str(one.id): one.spec.title for one in await turn.storage.sources.all()}
    return Named(topics, sources)


async def _draw(turn: Turn, name: str, days: int) -> None:
    texts, paint = turn.texts, turn.services.paint
    days = max(days, USUAL_SPAN)
    figures = await turn.storage.numbers.latest(days, turn.now)
    named = await names_of(turn)
    picture = picture_of(name, figures, texts, named)
    if paint is None or picture.is_empty:
        await say(turn, texts("chat.stats.no_picture"))
        return
    try:
        body = await paint.png(picture)
    except HexinError:
        log.exception("the picture of %s was not drawn", name)
        await say(turn, texts("chat.stats.not_drawn"))
        return
    lines = overview(figures, texts, named.topics)
    rows = tuple(
        ticked(_span_name(turn, span), "chart", name, span, on=span == days)
        for span in SPANS
        if span >= USUAL_SPAN
    )
    await send_picture(turn, name, body, caption_of(name, picture, lines), (rows,))


def caption_of(name: str, picture: Picture, lines: Sequence[Line]) -> str:
    """What stands under a picture: which it is, and its numbers in words."""
    wanted = _SAID_UNDER.get(name, (name,))
    said = [quoted(line.text) for line in lines if line.name in wanted]
    head = f"<b>{quoted(picture.title)}</b>　{quoted(picture.span)}"
    return "\n".join((head, *said))


async def send_picture(
    turn: Turn, name: str, body: bytes, caption: str, rows: Sequence[Sequence[Button]]
) -> None:
    """Send a picture with a line of Telegram HTML under it."""
    await turn.bot.send_photo(
        turn.subscriber.chat_id,
        InputFile(body, filename=f"{name}.png"),
        caption=caption,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(rows),
        message_thread_id=turn.subscriber.thread_id or None,
    )
