"""A source read at once from its card: polled, or only tried."""

from dataclasses import replace

from digest.model import Message, Source
from digest.sources.trial import Trial
from handlers.admin.sources.card import page_message
from handlers.admin.sources.draftcards import samples_of
from handlers.admin.sources.words import name_of, reason_words
from handlers.cards import quoted
from handlers.context import PolledNow, Turn
from handlers.keyboards import act
from handlers.replies import edit_message, show, toast


async def poll_now(turn: Turn, source: Source, _value: str) -> None:
    """Poll a source and show what that brought, in the place of the tapped message."""
    work = turn.services.source_work
    if work is None:
        await turn.storage.sources.make_due(source.id, turn.now)
        await toast(turn, turn.texts("chat.source.poll.soon"), alert=True)
        return
    await toast(turn, turn.texts("chat.source.poll.begun"))
    work.begin(_poll(turn, source))


async def _poll(turn: Turn, source: Source) -> None:
    assert turn.services.source_work is not None  # noqa: S101  poll_now has asked
    polled = await turn.services.source_work.poll(source.id)
    said = poll_words(turn, polled)
    message = await page_message(turn, source.id, "card", said)
    if message is not None:
        await _put(turn, message)


def poll_words(turn: Turn, polled: PolledNow | None) -> str:
    """What a poll brought, in a line."""
    texts = turn.texts
    if polled is None:
        return texts("chat.source.poll.soon")
    if polled.error:
        return texts("chat.source.poll.failed", reason=quoted(reason_words(polled.error, texts)))
    return (
        texts.n("chat.source.poll.new", polled.new)
        if polled.new
        else texts("chat.source.poll.same")
    )


async def poll_saved(turn: Turn, source: Source, message: Message) -> None:
    """Poll what was just saved; `message`, where it was saved, tells what came of it."""
    work = turn.services.source_work
    if work is None:
        await turn.storage.sources.make_due(source.id, turn.now)
        return

    async def poll() -> None:
        polled = await work.poll(source.id)
        await _put(turn, replace(message, text=f"{message.text}\n{poll_words(turn, polled)}"))

    work.begin(poll())


async def try_now(turn: Turn, source: Source, _value: str) -> None:
    """Show what the source holds at this moment; nothing is kept."""
    work = turn.services.source_work
    if work is None:
        await toast(turn, turn.texts("chat.draft.off"), alert=True)
        return
    await toast(turn, turn.texts("chat.source.poll.begun"))

    async def look() -> None:
        trial = await turn.services.source_trial.preview(source.spec)
        back = act(turn.texts("chat.source.card.back"), "source", source.id, "card")
        await _put(turn, Message(_looked(turn, source, trial), ((back,),)))

    work.begin(look())


def _looked(turn: Turn, source: Source, trial: Trial) -> str:
    texts, best = turn.texts, trial.best
    lines = [name_of(source)]
    if best is None:
        reason = trial.refusal.words(texts) if trial.refusal else texts("chat.draft.off")
        lines.append(f"✗ {quoted(reason)}")
    else:
        lines += [texts.n("chat.draft.entries", best.total), *samples_of(turn.rendering, best)]
    return "\n".join(lines)


async def _put(turn: Turn, message: Message) -> None:
    """Put what was found in the place of the tapped message."""
    if turn.message is None:
        await show(turn, message)
        return
    await edit_message(turn.bot, turn.message.chat.id, turn.message.message_id, message)
