"""What came of a campaign, counted at Telegram's side: what readers were shown, and how often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Shown(NamedTuple):
    """One message as a reader has it: the signals in it, whether it says that it goes again.

    `words` stand for its text without that mark; `round` is when it came.
    """

    chat: int
    signals: tuple[int, ...]
    marked: bool
    words: str
    round: int


class Round(NamedTuple):
    """The signals that were published in one round; the `loud` is also an alert to some."""

    signals: tuple[int, ...]
    loud: int


@dataclass(frozen=True)
class Tally:
    """What readers were shown, against what they were to be shown.

    `doubled`: messages that came again without saying so. `duplicates`: those that came again
    and say so; `rescued` the marked ones of which the first never came. `lost`: pairs of reader
    and signal that never came; `late` those that a later digest came without. `unasked`: pairs
    that came twice although nothing of ours was in doubt; `repeated` those where it was.
    """

    messages: int
    doubled: int
    duplicates: int
    rescued: int
    lost: int
    late: int
    repeated: int
    unasked: int

    @property
    def faults(self) -> list[str]:
        """What must not be, in words."""
        bad = {
            "messages doubled": self.doubled,
            "content lost": self.lost,
            "content not in the next digest": self.late,
            "content repeated without a doubt": self.unasked,
        }
        return [f"{name}: {count}" for name, count in bad.items() if count]


@dataclass
class _Reader:
    """What one reader has got by now, and what was missing when a digest came."""

    got: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)


def tally(
    shown: Sequence[Shown],
    rounds: Sequence[Round],
    readers: Iterable[int],
    doubtful: Iterable[tuple[int, int]],
) -> Tally:
    """Count. `doubtful` are the pairs of reader and signal that our tables are not sure of."""
    everybody = tuple(readers)
    again = Counter((one.chat, one.words) for one in shown if one.marked)
    first = Counter((one.chat, one.words) for one in shown if not one.marked)
    doubled = sum(count - 1 for count in first.values()) + sum(
        count - 1 for count in again.values()
    )
    duplicates = sum(1 for key in again if first[key])
    pairs = Counter(
        (one.chat, signal)
        for one in shown
        if not (one.marked and first[one.chat, one.words])
        for signal in one.signals
    )
    twice = {pair for pair, count in pairs.items() if count > 1}
    owed = {signal for one in rounds for signal in one.signals}
    return Tally(
        messages=len(shown),
        doubled=doubled,
        duplicates=duplicates,
        rescued=len(again) - duplicates,
        lost=sum((chat, signal) not in pairs for chat in everybody for signal in owed),
        late=_late(shown, rounds),
        repeated=len(twice),
        unasked=len(twice - set(doubtful)),
    )


def _late(shown: Sequence[Shown], rounds: Sequence[Round]) -> int:
    """Pairs that were still missing at the end of a round whose digest the reader was shown."""
    by_round: dict[int, list[Shown]] = defaultdict(list)
    for one in shown:
        by_round[one.round].append(one)
    readers: dict[int, _Reader] = defaultdict(_Reader)
    before: set[int] = set()
    for number, made in enumerate(rounds):
        quiet = set(made.signals) - {made.loud}
        digested = set[int]()
        for one in by_round[number]:
            readers[one.chat].got.update(one.signals)
            if quiet & set(one.signals):
                digested.add(one.chat)
        for chat in digested:
            readers[chat].late |= before - readers[chat].got
        before.update(made.signals)
    return sum(len(one.late) for one in readers.values())
