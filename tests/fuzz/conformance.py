"""The conformance files of other parsers through ours, beside feedparser and fastfeedparser.

Two sorts of expectations are told by the files: a line `Expect:` in those of feedparser,
and a JSON document beside the feed in those of gofeed. Both are compared as far as they speak of
what we keep: how many entries, and the title and the address of the first.
"""

import ast
import contextlib
import html
import io
import json
import re
import tarfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digest.errors import SourceError
from digest.sources.feeds import parse_feed
from digest.sources.plain import plain_text
from digest.sources.raw import web_address

URL = "http://127.0.0.1:8097/"  # where the files of feedparser believe to be served from
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_FEEDS = (".xml", ".rss", ".atom", ".spc")
_EXPECT = re.compile(r"Expect:\s*(.*)")
_FIELD = re.compile(
    r"entries\[0\]\[u?['\"](title|link)['\"]\]\s*==\s*(u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")"
)
_TEXTS = ("title", "description", "summary", "content")
_ADDRESSES = ("link", "links")
_NAMES = ("guid", "id")  # addresses where they are written as such
_MOST_NAMED = 40
_MARKUP = re.compile(r"<[^<>]*>")

Read = tuple[int, str, str]  # how many entries; title and address of the first


@dataclass
class Comparison:
    """What came of all files: by folder and parser, and the files where ours differs."""

    files: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    read: dict[str, Counter[str]] = field(default_factory=dict)
    raised: Counter[str] = field(default_factory=Counter)
    right: dict[str, Counter[str]] = field(default_factory=dict)
    expected: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def ours(body: bytes) -> Read | None:
    """Our reading; None for a document that we refuse."""
    try:
        entries = parse_feed(body, url=URL, now=NOW).entries
    except SourceError:
        return None
    return _read(
        [{"title": one.title, "link": one.url, "content": one.body_html} for one in entries]
    ) or (0, "", "")


def feedparsers(body: bytes) -> Read | None:
    """The reading of feedparser, as its files expect it."""
    import feedparser

    return _read(feedparser.parse(io.BytesIO(body)).entries)


def fastfeedparsers(body: bytes) -> Read | None:
    """The reading of fastfeedparser, given bytes."""
    import fastfeedparser

    return _read(fastfeedparser.parse(body)["entries"])


def _read(entries: Sequence[Any]) -> Read | None:
    found = [one for one in entries if is_readable(one)]
    if not found:
        return None
    return len(found), str(found[0].get("title") or ""), str(found[0].get("link") or "")


def is_readable(entry: Mapping[str, Any]) -> bool:
    """Whether there is anything to read or to open: an entry of nothing but a date, a person or a
    recording without a word is none to a reader.
    """
    named = [one for one in _told_in(entry, _NAMES) if one.lower().startswith("http")]
    return any(_seen(text) for text in _told_in(entry, _TEXTS)) or any(
        web_address(link, URL) for link in (*_told_in(entry, _ADDRESSES), *named)
    )


def _told_in(entry: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    for value in map(entry.get, names):
        for one in value if isinstance(value, list) else (value,):
            said = (one.get("value") or one.get("href")) if isinstance(one, Mapping) else one
            if isinstance(said, str):
                yield said


PARSERS: Mapping[str, Callable[[bytes], Read | None]] = {
    "ours": ours,
    "feedparser": feedparsers,
    "fastfeedparser": fastfeedparsers,
}


def documents(corpora: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Each feed among the files, with what is expected of it: title, link, count, or nothing."""
    with tarfile.open(corpora / "feeds_conformance" / "files.tar.gz") as archive:
        files = {
            member.name: stream.read()
            for member in archive
            if member.isfile() and (stream := archive.extractfile(member)) is not None
        }
    for name, body in sorted(files.items()):
        if name.endswith(_FEEDS):
            beside = files.get(name.rpartition(".")[0] + ".json")
            yield name, body, _told(body) or (_beside(beside) if beside else {})


def _told(body: bytes) -> dict[str, Any]:
    line = _EXPECT.search(body[:4000].decode("utf-8", "replace"))
    told: dict[str, Any] = {}
    for name, value in _FIELD.findall(line[1] if line else ""):
        with contextlib.suppress(ValueError, SyntaxError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told[name] = ast.literal_eval(value)
    return told


def _beside(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except ValueError:
        return {}
    items = data.get("items", data.get("entries")) if isinstance(data, dict) else None
    if not isinstance(items, list):
        return {}
    told: dict[str, Any] = {
        "count": sum(isinstance(one, dict) and is_readable(one) for one in items)
    }
    if items and isinstance(items[0], dict):
        told |= {
            key: items[0][key] for key in ("title", "link") if isinstance(items[0].get(key), str)
        }
    return told


def agrees(found: Read | None, told: Mapping[str, Any]) -> bool:
    """Whether a reading is what is expected; titles are compared as people read them."""
    if found is None:
        return not told.get("count", 1)
    count, title, link = found
    return (
        told.get("count", count) == count
        and ("title" not in told or _seen(title) == _seen(told["title"]))
        and ("link" not in told or link == told["link"])
    )


def _seen(title: str) -> str:
    return re.sub(r"\s+", "", html.unescape(_MARKUP.sub("", plain_text(title, 2000))))


def compare(
    corpora: Path, parsers: Mapping[str, Callable[[bytes], Read | None]] = PARSERS
) -> Comparison:
    """Read all of them by each parser."""
    made = Comparison()
    for name, body, told in documents(corpora):
        folder = "/".join(name.split("/")[:3])
        made.files[folder] += 1
        made.expected[folder] += bool(told)
        found = {who: _found(made, who, name, read, body) for who, read in parsers.items()}
        good = {who for who, one in found.items() if one and one[0]}
        made.empty[folder] += not good
        for who, one in found.items():
            made.read.setdefault(who, Counter())[folder] += who in good
            made.right.setdefault(who, Counter())[folder] += bool(told) and agrees(one, told)
        if good and "ours" not in good:
            made.unread.append(name)
        if told and not agrees(found["ours"], told):
            made.differing.append(name)
    return made


def _found(
    made: Comparison, who: str, name: str, read: Callable[[bytes], Read | None], body: bytes
) -> Read | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read(body)
    except Exception as error:  # noqa: BLE001  what a parser raises is counted
        made.raised[who] += 1
        if who == "ours":
            made.strange.append(f"{name}: {error!r}")
        return None


def lines(made: Comparison) -> list[str]:
    """The comparison as Markdown."""
    folders = [(folder, (folder,)) for folder in sorted(made.files)]
    raised = ", ".join(f"{who} {made.raised[who]}" for who in PARSERS)
    return [
        "## Conformance files of other parsers",
        "",
        f"{made.files.total()} feeds of seven projects. Read: with at least one entry in which"
        " there is something to read or to open: a title, a text or an address. In many files no"
        " parser finds such an entry: they test what a feed says of itself, or an entry of"
        " nothing but a date, a person or a recording. Right: as the file itself expects of the"
        " number of entries and of the first one's title and address, as far as it tells; titles"
        " without their markup, for ours are plain text.",
        "",
        "| folder | files | no entry for anyone | read: ours | feedparser | fastfeedparser | told"
        " | right: ours | feedparser | fastfeedparser |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(_row(made, name, within) for name, within in [*folders, ("all", tuple(made.files))]),
        "",
        f"Files that raised something else than a refusal: {raised}.",
        "",
        *(f"- {one}" for one in made.strange[:_MOST_NAMED]),
        *_named("Read by another parser and not by ours", made.unread),
        *_named("Ours is not as told", made.differing),
    ]


def _row(made: Comparison, name: str, folders: Sequence[str]) -> str:
    columns = [
        made.files, made.empty, *(made.read[who] for who in PARSERS),
        made.expected, *(made.right[who] for who in PARSERS),
    ]  # fmt: skip
    figures = (str(sum(column[one] for one in folders)) for column in columns)
    return f"| {name} | {' | '.join(figures)} |"


def _named(what: str, names: Sequence[str]) -> list[str]:
    """The files, as far as a page has room for them."""
    shown = [f"- {one}" for one in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return [f"{what}: {len(names)}.", "", *shown, *([f"- and {more} more"] if more else []), ""]
