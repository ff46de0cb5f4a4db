"""Every word the bot says, in the reader's language.

Catalogues are gettext files, one per part of the product: `locales/<lang>/<part>.po`. The msgid is
a key ("digest.totals"), so that no language is the translation of the other. Values are put in
with `str.format`; whoever renders HTML escapes them first.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from digest.model import Lang
from digest.regexes import regex

_FOLDER = Path(__file__).parent / "locales"
# A word and its string, which goes on over lines of their own: what JSON's strings are, too.
_PART = regex(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ("[^\n]*"(?:\n"[^\n]*")*)$', re.MULTILINE)


class _Count(int):
    """A number that brings its noun along: "{sources:source|sources}" is "1 source", "3 sources".

    For a second count in a text; the first has the plural forms of the catalogue.
    """

    def __format__(self, spec: str) -> str:
        one, bar, other = spec.partition("|")
        if not bar:
            return super().__format__(spec)
        return f"{int(self)} {one if self == 1 else other}"


def _counted(values: dict[str, object]) -> dict[str, object]:
    return {name: _Count(value) if type(value) is int else value for name, value in values.items()}


class Texts:
    """The catalogue of one language: `texts("key", name="…")`, plural by `texts.n("key", 3)`."""

    def __init__(self, lang: Lang, entries: dict[str, tuple[str, ...]]) -> None:
        self.lang = lang
        self._entries = entries

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of `key` with `values` put in. Raises KeyError for an unknown key."""
        return self._entries[key][0].format(**_counted(values))

    def n(self, key: str, count: int, /, **values: object) -> str:
        """The text of `key` in the plural form for `count`, which is put in as `{n}`."""
        forms = self._entries[key]
        # Chinese has one form; English uses the first for exactly one.
        form = forms[0] if len(forms) == 1 or count == 1 else forms[-1]
        return form.format(n=count, **_counted(values))

    def has(self, key: str) -> bool:
        """Whether the catalogue knows `key`."""
        return key in self._entries

    def forms(self, key: str) -> tuple[str, ...]:
        """The text of `key` as it is written, in each of its plural forms."""
        return self._entries[key]

    @property
    def keys(self) -> frozenset[str]:
        """All keys of this language."""
        return frozenset(self._entries)


@cache
def texts_for(lang: Lang) -> Texts:
    """Load the catalogue of `lang` once."""
    entries: dict[str, tuple[str, ...]] = {}
    for path in sorted((_FOLDER / lang.value).glob("*.po")):
        for key, forms in _entries(path):
            if key in entries:
                raise ValueError(f"{path.name}: {key} stands in two catalogues")
            entries[key] = forms
    return Texts(lang, entries)


def _entries(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys of a gettext file with their forms, without its header.

    Every start waits for it, and babel takes several times as long; a test compares them.
    """
    key, forms = "", list[str]()
    for word, quoted in _PART.findall(path.read_text(encoding="utf-8")):
        text = "".join(json.loads(line) for line in quoted.splitlines())
        if word == "msgid":
            if key:
                yield key, tuple(forms)
            key, forms = text, []
        elif word != "msgid_plural":
            forms.append(text)
    yield key, tuple(forms)
