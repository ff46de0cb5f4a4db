"""Changing a source from its card: each change is an act, said in a line, taken back by a tap."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from telegram.error import TelegramError

from digest.model import Access, FullText, HotList, Source, SourceState
from digest.sources.headers import BadHeader, masked, read_header
from handlers.admin.sources.adding import begin_readdress
from handlers.admin.sources.card import (
    HEAVIEST,
    LIGHTEST,
    STEP,
    page_message,
    show_page,
)
from handlers.admin.sources.reading import poll_now, try_now
from handlers.admin.sources.spans import LONGEST_S, SHORTEST_S, read_span, span_words
from handlers.admin.sources.words import LANGS, lang_name, name_of
from handlers.admin.targets import said_by
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import SOURCE, Prompt, put_question
from handlers.replies import say, show, toast
from storage import DuplicateSource, NotFound, Stale
from storage.source_acts import Done

TITLE_LIMIT = 120
ASKED = ("title", "weight", "url", "floor", "ceiling", "headers")
_USUAL = frozenset(
    {"0", "usual", "as usual", "照常", "default", "auto", "默认", "自动", "平常", "不限"}
)

Deed = Callable[[Turn, Source, str], Awaitable[None]]


class _Unfit(Exception):  # noqa: N818  what was typed or forged, not a fault
    """A value that this field cannot have."""


async def tend(turn: Turn, source_id: int, field: str, value: str) -> None:
    """Carry out a button of a source's card."""
    source = await turn.storage.sources.get(source_id)
    deed = _DEEDS.get(field)
    if source is None or deed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    try:
        await deed(turn, source, value)
    except _Unfit:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
    except Stale as error:
        who = await said_by(turn, error.by) if error.by else ""
        await toast(turn, turn.texts("chat.source.stale", who=who), alert=True)
        await show_page(turn, source_id, "card")


# --- changes ------------------------------------------------------------------------------


async def _edit(
    turn: Turn, source: Source, page: str, expect: Mapping[str, Any] | None = None, **changes: Any
) -> None:
    done = await turn.storage.source_acts.edit(
        source.id, actor=turn.actor, now=turn.now, expect=expect, **changes
    )
    await _show_done(turn, done, page, _said(turn, changes))


async def _show_done(turn: Turn, done: Done, page: str, said: str) -> None:
    """The card with what was done, and the way back."""
    if done.entry is None:
        await show_page(turn, done.source.id, page)
        return
    message = await page_message(turn, done.source.id, page, f"✓ {said}")
    if message is None:  # it was there a moment ago
        return
    undo = (act(turn.texts("chat.takeback.this"), "takeback", done.entry.id),)
    message = replace(message, buttons=(undo, *message.buttons))
    if turn.query is None:
        await say(turn, message)
    else:
        await show(turn, message)


def _said(turn: Turn, changes: Mapping[str, Any]) -> str:
    """What a change was, in a line."""
    texts = turn.texts
    ((field, value),) = changes.items()
    return texts(f"chat.source.said.{field}", value=quoted(_shown(turn, field, value)))


def _shown(turn: Turn, field: str, value: Any) -> str:
    texts = turn.texts
    if field == "column":
        return turn.rendering.column(value)
    if field == "lang":
        return lang_name(value, texts)
    if field in {"full_text", "access"}:
        return texts(f"chat.source.{'text' if field == 'full_text' else field}.{value}")
    if field == "hot":
        return texts(f"chat.source.hot.{value}")
    if field == "translate":
        return texts(f"chat.source.translate.{'on' if value else 'off'}")
    if field in {"poll_floor_s", "poll_ceiling_s"}:
        return span_words(value, texts) if value else texts("chat.source.usual")
    return f"{value:g}" if isinstance(value, float) else str(value)


async def _state(turn: Turn, source: Source, state: SourceState, verb: str) -> None:
    done = await turn.storage.source_acts.set_state(
        source.id, state, actor=turn.actor, now=turn.now
    )
    said = turn.texts(f"chat.source.said.{verb}", name=name_of(source))
    await _show_done(turn, done, "card", said)


async def _pause(turn: Turn, source: Source, _value: str) -> None:
    await _state(turn, source, SourceState.PAUSED, "pause")


async def _resume(turn: Turn, source: Source, _value: str) -> None:
    if source.state is SourceState.RETIRED:
        raise _Unfit
    await _state(turn, source, SourceState.ACTIVE, "resume")


async def _restore(turn: Turn, source: Source, _value: str) -> None:
    await _state(turn, source, SourceState.ACTIVE, "restore")


async def _retire(turn: Turn, source: Source, _value: str) -> None:
    await show_page(turn, source.id, "retire")


async def _retired(turn: Turn, source: Source, _value: str) -> None:
    await _state(turn, source, SourceState.RETIRED, "retired")


async def _lighter(turn: Turn, source: Source, value: str) -> None:
    await _weigh(turn, source, value, -STEP)


async def _heavier(turn: Turn, source: Source, value: str) -> None:
    await _weigh(turn, source, value, STEP)


async def _weigh(turn: Turn, source: Source, value: str, step: float) -> None:
    """One step from the weight that the button showed: two taps at once are one step."""
    try:
        seen = float(value)
    except ValueError:
        raise _Unfit from None
    wanted = round(min(HEAVIEST, max(LIGHTEST, seen + step)), 2)
    if wanted == seen:
        await toast(turn, turn.texts("chat.source.weight_end"))
        return
    await _edit(turn, source, "card", expect={"weight": seen}, weight=wanted)


async def _column(turn: Turn, source: Source, value: str) -> None:
    if value not in turn.taxonomy.columns:
        raise _Unfit
    await _edit(turn, source, "card", column=value)


async def _lang(turn: Turn, source: Source, value: str) -> None:
    if value not in {*LANGS, ""}:
        raise _Unfit
    await _edit(turn, source, "card", lang=value)


async def _full_text(turn: Turn, source: Source, value: str) -> None:
    if value not in set(FullText):
        raise _Unfit
    await _edit(turn, source, "card", full_text=FullText(value))


async def _access(turn: Turn, source: Source, value: str) -> None:
    if value not in set(Access):
        raise _Unfit
    await _edit(turn, source, "card", access=Access(value))


async def _translate(turn: Turn, source: Source, value: str) -> None:
    if value not in {"on", "off"}:
        raise _Unfit
    await _edit(turn, source, "card", translate=value == "on")


async def _hot(turn: Turn, source: Source, value: str) -> None:
    if value not in set(HotList):
        raise _Unfit
    await _edit(turn, source, "card", hot=HotList(value))


async def _floor(turn: Turn, source: Source, value: str) -> None:
    await _bound(turn, source, "poll_floor_s", value)


async def _ceiling(turn: Turn, source: Source, value: str) -> None:
    await _bound(turn, source, "poll_ceiling_s", value)


async def _bound(turn: Turn, source: Source, field: str, value: str) -> None:
    if not value.isdecimal():
        raise _Unfit
    seconds = int(value)
    if seconds and not SHORTEST_S <= seconds <= LONGEST_S:
        raise _Unfit
    if not _in_order(source, field, seconds):
        await toast(turn, turn.texts("chat.source.bounds_crossed"), alert=True)
        return
    await _set_bound(turn, source, field, seconds or None)


async def _set_bound(turn: Turn, source: Source, field: str, seconds: int | None) -> None:
    changes: dict[str, Any] = {field: seconds}
    await _edit(turn, source, "pace", None, **changes)


def _in_order(source: Source, field: str, seconds: int) -> bool:
    """Whether the shortest pause stays below the longest."""
    other = "poll_ceiling_s" if field == "poll_floor_s" else "poll_floor_s"
    bounds = {field: seconds or None, other: getattr(source.spec, other)}
    floor, ceiling = bounds["poll_floor_s"], bounds["poll_ceiling_s"]
    return floor is None or ceiling is None or floor <= ceiling


async def _unheader(turn: Turn, source: Source, value: str) -> None:
    place = int(value) if value.isdecimal() else len(source.spec.headers)
    if place >= len(source.spec.headers):
        raise _Unfit
    name, _ = source.spec.headers[place]
    done = await turn.storage.source_acts.drop_header(
        source.id, name, actor=turn.actor, now=turn.now
    )
    said = turn.texts("chat.source.said.unheader", value=quoted(name))
    await _show_done(turn, done, "headers", said)


_DEEDS: Mapping[str, Deed] = {
    "pause": _pause,
    "resume": _resume,
    "restore": _restore,
    "retire": _retire,
    "retired": _retired,
    "poll": poll_now,
    "try": try_now,
    "lighter": _lighter,
    "heavier": _heavier,
    "column": _column,
    "lang": _lang,
    "full_text": _full_text,
    "access": _access,
    "translate": _translate,
    "hot": _hot,
    "floor": _floor,
    "ceiling": _ceiling,
    "unheader": _unheader,
}


# --- what is typed ------------------------------------------------------------------------


async def ask_source(turn: Turn, source_id: int, field: str) -> None:
    """Ask for a value of a source that is typed."""
    source = await turn.storage.sources.get(source_id)
    if source is None or field not in ASKED:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await toast(turn)
    await put_question(
        turn,
        Prompt(SOURCE, f"{source_id}_{field}"),
        turn.texts(f"chat.source.type.{field}", name=name_of(source)),
        turn.texts(f"chat.source.hint.{field}"),
    )


async def take_value(turn: Turn, source_id: int, field: str, typed: str) -> None:
    """Take a typed value of a source; what cannot be read is asked again."""
    source = await turn.storage.sources.get(source_id)
    take = _TYPED.get(field)
    if source is None or take is None:
        await say(turn, turn.texts("chat.button.old"))
        return
    try:
        await take(turn, source, typed)
    except _Unfit:
        # A secret that was typed wrongly is not said aloud again.
        shown = "…" if field == "headers" else quoted(plain(typed)[:60])
        await say(turn, turn.texts("chat.source.unread", typed=shown))
        await ask_source(turn, source_id, field)
        if field == "headers":
            await _hide(turn)
    except (DuplicateSource, NotFound, Stale):
        await say(turn, turn.texts("chat.button.old"))


async def _typed_title(turn: Turn, source: Source, typed: str) -> None:
    title = plain(typed)
    if not title or len(title) > TITLE_LIMIT:
        raise _Unfit
    await _edit(turn, source, "card", title=title)


async def _typed_weight(turn: Turn, source: Source, typed: str) -> None:
    try:
        weight = float(plain(typed).replace(",", "."))
    except ValueError:
        raise _Unfit from None
    if not LIGHTEST <= weight <= HEAVIEST:
        raise _Unfit
    await _edit(turn, source, "card", weight=round(weight, 2))


async def _typed_url(turn: Turn, source: Source, typed: str) -> None:
    if not typed.strip():
        raise _Unfit
    await begin_readdress(turn, source, typed.strip())


async def _typed_span(turn: Turn, source: Source, typed: str, field: str) -> None:
    if plain(typed).casefold() in _USUAL:
        await _set_bound(turn, source, field, None)
        return
    seconds = read_span(typed)
    if seconds is None or not SHORTEST_S <= seconds <= LONGEST_S:
        raise _Unfit
    if not _in_order(source, field, seconds):
        await say(turn, turn.texts("chat.source.bounds_crossed"))
        return
    await _set_bound(turn, source, field, seconds)


async def _typed_floor(turn: Turn, source: Source, typed: str) -> None:
    await _typed_span(turn, source, typed, "poll_floor_s")


async def _typed_ceiling(turn: Turn, source: Source, typed: str) -> None:
    await _typed_span(turn, source, typed, "poll_ceiling_s")


async def _typed_header(turn: Turn, source: Source, typed: str) -> None:
    try:
        name, value = read_header(typed.strip())
    except BadHeader:
        raise _Unfit from None
    try:
        done = await turn.storage.source_acts.put_header(
            source.id, name, value, actor=turn.actor, now=turn.now
        )
    except BadHeader:
        await say(turn, turn.texts("chat.source.headers_full"))
        return
    said = turn.texts("chat.source.said.header", value=quoted(masked(((name, value),))[0]))
    await _show_done(turn, done, "headers", said)
    await _hide(turn)


async def _hide(turn: Turn) -> None:
    """Take away the message that a secret was typed in, where Telegram lets us."""
    if turn.message is not None:
        with suppress(TelegramError):
            await turn.message.delete()


_TYPED: Mapping[str, Deed] = {
    "title": _typed_title,
    "weight": _typed_weight,
    "url": _typed_url,
    "floor": _typed_floor,
    "ceiling": _typed_ceiling,
    "headers": _typed_header,
}
