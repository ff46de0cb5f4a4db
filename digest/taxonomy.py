"""Columns (one editorial shelf per signal) and topics (subjects that readers follow).

The bundled file is how they begin; from then on they live in the database (storage/taxonomy.py),
where editors change them while the bot runs.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rapidfuzz import fuzz, process, utils

from digest.model import Lang
from digest.regexes import regex

_FILE = Path(__file__).parent / "taxonomy.toml"
_ID = regex(r"[a-z0-9][a-z0-9-]{0,29}")
_TOO_SHORT = 2
_FAR_BEHIND = 25


@dataclass(frozen=True, slots=True)
class Column:
    """An editorial shelf; `position` is its fixed place in a digest.

    `aliases` are further names that readers type; `cues` words that speak for it, besides those
    that come with the program (classify/placement.toml).
    """

    id: str
    zh: str
    en: str
    emoji: str
    position: int
    aliases: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()

    def name(self, lang: Lang) -> str:
        """The name in a reader's language."""
        return self.zh if lang == Lang.ZH else self.en

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that a reader may call it."""
        return (self.id, self.zh, self.en, *self.aliases)


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject. `aliases` are further names that readers type; `cues` the words that mark it.

    `column` is the shelf for which the topic speaks, "" for none.
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


class _Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_Named)


class Catalogue(Mapping[str, T]):
    """Columns or topics by id, in their order.

    The id of one that was merged into another leads to that other, for buttons, links and feeds
    of before; counting and walking through meets only those in use.
    """

    __hash__ = object.__hash__  # a catalogue never changes: by it others keep what they made of it

    def __init__(self, members: Iterable[T], former: Mapping[str, str] | None = None) -> None:
        self._members = {one.id: one for one in members}
        self.former = dict(former or {})
        """What each id that was merged was merged into; that may be merged itself by now."""
        self._leads_to = {old: new for old in self.former if (new := self._end_of(old))}

    def _end_of(self, id_: str) -> str:
        seen: set[str] = set()
        while id_ not in self._members:
            if id_ in seen or id_ not in self.former:
                return ""
            seen.add(id_)
            id_ = self.former[id_]
        return id_

    def now(self, id_: str) -> str:
        """The id that stands for `id_` today: its own, unless it was merged."""
        return self._leads_to.get(id_, id_)

    def __getitem__(self, id_: str) -> T:
        return self._members[self._leads_to.get(id_, id_)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._members)

    def __len__(self) -> int:
        return len(self._members)


class Taxonomy:
    """All columns and topics, found by any of their names.

    One object is shared by everybody in a process; when editors have changed something it
    becomes the new one in place (see `become`).
    """

    def __init__(
        self,
        columns: Iterable[Column],
        topics: Iterable[Topic],
        *,
        former_columns: Mapping[str, str] | None = None,
        former_topics: Mapping[str, str] | None = None,
        retired: Iterable[Topic] = (),
    ) -> None:
        self.columns = Catalogue(columns, former_columns)
        self.topics = Catalogue(topics, former_topics)
        self.retired = {topic.id: topic for topic in retired}
        """Topics that take no new signals: no list offers them, their pages and names stay."""
        self._columns_by_name = {
            name.casefold(): column
            for column in self.columns.values()
            for name in reversed(column.spellings)
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

    def become(self, other: "Taxonomy") -> None:
        """Take over all that `other` has, so that whoever holds this one sees the change."""
        vars(self).clear()  # with what was worked out from the old state
        vars(self).update(vars(other))

    def find_column(self, words: str) -> Column | None:
        """The column called `words` in either language, None when there is none."""
        name = words.strip()
        return self._columns_by_name.get(name.casefold()) or self.columns.get(name)

    def find_topic(self, words: str) -> Topic | None:
        """The topic called `words` (name or alias, either language), None when there is none."""
        name = words.strip().lstrip("#")
        return self._topics_by_name.get(name.casefold()) or self.topics.get(name)

    def topic_of(self, id_: str) -> Topic | None:
        """The topic with this id, also one that is retired: for what was said of it before."""
        return self.topics.get(id_) or self.retired.get(id_)

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

    @cached_property
    def packed(self) -> bytes:
        """All of it as bytes, for processes that work for this one (see `unpack_taxonomy`)."""
        data = {
            "columns": [asdict(column) for column in self.columns.values()],
            "topics": [asdict(topic) for topic in self.topics.values()],
            "former_columns": self.columns.former,
            "former_topics": self.topics.former,
            "retired": [asdict(topic) for topic in self.retired.values()],
        }
        return json.dumps(data, ensure_ascii=False).encode()


@lru_cache(maxsize=2)  # the same one comes with each article, until editors change it
def unpack_taxonomy(packed: bytes) -> Taxonomy:
    """The taxonomy that was `packed`; the bundled one for b""."""
    if not packed:
        return load_taxonomy()
    data = json.loads(packed)
    return Taxonomy(
        [Column(**_listed(one)) for one in data["columns"]],
        [Topic(**_listed(one)) for one in data["topics"]],
        former_columns=data["former_columns"],
        former_topics=data["former_topics"],
        retired=[Topic(**_listed(one)) for one in data["retired"]],
    )


def _listed(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"aliases": tuple(data["aliases"]), "cues": tuple(data["cues"])}


@cache
def load_taxonomy() -> Taxonomy:
    """The bundled columns and topics (digest/taxonomy.toml): the first state of every database."""
    return read_taxonomy(_FILE.read_text(encoding="utf-8"))


def read_taxonomy(text: str) -> Taxonomy:
    """The columns and topics of a TOML text like the bundled one (see `write_taxonomy`).

    Raises ValueError that says what is wrong with it.
    """
    try:
        data = tomllib.loads(text)
        columns = [
            Column(position=place, **_listed({"aliases": (), "cues": ()} | entry))
            for place, entry in enumerate(data["columns"])
        ]
        named = [_listed({"aliases": (), "cues": ()} | entry) for entry in data["topics"]]
        states = [bool(entry.pop("retired", False)) for entry in named]
        topics = [Topic(**entry) for entry in named]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a taxonomy: {error}") from error
    ids = [str(one.id) for one in columns] + [str(one.id) for one in topics]
    wrong = [id_ for id_ in ids if not _ID.fullmatch(id_)]
    if wrong or len({one.id for one in topics}) < len(topics):
        raise ValueError(f"ids are short, of a-z, 0-9 and -, and each stands once: {wrong}")
    return Taxonomy(
        columns,
        [topic for topic, gone in zip(topics, states, strict=True) if not gone],
        retired=[topic for topic, gone in zip(topics, states, strict=True) if gone],
    )


def write_taxonomy(taxonomy: Taxonomy) -> str:
    """`taxonomy` as the TOML text that `read_taxonomy` reads, without what was merged."""
    tables = [
        _table("columns", column, ("zh", "en", "emoji")) for column in taxonomy.columns.values()
    ]
    tables += [_table("topics", one, ("column", "zh", "en")) for one in taxonomy.topics.values()]
    tables += [
        f"{_table('topics', one, ('column', 'zh', 'en'))}retired = true\n"
        for one in taxonomy.retired.values()
    ]
    return "\n".join(tables)


def _table(name: str, shelf: Column | Topic, fields: Sequence[str]) -> str:
    # A JSON string or list of strings is one of TOML too.
    lines = [f"[[{name}]]", f"id = {json.dumps(shelf.id)}"]
    lines += [f"{one} = {_quoted(getattr(shelf, one))}" for one in fields]
    for one in ("aliases", "cues"):
        words = getattr(shelf, one)
        if words:
            lines.append(f"{one} = [{', '.join(map(_quoted, words))}]")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
