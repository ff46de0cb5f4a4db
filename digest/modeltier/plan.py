"""What of an article is put before the model: numbered lines, sections, what fits.

Token counts are estimates on the safe side: no tokenizer fits every model. A Han character
counts as one token, other scripts a token per three characters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.model import Article, Sentence
from digest.modeltier.fencing import is_instruction

_HAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")
_LONGEST_LINE = 600  # characters of one sentence; what is longer is no sentence
_FRAME = 750  # tokens of the prompt around the article
_FRAME_COMPACT = 520
_COMPACT_BELOW = 6_000  # tokens of context
MOST_SECTIONS = 8
_SECTION = 3_000  # tokens; longer sections make models forget their middle


def estimate_tokens(text: str) -> int:
    """About how many tokens `text` has, rather too many than too few."""
    han = len(_HAN.findall(text))
    return han + (len(text) - han + 2) // 3


@dataclass(frozen=True, slots=True)
class Room:
    """How much fits into one request of a model whose context is `context` tokens."""

    context: int

    @property
    def compact(self) -> bool:
        """Whether the short prompt is needed."""
        return self.context < _COMPACT_BELOW

    @property
    def answer_tokens(self) -> int:
        """The bound of an answer."""
        return min(700, self.context // 4) if self.compact else min(3_000, self.context // 4)

    @property
    def article_tokens(self) -> int:
        """What is left for the article in one request."""
        frame = _FRAME_COMPACT if self.compact else _FRAME
        # A repair shows the bad answer again.
        return max(200, self.context - frame - self.answer_tokens - min(500, self.context // 8))

    @property
    def section_tokens(self) -> int:
        """The size of a section of a long article."""
        return min(_SECTION, self.article_tokens)


@dataclass(frozen=True, slots=True)
class Material:
    """Lines for one request; `is_facts` when they are facts drawn from sections."""

    lines: tuple[str, ...]
    compact: bool
    answer_tokens: int
    is_facts: bool = False


def numbered(sentence: Sentence) -> str:
    """A sentence as the model sees it: "[12] …", on one line and not too long."""
    text = " ".join(sentence.text.split())
    if len(text) > _LONGEST_LINE:
        text = text[:_LONGEST_LINE] + "（后略）"
    return f"[{sentence.index}] {text}"


def whole(article: Article, room: Room) -> Material | None:
    """The whole article for one request, None when it does not fit."""
    lines = tuple(numbered(sentence) for sentence in shown(article.sentences))
    if sum(map(estimate_tokens, lines)) > min(room.article_tokens, 2 * _SECTION):
        return None
    return Material(lines, room.compact, room.answer_tokens)


def shown(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences that a model gets to see: none that speaks to it, none without a word."""
    return (
        sentence
        for sentence in sentences
        if any(letter.isalnum() for letter in sentence.text) and not is_instruction(sentence.text)
    )


def sections(article: Article, room: Room) -> list[Material]:
    """A long article in at most eight sections: whole paragraphs where they fit.

    Of still longer ones the first seven sections and the last are read: what matters stands
    there, and a bound on cost must be somewhere.
    """
    cut = list(_cut(article, room.section_tokens))
    if len(cut) > MOST_SECTIONS:
        cut = [*cut[: MOST_SECTIONS - 1], cut[-1]]
    return [Material(tuple(lines), room.compact, min(room.answer_tokens, 900)) for lines in cut]


def _cut(article: Article, limit: int) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for paragraph in _paragraphs(article):
        lines = [numbered(sentence) for sentence in paragraph]
        tokens = sum(map(estimate_tokens, lines))
        if held and size + tokens > limit:
            yield held
            held, size = [], 0
        for line in lines:
            cost = estimate_tokens(line)
            if held and size + cost > limit:
                yield held
                held, size = [], 0
            held.append(line)
            size += cost
    if held:
        yield held


def _paragraphs(article: Article) -> Iterator[list[Sentence]]:
    paragraph: list[Sentence] = []
    for sentence in shown(article.sentences):
        if paragraph and sentence.paragraph != paragraph[-1].paragraph:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph


def from_facts(facts: Sequence[tuple[str, tuple[int, ...]]], room: Room) -> Material:
    """Facts with their sentence numbers as the material of the final request, as many as fit."""
    lines: list[str] = []
    size = 0
    for text, places in facts:
        line = f"[{','.join(map(str, places))}] {text}"
        size += estimate_tokens(line)
        if size > room.article_tokens:
            break
        lines.append(line)
    return Material(tuple(lines), room.compact, room.answer_tokens, is_facts=True)
