"""What a message was put together from, kept so that a single signal in it can be corrected."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.wishes import Layout, Wording


class Form(StrEnum):
    """How a piece of a message shows what it shows.

    `item`: a numbered entry; `bare`: one without its point; `card`: a whole card; `alert`: the
    head of a card; `figure`: a number of the week; `story`: a story's headline; `step`: what came
    of a story; `ahead`: what is still open; `intro`: a sentence of a model. Without a
    signal: `heading` (a column with its count), `title` (of a section), `totals` (of a digest).
    """

    ITEM = "item"
    BARE = "bare"
    CARD = "card"
    ALERT = "alert"
    FIGURE = "figure"
    STORY = "story"
    STEP = "step"
    AHEAD = "ahead"
    INTRO = "intro"
    HEADING = "heading"
    TITLE = "title"
    TOTALS = "totals"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a message as it stands in its text (Telegram HTML).

    `signal_id` is 0 where it shows none; `number` the entry's, 0 without one. `detail` says what
    else rendering it anew takes: of an entry its mark, of a figure the article's wording, of
    totals how many were read and picked, of a step its words, of what is open its
    place and day. `also` is a second signal that the piece rests on, 0 for none.
    """

    form: Form
    text: str
    signal_id: int = 0
    number: int = 0
    detail: str = ""
    also: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How a message was rendered, besides its language: see `Rendering`."""

    zone: str
    layout: Layout
    wording: Wording
    now: datetime | None = None
