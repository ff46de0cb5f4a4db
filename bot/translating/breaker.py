"""A circuit breaker: an engine that keeps failing is left alone for growing times."""

from collections.abc import Callable
from datetime import timedelta

from bot.translating.port import TranslationUnavailable, Trouble

_PATIENCE = 3  # failures in a row
_FIRST_REST_S = 60.0
_LONGEST_REST_S = 1800.0
_LASTING_REST_S = 3600.0


class Breaker:
    """Counts failures in a row and says how long to leave the engine alone.

    `clock` gives seconds that only grow. Three failures open it for a minute, each further one
    twice as long up to half an hour; a refused key or a used-up account for an hour at once.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._until = float("-inf")
        self._why = ""

    def check(self) -> None:
        """Raise `TranslationUnavailable` (RESTING) while the engine is left alone."""
        left_s = self._until - self._clock()
        if left_s > 0:
            wait = timedelta(seconds=left_s)
            raise TranslationUnavailable(Trouble.RESTING, self._why, retry_after=wait)

    def worked(self) -> None:
        """The engine answered."""
        self._failures = 0

    def failed(self, error: TranslationUnavailable) -> None:
        """The engine brought nothing; a pair it does not know says nothing of its health."""
        if error.trouble in {Trouble.PAIR, Trouble.RESTING}:
            return
        self._failures += 1
        rest_s = 0.0
        if error.lasting:
            rest_s = _LASTING_REST_S
        elif self._failures >= _PATIENCE:
            rest_s = min(_FIRST_REST_S * 2 ** (self._failures - _PATIENCE), _LONGEST_REST_S)
        asked_s = error.retry_after.total_seconds() if error.retry_after else 0.0
        rest_s = max(rest_s, min(asked_s, _LASTING_REST_S))
        if rest_s:
            self._until, self._why = self._clock() + rest_s, str(error)
