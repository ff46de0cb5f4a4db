"""What is new against what was published before: facts of stored signals side by side.

Nothing is judged: a difference is the same measure of the same name with another number, where
both are of one thing and one time (digest/agreement/later.py), or a name that no earlier signal of
the topic has. Each points to the signal it was compared with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.agreement.later import same_thing
from digest.condense.gazetteer import standard
from digest.condense.names import names_in
from digest.model import NumberFact, Signal
from digest.regexes import regex
from digest.text.vocabulary import word_set

MOST_DIFFERENCES = 5
MOST_STEPS = 8

_LEAST_EARLIER = 3
"""Earlier signals without which "for the first time" would say nothing."""

_VAGUE_MEASURES = word_set(
    "同比 环比 增长 下降 上涨 下跌 同比增长 同比下降 同比减少 环比增长 ",
    "价格 成本 投资 功率 速度 用户 ",
    "growth price prices cost costs shares stock investment invested raised ",
)
_LATIN_NAME = regex(r"[A-Z][A-Za-z0-9]+|[a-z]+[A-Z][A-Za-z0-9]*")
_SAME_WITHIN = 0.001


class DifferenceKind(StrEnum):
    """`number`: one measure, two values. `name`: a name not seen on this topic before."""

    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that sets a signal apart from earlier ones.

    `number`: `name` and `measure` are what both signals tell of, `then` and `now` the numbers as
    they were written (`then_zh`, `now_zh` in Chinese where certain), `direction` "up" or "down";
    `earlier_id` and `earlier_at` the compared signal, `sentence` where the article says it.
    `name`: `name` is in none of the `among` earlier signals, the oldest of which is of
    `earlier_at`; `earlier_id` is then None.
    """

    kind: DifferenceKind
    name: str
    earlier_at: datetime
    earlier_id: int | None = None
    measure: str = ""
    then: str = ""
    now: str = ""
    then_zh: str = ""
    now_zh: str = ""
    direction: str = ""
    sentence: int | None = None
    among: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One signal in the course of a topic; `shared` are the topics and names in common."""

    signal_id: int
    at: datetime
    title: str
    shared: tuple[str, ...]


def differences(signal: Signal, earlier: Sequence[Signal]) -> tuple[Difference, ...]:
    """What `signal` has that `earlier` ones have not, numbers before names; at most five.

    `earlier` are stored signals of its topics within the window that the caller looks at; newer
    ones and the signal itself are left out here. Only numbers that name their measure, and names
    that both articles or the headline have, are compared.
    """
    before = _before(signal, earlier)
    found = [*_changed(signal, before), *_first_named(signal, before)]
    return tuple(found[:MOST_DIFFERENCES])


def topic_timeline(signal: Signal, earlier: Sequence[Signal]) -> tuple[Step, ...]:
    """How the matter went on: earlier signals that share a name with this one, oldest first.

    At most eight, the newest. Signals that share no more than a topic are not part of the course.
    """
    mine = _names(signal)
    steps = [
        Step(one.id, one.when, one.title, tuple(sorted(shared)))
        for one in _before(signal, earlier)
        if (shared := mine & _names(one))
    ]
    return tuple(steps[-MOST_STEPS:])


def _before(signal: Signal, earlier: Sequence[Signal]) -> list[Signal]:
    """The signals published before this one, oldest first, each article once."""
    other = {
        one.id: one
        for one in earlier
        if one.id != signal.id and one.when < signal.when and one.url != signal.url
    }
    return sorted(other.values(), key=lambda one: (one.when, one.id))


# --- numbers ----------------------------------------------------------------------------


def _changed(signal: Signal, before: Sequence[Signal]) -> Iterator[Difference]:
    mine = _names(signal)
    said: set[tuple[str, str]] = set()
    for fact in signal.brief.numbers:
        key = measure_key(fact)
        if not key:
            continue
        for one in reversed(before):  # the latest earlier value is the one to compare with
            name = _subject(signal, one, mine & _names(one))
            if not name or (name, key) in said:
                continue
            alike = (it for it in one.brief.numbers if measure_key(it) == key)
            then = next((it for it in alike if same_thing(one, it, signal, fact, name)), None)
            if then is None:
                continue
            said.add((name, key))
            if not same_value(fact, then):
                yield _difference(name, fact, then, one)
            break


def _difference(name: str, now: NumberFact, then: NumberFact, one: Signal) -> Difference:
    return Difference(
        kind=DifferenceKind.NUMBER,
        name=name,
        earlier_at=one.when,
        earlier_id=one.id,
        measure=now.measure,
        then=then.text,
        now=now.text,
        then_zh=then.zh,
        now_zh=now.zh,
        direction="up" if now.value > then.value else "down",
        sentence=now.sentence,
    )


def measure_key(fact: NumberFact) -> str:
    """What must be equal for two numbers to be comparable; "" when the fact does not say."""
    measure = fact.measure.casefold().removeprefix("of ").strip()
    if not measure or measure in _VAGUE_MEASURES or fact.kind in {"multiple", "change"}:
        return ""
    if fact.kind == "percent" and fact.direction:
        return ""  # two growth rates of unlike periods are no change of one thing
    return f"{measure}|{fact.unit}"


def same_value(one: NumberFact, other: NumberFact) -> bool:
    """Whether two numbers are worth the same, but for how they were rounded."""
    return abs(one.value - other.value) <= _SAME_WITHIN * max(abs(one.value), abs(other.value))


def _subject(signal: Signal, one: Signal, shared: set[str]) -> str:
    """The name that both headlines are about, "" when there is none."""
    titles = (signal.title + signal.brief.headline, one.title + one.brief.headline)
    both = [name for name in shared if all(name in title for title in titles)]
    return max(both, key=len, default="")


# --- names ------------------------------------------------------------------------------


def _first_named(signal: Signal, before: Sequence[Signal]) -> Iterator[Difference]:
    topics = set(signal.placement.topics)
    same = [one for one in before if topics & set(one.placement.topics)]
    if len(same) < _LEAST_EARLIER:
        return
    texts = [_told(one) for one in same]
    for name in sorted(_names(signal), key=lambda it: (it not in signal.title, it)):
        titled = name in signal.title or name in signal.brief.headline
        if titled and not any(name.casefold() in text for text in texts):
            yield Difference(DifferenceKind.NAME, name, earlier_at=same[0].when, among=len(same))


def _told(signal: Signal) -> str:
    brief = signal.brief
    parts = (signal.title, brief.headline, *brief.keywords, *(it.text for it in brief.points))
    return "\n".join(parts).casefold()


def _is_name(word: str) -> bool:
    known = standard().get(word)
    return bool(known and known.kind != "place") or (
        bool(_LATIN_NAME.match(word)) and any(letter.isupper() for letter in word)
    )


def _names(signal: Signal) -> set[str]:
    keywords = {word for word in signal.brief.keywords if _is_name(word)}
    return keywords | names_in(signal.title) | names_in(signal.brief.headline)
