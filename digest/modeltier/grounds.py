"""What an article says, for looking up what a model says that it says."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from digest.model import Article
from digest.modeltier.fencing import is_instruction
from digest.modeltier.plan import LONGEST_LINE
from digest.modeltier.wording import bigrams
from digest.translation import simplified
from digest.verify import Finding, SourceText, Verdict
from digest.verify.meaning import Encoder

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
    """The sentences of an article that a model was shown, to look up what it says of them."""

    def __init__(
        self,
        article: Article,
        places: Container[int],
        earlier: Sequence[str] = (),
        *,
        encoder: Encoder | None = None,
    ) -> None:
        """`places` are the numbers of the sentences that the model was shown.

        `earlier` are texts that only a statement on what is new may rest on besides. `encoder`
        lays Chinese statements beside a foreign article.
        """
        sentences = article.sentences
        self._shown: Mapping[int, str] = {
            sentence.index: sentence.text[:LONGEST_LINE]
            for sentence in sentences
            if sentence.index in places
        }
        # Numbered as the article numbers them: what was withheld is blank.
        told = [self._shown.get(sentence.index, "") for sentence in sentences]
        if article.lang == "zh":
            # Statements are in simplified characters whatever the article is in.
            told = [simplified(text) for text in told]
        told.append("" if is_instruction(article.title) else simplified(article.title))
        self.text = "\n".join(told)
        self._source = SourceText(told, article.lang, encoder)
        also = [simplified(text) for text in earlier]
        self.text_with_earlier = "\n".join((self.text, *also))
        self._withheld = frozenset(
            sentence.index for sentence in sentences if is_instruction(sentence.text)
        )
        self._earlier = range(len(told), len(told) + len(also))  # their places behind the article
        self._with_earlier = SourceText((*told, *also), article.lang, encoder)
        self.lang = article.lang
        self._chinese = article.lang == "zh"
        self._pairs = bigrams(self.text) if self._chinese else None

    def sentences(self, places: Sequence[int]) -> str:
        """The text of those sentences, one per line; unknown numbers are passed over."""
        return "\n".join(self._shown[place] for place in places if place in self._shown)

    def is_withheld(self, places: Sequence[int]) -> bool:
        """Whether the numbers are of sentences that speak to a model, and of no other."""
        return not self.known(places) and not self._withheld.isdisjoint(places)

    def known(self, places: Sequence[int]) -> tuple[int, ...]:
        """Those of the numbers that exist and were shown, each once."""
        found = dict.fromkeys(place for place in places if place in self._shown)
        return tuple(found)[:_MOST_EVIDENCE]

    def untold(self, text: str) -> str:
        """The stretch of `text` that no sentence of a foreign article says.

        Without an encoder none is found.
        """
        return self._source.untold(text)

    def look_up(self, text: str, evidence: Sequence[int], *, compares: bool = False) -> Lookup:
        """Whether the article has the numbers, names and quotes of `text`, and where.

        With `compares` the earlier texts may have them as well.
        """
        claimed = self.known(evidence)
        source = self._with_earlier if compares else self._source
        rests_on = (*claimed, *self._earlier) if compares and claimed else claimed
        verdict = source.check(text, evidence=rests_on)
        complaint = "；".join(_told(finding) for finding in verdict.findings if not finding.holds)
        support = min((part.score for part in verdict.support), default=0.0)
        if not complaint and not compares and self._is_foreign(text, support):
            complaint = "原文里没有这样的说法"
        return Lookup(
            compared=len(verdict.findings),
            complaint=complaint,
            evidence=self._evidence(claimed, verdict) or self.known(self._source.told_from(text)),
            # Across languages words do not meet, so their likeness says nothing.
            support=support if self._chinese else None,
        )

    def _is_foreign(self, text: str, support: float) -> bool:
        if self._pairs is None:
            return False
        pairs = bigrams(text)
        shared = len(pairs & self._pairs)
        return bool(pairs) and support < _LEAST_SUPPORT and shared < _LEAST_SHARED * len(pairs)

    def _evidence(self, claimed: tuple[int, ...], verdict: Verdict) -> tuple[int, ...]:
        """The sentences named, unless another one has more of what was compared.

        That one then stands first, before those that add to it: small models count badly.
        """
        placed = [set(item.evidence) for item in verdict.findings if item.evidence and item.holds]
        covered = sum(bool(places & set(claimed)) for places in placed)
        counted = Counter(place for places in placed for place in places if place in self._shown)
        best, most = max(counted.items(), key=lambda item: (item[1], -item[0]), default=(-1, 0))
        # One name alone is in many sentences: a statement that names none needs more to rest on.
        if most > covered and (claimed or most > 1 or _is_hard(best, verdict)):
            rest = [places for places in placed if best not in places]
            adding = [place for place in claimed if any(place in places for places in rest)]
            return (best, *adding)[:_MOST_EVIDENCE]
        if not claimed and self._chinese and verdict.support:
            return self.known(verdict.support[0].sentences[:1])
        return claimed


def _is_hard(place: int, verdict: Verdict) -> bool:
    """Whether a number, a quotation or a name stands in that sentence and tells it from others."""
    return any(
        (finding.kind != "name" or len(finding.evidence) == 1)
        and finding.holds
        and place in finding.evidence
        for finding in verdict.findings
    )


def _told(finding: Finding) -> str:
    kind = _KINDS.get(finding.kind, finding.kind)
    if finding.verdict == "different":
        return f"{kind}“{finding.text}”与原文不一致"
    return f"原文没有{kind}“{finding.text}”"
