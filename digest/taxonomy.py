"""Columns (one editorial shelf per signal) and topics (subjects that readers follow)."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from digest.model import Lang

_FILE = Path(__file__).parent / "taxonomy.toml"
_TOO_SHORT = 2
_FAR_BEHIND = 25


@dataclass(frozen=True, slots=True)
class Column:
    """An editorial shelf; `position` is its fixed place in a digest."""

    id: str
    zh: str
    en: str
    emoji: str
    position: int

    def name(self, lang: Lang) -> str:
        """The name in a reader's language."""
        return self.zh if lang == Lang.ZH else self.en


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject. `aliases` are further names that readers type; `cues` the words that mark it.

    `column` is the shelf for which its presence speaks, "" for none.
    """

    id: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    column: str = ""

    def name(self, lang: Lang) -> str:
        """The name in a reader's language."""
        return self.zh if lang == Lang.ZH else self.en

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that a reader may call it."""
        return (self.id, self.zh, self.en, *self.aliases)


class Taxonomy:
    """All columns and topics, found by any of their names."""

    def __init__(self, columns: Iterable[Column], topics: Iterable[Topic]) -> None:
        self.columns = {column.id: column for column in columns}
        self.topics = {topic.id: topic for topic in topics}
        self._columns_by_name = {
            name.casefold(): column
            for column in self.columns.values()
            for name in (column.id, column.zh, column.en)
        }
        self._topics_by_name = {
            name.casefold(): topic
            for topic in self.topics.values()
            for name in reversed(topic.spellings)
        }
        # "x" and "qq" occur in any typing error; whoever means them types them exactly.
        self._suggestible = [
            name for name in self._topics_by_name if len(name) > _TOO_SHORT or not name.isascii()
        ]

    def find_column(self, words: str) -> Column | None:
        """The column called `words` in either language, None when there is none."""
        return self._columns_by_name.get(words.strip().casefold())

    def find_topic(self, words: str) -> Topic | None:
        """The topic called `words` (name or alias, either language), None when there is none."""
        return self._topics_by_name.get(words.strip().lstrip("#").casefold())

    def suggest_topics(self, words: str, limit: int = 5, least: int = 62) -> tuple[Topic, ...]:
        """The topics whose names are nearest to `words`, nearest first; empty when none is near.

        `least` (0 to 100) is how near. What is far behind the nearest is left out too.
        """
        near = process.extract(
            words,
            self._suggestible,
            scorer=fuzz.WRatio,
            processor=utils.default_process,
            score_cutoff=least,
            limit=limit * 3,
        )
        found: dict[str, Topic] = {}
        for name, nearness, _ in near:
            if nearness >= near[0][1] - _FAR_BEHIND:
                topic = self._topics_by_name[name]
                found.setdefault(topic.id, topic)
        return tuple(found.values())[:limit]


@cache
def load_taxonomy() -> Taxonomy:
    """The bundled columns and topics (digest/taxonomy.toml)."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    columns = [Column(position=place, **entry) for place, entry in enumerate(data["columns"])]
    topics = [
        Topic(
            entry["id"],
            entry["zh"],
            entry["en"],
            tuple(entry.get("aliases", ())),
            tuple(entry.get("cues", ())),
            entry.get("column", ""),
        )
        for entry in data["topics"]
    ]
    return Taxonomy(columns, topics)
