"""/queue and the buttons of its cards: approve, reject, pass over, look back, take back."""

from digest.model import Action, SignalState
from digest.policy import Reason
from digest.render import cut, escape
from digest.review import QueueFilter, read_code, read_filter
from handlers.admin.queue import sifting
from handlers.admin.queue.card import Said, reason_rows
from handlers.admin.queue.pages import FIRST, after, page
from handlers.admin.queue.words import reason_words
from handlers.admin.targets import said_by
from handlers.callbacks import fits
from handlers.cards import quoted
from handlers.context import Turn
from handlers.prompts import VETO, Prompt, put_question
from handlers.replies import say, show, show_buttons, toast
from storage import Changed, NotFound, NotUndoable
from storage.curation import Decided, Done, Rejection

_HEADLINE_UNITS = 100
_WORDS_LETTERS = 200
# What the button under a card takes back; other acts have their own way (/undo).
_OWN_ACTS = ("signal.", "queue.", "undo")


async def queue(turn: Turn) -> None:
    """The first card; with words those that they mean, or all of them at once."""
    asked = read_filter(turn.words, turn.taxonomy, await turn.storage.sources.all())
    texts = turn.texts
    note = ""
    if asked.unknown:
        words = texts("chat.comma").join(quoted(one) for one in asked.unknown)
        note = texts("chat.queue.unknown", words=words)
    if not fits(Action("qback", (10**9, 10**9, asked.filter.code))):
        await say(turn, texts("chat.queue.too_narrow"))
    elif asked.deed and asked.unknown:
        # Half understood, it could mean many more than were meant.
        await say(turn, f"{note}\n\n{texts('chat.queue.say_again')}")
    elif asked.deed:
        await sifting.propose(turn, asked.deed, asked.filter)
    else:
        await say(turn, await page(turn, FIRST, asked.filter, Said(note)))


async def show_card(turn: Turn, signal_id: int, code: str) -> None:
    """The card of a signal, or the end of the round."""
    await show(turn, await page(turn, signal_id, read_code(code)))


async def approve(turn: Turn, signal_id: int, code: str) -> None:
    """通过: readers see it from now on; the next card comes."""
    try:
        done = await turn.storage.curation.approve(signal_id, turn.actor, turn.now)
    except Decided as told:
        await _second(turn, signal_id, read_code(code), told)
        return
    except NotFound:
        await toast(turn, turn.texts("chat.card.gone"), alert=True)
        return
    await _onward(turn, done, read_code(code), "chat.queue.approved")


async def ask_reason(turn: Turn, signal_id: int, code: str) -> None:
    """拒绝…: the reasons, under the card."""
    await show_buttons(turn, reason_rows(turn, signal_id, code))


async def reject(turn: Turn, reason: str, signal_id: int, code: str) -> None:
    """A reason: it is rejected, and the next card comes; 其他 asks for words."""
    known = {one.value for one in Reason} - {Reason.UNSEEN.value}
    if reason not in known:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    if reason == Reason.OTHER:
        await _ask_words(turn, signal_id, code)
        return
    rejection = Rejection(Reason(reason))
    try:
        done = await turn.storage.curation.reject(signal_id, rejection, turn.actor, turn.now)
    except Decided as told:
        await _second(turn, signal_id, read_code(code), told)
        return
    except NotFound:
        await toast(turn, turn.texts("chat.card.gone"), alert=True)
        return
    await _onward(
        turn, done, read_code(code), "chat.queue.rejected", reason=reason_words(turn, rejection)
    )


async def _ask_words(turn: Turn, signal_id: int, code: str) -> None:
    # A question keeps letters, digits and "_" only; a filter that is too long is let go.
    kept = code.encode().hex()
    value = f"{signal_id}_{kept}"
    value = value if len(value) <= 40 else f"{signal_id}_"  # noqa: PLR2004  what a question keeps
    await show(turn, await page(turn, signal_id, read_code(code)))
    await put_question(
        turn,
        Prompt(VETO, value),
        turn.texts("chat.queue.reason.ask"),
        turn.texts("chat.queue.reason.hint"),
    )


async def take_reason(turn: Turn, value: str, typed: str) -> None:
    """What somebody typed as the reason; the next card comes as a new message."""
    number, _, kept = value.partition("_")
    words = " ".join(typed.split())[:_WORDS_LETTERS]
    if not (number.isdecimal() and len(number) < 18) or not words:  # noqa: PLR2004  database
        return
    signal_id, wanted = int(number), _filter_of(kept)
    rejection = Rejection(Reason.OTHER, words)
    try:
        done = await turn.storage.curation.reject(signal_id, rejection, turn.actor, turn.now)
    except Decided as told:
        await _second(turn, signal_id, wanted, told)
        return
    except NotFound:
        await say(turn, turn.texts("chat.card.gone"))
        return
    await _onward(turn, done, wanted, "chat.queue.rejected", reason=reason_words(turn, rejection))


def _filter_of(kept: str) -> QueueFilter:
    try:
        return read_code(bytes.fromhex(kept).decode())
    except ValueError:
        return QueueFilter()


async def _onward(turn: Turn, done: Done, wanted: QueueFilter, key: str, **values: object) -> None:
    """Say what was done above the next card."""
    (signal_id,) = done.signals
    headline = await headline_of(turn, signal_id)
    said = Said(
        turn.texts(key, headline=headline, **values), done.act.id if done.act else 0, signal_id
    )
    turn.services.wake_sender()
    await show(turn, await after(turn, signal_id, wanted, said))


async def _second(turn: Turn, signal_id: int, wanted: QueueFilter, told: Decided) -> None:
    """Somebody was first: say who, what and when, and go on."""
    texts = turn.texts
    if told.by is not None:
        who = await said_by(turn, told.by)
    elif told.publish_at is not None:
        who = texts("chat.queue.scheduled", when=turn.rendering.clock(told.publish_at))
    else:
        who = texts(f"chat.queue.state.{told.state}", reason="")
    await toast(turn, texts("chat.queue.second.toast", said=who), alert=True)
    headline = await headline_of(turn, signal_id)
    text = texts("chat.queue.second", headline=headline, said=quoted(who))
    await show(turn, await after(turn, signal_id, wanted, Said(text)))


async def take_back(turn: Turn, act_id: int, signal_id: int, code: str) -> None:
    """撤销: the last decision is taken back, and its card is here again."""
    texts = turn.texts
    entry = await turn.storage.audit.get(act_id)
    if entry is None or not entry.act.startswith(_OWN_ACTS):
        await toast(turn, texts("chat.takeback.none"), alert=True)
        return
    try:
        await turn.storage.acts.undo(act_id, turn.actor, turn.now)
    except NotUndoable:
        await toast(turn, texts("chat.queue.undone_already"), alert=True)
        return
    except (Changed, NotFound) as error:
        by = error.by if isinstance(error, Changed) else None
        said = await said_by(turn, by) if by else ""
        await toast(turn, texts("chat.queue.undo_late", said=said), alert=True)
        return
    turn.services.wake_sender()
    await show(
        turn, await page(turn, signal_id, read_code(code), Said(texts("chat.queue.undone")))
    )


async def headline_of(turn: Turn, signal_id: int) -> str:
    """What a signal is called, in a line; escaped."""
    signal = await turn.storage.signals.get(signal_id)
    known = signal is not None and signal.state is not SignalState.PRIVATE
    words = signal.brief.headline if signal is not None and known else f"#{signal_id}"
    return escape(cut(words, _HEADLINE_UNITS))
