"""Stories: which signals are about one event, decided as they arrive.

Candidates share rare terms, names or figures with the newcomer, or are copies of its text; a
small trained model judges each pair, and the newcomer joins the story whose members together
persuade most. Precision goes first: a missed link shows a story twice, a wrong one hides a story.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.model import Relation
from digest.stories import across
from digest.stories.candidates import Candidates, Found
from digest.stories.items import ALONE, StoryItem, StoryPlacement
from digest.stories.likeness import FEATURES, compare, other_language
from digest.stories.model import StoryModel, shipped
from digest.stories.shelf import (
    Sheet,
    Shelf,
    Weights,
    in_other_words,
    lang_code,
    meaning_of,
    sheet_of,
)
from digest.stories.titles import TitleModel, shipped_titles, title_table
from digest.stories.traits import Traits, traits_of
from digest.verify.meaning import Encoder

_SAME_TEXT = 0.8
_UPDATE_AFTER_S = 3 * 3600.0
_BACKING = 3  # members of a story whose word counts beside the most persuaded one
_SUREST = 2 / 3  # what the surest member's word is worth beside the mean of those
_ASKED = 200  # members whose figures a newcomer's are compared with
_NO_STORY = -1
_TEXT_COS, _TITLE_COS, _COPY = (FEATURES.index(it) for it in ("text_cos", "title_cos", "copy"))
_ROUNDUP, _DAYS, _TEXTS, _ACROSS, _SIZE = (
    FEATURES.index(it) for it in ("roundup", "days", "texts", "zh_en", "size_least")
)
_NAMES, _FIGURES, _RAREST = (
    FEATURES.index(it) for it in ("names_sum", "figures_shared", "text_rarest")
)
_PARTS = FEATURES.index("parts_differ")
_RARE_NAMES, _SOME_NAME, _RARE_TERMS = 1.7, 0.4, 2.0
_MEANT_MOST = 4  # candidates that only mean the same
_LEAST_TITLE = 2  # terms: "Live" and "专题" say nothing
_BOTH = 2  # texts
_SAME_OPENING, _CERTAIN = 0.999, 0.98
_SAME_ISSUE_DAYS = 0.5


@dataclass(frozen=True, slots=True)
class _Measured:
    traits: Traits
    sheet: Sheet
    meaning: NDArray[np.int8] | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """Candidates with how likely each tells the same event and whether it is the same text.

    `alone` is how likely where nothing else backs it: of two without texts what their titles say.
    """

    places: NDArray[np.int64]
    chances: NDArray[np.float32]
    alone: NDArray[np.float32]
    copies: NDArray[np.bool_]
    told: NDArray[np.bool_]  # both have more than a title, or names carried across languages


class StoryIndex:
    """The signals of the last days, found by what is rare in them.

    With an `encoder` (the extra `semantic`) signals that are placed are also compared by what
    they mean; those that are only added, as at start, are not read by it: that takes 3 ms each.
    """

    def __init__(
        self,
        encoder: Encoder | None = None,
        model: StoryModel | None = None,
        titles: TitleModel | None = None,
    ) -> None:
        self._encoder = encoder
        self._given_model, self._given_titles = model, titles
        self._shelf = Shelf(with_meaning=encoder is not None)
        self._candidates = Candidates(self._shelf)
        self._place_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}  # story → places, oldest first
        self._apart: dict[int, set[int]] = {}  # signal → stories that it must not be in
        self._last: tuple[tuple[object, ...], _Measured] | None = None

    # Read with the first judgement: most processes never judge, and the others do it in a thread.
    @cached_property
    def _model(self) -> StoryModel:
        return self._given_model or shipped()

    @cached_property
    def _titles(self) -> TitleModel:
        return self._given_titles or shipped_titles()

    def __len__(self) -> int:
        return len(self._place_of)

    def add(self, item: StoryItem) -> None:
        """Remember `item`; one with a number that is known already replaces the earlier."""
        self._drop(item.signal_id)
        measured = self._measure(item, read=False)
        place = self._shelf.put(measured.sheet, item.signal_id, measured.meaning)
        self._candidates.add(place, measured.traits, measured.sheet)
        self._place_of[item.signal_id] = place
        self._join(place, item.story_id)

    def story_of(self, signal_id: int | None) -> int | None:
        """The story of a signal that was added, None for one that stands alone or is unknown."""
        place = self._place_of.get(signal_id) if signal_id is not None else None
        return None if place is None else self._story_at(place)

    def move(self, signal_id: int, story_id: int | None) -> None:
        """Note that an editor put a signal into another story, or took it out of its own."""
        if story_id is not None:  # whatever it was taken out of, it is back
            self._apart.get(signal_id, set()).discard(story_id)
        place = self._place_of.get(signal_id)
        if place is not None and self._story_at(place) != story_id:
            self._leave(place)
            self._join(place, story_id)

    def keep_apart(self, signal_id: int, story_id: int) -> None:
        """Note that an editor took a signal out of a story: neither it nor its copies go back."""
        self._apart.setdefault(signal_id, set()).add(story_id)

    def forget_before(self, moment: datetime) -> None:
        """Drop everything older than `moment`."""
        for signal_id in self._shelf.older_than(moment.timestamp()):
            self._drop(signal_id)
            self._apart.pop(signal_id, None)
        self._candidates.forget()

    def near(self, item: StoryItem, limit: int) -> tuple[tuple[int, float], ...]:
        """The signals most like `item`, with how alike they are, those of its story left out."""
        judged = self._judge(item)
        found = [
            (self._shelf.signal_at(place), float(chance))
            for place, chance in zip(judged.places.tolist(), judged.alone, strict=True)
            if item.story_id is None or self._story_at(place) != item.story_id
        ]
        found.sort(key=lambda one: (-one[1], -one[0]))
        return tuple((number, round(chance, 4)) for number, chance in found[:limit])

    def place(self, item: StoryItem) -> StoryPlacement:
        """The story that `item` belongs to, judged against what was added; `item` is not added.

        `duplicate`: the same event with nothing new; `update`: later and with figures that the
        story did not have; `lead`: an event of its own.
        """
        judged = self._judge(item)
        barred = self._barred(item, judged)
        best: tuple[float, int] | None = None
        least = min(self._model.sure_of_texts, self._model.sure_of_titles)
        for rows in self._stories(judged, least):
            size = self._size_of(int(judged.places[rows[0]]))
            chances = (judged.chances if size > 1 else judged.alone)[rows]
            at = rows[int(np.argmax(chances))]
            place = int(judged.places[at])
            if self._story_at(place) in barred:
                continue
            belief = self._belief(chances, size)
            sure = self._model.sure_of_texts if judged.told[at] else self._model.sure_of_titles
            if belief >= sure and (best is None or belief > best[0]):
                best = (belief, at)
        if best is None:
            return ALONE
        belief, at = best
        place = int(judged.places[at])
        relation = self._relation(item, place, same_text=bool(judged.copies[at]))
        return StoryPlacement(self._shelf.signal_at(place), relation, round(min(1.0, belief), 4))

    def _judge(self, item: StoryItem) -> _Judged:
        measured = self._measure(item, read=True)
        own = self._place_of.get(item.signal_id, -1)
        found = self._candidates.of(measured.traits, measured.sheet, leave_out=own)
        found = self._with_meant(measured, found, own)
        if not len(found.places):
            empty = np.empty(0, np.float32)
            return _Judged(found.places, empty, empty, empty > 0, empty > 0)
        others = self._shelf.rows(found.places)
        table = self._compare(measured.sheet, others, found.copies)
        alike = table[:, (_TEXT_COS, _TITLE_COS, _COPY)].max(axis=1)
        chances = self._chances(table, measured, found)
        otherwise = self._in_other_words(measured.sheet, others, found.copies)
        alone = np.maximum(self._alone(table, chances, measured, others, found), otherwise)
        chances = np.maximum(chances, otherwise)
        told = (table[:, _TEXTS] == _BOTH) | (table[:, _ACROSS] > 0)
        return _Judged(found.places, chances, alone, alike >= _SAME_TEXT, told)

    def _alone(
        self, table: Weights, chances: Weights, measured: _Measured, others: Sheet, found: Found
    ) -> Weights:
        """The chances, of two that have no more than titles by what these say word for word."""
        rows = np.nonzero((table[:, _TEXTS] == 0) & (table[:, _ACROSS] == 0) & (chances > 0))[0]
        if not len(rows):
            return chances
        wide = title_table(table[rows], measured.sheet, others.rows(rows))
        said = self._titles.plain.chances(wide)
        if measured.meaning is not None:
            meant, known = self._shelf.meant(found.places[rows], measured.meaning)
            wider = np.column_stack((wide, meant))[known].astype(np.float32)
            said[known] = self._titles.semantic.chances(wider)
        alone = chances.copy()
        sure, chinese = self._model.sure_of_titles, int(measured.sheet.lang[0]) == lang_code("zh")
        # Both judges of texts must have no doubt: what two mean alone is no event.
        alike = np.minimum(chances[rows], self._model.plain.chances(table[rows]))
        moved = self._titles.as_sure(wide, said, alike, sure=sure, chinese=chinese)
        alone[rows] = moved
        return _ruled(table, alone)

    def _compare(self, mine: Sheet, others: Sheet, copies: Weights) -> Weights:
        return compare(mine, others, self._candidates.rarity, copies)

    def _in_other_words(self, mine: Sheet, others: Sheet, copies: Weights) -> Weights:
        """The chances by a headline in the other language, of either side; 0 without one."""
        chances = np.zeros(len(others.at), np.float32)
        if mine.also[0, 0]:
            rows = np.nonzero(others.lang == mine.also_lang[0])[0]
            told = in_other_words(mine)
            chances[rows] = self._plain_chances(told, others.rows(rows), copies[rows])
        rows = np.nonzero((others.also[:, 0] > 0) & (others.also_lang == mine.lang[0]))[0]
        if len(rows):
            heard = in_other_words(others.rows(rows))
            found = self._plain_chances(mine, heard, copies[rows])
            chances[rows] = np.maximum(chances[rows], found)
        return chances

    def _plain_chances(self, mine: Sheet, others: Sheet, copies: Weights) -> Weights:
        table = self._compare(mine, others, copies)
        return _ruled(table, self._model.plain.chances(table))

    def _chances(
        self, table: NDArray[np.float32], measured: _Measured, found: Found
    ) -> NDArray[np.float32]:
        chances = self._model.plain.chances(table)
        if measured.meaning is not None:
            meant, known = self._shelf.meant(found.places, measured.meaning)
            wider = np.column_stack((table, meant))[known].astype(np.float32)
            chances[known] = self._model.semantic.chances(wider)
        return self._across(table, _ruled(table, chances), measured, found)

    def _across(
        self, table: Weights, chances: Weights, measured: _Measured, found: Found
    ) -> Weights:
        """The chances, of the other language by what is shared and meant with no other story."""
        stories = np.array([self._number(place) for place in found.places.tolist()], np.int64)
        sure, behind = across.by_what_is_shared(table, stories)
        likest = across.in_common(table) / across.MOST_IN_COMMON
        if measured.meaning is not None:
            near = self._nearest(table, measured, found.places)
            if near is not None:
                sure, behind = stories == near, (table[:, _ACROSS] > 0) & (stories != near)
                meant, known = self._shelf.meant(found.places, measured.meaning)
                sure &= across.may_tell_one(table) & known & across.is_near(meant)
                likest = meant
        told = np.where(behind, np.float32(0.0), chances)
        return np.where(sure, across.SURE + across.LIKEST * likest, told).astype(np.float32)

    def _nearest(
        self, table: Weights, measured: _Measured, places: NDArray[np.int64]
    ) -> int | None:
        """The number of the story of the other language that means the same as no other does."""
        meaning, at = measured.meaning, float(measured.sheet.at[0])
        rows = np.nonzero(across.may_tell_one(table))[0]
        if meaning is None or not len(rows):
            return None
        meant, known = self._shelf.meant(places[rows], meaning)
        row = rows[int(np.where(known, meant, -1.0).argmax())]
        best, place = float(meant.max()), int(places[row])
        if not across.may_be_nearest(best):
            return None
        since, story = at - across.DAYS * 86_400, self._number(place)
        lang = int(self._shelf.rows(places[[row]]).lang[0])
        second = self._next_nearest(meaning, lang, since, story)
        there, mine = self._shelf.meaning_at(place), int(measured.sheet.lang[0])
        back = self._next_nearest(there, mine, since, story)
        shared = float(across.in_common(table[[row]])[0])
        return story if across.is_nearest(best, second, back, shared) else None

    def _next_nearest(
        self, meaning: NDArray[np.int8], lang: int, since: float, story: int
    ) -> float:
        """How near the nearest is that is not of `story`; -1 for none."""
        places, cosines = self._shelf.nearest(meaning, lang, since)
        others = (
            float(cosine)
            for place, cosine in zip(places.tolist(), cosines, strict=True)
            if self._number(place) != story
        )
        return next(others, -1.0)

    def _with_meant(self, measured: _Measured, found: Found, own: int) -> Found:
        """The candidates, and what means the same in the other language of Chinese and English."""
        other = other_language(int(measured.sheet.lang[0]))
        if measured.meaning is None or other is None:
            return found
        since = float(measured.sheet.at[0]) - across.DAYS * 86_400
        places, cosines = self._shelf.nearest(measured.meaning, other, since)
        near = across.is_near(cosines) & (places != own) & ~np.isin(places, found.places)
        more = places[near][:_MEANT_MOST]
        return Found(
            np.concatenate((found.places, more)),
            np.concatenate((found.copies, np.zeros(len(more), np.float32))),
        )

    def _stories(self, judged: _Judged, least: float) -> Iterable[list[int]]:
        """The rows of `judged` by story, of those with a row of that chance at `least`.

        A signal alone is a story too.
        """
        likely = {self._key(place) for place in judged.places[judged.chances >= least].tolist()}
        groups: dict[tuple[bool, int], list[int]] = {}
        for at, place in enumerate(judged.places.tolist() if likely else ()):
            key = self._key(place)
            if key in likely:
                groups.setdefault(key, []).append(at)
        return groups.values()

    def _key(self, place: int) -> tuple[bool, int]:
        story = self._story_at(place)
        return (False, place) if story is None else (True, story)

    def _number(self, place: int) -> int:
        """What tells the story of a place from all others: its number, or one below 0."""
        story = self._story_at(place)
        return -1 - place if story is None else story

    def _belief(self, chances: NDArray[np.float32], size: int) -> float:
        """How sure a story's members are: the surest of them, and the next two if there are.

        So a story does not wander off along a chain of neighbours, and yet what one member tells
        again is not held back by those that tell something else of the event.
        """
        backing = min(_BACKING, size)
        top = np.sort(chances)[::-1][:backing]
        return float(_SUREST * top[0] + (1 - _SUREST) * top.sum() / backing)

    def _barred(self, item: StoryItem, judged: _Judged) -> set[int]:
        """The stories that editors took `item`, or a text that it copies, out of."""
        barred = set(self._apart.get(item.signal_id, ()))
        if self._apart:
            for place in judged.places[judged.copies].tolist():
                barred |= self._apart.get(self._shelf.signal_at(place), set())
        return barred

    def _relation(self, item: StoryItem, place: int, *, same_text: bool) -> Relation:
        mine = self._measure(item, read=True).sheet
        if same_text or mine.at[0] - self._shelf.rows(np.array([place])).at[0] < _UPDATE_AFTER_S:
            return Relation.DUPLICATE
        story = self._story_at(place)
        members = [place] if story is None else _some(self._members[story])
        told = self._shelf.rows(np.array(members, np.int64)).figures
        own = mine.figures[mine.figures > 0]
        return Relation.DUPLICATE if np.isin(own, told).all() else Relation.UPDATE

    def _measure(self, item: StoryItem, *, read: bool) -> _Measured:
        """What is compared of `item`; remembered, for what is placed is added next."""
        key = (item.title, item.lead_text, item.lang, item.keywords, item.numbers, item.also,
               item.at)  # fmt: skip
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        traits = traits_of(item)
        sheet = sheet_of(traits, item.at.timestamp(), self._candidates.rarity)
        meaning = meaning_of(item, self._encoder) if read and self._encoder else None
        measured = _Measured(traits, sheet, meaning)
        if read:
            self._last = (key, measured)
        return measured

    def _story_at(self, place: int) -> int | None:
        story = self._shelf.story_at(place)
        return None if story == _NO_STORY else story

    def _size_of(self, place: int) -> int:
        story = self._story_at(place)
        return 1 if story is None else len(self._members[story])

    def _join(self, place: int, story_id: int | None) -> None:
        self._shelf.tell_story(place, _NO_STORY if story_id is None else story_id)
        if story_id is not None:
            self._members.setdefault(story_id, []).append(place)

    def _leave(self, place: int) -> None:
        story = self._story_at(place)
        if story is not None:
            self._members[story].remove(place)
            if not self._members[story]:
                del self._members[story]

    def _drop(self, signal_id: int) -> None:
        place = self._place_of.pop(signal_id, None)
        if place is not None:
            self._leave(place)
            self._candidates.drop(place)
            self._shelf.drop(place)


def _some(members: list[int]) -> list[int]:
    """Of a story of very many how it began and the latest, which say what is known of it."""
    return members if len(members) <= _ASKED else [*members[:2], *members[2 - _ASKED :]]


def _much_in_common(table: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether what carries over between languages is more than two texts of one field share.

    Two rare names or a rare one and more, a name with a figure, or several rare terms. Bounds
    set on a month of English and Chinese news, read by eye.
    """
    names, figures = table[:, _NAMES], table[:, _FIGURES]
    named = names >= _RARE_NAMES
    counted = (figures >= 1) & (names >= _SOME_NAME)
    return np.asarray(named | counted | (table[:, _RAREST] >= _RARE_TERMS), np.bool_)


def _ruled(table: NDArray[np.float32], chances: NDArray[np.float32]) -> NDArray[np.float32]:
    """What needs no judging: one opening is one text, and a collection joins only itself.

    The issues of a daily column are alike and about other things: only what is titled the same
    within half a day is one issue, and two parts of a series are never one. Across languages a
    name and a subject are not enough.
    """
    copy = table[:, _COPY]
    issue = (table[:, _TITLE_COS] >= _SAME_TEXT) & (table[:, _DAYS] < _SAME_ISSUE_DAYS)
    apart = (table[:, _ROUNDUP] > 0) & ~issue
    apart |= (table[:, _SIZE] < _LEAST_TITLE) & (table[:, _TEXT_COS] < _SAME_TEXT)
    apart &= copy < _SAME_TEXT
    apart |= table[:, _PARTS] > 0
    apart |= (table[:, _ACROSS] > 0) & ~_much_in_common(table)
    ruled = np.where(copy >= _SAME_OPENING, np.maximum(chances, _CERTAIN), chances)
    return np.where(apart, np.float32(0.0), ruled).astype(np.float32)
