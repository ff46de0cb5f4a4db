"""What a check says of a statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

_FEW = 3

VerdictWord = Literal["found", "elsewhere", "different", "missing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One number, name, quotation or direction of the summary and what the article has for it.

    `kind` is "number", "name", "quote" or "direction"; of translations also "language" and
    "length". `verdict`: "found"; "elsewhere" when the article has it, but not in the sentences
    that the statement claims to rest on (supported, though only in part); "different" when the
    article has it with another unit, scale, spelling or direction; "missing". `evidence` are
    sentence numbers of the text.
    """

    kind: str
    text: str
    verdict: VerdictWord
    evidence: tuple[int, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the article has it."""
        return self.verdict in {"found", "elsewhere"}


@dataclass(frozen=True, slots=True)
class Support:
    """How well the text carries one sentence of a summary.

    `sentences` are the numbers of the best ones, best first. `score` runs from 0 to 1 and is there
    to rank statements, not to tell true from false. English about English: the answer of a model
    trained on human judgements, right in seven of ten cases (0.5: as likely as not). Else the
    share of the words' weight that the best sentence has, half of it where one says the contrary.
    """

    text: str
    sentences: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether everything that could be compared holds, the findings, the support by sentence."""

    supported: bool
    findings: tuple[Finding, ...]
    support: tuple[Support, ...] = ()


def few(places: Iterable[int]) -> tuple[int, ...]:
    """The first three different sentence numbers."""
    return tuple(islice(dict.fromkeys(places), _FEW))
