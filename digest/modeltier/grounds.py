"""What an article says, for looking up what a model says that it says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.model import Article
from digest.modeltier.plan import shown
from digest.modeltier.wording import bigrams
from digest.translation import simplified
from digest.verify import Finding, SourceText, Verdict

_KINDS = {"number": "数字", "name": "名称", "quote": "引语", "direction": "方向或否定"}
# A Chinese statement about a Chinese article that is below both is not of this article.
_LEAST_SHARED = 0.25  # of its pairs of letters
_LEAST_SUPPORT = 0.25
_MOST_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Lookup:
    """The outcome for one statement.

    `compared` numbers, names and quotes; `complaint` says in Chinese what does not agree, "" when
    all does; `evidence` the sentence numbers on which it rests (the model's, where they hold);
    `support` 0..1 or None.
    """

    compared: int
    complaint: str
    evidence: tuple[int, ...]
    support: float | None = None


class Grounds:
    """The sentences of an article that a model was shown, and more that it was given."""

    def __init__(self, article: Article, also: Sequence[str] = ()) -> None:
        """`also` are further texts that statements may rest on, such as earlier signals."""
        sentences = article.sentences
        given = [simplified(text) for text in (article.title, *also)]
        self._shown: Mapping[int, str] = {
            sentence.index: sentence.text for sentence in shown(sentences)
        }
        # Numbered as the article numbers them: what was withheld is blank.
        told = [self._shown.get(sentence.index, "") for sentence in sentences]
        if article.lang == "zh":
            # Statements are in simplified characters whatever the article is in.
            told = [simplified(text) for text in told]
        self.text = "\n".join((*told, *given))
        self._source = SourceText((*told, *given), article.lang)
        self._chinese = article.lang == "zh"
        self._pairs = bigrams(self.text) if self._chinese else None

    def sentences(self, places: Sequence[int]) -> str:
        """The text of those sentences, one per line; unknown numbers are passed over."""
        return "\n".join(self._shown[place] for place in places if place in self._shown)

    def known(self, places: Sequence[int]) -> tuple[int, ...]:
        """Those of the numbers that exist and were shown, each once."""
        found = dict.fromkeys(place for place in places if place in self._shown)
        return tuple(found)[:_MOST_EVIDENCE]

    def look_up(self, text: str, evidence: Sequence[int]) -> Lookup:
        """Whether the article has the numbers, names and quotes of `text`, and where."""
        claimed = self.known(evidence)
        verdict = self._source.check(text, evidence=claimed)
        complaint = "；".join(_told(finding) for finding in verdict.findings if not finding.holds)
        support = min((part.score for part in verdict.support), default=0.0)
        if not complaint and self._pairs is not None and self._is_foreign(text, support):
            complaint = "原文里没有这样的说法"
        return Lookup(
            compared=len(verdict.findings),
            complaint=complaint,
            evidence=self._evidence(claimed, verdict),
            # Across languages words do not meet, so their likeness says nothing.
            support=support if self._chinese else None,
        )

    def _is_foreign(self, text: str, support: float) -> bool:
        pairs = bigrams(text)
        shared = len(pairs & (self._pairs or frozenset()))
        return bool(pairs) and support < _LEAST_SUPPORT and shared < _LEAST_SHARED * len(pairs)

    def _evidence(self, claimed: tuple[int, ...], verdict: Verdict) -> tuple[int, ...]:
        """The sentences named, unless another one has more of what was compared.

        That one then stands first, before those that add to it: small models count badly.
        """
        placed = [set(item.evidence) for item in verdict.findings if item.evidence and item.holds]
        covered = sum(bool(places & set(claimed)) for places in placed)
        counted = Counter(place for places in placed for place in places if place in self._shown)
        best, most = max(counted.items(), key=lambda item: (item[1], -item[0]), default=(-1, 0))
        if most > covered:
            rest = [places for places in placed if best not in places]
            adding = [place for place in claimed if any(place in places for places in rest)]
            return (best, *adding)[:_MOST_EVIDENCE]
        if not claimed and self._chinese and verdict.support:
            return self.known(verdict.support[0].sentences[:1])
        return claimed


def _told(finding: Finding) -> str:
    kind = _KINDS.get(finding.kind, finding.kind)
    if finding.verdict == "different":
        return f"{kind}“{finding.text}”与原文不一致"
    return f"原文没有{kind}“{finding.text}”"
