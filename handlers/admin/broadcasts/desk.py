"""/broadcast: write, choose for whom, try, send, follow, correct.

Editors write drafts and try them; only owners send, stop and correct.
"""

from dataclasses import replace

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from digest.addressing import read_typed_audience
from digest.audience import Audience, AudienceSize
from digest.broadcast import TYPED_FROM, Announcement, Broadcast, BroadcastState
from digest.model import Message
from digest.render import count_units, escape
from digest.render.fit import MAX_CAPTION_UNITS
from handlers.admin.broadcasts import pages
from handlers.admin.broadcasts.drafting import Written, read_buttons, read_message, read_number
from handlers.admin.broadcasts.words import Pace, report, under_way
from handlers.context import Turn
from handlers.keyboards import markup
from handlers.prompts import BROADCAST, ORDER, Prompt, put_question
from handlers.replies import say, show, toast
from storage.broadcasts import RUNNING, Shown

_PAGE = 8


async def broadcast(turn: Turn) -> None:
    """A new draft of the words typed, or of the message replied to; else the list of all."""
    message = turn.message
    replied = message.reply_to_message if message else None
    if message is not None and (turn.words.strip() or message.photo):
        await _draft(turn, read_message(message))
    elif replied is not None:
        await _draft(turn, read_message(replied))
    else:
        await say(turn, await _list(turn, 0))


async def _draft(turn: Turn, written: Written) -> None:
    if written.trouble:
        await say(turn, turn.texts(f"chat.broadcast.trouble.{written.trouble}"))
        return
    made = await turn.storage.broadcasts.create(
        written.onto(Announcement("")),
        Audience(),
        made_by=turn.user_id,
        shown=_here(turn),
        actor=turn.actor,
        now=turn.now,
    )
    await _say_draft(turn, made, written)


def _here(turn: Turn, message_id: int = 0) -> Shown:
    return Shown(turn.subscriber.chat_id, turn.subscriber.thread_id, message_id, turn.lang)


async def _revised(
    turn: Turn,
    draft: Broadcast,
    *,
    announcement: Announcement | None = None,
    audience: Audience | None = None,
) -> Broadcast | None:
    """The draft with these changes; None when it is none any more."""
    return await turn.storage.broadcasts.revise(
        draft.id, announcement=announcement, audience=audience, actor=turn.actor, now=turn.now
    )


async def _say_draft(turn: Turn, draft: Broadcast, written: Written) -> None:
    if written.dropped:
        await say(turn, turn.texts("chat.broadcast.dropped", count=written.dropped))
    await say(turn, pages.draft_page(turn, draft, await _size(turn, draft.audience)))


async def _size(turn: Turn, audience: Audience) -> AudienceSize:
    circle = await turn.services.circle()
    return await turn.storage.audiences.size(audience, circle, turn.now)


async def _list(turn: Turn, before: int) -> Message:
    found = await turn.storage.broadcasts.list(_PAGE + 1, before or None)
    counts = {
        one.id: await turn.storage.announcing.counts(one, turn.now)
        for one in found[:_PAGE]
        if one.state in {BroadcastState.SENDING, BroadcastState.PAUSED}
    }
    return pages.list_page(turn, found[:_PAGE], counts, more=len(found) > _PAGE)


# --- looking, and changing a draft -------------------------------------------------------


async def show_list(turn: Turn, before: int) -> None:
    """A page of the list."""
    await show(turn, await _list(turn, before))


async def look(turn: Turn, op: str, number: int) -> None:
    """What editors may do with an announcement: see it, write it, try it, throw a draft away."""
    found = await turn.storage.broadcasts.get(number)
    if found is None or found.state is BroadcastState.DISCARDED:
        await toast(turn, turn.texts("chat.broadcast.none"), alert=True)
        return
    if op == "open" or found.state is not BroadcastState.DRAFT:
        await show(turn, await _page(turn, found))
        return
    match op:
        case "audience":
            size = await _size(turn, found.audience)
            await show(turn, pages.audience_page(turn, found, size))
        case "test":
            await _try(turn, found)
        case "silent" | "patient":
            await _switch(turn, found, op)
        case "text" | "buttons" | "filter":
            await _ask(turn, op, found)
        case "discard":
            await turn.storage.broadcasts.discard(found.id, actor=turn.actor, now=turn.now)
            await show(turn, await _list(turn, 0))


async def _page(turn: Turn, found: Broadcast) -> Message:
    """An announcement as it stands."""
    if found.state is BroadcastState.DRAFT:
        return pages.draft_page(turn, found, await _size(turn, found.audience))
    counts = await turn.storage.announcing.counts(found, turn.now)
    if found.state in {BroadcastState.DONE, BroadcastState.CANCELLED}:
        reasons = await turn.storage.announcing.reasons(found)
        return report(found, counts, reasons, turn.texts, turn.taxonomy)
    pace = Pace(planned=turn.services.send_rate)
    return under_way(found, counts, pace, turn.texts, turn.taxonomy)


async def _switch(turn: Turn, draft: Broadcast, op: str) -> None:
    words = draft.announcement
    changed = (
        replace(words, silent=not words.silent)
        if op == "silent"
        else replace(words, patient=not words.patient)
    )
    await _changed(turn, await _revised(turn, draft, announcement=changed))


async def _changed(turn: Turn, draft: Broadcast | None) -> None:
    if draft is None:
        await toast(turn, turn.texts("chat.broadcast.late"), alert=True)
        return
    await show(turn, await _page(turn, draft))


async def _try(turn: Turn, draft: Broadcast) -> None:
    """Send what readers would get, as they would get it, to whoever asks, in private."""
    try:
        await _send_to(turn, draft.announcement.message)
    except Forbidden:
        await toast(turn, turn.texts("chat.broadcast.test.closed"), alert=True)
    except BadRequest as error:
        said = turn.texts("chat.broadcast.test.refused", words=error.message)
        await toast(turn, said, alert=True)
    else:
        await toast(turn, turn.texts("chat.broadcast.test.done"))


async def _send_to(turn: Turn, message: Message) -> None:
    keyboard, html = markup(message.buttons), ParseMode.HTML
    if message.picture is not None:
        await turn.bot.send_photo(
            turn.user_id,
            message.picture.file_id,
            caption=message.text,
            parse_mode=html,
            reply_markup=keyboard,
        )
        return
    await turn.bot.send_message(
        turn.user_id,
        message.text,
        parse_mode=html,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=keyboard,
    )


async def _ask(turn: Turn, op: str, found: Broadcast) -> None:
    text = turn.texts(f"chat.broadcast.ask.{op}")
    placeholder = turn.texts(f"chat.broadcast.ask.{op}.placeholder")
    kind = ORDER if op == "edit" else BROADCAST
    await put_question(turn, Prompt(kind, f"{op}_{found.id}"), text, placeholder)


async def choose(turn: Turn, number: int, field: str, value: str) -> None:
    """Set one filter of a draft's audience by a button; once more takes it away."""
    found = await turn.storage.broadcasts.get(number)
    changed = pages.chosen(found.audience, field, value) if found else None
    if found is None or changed is None or found.state is not BroadcastState.DRAFT:
        await toast(turn, turn.texts("chat.broadcast.late"), alert=True)
        return
    draft = await _revised(turn, found, audience=changed)
    if draft is None:
        await toast(turn, turn.texts("chat.broadcast.late"), alert=True)
        return
    await show(turn, pages.audience_page(turn, draft, await _size(turn, draft.audience)))


# --- typed answers -----------------------------------------------------------------------


async def take_answer(turn: Turn, value: str, typed: str) -> None:
    """A text, buttons, or filters for a draft."""
    op, _, rest = value.partition("_")
    number = int(rest) if rest.isdecimal() else 0
    found = await turn.storage.broadcasts.get(number)
    if found is None or found.state is not BroadcastState.DRAFT:
        await say(turn, turn.texts("chat.broadcast.late"))
        return
    match op:
        case "text" if turn.message is not None:
            await _take_text(turn, found, read_message(turn.message))
        case "buttons":
            await _take_buttons(turn, found, typed)
        case "filter":
            await _take_filter(turn, found, typed)


async def _take_text(turn: Turn, draft: Broadcast, written: Written) -> None:
    if written.trouble:
        await say(turn, turn.texts(f"chat.broadcast.trouble.{written.trouble}"))
        return
    changed = await _revised(turn, draft, announcement=written.onto(draft.announcement))
    if changed is None:
        await say(turn, turn.texts("chat.broadcast.late"))
    else:
        await _say_draft(turn, changed, written)


async def _take_buttons(turn: Turn, draft: Broadcast, typed: str) -> None:
    buttons = read_buttons(typed)
    if buttons is None:
        await say(turn, turn.texts("chat.broadcast.buttons.unclear"))
        return
    words = replace(draft.announcement, buttons=buttons)
    await _say_changed(turn, await _revised(turn, draft, announcement=words))


async def _take_filter(turn: Turn, draft: Broadcast, typed: str) -> None:
    wanted = read_typed_audience(typed, turn.taxonomy, turn.today, draft.audience)
    if wanted.unknown:
        words = escape(" ".join(wanted.unknown))
        await say(turn, turn.texts("chat.broadcast.filter.unclear", words=words))
        return
    changed = await _revised(turn, draft, audience=wanted.audience)
    if changed is None:
        await say(turn, turn.texts("chat.broadcast.late"))
        return
    size = await _size(turn, changed.audience)
    await say(turn, pages.audience_page(turn, changed, size))


async def _say_changed(turn: Turn, draft: Broadcast | None) -> None:
    if draft is None:
        await say(turn, turn.texts("chat.broadcast.late"))
    else:
        await say(turn, await _page(turn, draft))


# --- what only owners do -----------------------------------------------------------------


async def act_on(turn: Turn, op: str, number: int) -> None:
    """Send a draft, or stop, resume and correct what is under way or was sent."""
    found = await turn.storage.broadcasts.get(number)
    if found is None or found.state is BroadcastState.DISCARDED:
        await toast(turn, turn.texts("chat.broadcast.none"), alert=True)
        return
    match op:
        case "send":
            await _confirm(turn, found)
        case "pause" | "resume":
            await _steer(turn, found, op)
        case "cancel" | "withdraw":
            # What is under way is edited every few seconds, and would swallow the question.
            ask = say if found.state in RUNNING else show
            await ask(turn, pages.sure_page(turn, found, op))
        case "cancelled" | "withdrawn":
            await _steer(turn, found, op)
        case "edit":
            await _ask(turn, "edit", found)


async def _confirm(turn: Turn, draft: Broadcast) -> None:
    """Ask once more: by a button, or for many readers by typing their number."""
    if draft.state is not BroadcastState.DRAFT:
        await show(turn, await _page(turn, draft))
        return
    size = await _size(turn, draft.audience)
    if not size.total:
        await toast(turn, turn.texts("chat.broadcast.nobody"), alert=True)
    elif size.total < TYPED_FROM:
        await show(turn, pages.confirm_page(turn, draft, size))
    else:
        value = f"send_{draft.id}_{draft.revision}_{size.total}"
        question = pages.typed_question(turn, draft, size)
        placeholder = turn.texts("chat.broadcast.ask.send.placeholder")
        await put_question(turn, Prompt(ORDER, value), question, placeholder)


async def send_now(turn: Turn, number: int, revision: int) -> None:
    """Send the draft that was shown, if nobody has changed it since."""
    draft = await turn.storage.broadcasts.get(number)
    message_id = turn.message.message_id if turn.message else 0
    sent = draft is not None and await _sent(turn, draft, revision, message_id)
    draft = await turn.storage.broadcasts.get(number)
    if draft is not None and draft.state is not BroadcastState.DISCARDED:
        await show(turn, await _page(turn, draft))
    if not sent:
        await toast(turn, turn.texts("chat.broadcast.changed"), alert=True)


async def take_order(turn: Turn, value: str, typed: str) -> None:
    """The number of readers, typed to confirm; or the corrected text of what was sent."""
    op, *numbers = value.split("_")
    if not numbers or not all(one.isdecimal() for one in numbers):
        return
    found = await turn.storage.broadcasts.get(int(numbers[0]))
    if found is None:
        await say(turn, turn.texts("chat.broadcast.none"))
    elif op == "edit":
        await _correct(turn, found)
    elif op == "send" and len(numbers) == 3:  # noqa: PLR2004  number, revision, size
        await _take_number(turn, found, int(numbers[1]), (int(numbers[2]), read_number(typed)))


async def _take_number(
    turn: Turn, draft: Broadcast, revision: int, numbers: tuple[int, int | None]
) -> None:
    asked, typed = numbers
    if typed != asked:
        await say(turn, turn.texts("chat.broadcast.send.wrong", count=asked))
    elif await _sent(turn, draft, revision, 0):
        await say(turn, turn.texts("chat.broadcast.send.begun", number=draft.id))
    else:
        await say(turn, turn.texts("chat.broadcast.changed"))
        await _say_changed(turn, await turn.storage.broadcasts.get(draft.id))


async def _sent(turn: Turn, draft: Broadcast, revision: int, message_id: int) -> bool:
    return draft.revision == revision and await turn.storage.broadcasts.confirm(
        draft,
        confirmed_by=turn.user_id,
        shown=_here(turn, message_id),
        actor=turn.actor,
        now=turn.now,
    )


async def _steer(turn: Turn, found: Broadcast, op: str) -> None:
    """Pause, resume, cancel or withdraw; whoever comes second sees how it stands now."""
    broadcasts = turn.storage.broadcasts
    steps = {
        "pause": broadcasts.pause,
        "resume": broadcasts.resume,
        "cancelled": broadcasts.cancel,
        "withdrawn": broadcasts.withdraw,
    }
    done = await steps[op](found.id, actor=turn.actor, now=turn.now)
    if done and op != "resume":
        await turn.storage.announcing.hold(found)
    shown = turn.message is not None and turn.message.message_id == found.message_id
    if done and not shown and op in {"cancelled", "withdrawn"}:
        await show(turn, Message(turn.texts(f"chat.broadcast.told.{op}", number=found.id)))
    else:
        await _show_again(turn, found.id)
    key = f"chat.broadcast.done.{op}" if done else "chat.broadcast.second"
    await toast(turn, turn.texts(key))


async def _show_again(turn: Turn, number: int) -> None:
    found = await turn.storage.broadcasts.get(number)
    if found is not None:
        await show(turn, await _page(turn, found))


async def _correct(turn: Turn, found: Broadcast) -> None:
    """Put the text that was typed in the place of what was sent; photo and buttons stay."""
    message = turn.message
    if message is None:
        return
    written, words = read_message(message), found.announcement
    trouble = written.trouble or ("photo" if written.photo else "")
    if words.photo and count_units(written.text) > MAX_CAPTION_UNITS:
        trouble = "caption"
    if trouble:
        await say(turn, turn.texts(f"chat.broadcast.trouble.{trouble}"))
        return
    better = replace(words, text=written.text)
    done = await turn.storage.broadcasts.correct(found.id, better, actor=turn.actor, now=turn.now)
    await say(turn, turn.texts("chat.broadcast.edit.begun" if done else "chat.broadcast.busy"))
