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

URL = "http://127.0.0.1:8097/"  # where the files of feedparser believe to be served from
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_FEEDS = (".xml", ".rss", ".atom", ".spc")
_EXPECT = re.compile(r"Expect:\s*(.*)")
_FIELD = re.compile(
    r"entries\[0\]\[u?['\"](title|link)['\"]\]\s*==\s*(u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")"
)
_READABLE = ("title", "link", "links", "description", "summary", "content", "guid", "id")
_MARKUP = re.compile(r"<[^<>]*>")

Read = tuple[int, str, str]  # how many entries; title and address of the first


@dataclass
class Comparison:
    """What came of all files: by folder and parser, and the files where ours differs."""

    files: Counter[str] = field(default_factory=Counter)
    read: dict[str, Counter[str]] = field(default_factory=dict)
    raised: dict[str, Counter[str]] = field(default_factory=dict)
    right: dict[str, Counter[str]] = field(default_factory=dict)
    expected: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def ours(body: bytes) -> Read | None:
    """Our reading; None for a document that we refuse."""
    try:
        entries = parse_feed(body, url=URL, now=NOW).entries
    except SourceError:
        return None
    first = entries[0] if entries else None
    return len(entries), first.title if first else "", first.url if first else ""


def feedparsers(body: bytes) -> Read | None:
    """The reading of feedparser, as its files expect it."""
    import feedparser

    return _read(feedparser.parse(io.BytesIO(body)).entries)


def fastfeedparsers(body: bytes) -> Read | None:
    """The reading of fastfeedparser, given bytes."""
    import fastfeedparser

    return _read(fastfeedparser.parse(body)["entries"])


def _read(entries: Sequence[Any]) -> Read | None:
    if not entries:
        return None
    return len(entries), str(entries[0].get("title") or ""), str(entries[0].get("link") or "")


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
    # An entry of nothing but a date or a person is none to us: there is nothing to read or open.
    told: dict[str, Any] = {
        "count": sum(isinstance(one, dict) and any(map(one.get, _READABLE)) for one in items)
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
        for who, read in parsers.items():
            _count(made, who, folder, name, (read, body, told))
    return made


def _count(
    made: Comparison, who: str, folder: str, name: str, asked: tuple[Any, bytes, dict[str, Any]]
) -> None:
    read, body, told = asked
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = read(body)
    except Exception as error:  # noqa: BLE001  what a parser raises is counted
        made.raised.setdefault(who, Counter())[folder] += 1
        found = None
        if who == "ours":
            made.strange.append(f"{name}: {error!r}")
    made.read.setdefault(who, Counter())[folder] += bool(found and found[0])
    if told and agrees(found, told):
        made.right.setdefault(who, Counter())[folder] += 1
    elif told and who == "ours":
        made.differing.append(name)


def lines(made: Comparison) -> list[str]:
    """The comparison as Markdown."""
    rows = [
        f"| {folder} | {number} |"
        + "".join(f" {made.read[who][folder]} |" for who in PARSERS)
        + f" {made.expected[folder]} |"
        + "".join(f" {made.right.get(who, Counter())[folder]} |" for who in PARSERS)
        for folder, number in sorted(made.files.items())
    ]
    raised = ", ".join(f"{who} {made.raised.get(who, Counter()).total()}" for who in PARSERS)
    return [
        "## Conformance files of other parsers",
        "",
        f"{made.files.total()} feeds of seven projects. Read: with at least one entry. Right: as"
        " the file itself expects of the number of entries and of the first one's title and"
        " address, as far as it tells; titles without their markup, for ours are plain text.",
        "",
        "| folder | files | read: ours | feedparser | fastfeedparser | told | right: ours"
        " | feedparser | fastfeedparser |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        f"| all | {made.files.total()} |"
        + "".join(f" {made.read[who].total()} |" for who in PARSERS)
        + f" {made.expected.total()} |"
        + "".join(f" {made.right.get(who, Counter()).total()} |" for who in PARSERS),
        "",
        f"Files that raised something else than a refusal: {raised}.",
        "",
        *([f"- {one}" for one in made.strange[:20]]),
        "",
    ]
