"""Leaving a model alone that does not answer, and trying it again one request at a time."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.model.trouble import PASSING, SETTINGS, ModelTrouble

# Seconds that a request waits for a server that asks for it; if it asks for more, all wait.
LONGEST_WAIT = 60.0
_FAILURES = 5  # in a row
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=30)


class Breaker:
    """Closed: requests pass. Open: none does. Half open: one does, and decides."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until: datetime | None = None
        self._pause = _FIRST_PAUSE
        self._probing = False
        self.reason = ""

    @property
    def is_open(self) -> bool:
        """Whether a request would be refused now."""
        if self._open_until is None:
            return False
        return self._probing or self._clock() < self._open_until

    def enter(self) -> None:
        """Before a request. Raises ModelTrouble("paused") while the model is left alone."""
        if self.is_open:
            raise ModelTrouble("paused", self.reason)
        self._probing = self._open_until is not None

    def leave(self, trouble: ModelTrouble | None) -> None:
        """After a request: what came of it. An answer of any quality closes the breaker."""
        probing, self._probing = self._probing, False
        if trouble is None or trouble.reason not in PASSING | SETTINGS:
            self._failures, self._open_until, self._pause = 0, None, _FIRST_PAUSE
            self.reason = ""
            return
        self._failures += 1
        asked_to_wait = (trouble.retry_after or 0.0) > LONGEST_WAIT
        lasting = asked_to_wait or trouble.reason in SETTINGS
        if probing or lasting or self._failures >= _FAILURES:
            self._trip(trouble)

    def abandon(self) -> None:
        """A request was cancelled: nothing is learnt, another may probe."""
        self._probing = False

    def _trip(self, trouble: ModelTrouble) -> None:
        asked = timedelta(seconds=trouble.retry_after or 0)
        if trouble.reason in SETTINGS:
            self._pause = _LONGEST_PAUSE
        self._open_until = self._clock() + max(self._pause, min(asked, _LONGEST_PAUSE))
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        self.reason = trouble.reason
