"""A text read once, against which many statements are checked."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from digest.text.language import detect_language
from digest.text.sentences import split_sentences
from digest.verify.direction import is_negation, opposite_of
from digest.verify.findings import Finding, Support, Verdict
from digest.verify.matching import near, same
from digest.verify.names import (
    HAN,
    LATIN,
    Name,
    chinese_names,
    forms,
    known,
    latin_names,
    letters,
    short,
)
from digest.verify.quantities import Quantity, claims, quantities
from digest.verify.quotes import quotes
from digest.verify.support import Index, changes, content, is_chinese, tokens

_FEW = 3
_COPY = 0.6  # share of a statement's weight from which a sentence is taken for its origin
_SHORT_CHANGE = 4  # words; longer runs are other sentences, not changed words


class SourceText:
    """The sentences of a text with their numbers, names and words.

    `sentences` are numbered as evidence numbers them. `lang` is guessed when empty.
    """

    def __init__(self, sentences: Sequence[str], lang: str = "") -> None:
        self.sentences = tuple(sentences)
        self.lang = lang or detect_language(" ".join(self.sentences[:20]))
        self._cjk = self.lang == "zh"

    def check(self, statement: str, *, evidence: Sequence[int] = ()) -> Verdict:
        """Compare the numbers, names, quotes and directions of `statement` with the text.

        With `evidence` what only other sentences have is found "elsewhere". A statement without
        any of these is supported as far as this goes.
        """
        findings: list[Finding] = []
        support: list[Support] = []
        lang = "zh" if is_chinese(statement) else detect_language(statement) or "en"
        for sentence in split_sentences(statement, lang) or (statement,):
            best = self._index.best(content(tokens(sentence)))
            findings.extend(self._findings(sentence, lang, best))
            support.append(self._support(sentence, best))
        placed = tuple(_placed(finding, evidence) for finding in findings)
        return Verdict(all(finding.holds for finding in placed), placed, tuple(support))

    def _findings(
        self, sentence: str, lang: str, best: Sequence[tuple[float, int]]
    ) -> Iterable[Finding]:
        numbers = claims(sentence, lang)
        found = [self._number(number) for number in numbers]
        found.extend(self._names(sentence))
        found.extend(self._quotes(sentence))
        turned = self._turned(sentence, best)
        return [*(_changed(finding, turned) for finding in found), *_directions(turned)]

    # --- numbers ------------------------------------------------------------------------

    @cached_property
    def _numbers(self) -> list[tuple[int, Quantity]]:
        return [
            (place, number)
            for place, sentence in enumerate(self.sentences)
            for number in quantities(sentence, self.lang)
        ]

    def _number(self, claim: Quantity) -> Finding:
        places = [place for place, number in self._numbers if same(claim, number)]
        if places:
            return Finding("number", claim.text, "found", _few(places))
        close = [place for place, number in self._numbers if near(claim, number)]
        return Finding("number", claim.text, "different" if close else "missing", _few(close))

    # --- names --------------------------------------------------------------------------

    @cached_property
    def _latin(self) -> dict[str, list[int]]:
        names: dict[str, list[int]] = {}
        for place, sentence in enumerate(self.sentences):
            for match in LATIN.finditer(sentence):
                for form in forms(match.group()):
                    names.setdefault(form, []).append(place)
                for part in match.group().replace("’", "'").split("-"):
                    names.setdefault(part.lower(), []).append(place)
        return names

    @cached_property
    def _plain(self) -> list[str]:
        return [letters(sentence) for sentence in self.sentences]

    @cached_property
    def _initials(self) -> str:
        text = " ".join(self.sentences)
        return "".join(match.group()[0].lower() for match in LATIN.finditer(text))

    def _names(self, sentence: str) -> Iterable[Finding]:
        for name in latin_names(sentence):
            if (finding := self._latin_name(name)) is not None:
                yield finding
        if HAN.search(sentence):
            for name in chinese_names(sentence):
                if (finding := self._chinese_name(name)) is not None:
                    yield finding

    def _latin_name(self, name: Name) -> Finding | None:
        for form in forms(name.text):
            if form in self._latin:
                return Finding("name", name.text, "found", _few(self._latin[form]))
        plain = letters(name.text)
        places = [place for place, text in enumerate(self._plain) if plain and plain in text]
        if self._cjk and not places:
            return self._named_in_chinese(name)
        if not places and self._abbreviates(name.text):
            return Finding("name", name.text, "found")
        return Finding("name", name.text, "different" if places else "missing", _few(places))

    def _named_in_chinese(self, name: Name) -> Finding | None:
        """A Latin name about a Chinese text: only where its Chinese form is known."""
        wanted = name.text.lower()
        for chinese, words in known().items():
            if wanted in words:
                places = [i for i, text in enumerate(self.sentences) if chinese in text]
                if places:
                    return Finding("name", name.text, "found", _few(places))
        if name.text.isupper() or any(letter.isdigit() for letter in name.text):
            return Finding("name", name.text, "missing")
        return None

    def _abbreviates(self, name: str) -> bool:
        words = short().get(name.upper(), ())
        if any(all(part in self._latin for part in word.split()) for word in words):
            return True
        plain = letters(name)
        return name.isupper() and len(plain) > 1 and plain in self._initials

    def _chinese_name(self, name: Name) -> Finding | None:
        if self._cjk:
            places = [i for i, text in enumerate(self.sentences) if name.text in text]
            return Finding("name", name.text, "found" if places else "missing", _few(places))
        words = known().get(name.text)
        if words is None:
            return None
        places = [place for word in words for place in self._places_of(word)]
        return Finding("name", name.text, "found" if places else "missing", _few(places))

    def _places_of(self, words: str) -> Sequence[int]:
        if " " not in words:
            return self._latin.get(words, ())
        return [i for i, text in enumerate(self.sentences) if words in text.lower()]

    # --- quotes -------------------------------------------------------------------------

    def _quotes(self, sentence: str) -> Iterable[Finding]:
        for quote in quotes(sentence):
            if bool(HAN.search(quote)) != self._cjk:
                continue  # a quotation translated from another language cannot be compared
            plain = letters(quote)
            places = [place for place, text in enumerate(self._plain) if plain in text]
            if places or plain in "".join(self._plain):
                yield Finding("quote", quote, "found", _few(places))
            else:
                yield Finding("quote", quote, "missing")

    # --- support and direction ----------------------------------------------------------

    @cached_property
    def _index(self) -> Index:
        return Index(self.sentences)

    def _support(self, sentence: str, best: Sequence[tuple[float, int]]) -> Support:
        score = best[0][0] if best else 0.0
        return Support(sentence, tuple(place for _, place in best), round(score, 3))

    def _turned(
        self, sentence: str, best: Sequence[tuple[float, int]]
    ) -> list[tuple[list[str], list[str], int]]:
        """The short changes against the sentence that this one was taken from, if any was."""
        if not best or best[0][0] < _COPY:
            return []
        place = best[0][1]
        runs = changes(tokens(sentence), self._index.tokens[place])
        return [
            (gone, come, place)
            for gone, come in runs
            if len(gone) <= _SHORT_CHANGE and len(come) <= _SHORT_CHANGE
        ]


def _changed(finding: Finding, turned: list[tuple[list[str], list[str], int]]) -> Finding:
    """A number or name found elsewhere that stands in the place of another one is different."""
    if finding.verdict != "found" or finding.kind not in {"number", "name"}:
        return finding
    for gone, come, place in turned:
        if place in finding.evidence or not gone or len(gone) != len(come):
            continue
        if letters(finding.text) in letters("".join(come)):
            same_sort = any(map(str.isdigit, "".join(gone))) == (finding.kind == "number")
            if same_sort:
                return Finding(finding.kind, finding.text, "different", (place,))
    return finding


def _directions(turned: list[tuple[list[str], list[str], int]]) -> Iterable[Finding]:
    for gone, come, place in turned:
        before, after = ({opposite_of(word) for word in run} - {("", 0)} for run in (gone, come))
        if any((axis, -sign) in before for axis, sign in after):
            yield Finding("direction", " ".join(come), "different", (place,))
        elif any(map(is_negation, gone)) != any(map(is_negation, come)):
            yield Finding("direction", " ".join(come or gone), "different", (place,))


def _placed(finding: Finding, evidence: Sequence[int]) -> Finding:
    if not evidence or finding.verdict != "found" or not finding.evidence:
        return finding
    if set(evidence) & set(finding.evidence):
        return finding
    return Finding(finding.kind, finding.text, "elsewhere", finding.evidence)


def _few(places: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(places))[:_FEW]
