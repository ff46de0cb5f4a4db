"""What other areas add to the card of a signal that waits: rows of buttons of their own.

Each function is given the turn, the card and the filter's code (to come back to the same place),
and returns one row; an empty one adds nothing.
"""

from collections.abc import Callable, Sequence

from digest.model import Button
from handlers.context import Turn
from storage.queue import QueueCard

ExtraRow = Callable[[Turn, QueueCard, str], Sequence[Button]]

EXTRA_ROWS: tuple[ExtraRow, ...] = ()
