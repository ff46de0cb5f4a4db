"""What the trained model counts in a text: single words and neighbours, or Chinese characters.

Chinese gives its characters, pairs and triples, and the pairs of letters of the Latin words among
it; other scripts give words and pairs of words, marked by a leading space. Punctuation counts too
(a quoted remark looks unlike a product note). What stands in the title is counted once more,
apart; a Chinese title also gives its words and how it begins and ends. Training and running read
a text by this one function.
"""

from collections import Counter
from collections.abc import Iterator

from digest.regexes import regex
from digest.text.segmentation import cut

TITLE_MARK = "\t"
PIECE_MARK = "\a"
WORD_MARK = "\x1c"
EDGE_MARKS = ("\x1d", "\x1e")

_LOOKED_AT = 600  # characters of Chinese after the title: the opening tells the subject
_LOOKED_AT_SPACED = 1800
_LONGEST_WORD = 24
_EDGES = (1, 2)  # characters
_HAN = "\u3400-\u9fff"
_HAN_RUN = regex(f"[{_HAN}]+")
_TOKEN = regex(rf"[{_HAN}]+|[a-z0-9](?:[a-z0-9\-'.+#]*[a-z0-9+#])?|[^\w\s]|\n")


def features(title: str, text: str) -> Counter[str]:
    """How often each feature occurs in `title` and the opening of `text`."""
    chinese = _HAN_RUN.search(text, 0, 200)
    found = _tokens(title)
    opening = text[: _LOOKED_AT if chinese else _LOOKED_AT_SPACED]
    counts = Counter([*found, *_titled(title.strip().lower())])
    if opening:
        counts.update(TITLE_MARK + one for one in found)
        counts.update(_tokens(opening))
        counts[f"\f{len(text).bit_length()}"] += 1
    return counts


def readable(feature: str) -> str:
    """The words of a feature as they stand in the (lower case) text, without its marks."""
    return " ".join(feature.split())


def _titled(title: str) -> Iterator[str]:
    """What only a title is asked for: its length, in Chinese its words, beginning and end."""
    if not title:
        return
    yield f"\v{len(title).bit_length()}"
    runs = _HAN_RUN.findall(title)
    for run in runs:
        yield from (WORD_MARK + word for word in cut(run))
    if runs:
        start, end = EDGE_MARKS
        for many in _EDGES:
            yield start + title[:many]
            yield end + title[-many:]


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    before = ""
    chinese = _HAN_RUN.search(text) is not None
    for match in _TOKEN.finditer(text.lower()):
        run = match.group()
        if "\u3400" <= run[0] <= "\u9fff":
            found += run
            found += [run[at : at + 2] for at in range(len(run) - 1)]
            found += [run[at : at + 3] for at in range(len(run) - 2)]
            if before:
                found.append(before + run[0])
            before = run[-1]
        else:
            word = " " + run[:_LONGEST_WORD]
            found.append(word)
            if before:
                found.append(before + word)
            before = word
            if chinese:  # few Latin words stand among them: their pieces tell more
                found += [PIECE_MARK + word[at : at + 2] for at in range(1, len(word) - 1)]
    return found
