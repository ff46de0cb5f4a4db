"""Latin names in a statement against the sentences of a text."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from digest.regexes import regex
from digest.verify.findings import Finding, few
from digest.verify.names import (
    HAN,
    LATIN,
    Name,
    begins_sentence,
    explained,
    forms,
    initials_around,
    is_left,
    is_ordinary,
    is_titled,
    known,
    latin_names,
    letters,
    short,
    usual_words,
    written_short,
)
from digest.verify.origin import VERSION

_SHORTEST_PLACE = 4
_JOINTS = regex(r"[-.]")
_SPACED = regex(r"(?<![\w.])[A-Z]\.? ?(?:[A-Z]\.? ?){0,2}[A-Z]\b\.?")
_GLUED = regex(r"[A-Z][a-z]{3,}(?=[A-Z][a-z])|(?<=[a-z])[A-Z][a-z]{3,}")  # KhannaSession
_LATIN_RUN = regex(r"(?<![A-Za-z'’-])[A-Za-z][\w'’-]*+(?: [A-Za-z][\w'’-]*+)+")
_WORD_BEFORE = regex(r"(?<![A-Za-z'’-])[A-Za-z][\w'’-]* $")
_WORD_AFTER = regex(r" [A-Za-z][\w'’-]*")
_FAR = 60  # characters before a name that are looked at
_IDENTIFIER = regex(r"[a-z][A-Z]|[A-Za-z]\.[A-Za-z]")  # of code, in any language the same
_BESIDE = 8  # words
_JOINING = frozenset({"the", "and", "for", "of", "mr", "mrs", "ms", "dr", "sir"})


class LatinNames:
    """The Latin words of the sentences of a text. `cjk`: whether the text is Chinese."""

    def __init__(self, sentences: Sequence[str], *, cjk: bool) -> None:
        self.sentences = sentences
        self._cjk = cjk

    def places(self, word: str) -> Sequence[int]:
        """The sentences that have the small word `word`."""
        return self._latin.get(word, ())

    def findings(self, sentence: str) -> Iterable[Finding]:
        """What the text has of the Latin names of one sentence of a statement."""
        chinese = bool(HAN.search(sentence))
        foreign = chinese and not self._cjk
        strangers = set(self._strangers(sentence)) if foreign else set()
        for name in latin_names(sentence):
            alone = foreign and is_left(sentence, name.start, name.text)
            if alone and self._is_no_name(name.text):
                yield Finding("name", name.text, "missing")
                continue
            if name.text in strangers:
                yield Finding("name", name.text, "different")
                continue
            kept = chinese or not self._cjk or bool(_IDENTIFIER.search(name.text))
            finding = self._latin_name(name, strict=kept)
            if finding is not None and not finding.holds and self._spelled_out(name, sentence):
                finding = Finding("name", name.text, "found")
            if finding is not None:
                yield finding

    def versions(self, sentence: str) -> Iterable[Finding]:
        """Digits that belong to a name: "Xperia 3" where the text has only Xperia 1."""
        for match in VERSION.finditer(sentence):
            plain = letters(match.group())
            if is_ordinary(match.group("name")):
                continue
            if plain in self._whole or letters(match.group("name")) not in self._whole:
                continue
            if re.search(rf"{letters(match.group('name'))}\d", self._whole):
                yield Finding("name", match.group(), "different")
            elif not any(match.group("number") in text for text in self.sentences):
                yield Finding("name", match.group(), "missing")

    @cached_property
    def _whole(self) -> str:
        return "".join(self.plain)

    @cached_property
    def _latin(self) -> dict[str, list[int]]:
        names: dict[str, list[int]] = {}
        for place, sentence in enumerate(self.sentences):
            for match in LATIN.finditer(sentence):
                for form in forms(match.group()):
                    names.setdefault(form, []).append(place)
                for part in _JOINTS.split(match.group().replace("’", "'")):
                    names.setdefault(part.lower(), []).append(place)
                for part in () if self._cjk else _GLUED.findall(match.group()):
                    names.setdefault(part.lower(), []).append(place)
            for match in _SPACED.finditer(sentence):  # J N Singh
                names.setdefault(letters(match.group()), []).append(place)
        return names

    @cached_property
    def plain(self) -> list[str]:
        """The sentences as letters and digits alone."""
        return [letters(sentence) for sentence in self.sentences]

    @cached_property
    def _initials(self) -> str:
        text = " ".join(self.sentences)
        words = (part for match in LATIN.finditer(text) for part in match.group().split("-"))
        return "".join(word[:1].lower() for word in words)

    @cached_property
    def _capital(self) -> tuple[frozenset[str], frozenset[str]]:
        """Latin words, small: those with a capital inside a sentence, those without any."""
        inside: set[str] = set()
        small: set[str] = set()
        for sentence in self.sentences:
            for match in LATIN.finditer(sentence):
                first, *rest = _JOINTS.split(match.group())
                if not begins_sentence(sentence, match.start()):
                    rest += [first, match.group()]
                elif match.group()[0].islower():
                    small.update(forms(match.group()))
                for part in filter(None, rest):
                    (small if part[0].islower() else inside).update(forms(part))
        return frozenset(inside), frozenset(small)

    def _is_no_name(self, word: str) -> bool:
        """Whether the text has an English word, but only as a word of its sentences."""
        if word.lower() not in usual_words():
            return False
        inside, small = self._capital
        told = forms(word)
        return not inside.intersection(told) and (
            is_ordinary(word) or bool(small.intersection(told))
        )

    def _beside(self, one: str, other: str) -> bool:
        """Whether two Latin words stand near each other in a sentence, in any order."""
        first, second = forms(one)[-1], forms(other)[-1]
        places = set(self._latin.get(first, ())) & set(self._latin.get(second, ()))
        for place in places:
            where = self._where[place]
            if _are_near(where.get(first, ()), where.get(second, ())):
                return True
        return not places and f"{one}{other}".lower() in self._whole

    @cached_property
    def _where(self) -> list[dict[str, list[int]]]:
        """For each sentence its Latin words, bare, and their places among them."""
        found: list[dict[str, list[int]]] = []
        for sentence in self.sentences:
            where: dict[str, list[int]] = {}
            for at, match in enumerate(LATIN.finditer(sentence)):
                where.setdefault(forms(match.group())[-1], []).append(at)
            found.append(where)
        return found

    def _strangers(self, sentence: str) -> Iterable[str]:
        """Words of Latin names in Chinese that the text has, but never beside each other."""
        for run in _LATIN_RUN.finditer(sentence):
            for pair in dict.fromkeys(pairwise(run.group().split(" "))):
                unknown = [word for word in pair if forms(word)[-1] not in self._latin]
                left = all(is_ordinary(word) and word.lower() not in _JOINING for word in unknown)
                if all(map(is_titled, pair)) and left and not self._beside(*pair):
                    yield from pair

    def _latin_name(self, name: Name, *, strict: bool) -> Finding | None:
        for form in (*forms(name.text), *_demonyms(name.text)):
            if form in self._latin:
                return Finding("name", name.text, "found", few(self._latin[form]))
        parts = name.text.lower().split("-")
        if len(parts) > 1 and all(part in self._latin for part in parts):
            return Finding("name", name.text, "found", few(self._latin[parts[0]]))
        plain = letters(name.text)
        if places := self._joined(plain):
            return Finding("name", name.text, "found", few(places))
        places = [place for place, text in enumerate(self.plain) if plain and plain in text]
        if not strict and not places:
            return self._named_in_chinese(name)
        if self._abbreviates(name.text):
            return Finding("name", name.text, "found")
        return Finding("name", name.text, "different" if places else "missing", few(places))

    def _joined(self, plain: str) -> list[int]:
        """Sentences with two words that make one: Skinpotion for "skin potion"."""
        return [
            place
            for place, text in enumerate(self.plain)
            if plain in text
            and any(
                letters(one.group() + other.group()) == plain
                for one, other in pairwise(LATIN.finditer(self.sentences[place]))
            )
        ]

    def _split(self, name: Name, sentence: str) -> bool:
        """Whether a word beside it makes one word of the text with it: Sai Ropa for Sairopa."""
        end = name.start + len(name.text)
        before = _WORD_BEFORE.search(sentence[max(0, name.start - _FAR) : name.start])
        after = _WORD_AFTER.match(sentence, end)
        return bool(before and letters(before.group() + name.text) in self._latin) or bool(
            after and letters(name.text + after.group()) in self._latin
        )

    def _spelled_out(self, name: Name, sentence: str) -> bool:
        """Whether the text has the short form of a longer name or the statement explains it.

        "Bharatiya Janata Party" where the text has BJP, "Trinamool Congress (TMC)" where it has
        the Trinamool Congress.
        """
        if self._split(name, sentence):
            return True
        if name.text.isupper():
            return explained(name.text, sentence, name.start)
        return any(short in self._capitals for short in initials_around(name, sentence)) or any(
            short in self._capitals for short in written_short(name.text)
        )

    @cached_property
    def _capitals(self) -> frozenset[str]:
        """Abbreviations of the text, without dots."""
        words = (m.group().replace(".", "") for s in self.sentences for m in LATIN.finditer(s))
        return frozenset(word for word in words if word.isupper())

    def _named_in_chinese(self, name: Name) -> Finding | None:
        """A Latin name about a Chinese text: only where its Chinese form is known."""
        wanted = name.text.lower()
        for chinese, words in known().items():
            if wanted in words:
                places = [i for i, text in enumerate(self.sentences) if chinese in text]
                if places:
                    return Finding("name", name.text, "found", few(places))
        if name.text.isupper() or any(letter.isdigit() for letter in name.text):
            return Finding("name", name.text, "missing")
        return None

    def _abbreviates(self, name: str) -> bool:
        words = short().get(name.upper().replace(".", ""), ())
        if any(all(part in self._latin for part in word.split()) for word in words) or any(
            HAN.match(word) and letters(word) in self._whole for word in words
        ):
            return True
        plain = letters(name)
        return name.isupper() and len(plain) > 1 and plain in self._initials


def _are_near(some: Sequence[int], others: Sequence[int]) -> bool:
    """Whether one of `some` is within `_BESIDE` of one of `others`; both rise."""
    few, many = sorted((some, others), key=len)
    for at in few:
        next_at = bisect_left(many, at - _BESIDE)
        if next_at < len(many) and many[next_at] <= at + _BESIDE:
            return True
    return False


def _demonyms(name: str) -> tuple[str, ...]:
    """India for Indian and the other way round."""
    small = name.lower()
    if not (name[:1].isupper() and name[1:].islower() and len(name) > _SHORTEST_PLACE):
        return ()
    if small.endswith("an"):
        return (small[:-1], small[:-2])
    return (f"{small}n",) if small.endswith("a") else ()
