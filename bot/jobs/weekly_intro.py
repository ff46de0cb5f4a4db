"""Has the model introduce a week in each language, once; what does not hold is left out."""

import logging
from collections.abc import Sequence
from typing import Protocol

from digest.errors import HexinError
from digest.model import Lang, SignalState
from digest.modeltier.schema import FactsAnswer
from digest.modeltier.week import WeekLine, week_lines, what_holds
from digest.weeklies.report import Intro, Report, Said
from storage import Storage

log = logging.getLogger(__name__)

_STORIES, _PER_COLUMN, _MOST = 5, 1, 10


class Introducing(Protocol):
    """The model tier (`bot.model.Model`)."""

    async def introduce(self, lines: Sequence[WeekLine], lang: Lang) -> FactsAnswer:
        """Sentences about these lines, nothing of them checked. Raises ModelTrouble."""


class WeekIntroducer:
    """Introduces weeks; after any trouble a week goes without."""

    def __init__(self, storage: Storage, model: Introducing) -> None:
        self._storage = storage
        self._model = model

    async def __call__(self, report: Report) -> Intro:
        """The sentences that hold, by language."""
        found = await self._storage.signals.get_many(_told(report))
        signals = [one for one in found if one.state is SignalState.LIVE]
        if not signals:
            return {}
        intro: dict[str, tuple[Said, ...]] = {}
        for lang in Lang:
            lines = week_lines(signals, lang)
            try:
                answer = await self._model.introduce(lines, lang)
            except HexinError as trouble:
                log.info("week %s is not introduced: %s", report.week, trouble)
                return intro
            held = what_holds(answer, lines, signals, lang)
            if held:
                intro[lang.value] = held
        return intro


def _told(report: Report) -> tuple[int, ...]:
    """Of which signals the introduction may speak: the first stories, the best of columns."""
    stories = [one.signal_id for one in report.stories[:_STORIES]]
    best = [number for _, ids in report.picks for number in ids[:_PER_COLUMN]]
    return tuple(dict.fromkeys((*stories, *best)))[:_MOST]
