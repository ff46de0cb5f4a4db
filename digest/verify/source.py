"""A text read once, against which many statements are checked."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from digest.text.language import detect_language
from digest.text.sentences import split_sentences
from digest.verify.alignment import Alignment, Clue, clauses
from digest.verify.assignment import displaced
from digest.verify.certainty import is_compound, overstated
from digest.verify.direction import (
    bounds_turned,
    is_negation,
    opposite_of,
    turned,
    turned_at_home,
)
from digest.verify.faithful import Likeness, Sentence
from digest.verify.findings import Finding, Support, Verdict, few
from digest.verify.latin import LatinNames
from digest.verify.matching import near, same
from digest.verify.meaning import Encoder, Meanings
from digest.verify.names import (
    HAN,
    Name,
    chinese_names,
    known,
    letters,
    visible,
)
from digest.verify.origin import COPY, Origin, changes
from digest.verify.quantities import Quantity, claims, quantities
from digest.verify.quotes import pieces, quotes, spoken
from digest.verify.roles import changed_about, exchanged
from digest.verify.support import Index, content, is_chinese, tokens
from digest.verify.transposed import transposed
from digest.verify.unsaid import untold

_FEW = 3
_MOST_CLAUSES = 40  # of one sentence
_MOST_ANCHORED = 40  # numbers and names of one sentence
_LEFT_OUT = 2  # characters between two of a shortened name
_LEAST_COPY = 0.3  # share of the words from which a sentence may be the same but for one
_AS_GOOD = 0.1  # sentences that share nearly as much as the best one


class SourceText:
    """The sentences of a text with their numbers, names and words.

    `sentences` are numbered as evidence numbers them. `lang` is guessed when empty. `encoder`
    helps to find what a statement in another language is told from.
    """

    def __init__(
        self, sentences: Sequence[str], lang: str = "", encoder: Encoder | None = None
    ) -> None:
        self.sentences = tuple(map(visible, sentences))
        self.lang = lang or detect_language(" ".join(self.sentences[:20]))
        self._cjk = self.lang == "zh"
        self._encoder = encoder
        # By number, as `_key` has it: all its places, and the first few.
        self._known: dict[tuple[object, ...], list[int]] = {}
        self._first: dict[tuple[object, ...], tuple[int, ...]] = {}

    def check(self, statement: str, *, evidence: Sequence[int] = ()) -> Verdict:
        """Compare the numbers, names, quotes and directions of `statement` with the text.

        With `evidence` what only other sentences have is found "elsewhere". A statement without
        any of these is supported as far as this goes.
        """
        statement = visible(statement)
        findings: list[Finding] = []
        support: list[Support] = []
        lang = "zh" if is_chinese(statement) else detect_language(statement) or "en"
        for sentence in split_sentences(statement, lang) or (statement,):
            best = self._index.best(content(tokens(sentence)))
            found = tuple(self._findings(sentence, lang, best, evidence))
            findings.extend(found)
            support.append(self._support(sentence, best, found))
        placed = tuple(_placed(finding, evidence) for finding in findings)
        return Verdict(all(finding.holds for finding in placed), placed, tuple(support))

    def _findings(
        self,
        sentence: str,
        lang: str,
        best: Sequence[tuple[float, int]],
        evidence: Sequence[int] = (),
    ) -> Iterable[Finding]:
        numbers = claims(sentence, lang)
        origin = self._origin(sentence, best)
        copied = bool(origin and origin.is_copy)
        names = list(self._names(sentence, copied=copied))
        compared = [self._number(number, numbers, origin) for number in numbers]
        if bool(HAN.search(sentence)) != self._cjk:
            compared = self._anchored(sentence, numbers, compared, evidence)
        found = [
            *compared,
            *self._words.versions(sentence),
            *(self._in_place(finding, sentence, origin) for finding in names),
            *self._quotes(sentence),
        ]
        yield from found
        if bool(HAN.search(sentence)) != self._cjk:
            yield from self._turned(sentence, lang, evidence)
        if lang == "zh" and (home := self._home(sentence, numbers, origin, evidence)) >= 0:
            yield from self._retold(sentence, lang, home)
        if origin:
            told = {finding.text.lower() for finding in found if not finding.holds}
            swapped = self._swapped(sentence, origin)
            yield from (finding for finding in swapped if finding.text not in told)
            yield from _directions(origin)

    def _origin(self, sentence: str, best: Sequence[tuple[float, int]]) -> Origin | None:
        """The sentence that this one was taken from, if one shares nearly all of its words."""
        if not best or best[0][0] < _LEAST_COPY:
            return None
        said, foreign = tokens(sentence), not HAN.search(sentence)
        good = [(share, place) for share, place in best if share >= best[0][0] - _AS_GOOD]
        # Code in a Chinese article is compared with code.
        good = [one for one in good if foreign != bool(HAN.search(self.sentences[one[1]]))]
        if not good:
            return None
        compared = [(changes(said, self._index.tokens[place]), place) for _, place in good]
        runs, first = min(compared, key=lambda one: sum(len(a) + len(b) for a, b in one[0]))
        places = (first, *(place for _, place in good if place != first))
        origin = Origin(places, runs, good[0][0])
        return origin if origin.share >= COPY or (origin.one_word and len(said) > 1) else None

    # --- numbers ------------------------------------------------------------------------

    @cached_property
    def _numbers(self) -> list[tuple[int, Quantity]]:
        return [
            (place, number)
            for place, sentence in enumerate(self.sentences)
            for number in quantities(sentence, self.lang)
        ]

    @cached_property
    def _numbers_of(self) -> dict[int, list[Quantity]]:
        grouped: dict[int, list[Quantity]] = {}
        for place, number in self._numbers:
            grouped.setdefault(place, []).append(number)
        return grouped

    @cached_property
    def _different(self) -> list[tuple[Quantity, list[int]]]:
        """Each number once with its places: repetitive texts have few different ones."""
        groups: dict[tuple[object, ...], tuple[Quantity, list[int]]] = {}
        for place, number in self._numbers:
            key = (number.values, number.kind, number.unit, number.text)
            groups.setdefault(key, (number, []))[1].append(place)
        return list(groups.values())

    def _number(
        self, claim: Quantity, others: Sequence[Quantity], origin: Origin | None
    ) -> Finding:
        places = self._places(claim)
        if not places:
            close = [
                at
                for number, where in self._different
                if near(claim, number)
                for at in where[:_FEW]
            ]
            return Finding("number", claim.text, "different" if close else "missing", few(close))
        first = self._first[_key(claim)]
        if origin and origin.number_in_slot(claim.text):
            # The sentence it was taken from has another number in this place.
            wanted = sum(1 for other in others if other.text == claim.text)
            if max(places.count(place) for place in origin.places) < wanted:
                return Finding("number", claim.text, "different", origin.places[:1])
        return Finding("number", claim.text, "found", first)

    def _anchored(
        self,
        sentence: str,
        numbers: Sequence[Quantity],
        found: Sequence[Finding],
        evidence: Sequence[int],
    ) -> list[Finding]:
        """Across languages: a number that stands only far from all else that was found.

        It is different where the sentence that has the rest has another one of its kind instead.
        """
        if len(numbers) > _MOST_ANCHORED:
            return list(found)  # a list of numbers has no one sentence to come from
        places = [self._places(claim) for claim in numbers]
        clues = self._clues(sentence, numbers)
        checked: list[Finding] = []
        for at, (where, finding) in enumerate(zip(places, found, strict=True)):
            span = (numbers[at].start, numbers[at].end)
            home = self._alignment.home(sentence, clues, span, where, evidence)
            if finding.verdict == "found" and home >= 0 and self._displaced(numbers, home)[at]:
                finding = Finding("number", finding.text, "different", (home,))  # noqa: PLW2901 - the same one, judged anew
            checked.append(finding)
        return checked

    def _clues(self, sentence: str, numbers: Sequence[Quantity]) -> list[Clue]:
        """The words, names and numbers of a sentence that tell where it comes from."""
        places = ((claim, self._places(claim)) for claim in numbers)
        counted = [Clue(claim.start, claim.end, dict.fromkeys(where, 1.0))
                   for claim, where in places if where]  # fmt: skip
        return self._alignment.clues(sentence) + counted

    def _displaced(self, numbers: Sequence[Quantity], home: int) -> list[bool]:
        return displaced(numbers, self._numbers_of.get(home, ()))

    def _turned(self, sentence: str, lang: str, evidence: Sequence[int]) -> Iterable[Finding]:
        """Across languages: the direction of each clause against the sentence it is told from.

        That is the plainest one, else the one that the statement says it rests on where no other
        is closer.
        """
        named = self._only(evidence)
        told = clauses(sentence)[:_MOST_CLAUSES]
        for clause in told:
            numbers = claims(clause, lang)
            home = self._alignment.plain_home(clause, self._clues(clause, numbers), named)
            if home < 0:
                continue
            there = self.sentences[home]
            # A sentence without clauses is told whole, by one without clauses.
            several = len(told) > 1 or is_compound(there)
            if what := turned(there, clause, part=several, whole=sentence):
                yield Finding("direction", what, "different", (home,))
            for text in bounds_turned(clause, numbers, there, self._numbers_of.get(home, ())):
                yield Finding("direction", text, "different", (home,))

    def _only(self, evidence: Sequence[int]) -> int:
        """The one sentence that a statement says it rests on, or that there is; -1 for others."""
        places = range(len(self.sentences)) if len(self.sentences) == 1 else evidence
        return places[0] if len(places) == 1 and places[0] < len(self.sentences) else -1

    def _home(
        self,
        sentence: str,
        numbers: Sequence[Quantity],
        origin: Origin | None,
        evidence: Sequence[int],
    ) -> int:
        """The sentence that a Chinese one is plainly told from, -1 where several may be it."""
        if self._cjk:
            named = self._only(evidence)
            return named if named >= 0 or not origin else origin.places[0]
        return self._alignment.plain_home(
            sentence, self._clues(sentence, numbers), self._only(evidence)
        )

    def _retold(self, sentence: str, lang: str, home: int) -> Iterable[Finding]:
        """A Chinese sentence against the one it is told from: done or planned, who and whom."""
        there = self.sentences[home]
        numbers, told = self._numbers_of.get(home, ()), claims(sentence, lang)
        # Across languages clauses were compared already.
        contraries = self._cjk and not is_compound(there) and turned_at_home(there, sentence)
        if what := overstated(there, sentence, part=True) or contraries:
            yield Finding("direction", what, "different", (home,))
        if self._cjk and (what := transposed(there, sentence)):
            yield Finding("name", what, "different", (home,))
        if name := exchanged(there, sentence):
            yield Finding("name", name, "different", (home,))
        for claim in changed_about(there, numbers, sentence, told):
            yield Finding("number", claim.text, "different", (home,))

    @cached_property
    def _alignment(self) -> Alignment:
        return Alignment(self.sentences, self._meanings)

    @cached_property
    def _meanings(self) -> Meanings | None:
        return Meanings(self._encoder, self.sentences) if self._encoder else None

    def told_from(self, statement: str) -> tuple[int, ...]:
        """The one sentence in another language that `statement` is plainly told from, if any.

        Found by what it means: none without an encoder.
        """
        if not self._meanings or is_chinese(statement) == self._cjk:
            return ()
        nearest = self._meanings.nearest(visible(statement))
        return () if nearest < 0 else (nearest,)

    def untold(self, statement: str) -> str:
        """The stretch of a Chinese statement that no sentence here says, if this is foreign.

        Found by what it means: none without an encoder.
        """
        if not self._meanings or not is_chinese(statement):
            return ""
        return untold(visible(statement), self.lang, self._meanings.likeness)

    def _places(self, claim: Quantity) -> list[int]:
        key = _key(claim)
        if key not in self._known:
            self._known[key] = sorted(
                {at for number, where in self._different if same(claim, number) for at in where}
            )
            self._first[key] = few(self._known[key])
        return self._known[key]

    # --- names --------------------------------------------------------------------------

    @cached_property
    def _words(self) -> LatinNames:
        return LatinNames(self.sentences, cjk=self._cjk)

    @property
    def _plain(self) -> list[str]:
        return self._words.plain

    def _names(self, sentence: str, *, copied: bool) -> Iterable[Finding]:
        yield from self._words.findings(sentence)
        if HAN.search(sentence):
            for name in chinese_names(sentence, copied=copied):
                if (finding := self._chinese_name(name)) is not None:
                    yield finding

    def _chinese_name(self, name: Name) -> Finding | None:
        if self._cjk:
            places = [i for i, text in enumerate(self.sentences) if name.text in text]
            if not places and self._is_short(name.text):
                return None
            return Finding("name", name.text, "found" if places else "missing", few(places))
        words = known().get(name.text)
        if words is None:
            return None
        places = [place for word in words for place in self._places_of(word)]
        return Finding("name", name.text, "found" if places else "missing", few(places))

    def _is_short(self, name: str) -> bool:
        """Whether a run of the text can be shortened to `name` (美国国防部 → 美国防部)."""
        apart = f"[\u3400-\u9fff]{{0,{_LEFT_OUT}}}".join(map(re.escape, name))
        return len(name) > _LEFT_OUT and any(re.search(apart, text) for text in self.sentences)

    def _places_of(self, words: str) -> Sequence[int]:
        if " " not in words:
            return self._words.places(words)
        return [i for i, text in enumerate(self.sentences) if words in text.lower()]

    def _swapped(self, sentence: str, origin: Origin) -> Iterable[Finding]:
        """Latin words and digits that a near copy has in the place of others.

        In Chinese and in code; English prose puts one word for another.
        """
        if not origin.is_copy:
            return
        said, there = tokens(sentence), self._index.tokens[origin.places[0]]
        wrong = [("number", word) for word in origin.other_number()]
        if self._cjk:
            wrong += [("name", word) for word in origin.swapped()]
        for kind, word in wrong:
            if said.count(word) > there.count(word):
                yield Finding(kind, word, "different", origin.places[:1])

    def _in_place(self, finding: Finding, sentence: str, origin: Origin | None) -> Finding:
        """A name that stands where the sentence it was taken from has another one is different."""
        if (
            not origin
            or not origin.is_copy
            or finding.verdict != "found"
            or not origin.name_in_slot(finding.text)
        ):
            return finding
        plain = letters(finding.text)
        wanted = letters(sentence).count(plain)
        if max(self._plain[place].count(plain) for place in origin.places) >= wanted:
            return finding
        return Finding("name", finding.text, "different", origin.places[:1])

    # --- quotes -------------------------------------------------------------------------

    @cached_property
    def _spoken(self) -> list[str]:
        return [spoken(sentence) for sentence in self.sentences]

    @cached_property
    def _said(self) -> str:
        return "".join(self._spoken)

    def _quotes(self, sentence: str) -> Iterable[Finding]:
        for quote in quotes(sentence):
            if bool(HAN.search(quote)) != self._cjk:
                continue  # a quotation translated from another language cannot be compared
            parts = pieces(quote)
            places = [i for i, text in enumerate(self._spoken) if any(p in text for p in parts)]
            if all(part in self._said for part in parts):
                yield Finding("quote", quote, "found", few(places))
            else:
                yield Finding("quote", quote, "missing")

    # --- support and direction ----------------------------------------------------------

    @cached_property
    def _index(self) -> Index:
        return Index(self.sentences)

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(self._index)

    def traits(self, statement: str) -> dict[str, float]:
        """What speaks for and against a whole English statement, counted."""
        checked = []
        for sentence in split_sentences(statement, "en") or (statement,):
            best = self._index.best(content(tokens(sentence)))
            found = tuple(self._findings(sentence, "en", best))
            checked.append(Sentence(tokens(sentence), best, found))
        return self._likeness.traits(checked)

    def _support(
        self, sentence: str, best: Sequence[tuple[float, int]], found: Sequence[Finding]
    ) -> Support:
        """Chinese and mixed pairs: the share of words found, less where a direction is turned."""
        places = tuple(place for _, place in best)
        words = tokens(sentence)
        share = best[0][0] if best else 0.0
        if HAN.search(sentence) or self._cjk:
            turned = self._likeness.turned(words, places[:1])
            return Support(sentence, places, round(share / 2 if turned else share, 3))
        if not best:
            return Support(sentence, places, 0.0)
        score = self._likeness.chance(Sentence(words, best, found))
        return Support(sentence, places, round(score, 3))


def _directions(origin: Origin) -> Iterable[Finding]:
    for gone, come in origin.runs:
        before, after = ({opposite_of(word) for word in run} - {("", 0)} for run in (gone, come))
        turned = any((axis, -sign) in before for axis, sign in after)
        if {"only", "just", "merely"} & {*gone, *come}:
            continue  # "not only" denies nothing
        if turned or any(map(is_negation, gone)) != any(map(is_negation, come)):
            yield Finding("direction", " ".join(come or gone), "different", origin.places[:1])


def _placed(finding: Finding, evidence: Sequence[int]) -> Finding:
    if not evidence or finding.verdict != "found" or not finding.evidence:
        return finding
    if set(evidence) & set(finding.evidence):
        return finding
    return Finding(finding.kind, finding.text, "elsewhere", finding.evidence)


def _key(claim: Quantity) -> tuple[object, ...]:
    return (claim.values, claim.kind, claim.unit, claim.hedged)
