"""What other areas add to the card of a signal that waits: rows of buttons of their own.

Each function is given the turn, the card and the filter's code (to come back to the same place),
and returns one row; an empty one adds nothing.
"""

from collections.abc import Callable, Sequence

from digest.model import Button
from handlers.context import Turn
from handlers.keyboards import act
from storage.queue import QueueCard

ExtraRow = Callable[[Turn, QueueCard, str], Sequence[Button]]


def _editing(turn: Turn, card: QueueCard, _code: str) -> Sequence[Button]:
    """What editors do to the words: each answers with a message of its own, the card stays."""
    texts, number = turn.texts, card.signal.id
    return (
        act(texts("chat.card.edit"), "edit", number),
        act(texts("chat.edit.rewrite"), "erewrite", number),
    )


EXTRA_ROWS: tuple[ExtraRow, ...] = (_editing,)
