"""Texts as they arrive and the stories they make, decided as the running bot decides."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from rich.console import Console
from rich.table import Table

from bot.cli.clusters import Agreement, Measures, measured, two_thresholds
from bot.cli.linking import WAYS, linked
from bot.cli.shared import fail
from bot.cli.stages import article_of
from bot.cli.stream import BadLine, Record, text_field
from bot.clock import Clock
from bot.jobs.reading import account, story_item
from digest.model import Adds, Relation, SignalDraft
from digest.newness import Account, relate
from digest.pipeline import DraftRequest, make_draft
from digest.stories import WINDOW, StoryItem, StoryPlacement
from digest.stories.index import StoryIndex
from digest.stories.sayings import LONGEST, lay_beside
from digest.verify.meaning import Encoder

_OURS = "hexin"
_MOST_TOLD, _MOST_STORIES = 10, 20_000
_NAMES = ("b_cubed", "pairwise")
_CHOSEN = {"best": "最佳 F1", "sure": "准确率 ≥ 95 % 之中最佳"}


def item_of(record: Record, clock: Clock) -> StoryItem:
    """What the running bot would ask about stories with, had it read this text.

    `also` of the record is its title in another language.
    """
    return _item(record, *_read(record, clock))


def _item(record: Record, draft: SignalDraft, at: datetime) -> StoryItem:
    item = story_item(draft, at)
    also = text_field(record, "also", required=False)
    return replace(item, also=also) if also else item


def _read(record: Record, clock: Clock) -> tuple[SignalDraft, datetime]:
    """The draft of a record and its time.

    Dated as the record says; one without a title is called by its first sentence, one without a
    text is its title alone.
    """
    if "text" not in record and text_field(record, "title", required=False).strip():
        record = {**record, "text": ""}
    article = article_of(record)
    if not article.title and article.sentences:
        article = replace(article, title=article.sentences[0].text)
    at = article.published_at or clock()
    return make_draft(DraftRequest(article, "", 1.0, at)), at


def _pair(record: Record, encoder: Encoder | None) -> Record:
    """What two single sentences are to each other; neither is told to any story."""
    one, other = (_sentence(record, name) for name in ("a", "b"))
    lang = article_of({**record, "title": one, "text": other}).lang
    found = lay_beside(one, other, lang, encoder)
    return {"says": found.sameness.value, "similarity": round(found.likeness, 3)}


def _sentence(record: Record, name: str) -> str:
    text = text_field(record, name).strip()
    if not text:
        raise BadLine(f"'{name}' is empty")
    if len(text) > LONGEST:
        raise BadLine(f"'{name}' has over {LONGEST} characters: that is no single sentence")
    return text


class Telling:
    """What each story of a stream has told, and what the next signal of it adds."""

    def __init__(self) -> None:
        self._told: dict[int, list[Account]] = {}

    def tell(self, story: int, mine: Account) -> tuple[Relation, Adds | None]:
        """What `mine` is to its story, which has told it from then on."""
        told = self._told.setdefault(story, [])
        relation, adds = relate(mine, told)
        # As many as the running bot compares with: how it began, and the latest.
        self._told[story] = [*told[:2], *told[2:][1 - _MOST_TOLD :], mine]
        if len(self._told) > _MOST_STORIES:
            del self._told[next(iter(self._told))]
        return relation, adds


def _adds(draft: SignalDraft, adds: Adds) -> Record:
    brief = draft.brief
    return {
        "points": [brief.points[place].text for place in adds.points],
        "numbers": [brief.numbers[place].text for place in adds.numbers],
        "changes": [[one.before, brief.numbers[one.number].text] for one in adds.changes],
        "because": adds.because,
    }


class StoryStream:
    """A stream of items and the stories they make: each is named by its first item's number."""

    def __init__(self, index: StoryIndex | None = None) -> None:
        self.index = StoryIndex() if index is None else index
        self._told = 0
        self._newest: datetime | None = None

    def tell(self, item: StoryItem) -> tuple[int, StoryPlacement]:
        """Place an item and remember it under the next number."""
        self._told += 1
        item = replace(item, signal_id=self._told, story_id=None)
        self._forget(item.at)
        placement = self.index.place(item)
        other = placement.story_of
        if other is None:
            self.index.add(item)
            return self._told, placement
        # A story is opened when its first signal gets company.
        story = self.index.story_of(other) or other
        self.index.move(other, story)
        self.index.add(replace(item, story_id=story))
        return story, placement

    def _forget(self, at: datetime) -> None:
        self._newest = max(self._newest or at, at)
        # Twice the window: streams are seldom in perfect order.
        if self._newest > datetime.min.replace(tzinfo=at.tzinfo) + 2 * WINDOW:
            self.index.forget_before(self._newest - 2 * WINDOW)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A text that somebody labelled, and the story it was put into."""

    item: StoryItem
    story: int
    label: str


@dataclass(frozen=True, slots=True)
class _Result:
    """How well one way did; `threshold` is None for ours, which has none to choose."""

    way: str
    chosen: str
    threshold: float | None
    measures: Measures


class StoryStage:
    """`hexin lab stories`: one record to the story it belongs to.

    `gold` names the field of labels, "" for none; of `near` other texts the likeness is told.
    Texts are also compared by what they mean where there is an `encoder`. Of a record with two
    sentences, `a` and `b`, is told whether they say the same.
    """

    def __init__(
        self, clock: Clock, *, gold: str = "", near: int = 0, encoder: Encoder | None = None
    ) -> None:
        self._clock, self._gold, self._near = clock, gold, near
        self._encoder = encoder
        self._stream = StoryStream(StoryIndex(encoder))
        self._telling = Telling()
        self._names: list[object] = []  # the ids that records came with, in order
        self._judged: list[_Judged] = []
        self._results: list[_Result] = []

    def __call__(self, record: Record) -> Record:
        """The story of one record, what it is to it and adds to it, and how alike they are."""
        if "a" in record and "b" in record:
            return _pair(record, self._encoder)
        label = self._label(record)
        draft, at = _read(record, self._clock)
        item = _item(record, draft, at)
        story, placement = self._stream.tell(item)
        relation, adds = self._telling.tell(story, account(draft, at))
        self._names.append(record.get("id", len(self._names) + 1))
        if label:
            self._judged.append(_Judged(item, story, label))
        answer: Record = {
            "story": story,
            "relation": relation,
            "similarity": round(placement.similarity, 3),
        }
        if adds is not None:
            answer["adds"] = _adds(draft, adds)
        if self._near:
            answer["near"] = self._nearest(item, story)
        return answer

    def measured(self, *, compare: bool) -> Callable[[], Record]:
        """What says at the end how far the stories agree with the labels, beside other ways."""

        def measure() -> Record:
            self._results = [self._ours(), *(self._others() if compare else ())]
            return {
                "measured": {
                    "texts": len(self._judged),
                    "labels": len({one.label for one in self._judged}),
                    "ways": [_written(result) for result in self._results],
                }
            }

        return measure

    def show(self) -> None:
        """The same as a table on standard error; exit with 1 where there was nothing to judge."""
        if not self._judged:
            fail(f"没有一条带着字段 {self._gold}，无从比较。")
        table = Table(title=f"{len(self._judged)} 条带标注 {self._gold} 的文字")
        for heading in ("办法", "阈值", "B³ 准确率", "召回率", "F1", "成对准确率", "召回率", "F1"):
            table.add_column(heading, justify="left" if heading in {"办法", "阈值"} else "right")
        for result in self._results:
            figures = [share for one in result.measures for share in _shares(one).values()]
            chosen = f"{_CHOSEN[result.chosen]} {result.threshold:.2f}" if result.chosen else "–"
            table.add_row(result.way, chosen, *(f"{100 * share:.1f}" for share in figures))
        Console(stderr=True, width=110).print(table)
        if len(self._results) > 1:
            note = "阈值都是对着这批标注挑出来的，等于让着它们；hexin 用的是出厂的权重。"
            Console(stderr=True).print(note)

    def _label(self, record: Record) -> str:
        label = record.get(self._gold) if self._gold else None
        if label is None:
            return ""
        if isinstance(label, bool) or not isinstance(label, (str, int)):
            raise BadLine(f"'{self._gold}' must be a string or a whole number")
        return str(label)

    def _nearest(self, item: StoryItem, story: int) -> list[Record]:
        here = replace(item, signal_id=len(self._names), story_id=story)
        found = self._stream.index.near(here, self._near)
        return [
            {"id": self._names[number - 1], "similarity": round(alike, 3)}
            for number, alike in found
        ]

    def _ours(self) -> _Result:
        stories = [one.story for one in self._judged]
        return _Result(_OURS, "", None, measured(stories, [one.label for one in self._judged]))

    def _others(self) -> list[_Result]:
        items = [one.item for one in self._judged]
        labels = [one.label for one in self._judged]
        return [
            _Result(name, chosen, threshold, measures)
            for name, way in WAYS.items()
            for chosen, threshold, measures in two_thresholds(
                (least, measured(found, labels)) for least, found in linked(way(items), len(items))
            )
        ]


def _written(result: _Result) -> Record:
    answer: Record = {"way": result.way}
    if result.threshold is not None:
        answer |= {"chosen": result.chosen, "threshold": result.threshold}
    shares = zip(_NAMES, result.measures, strict=True)
    return answer | {
        name: {key: round(share, 4) for key, share in _shares(one).items()} for name, one in shares
    }


def _shares(one: Agreement) -> dict[str, float]:
    return {"precision": one.precision, "recall": one.recall, "f1": one.f1}
