"""A statement that was taken from one sentence: which words were put in the place of others."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from digest.regexes import regex
from digest.text.number_tables import CURRENCIES, NUMBER_WORDS, SCALES
from digest.text.vocabulary import word_set
from digest.verify.names import letters
from digest.verify.support import STOP, stem, tokens
from digest.verify.units import measure

NEAR_COPY = 0.75
COPY = 0.6  # share of a statement's weight from which a sentence is taken for its origin
VERSION = regex(
    r"(?<![\w.])(?P<name>[A-Z][A-Za-z]*(?:\d[a-z]+)?|[a-z]+[A-Z]\w*)[ -]"
    r"(?P<number>\d{1,4}(?:\.\d+)?)"
    r"(?![\d,:%/]|\.\d|\s?[年月日号个万亿%时点分周天人元台款]|\s?(?:million|billion|per|[ap]\.?m|hours|days))"
)
_LONGEST = 90  # tokens compared word by word
_SHORT_CHANGE = 4  # words; longer runs are other sentences, not changed words
_DATES = word_set(
    "january february march april may june july august september october november december ",
    "monday tuesday wednesday thursday friday saturday sunday first second third fourth fifth ",
    "sixth seventh eighth ninth tenth half quarter doubled tripled halved percent cent",
    "周一 周二 周三 周四 周五 周六 周日 ",
    "星期一 星期二 星期三 星期四 星期五 星期六 星期日 % $ £ € ¥",
)
_HAN_NUMERAL = regex(r"[零〇一二两三四五六七八九十百千万亿半]+.?")

Run = tuple[list[str], list[str]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Sentences (by number) that have nearly all words of a statement, and what differs.

    `runs` are short (gone, come) runs of words against the first of them, `share` is how much of
    the statement's weight that one has.
    """

    places: tuple[int, ...]
    runs: list[Run]
    share: float = 1.0

    @property
    def is_copy(self) -> bool:
        """Whether names may be judged by their place: nearly all is shared, or all but a word."""
        return self.share >= NEAR_COPY or self.one_word

    @property
    def one_word(self) -> bool:
        """Whether one word in the place of another is all that differs."""
        return len(self.runs) == 1 and [len(side) for side in self.runs[0]] == [1, 1]

    def swapped(self) -> Iterator[str]:
        """Latin words of the statement, small, in the place of other ones."""
        for gone, come in self._single():
            latin = _is_latin(gone) and _is_latin(come)
            if latin and stem(gone) != stem(come) and gone not in STOP:
                yield come

    def other_number(self) -> Iterator[str]:
        """Digits of the statement in the place of other digits."""
        for gone, come in self._single():
            shorter = "." in gone and gone.startswith(come)  # 1.24 told as 1.2
            digits = gone[:1].isdigit() and come[:1].isdigit()
            if digits and not shorter and _plain(gone) != _plain(come):
                yield come

    def _single(self) -> Iterator[tuple[str, str]]:
        """(gone, come): one word in the place of one."""
        return ((a[0], b[0]) for a, b in self.runs if len(a) == len(b) == 1)

    def number_in_slot(self, text: str) -> bool:
        """Whether a word of the number `text` stands where another number stood."""
        words = set(tokens(text)) | {text.lower()}
        return any(set(come) & words and any(map(_is_numeric, gone)) for gone, come in self.runs)

    def name_in_slot(self, name: str) -> bool:
        """Whether `name` stands where another telling word stood."""
        plain = letters(name)
        return any(
            plain in letters("".join(come))
            and any(len(word) > 1 and word not in STOP and not word.isdigit() for word in gone)
            for gone, come in self.runs
        )


def changes(statement: Sequence[str], sentence: Sequence[str]) -> list[Run]:
    """Short runs that must be replaced in `sentence` to read as `statement`: (gone, come)."""
    gone, come = list(sentence[:_LONGEST]), list(statement[:_LONGEST])
    matcher = SequenceMatcher(None, gone, come, autojunk=False)
    runs = [
        (gone[a:b], come[c:d])
        for sort, a, b, c, d in matcher.get_opcodes()
        if sort != "equal" and not (sort == "delete" and c in {0, len(come)})
    ]
    return [run for run in runs if max(map(len, run)) <= _SHORT_CHANGE]


def _plain(digits: str) -> str:
    """Digits in one width, without marks between thousands."""
    return unicodedata.normalize("NFKC", digits).replace(",", "")


def _is_latin(word: str) -> bool:
    return word.isascii() and word[:1].isalpha()


def _is_numeric(word: str) -> bool:
    return bool(
        word[:1].isdigit()
        or word in NUMBER_WORDS
        or word in SCALES
        or word in CURRENCIES
        or word in _DATES
        or measure(word).dimension
        or _HAN_NUMERAL.fullmatch(word)
    )
