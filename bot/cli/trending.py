"""`hexin lab trends`: how each key stands against its own past, from moments or from counts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import typer

from bot.cli.stream import BadLine, Record, moment_field, text_field
from digest.model import Brief
from digest.text.language import detect_language
from digest.trends.past import DAILY, HOURLY, Numbers, Pace
from digest.trends.standing import USUAL, Standing, standings, surprises
from digest.trends.terms import terms_of

_ENOUGH_KEYS = 10  # to know from them how much is told in all
_PLENTY = 1000.0  # told in each slot, where nobody says how much
_COUNTLESS = 1e9
_ONE_DAY_LONG = len("2026-01-01")


class TrendStage:
    """Gathers lines; `found` says at the end how every key stands."""

    def __init__(self, now: str, *, alone: bool, alarms: bool) -> None:
        """`now` ends what is looked at, "" is the last moment. Raises typer.BadParameter."""
        try:
            self._now = _utc(datetime.fromisoformat(now)) if now else None
        except ValueError as error:
            raise typer.BadParameter(f"{now} is no time: {error}", param_hint="--now") from error
        self._alone, self._alarms = alone, alarms
        self._moments: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
        self._told: list[datetime] = []
        self._counts: dict[str, list[float | None]] = {}
        self._daily = True

    def __call__(self, record: Record) -> Record:
        """Take one line in; it is answered at the end. Raises BadLine."""
        if "counts" in record:
            self._counts[text_field(record, "key")] = _counts(record["counts"])
            return {}
        name = "at" if "at" in record else "date"
        at = moment_field(record, name)
        if at is None:
            raise BadLine(f"missing field {name!r}")
        self._daily = self._daily and len(str(record[name])) <= _ONE_DAY_LONG
        self._told.append(at)
        source = str(record.get("source") or f"line {len(self._told)}")
        for key in dict.fromkeys(_keys(record)):
            self._moments[key].append((at, source))
        return {}

    def found(self) -> Iterable[Record]:
        """One answer for each key, the strongest rise first."""
        answers = [*self._of_moments(), *self._of_counts()]
        answers.sort(key=lambda one: (-one["strength"] if one["rising"] else 0.0, one["key"]))
        return answers

    def _of_moments(self) -> Iterable[Record]:
        if not self._moments:
            return
        pace = DAILY if self._daily else HOURLY
        last = self._now or max(self._told)
        end = _end(last, pace)
        first = min(self._told)
        slots = max(pace.slots, -(-((end - first) // pace.slot + 1) // pace.day) * pace.day)

        def place(at: datetime) -> int:
            return slots + (at - end) // pace.slot

        volumes = np.zeros(slots)
        for at in self._told:
            if at < end:
                volumes[place(at)] += 1
        keys = sorted(self._moments)
        counts = np.zeros((len(keys), slots))
        for row, key in enumerate(keys):
            for at, _ in self._moments[key]:
                if at < end:
                    counts[row, place(at)] += 1
        if self._is_alone(keys):
            volumes = np.where(np.arange(slots) >= place(first), _PLENTY, 0.0)
        start = end - slots * pace.slot
        for record, key in zip(self._compared(keys, counts, volumes, pace), keys, strict=True):
            sources = {
                said for at, said in self._moments[key] if end - pace.day * pace.slot <= at < end
            }
            yield _dated(record | {"sources": len(sources)}, start, pace)

    def _of_counts(self) -> Iterable[Record]:
        if not self._counts:
            return
        keys = sorted(self._counts)
        slots = max(DAILY.slots, *(len(counts) for counts in self._counts.values()))
        counts, known = np.zeros((len(keys), slots)), np.zeros(slots, bool)
        for row, key in enumerate(keys):
            for place, count in enumerate(reversed(self._counts[key]), 1):
                counts[row, -place] = count or 0.0
                known[-place] |= count is not None
        alone = self._is_alone(keys)
        volumes = np.where(known, _PLENTY if alone else counts.sum(axis=0), 0.0)
        for key, record in zip(keys, self._compared(keys, counts, volumes, DAILY), strict=True):
            lacking = slots - len(self._counts[key])
            yield _shifted(record, lacking)

    def _is_alone(self, keys: list[str]) -> bool:
        return self._alone or len(keys) < _ENOUGH_KEYS

    def _compared(
        self, keys: list[str], counts: Numbers, volumes: Numbers, pace: Pace
    ) -> Iterable[Record]:
        size = pace.slots
        stands = standings(counts[:, -size:], volumes[-size:], pace)
        shift = counts.shape[1] - size
        alarms = _alarms(counts, volumes, pace) if self._alarms else None
        for row, (key, stand) in enumerate(zip(keys, stands, strict=True)):
            answer = _answer(key, stand, shift)
            if alarms is not None:
                answer["alarms"] = alarms[row]
            yield answer


def _keys(record: Record) -> Iterable[str]:
    if "key" in record:
        return [text_field(record, "key")]
    if isinstance(record.get("keys"), list):
        return [str(key) for key in record["keys"]]
    title = text_field(record, "title")
    lang = str(record.get("lang") or detect_language(title))
    return terms_of(title, lang, Brief(headline=title, headline_lang=lang, points=()))


def _counts(given: object) -> list[float | None]:
    if not isinstance(given, list) or not given:
        raise BadLine("field 'counts' is no list of numbers")
    found: list[float | None] = []
    for count in given:
        if count is not None and (
            not isinstance(count, int | float) or not 0 <= count < _COUNTLESS
        ):
            raise BadLine("field 'counts' has something that is no number of times")
        found.append(None if count is None else float(count))
    return found


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _end(last: datetime, pace: Pace) -> datetime:
    """The end of the slot in which the last moment lies."""
    start = last.replace(minute=0, second=0, microsecond=0)
    return (start.replace(hour=0) if pace.day == 1 else start) + pace.slot


def _alarms(counts: Numbers, volumes: Numbers, pace: Pace) -> list[list[int]]:
    """In which slots each key would have been called rising, by what was known then."""
    found: list[list[int]] = [[] for _ in counts]
    for end in range(pace.slots, counts.shape[1] + 1, pace.day):
        window = slice(end - pace.slots, end)
        high = surprises(counts[:, window], volumes[window], pace)[:, -pace.day :] >= USUAL.enter
        for row, step in np.argwhere(high):
            found[row].append(int(end - pace.day + step))
    return found


def _answer(key: str, stand: Standing, shift: int) -> Record:
    return {
        "key": key,
        "phase": stand.phase.value,
        "rising": stand.phase.is_high,
        "now": stand.now,
        "usual": round(stand.usual, 2),
        "strength": round(stand.strength, 2),
        "surprise": round(stand.surprise, 2) if np.isfinite(stand.surprise) else None,
        "began": None if stand.began is None else stand.began + shift,
    }


def _dated(answer: Record, start: datetime, pace: Pace) -> Record:
    """The answer with moments in the place of slots."""

    def moment(slot: int) -> str:
        return (start + slot * pace.slot).isoformat()

    changed = dict(answer)
    if answer["began"] is not None:
        changed["began"] = moment(answer["began"])
    if "alarms" in answer:
        changed["alarms"] = [moment(slot) for slot in answer["alarms"]]
    return changed


def _shifted(answer: Record, lacking: int) -> Record:
    """The answer with places in the list of counts, which was shorter than what is looked at."""
    changed = dict(answer)
    if answer["began"] is not None:
        changed["began"] = max(0, answer["began"] - lacking)
    if "alarms" in answer:
        changed["alarms"] = [slot - lacking for slot in answer["alarms"] if slot >= lacking]
    return changed
