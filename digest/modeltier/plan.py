"""What of an article is put before the model: numbered lines, sections, what fits.

Token counts are estimates on the safe side: no tokenizer fits every model. A Han character
counts as one token, other scripts a token per three characters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from digest.model import Article, Sentence
from digest.modeltier.fencing import is_instruction, one_line
from digest.regexes import regex

_HAN = regex(r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")
LONGEST_LINE = 600  # characters of one sentence; what is longer is no sentence
_FRAME = 850  # tokens of the prompt around the article
_FRAME_COMPACT = 620
_COMPACT_BELOW = 6_000  # tokens of context
MOST_SECTIONS = 8
_FACTS_TOKENS = 900  # of an answer with the facts of a section
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
    def evidence_tokens(self) -> int:
        """What a request for repair shows of the article."""
        return min(450 if self.compact else 1_500, self.article_tokens // 2)

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
    text = one_line(sentence.text)
    if len(text) > LONGEST_LINE:
        text = text[:LONGEST_LINE] + "（后略）"
    return f"[{sentence.index}] {text}"


@dataclass(frozen=True, slots=True)
class Plan:
    """How an article is read: in one request (`whole`) or section by section.

    `places` are the numbers of the sentences that the model gets to see.
    """

    whole: Material | None
    sections: tuple[Material, ...]
    places: frozenset[int]

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines, in order."""
        parts = (self.whole,) if self.whole else self.sections
        return tuple(line for part in parts for line in part.lines)


def make_plan(article: Article, room: Room) -> Plan:
    """The plan for an article. Hundreds of thousands of words take a second or two."""
    sentences = list(shown(article.sentences))
    lines = tuple(map(numbered, sentences))
    limit = min(room.article_tokens, 2 * _SECTION)
    if sum(map(estimate_tokens, lines)) <= limit:
        material = Material(lines, room.compact, room.answer_tokens)
        return Plan(material, (), frozenset(sentence.index for sentence in sentences))
    parts = _sections(sentences, room)
    seen = frozenset(place_of(line) for part in parts for line in part.lines)
    return Plan(None, tuple(parts), seen)


def place_of(line: str) -> int:
    """The sentence number of a numbered line, -1 for a line with several or none."""
    head = line[1:].partition("]")[0]
    return int(head) if head.isdigit() else -1


def shown(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences that a model gets to see: none that speaks to it, none without a word."""
    return (
        sentence
        for sentence in sentences
        if any(letter.isalnum() for letter in sentence.text) and not is_instruction(sentence.text)
    )


def _sections(sentences: Sequence[Sentence], room: Room) -> list[Material]:
    """A long article in at most eight sections: whole paragraphs where they fit.

    Of still longer ones the first seven sections and the last are read: what matters stands
    there, and a bound on cost must be somewhere.
    """
    cut = list(_cut(sentences, room.section_tokens))
    if len(cut) > MOST_SECTIONS:
        cut = [*cut[: MOST_SECTIONS - 1], cut[-1]]
    tokens = min(room.answer_tokens, _FACTS_TOKENS)
    return [Material(tuple(lines), room.compact, tokens) for lines in cut]


def _cut(sentences: Sequence[Sentence], limit: int) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        lines = [numbered(sentence) for sentence in group]
        if held and size + sum(map(estimate_tokens, lines)) > limit:
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
