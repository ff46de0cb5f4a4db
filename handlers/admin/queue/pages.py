"""Which card comes next, and what stands where there is none."""

from bisect import bisect_left
from collections.abc import Sequence

from digest.model import Message
from digest.review import QueueFilter
from digest.roles import Role
from handlers.admin.queue.card import Place, Said, queue_card
from handlers.admin.queue.words import age, filter_words
from handlers.context import Turn
from handlers.guards import role_here
from handlers.keyboards import Rows, act
from storage.queue import QueueCard, Waiting

FIRST, END = 0, -1
NOTHING = Said()


async def may_decide(turn: Turn) -> bool:
    """Whether whoever spoke acts upon signals here; viewers only look."""
    role = await role_here(turn)
    return role is not None and role >= Role.EDITOR


async def page(turn: Turn, signal_id: int, wanted: QueueFilter, said: Said = NOTHING) -> Message:
    """The card of a signal (FIRST: the one that waits longest; END: none), `said` above it."""
    waiting = await turn.storage.queue.waiting(turn.now, wanted)
    if signal_id == FIRST:
        signal_id = waiting[0].id if waiting else END
    card = None
    if signal_id > 0:
        card = await turn.storage.queue.card(signal_id, turn.user_id, turn.now)
    if card is None:
        return await _end(turn, waiting, wanted, said)
    may_act = await may_decide(turn)
    if may_act and card.waits:
        await turn.storage.queue.look(signal_id, turn.user_id, turn.now)
    return await queue_card(
        turn, card, await _place(turn, card, waiting, wanted), said, may_act=may_act
    )


async def after(turn: Turn, signal_id: int, wanted: QueueFilter, said: Said) -> Message:
    """The card that follows upon one that was just decided."""
    waiting = await turn.storage.queue.waiting(turn.now, wanted)
    card = await turn.storage.queue.card(signal_id, turn.user_id, turn.now)
    _, later = _beside(card, waiting) if card else (END, FIRST)
    return await page(turn, later if later > 0 else END, wanted, said)


async def _place(
    turn: Turn, card: QueueCard, waiting: Sequence[Waiting], wanted: QueueFilter
) -> Place:
    ids = [one.id for one in waiting]
    number = ids.index(card.signal.id) + 1 if card.signal.id in ids else 0
    earlier, later = _beside(card, waiting)
    return Place(
        number=number,
        count=len(ids),
        code=wanted.code,
        words=await filter_words(turn, wanted),
        earlier=max(0, earlier),
        later=max(0, later),
    )


def _beside(card: QueueCard, waiting: Sequence[Waiting]) -> tuple[int, int]:
    """The cards before and after one, also when it waits no more; END for none."""
    order = [(one.held_at, one.id) for one in waiting]
    here = (card.held_at or card.signal.created_at, card.signal.id)
    at = bisect_left(order, here)
    past = at + 1 if at < len(order) and order[at] == here else at
    earlier = waiting[at - 1].id if at else END
    later = waiting[past].id if past < len(waiting) else END
    return earlier, later


async def _end(turn: Turn, waiting: Sequence[Waiting], wanted: QueueFilter, said: Said) -> Message:
    """The end of a round: nothing waits, or what was passed over."""
    texts, code = turn.texts, wanted.code
    words = await filter_words(turn, wanted)
    lines = [said.text]
    if waiting:
        oldest = age(turn, waiting[0].held_at)
        lines.append(texts.n("chat.queue.end.left", len(waiting), oldest=oldest))
    elif words:
        lines.append(texts("chat.queue.end.filtered", filter=words))
    else:
        lines.append(texts("chat.queue.end.empty"))
    scheduled = await turn.storage.queue.scheduled()
    if scheduled:
        when = turn.rendering.clock(scheduled[0][1])
        lines.append(texts.n("chat.queue.end.scheduled", len(scheduled), when=when))
    rows: Rows = ()
    if waiting:
        rows = ((act(texts("chat.queue.again"), "queue", FIRST, code),),)
    if said.act_id and await may_decide(turn):
        undo = act(texts("chat.queue.undo"), "qback", said.act_id, said.signal_id, code)
        rows = (*rows, (undo,))
    if wanted:
        rows = (*rows, (act(texts("chat.queue.all"), "queue", FIRST, ""),))
    if waiting:
        rows = (*rows, (act(texts("chat.queue.filters"), "qsift", "", code),))
    return Message("\n\n".join(line for line in lines if line), rows)
