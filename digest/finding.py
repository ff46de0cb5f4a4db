"""What a reader asks for, and in which order what was found is shown. Pure.

Recent first, relevance inside: the newest day stands first, and within a day what has the words in
its headline before what has them in its text, the stronger before the weaker.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.text.segmentation import fold, search_terms


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrows a list: None and empty mean everything.

    `sources` are numbers of sources, any of which may carry a signal; it is dated in
    [since, until).
    """

    column: str | None = None
    topic: str | None = None
    sources: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A live signal that was found, with what its place in the list depends on.

    `repeats` says that it tells nothing that its story's lead does not tell.
    """

    id: int
    dated_at: datetime
    column: str
    score: int
    story_id: int | None = None
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of what was found: these ids, the first of which is number `offset` + 1 of `total`.

    `before` is the id after which the previous page begins (0: at the very beginning), None on
    the first page.
    """

    ids: tuple[int, ...]
    offset: int
    total: int
    before: int | None = None

    @property
    def more(self) -> bool:
        """Whether another page follows."""
        return self.offset + len(self.ids) < self.total


def without_repeats(matches: Iterable[Match]) -> list[Match]:
    """`matches` without those that only repeat a story which another of them tells."""
    found = list(matches)
    told = {match.story_id for match in found if match.story_id and not match.repeats}
    kept: list[Match] = []
    for match in found:
        if match.repeats and match.story_id in told:
            continue
        if match.repeats and match.story_id:
            told.add(match.story_id)  # the first of the repeats stands for the story
        kept.append(match)
    return kept


def by_day(matches: Iterable[Match], zone: str) -> list[list[Match]]:
    """`matches` by the day of `zone` (IANA) they are dated on, the newest day first.

    Within a day the newest comes first too.
    """
    place = ZoneInfo(zone)
    days: dict[date, list[Match]] = {}
    for match in sorted(matches, key=lambda one: (one.dated_at, one.id), reverse=True):
        days.setdefault(match.dated_at.astimezone(place).date(), []).append(match)
    return [days[day] for day in sorted(days, reverse=True)]


def ranked(day: Sequence[Match], strengths: Mapping[int, int]) -> list[Match]:
    """One day's matches: the most fitting first (`strengths`, see `strength`), then by score."""
    return sorted(
        day,
        key=lambda match: (
            -strengths.get(match.id, 0),
            -match.score,
            -match.dated_at.timestamp(),
            -match.id,
        ),
    )


def strength(phrases: Sequence[Sequence[str]], heads: Sequence[str], body: Sequence[str]) -> int:
    """How much a signal is about what was searched for: 3 when its `heads` (headlines) say it all.

    2: they say some of it, 1: its `body` (points and keywords) does, 0: only its text does.
    """
    said = [any(_holds(head, phrase) for head in heads) for phrase in phrases]
    if all(said):
        return 3
    if any(said):
        return 2
    return int(all(any(_holds(part, phrase) for part in body) for phrase in phrases))


def _holds(text: str, phrase: Sequence[str]) -> bool:
    # Most texts do not even have the letters, which is much cheaper to see than their terms.
    folded = fold(text)
    if not all(term in folded for term in phrase):
        return False
    terms, wanted, size = search_terms(text), list(phrase), len(phrase)
    return any(terms[at : at + size] == wanted for at in range(len(terms) - size + 1))


def page_after(ordered: Sequence[int], after: int, size: int) -> Page:
    """The page that begins behind the id `after` (0, or one that is gone: the first page)."""
    start = ordered.index(after) + 1 if after in ordered else 0
    ids = tuple(ordered[start : start + size])
    before = None
    if start > 0:
        before = ordered[start - size - 1] if start > size else 0
    return Page(ids, start, len(ordered), before)


def day_of(ordered: Sequence[Sequence[Match]], after: int) -> int:
    """The place of the day in which `after` stands, 0 when it is nowhere."""
    return next(
        (place for place, day in enumerate(ordered) if any(match.id == after for match in day)), 0
    )


def narrowed(narrowing: Narrowing, without: str) -> Narrowing:
    """`narrowing` without one of its filters: column, topic, source or day."""
    empty: dict[str, Narrowing] = {
        "column": replace(narrowing, column=None),
        "topic": replace(narrowing, topic=None),
        "source": replace(narrowing, sources=()),
        "day": replace(narrowing, since=None, until=None),
    }
    return empty.get(without, narrowing)
