"""Whether it is the sources that are ill, or our own network. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.errors import PollFailure
from digest.model import Source, SourceState

# What a machine without a network says of every server.
_NETWORK = frozenset({PollFailure.DNS, PollFailure.CONNECT, PollFailure.TIMEOUT, PollFailure.TLS})
_LEAST = 5
_BEGINS, _ENDS = 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the sources that are polled cannot be reached."""

    unreached: int
    polled: int

    def is_outage(self, *, already: bool) -> bool:
        """Whether so many fail that the fault is ours; it ends well below where it begins."""
        share = self.unreached / self.polled if self.polled else 0.0
        return self.unreached >= _LEAST and share >= (_ENDS if already else _BEGINS)


def reach_of(sources: Iterable[Source]) -> Reach:
    """How the active sources that were polled before can be reached now."""
    polled = [
        source
        for source in sources
        if source.state is SourceState.ACTIVE and source.poll.last_poll_at is not None
    ]
    return Reach(len(_unreached(polled)), len(polled))


def _unreached(polled: Sequence[Source]) -> list[Source]:
    return [one for one in polled if one.poll.errors and one.poll.error_code in _NETWORK]
