"""What a translation or a statement adds that its text says nowhere: a sentence, or a clause.

An invention without a number or a name in it passes every comparison of those. Here each stretch
of a translation is laid beside the original by the table of meanings: a stretch that has nothing
of it, beside a rest that has much, was told from nothing. Where there is an encoder, it decides
about every stretch that has little, by what that means. The table knows English and Chinese; of
other languages the encoder alone is asked, and less strictly.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import mul

from digest.regexes import regex
from digest.verify.alignment import meanings
from digest.verify.meaning import Encoder
from digest.verify.names import HAN, known
from digest.verify.support import STOP, stem, tokens

# A dot or a comma between two letters or digits ends nothing.
_WITHIN = r"(?<=\w)[.,:](?=\w)"
_CLAUSE = regex(rf"(?:[^，,。.！？!?；;：:（）()—]|{_WITHIN})+[，,。.！？!?；;：:（）()—“”\"]*")
_SENTENCE = regex(rf"(?:[^。.！？!?；;]|{_WITHIN})+[。.！？!?；;”\"]*")
_PART = regex(r"[^，,。！？!?；;：:（）()—–\"“”]+")
_SHORTEST_PART = 16  # letters of English
# How a name is spelt otherwise, and names that are spelt by sound: of these the table knows none.
_GLOSS = regex(r"[（(][^（()）A-Za-z]*+[A-Za-z][^（()）]*+[）)]")
_BY_SOUND = regex(r"[\u3400-\u9fff]{1,6}(?:[·•][\u3400-\u9fff]{1,6})+")
# In every Chinese sentence, so they tell nothing of which.
_IDLE = frozenset(
    "的了在是和与及或也都就而但将把被对为以从到向由于并等中上下个一这那其该他她它们我你有还又很更最已之地得"
    "着过说表示称会能可不年月日"
)
_LEAST_WEIGHT = 0.2
_LEAST = 6  # telling characters of a stretch
_LETTERS, _WORD = 3, 1.5  # letters of English for a character; characters that a word counts for
# By the table alone:
_LEAST_WHOLE, _LEAST_READ, _MOSTLY_READ = 8, 3, 0.6
_HARDLY = 0.1
# (stretches, what the rest shares at least, how long it is for an original of length 1)
_BESIDE = ((_SENTENCE, 0.4, 0.6), (_CLAUSE, 0.5, 0.75))
# With an encoder: a stretch that shares no more than this is asked about …
_SUSPECT = 0.35
_UNLIKE = 0.3  # … and is unlike every part of the original when this is its best cosine;
_BETTER = 0.1  # without it the rest is nearer to the original by as much.
# Languages besides in which faithful sentences were found to be near enough, and how near.
_OTHERS = frozenset({"de", "es", "fr", "ja", "ko", "ru"})
_FAR = 0.2
_LONGEST = 400  # characters that are encoded at once
_MOST = 12  # parts of an original, stretches of a translation


def unsaid(
    original: str, translated: str, source: str, target: str, encoder: Encoder | None = None
) -> str:
    """The stretch of a translation that its original says nowhere; "" for none.

    `source` and `target` are ISO 639-1 codes. In languages that cannot be compared nothing is
    found.
    """
    if source in _OTHERS and target == "zh" and encoder is not None:
        is_far = len(translated) >= _LEAST and _Likeness(original, encoder).best(translated) < _FAR
        return translated if is_far else ""
    if {source, target} != {"en", "zh"}:
        return ""
    shared = _Shared(original, chinese=source == "zh")
    told = _GLOSS.sub("", translated)
    if encoder is not None:
        return _strange(shared, told, _Likeness(original, encoder))
    if _is_of_another(shared, told):
        return told
    return next(_added(shared, told), "")


def untold(statement: str, lang: str, likeness: Callable[[str], Sequence[float]]) -> str:
    """The stretch of a Chinese statement that no sentence of a text in `lang` says; "" for none.

    `likeness` gives the cosine of a stretch with every sentence of the text.
    """
    if lang in _OTHERS:
        return statement if max(likeness(statement), default=1.0) < _FAR else ""
    if lang != "en":
        return ""
    whole = max(likeness(statement), default=1.0)
    if whole < _UNLIKE:
        return statement
    stretches = _CLAUSE.findall(statement)
    for one, rest in _beside(stretches, [one for one in stretches if len(one) >= _LEAST]):
        if max(likeness(one)) < _UNLIKE and max(likeness(rest)) - whole >= _BETTER:
            return one
    return ""


class _Shared:
    """How much of a stretch in the one language may stand in a sentence of the other."""

    def __init__(self, original: str, *, chinese: bool) -> None:
        self._chinese = chinese
        self._length = len(HAN.findall(original)) if chinese else len(original) / _LETTERS
        told = [] if chinese else _readings(original)
        read = [one for one in told if one]
        self.is_read = chinese or len(read) >= max(_LEAST_READ, _MOSTLY_READ * len(told))
        there = HAN.findall(original) if chinese else frozenset().union(*read)
        self._characters = frozenset(there) - _IDLE

    def of(self, stretch: str) -> "_Told":
        """What of it may be in the original."""
        if self._chinese:
            read = [one for one in _readings(stretch) if one]
            hits = sum(not self._characters.isdisjoint(one) for one in read)
            return _Told(_WORD * hits, _WORD * len(read), len(stretch) / _LETTERS)
        told = [one for one in HAN.findall(_BY_SOUND.sub("", stretch)) if one not in _IDLE]
        hits = sum(one in self._characters for one in told)
        return _Told(hits, len(told), len(HAN.findall(stretch)))

    def covered(self, told: "_Told", least: float) -> bool:
        """Whether a translation is as long as `least` of the original asks for."""
        return told.length >= least * self._length


@dataclass(frozen=True, slots=True)
class _Told:
    """What tells in a stretch, in characters of Chinese: all of it, and what the original has."""

    hits: float = 0
    count: float = 0
    length: float = 0

    @property
    def share(self) -> float:
        return self.hits / self.count if self.count else 1.0

    def beside(self, one: "_Told") -> "_Told":
        """What is left without `one`."""
        return _Told(self.hits - one.hits, self.count - one.count, self.length - one.length)


def _readings(english: str) -> list[frozenset[str]]:
    """For each telling word the characters in which it may be written, if the table has it."""
    words = (word for word in tokens(english) if word not in STOP and word[0].isalpha())
    return [_written().get(stem(word), frozenset()) - _IDLE for word in words]


@cache
def _written() -> Mapping[str, frozenset[str]]:
    """English stem → the characters of all Chinese words and names that mean it."""
    found: dict[str, set[str]] = {}
    for word, told in meanings().items():
        for root, weight in told:
            if weight >= _LEAST_WEIGHT:
                found.setdefault(root, set()).update(word)
    for name, words in known().items():
        for word in words:
            found.setdefault(stem(word.lower()), set()).update(name)
    return {root: frozenset(characters) for root, characters in found.items()}


def _is_of_another(shared: _Shared, told: str) -> bool:
    """Whether it has nothing of a sentence whose words the table knows well."""
    found = shared.of(told)
    return shared.is_read and found.count >= _LEAST_WHOLE and not found.hits


def _added(shared: _Shared, told: str) -> Iterator[str]:
    """Stretches that have nothing of the original, beside a rest that has much of it."""
    for form, least, long in _BESIDE:
        stretches = form.findall(told)
        found = [shared.of(one) for one in stretches]
        whole = _Told(
            sum(one.hits for one in found),
            sum(one.count for one in found),
            sum(one.length for one in found),
        )
        for one, here in zip(stretches, found, strict=True):
            rest = whole.beside(here)
            if here.count < _LEAST or here.share > _HARDLY:
                continue
            if rest.count and rest.share >= least and shared.covered(rest, long):
                yield one


def _strange(shared: _Shared, told: str, likeness: "_Likeness") -> str:
    """The whole, or a clause of it, that means nothing of what the original does."""

    def is_suspect(stretch: str) -> bool:
        found = shared.of(stretch)
        return found.count >= _LEAST and found.share <= _SUSPECT

    if is_suspect(told) and likeness.of(told) < _UNLIKE:
        return told
    stretches = _CLAUSE.findall(told)
    for one, rest in _beside(stretches, list(filter(is_suspect, stretches))):
        if likeness.best(one) < _UNLIKE and likeness.of(rest) - likeness.of(told) >= _BETTER:
            return one
    return ""


def _beside(stretches: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each `wanted` one of several stretches, and all others together."""
    if len(stretches) > 1:
        for one in wanted[:_MOST]:
            place = stretches.index(one)
            yield one, "".join((*stretches[:place], *stretches[place + 1 :]))


class _Likeness:
    """How near a stretch is to an original in meaning; nothing is encoded before it is asked."""

    def __init__(self, text: str, encoder: Encoder) -> None:
        self._text = text
        self._encoder = encoder

    @cached_property
    def _parts(self) -> Sequence[Sequence[float]]:
        """The whole first."""
        parts = [one for one in _PART.findall(self._text) if len(one) >= _SHORTEST_PART]
        return self._encoder.encode([self._text[:_LONGEST], *parts[:_MOST]])

    def of(self, stretch: str) -> float:
        """The cosine with the whole."""
        return self._cosines(stretch)[0]

    def best(self, stretch: str) -> float:
        """The best cosine with the whole or a part."""
        return max(self._cosines(stretch))

    def _cosines(self, stretch: str) -> list[float]:
        (wanted,) = self._encoder.encode([stretch[:_LONGEST]])
        return [sum(map(mul, wanted, there)) for there in self._parts]
