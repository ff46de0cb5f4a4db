"""docs/reader.md: everything a reader meets, what it does, and the tests that walk it."""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any, cast

from digest.model import Lang
from digest.taxonomy import load_taxonomy
from digest.texts import Texts, texts_for
from handlers.callbacks import SIGNATURES
from handlers.registry import ANSWERS, COMMANDS, DEEDS
from handlers.settings_pages import PAGES as SETTINGS
from storage import Storage
from tests.docs.labels import labels
from tests.docs.marks import BOTH, Covering, coverings
from tests.docs.ways import PAGES, WAYS, WORDLESS

ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)

INTRO = """\
# What a reader meets

Every command, button, typed answer, settings page, page and other way to the bot, with the tests
that walk it as a reader would, in both languages. Made by `make docs` from the tables of the code
and the `@covers(…)` marks of the tests; a test fails when a row has no walk.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing a reader meets: its name in marks, its section, what it does (Chinese, English).

    A `wordless` one answers the same in every language.
    """

    name: str
    section: str
    zh: str
    en: str
    wordless: bool = False


def rows() -> tuple[Row, ...]:
    """All rows, section by section."""
    return (*_commands(), *_buttons(), *_answers(), *_settings(), *_ways(), *_pages())


def _commands() -> Iterator[Row]:
    for command in COMMANDS:
        key = f"chat.command.{command.name}"
        yield Row(f"/{command.name}", "Commands", ZH(key), EN(key))


def _buttons() -> Iterator[Row]:
    said = labels()
    for verb in SIGNATURES:
        keys, does = said.get(verb, ()), _sentence(DEEDS[verb].handler)
        zh, en = (" / ".join(_plain(texts, key) for key in keys) for texts in (ZH, EN))
        yield Row(f"button {verb}", "Buttons", zh, f"{en} — {does}" if en else does)


def _answers() -> Iterator[Row]:
    for kind, answered in ANSWERS.items():
        yield Row(f"answer {kind}", "Typed answers", "", _sentence(answered.handler))


def _settings() -> Iterator[Row]:
    for page in SETTINGS:
        key = f"chat.settings.{page}.title" if page != "main" else "chat.settings.summary"
        yield Row(f"settings {page}", "Settings pages", _plain(ZH, key), _plain(EN, key))


def _ways() -> Iterator[Row]:
    for way, (zh, en) in WAYS.items():
        yield Row(way, "Other ways to the bot", zh, en)


def _pages() -> Iterator[Row]:
    for route, handler in routes().items():
        zh, en = PAGES.get(route, ("", _sentence(handler)))
        yield Row(f"page {route}", "Pages and feeds", zh, en, wordless=route in WORDLESS)


def routes() -> dict[str, Callable[..., Any]]:
    """Every route of the web application, with what answers it."""
    from bot.web import make_web
    from bot.web.miniapp.routes import MiniApp

    async def health() -> dict[str, Any]:
        return {}

    app = make_web(
        cast("Storage", None),  # nothing is asked of it
        load_taxonomy(),
        clock=lambda: None,  # type: ignore[arg-type, return-value]
        base_url="https://pages.example",
        bot_username=lambda: "hexin_bot",
        health=health,
        miniapp=MiniApp("1:token", lambda: None),
    )
    return {
        resource.canonical: route.handler
        for resource in app.router.resources()
        for route in resource
    }


def _sentence(function: Callable[..., Any]) -> str:
    lines = (inspect.getdoc(function) or "").splitlines()
    return lines[0].rstrip(".") if lines else ""


def _plain(texts: Texts, key: str) -> str:
    """The first line of a text without markup, its values as "…"; a key that is none as it is."""
    if not texts.has(key):
        return key
    form = texts.forms(key)[-1]
    names = {name: "…" for _, name, _, _ in Formatter().parse(form) if name}
    shown = re.sub(r"<[^>]+>", "", form.format(**names))
    return shown.strip().split("\n")[0]


# --- covering ----------------------------------------------------------------------------


def by_row(marked: Iterable[Covering]) -> dict[str, tuple[Covering, ...]]:
    """The tests that walk each row."""
    found: dict[str, list[Covering]] = defaultdict(list)
    for one in marked:
        for row in one.rows:
            found[row].append(one)
    return {row: tuple(tests) for row, tests in found.items()}


def uncovered() -> frozenset[str]:
    """The rows that no test walks in both languages."""
    walked = by_row(coverings())
    lacking: set[str] = set()
    for row in rows():
        tests = walked.get(row.name, ())
        spoken = frozenset[str]().union(*(one.langs for one in tests))
        if not tests or not (row.wordless or spoken >= BOTH):
            lacking.add(row.name)
    return frozenset(lacking)


def unknown() -> frozenset[str]:
    """Rows that marks name and that do not exist."""
    return frozenset(by_row(coverings())) - {row.name for row in rows()}


def page() -> str:
    """docs/reader.md as it should be."""
    walked = by_row(coverings())
    sections: dict[str, list[str]] = defaultdict(list)
    for row in rows():
        tests = "<br>".join(f"`{one.shown}`" for one in walked.get(row.name, ()))
        cells = (f"`{row.name}`", _cell(row.zh), _cell(row.en), tests)
        sections[row.section].append("| " + " | ".join(cells) + " |")
    parts = [INTRO]
    for section, lines in sections.items():
        head = "| row | 中文 | English | walked by |\n|---|---|---|---|"
        parts.append(f"## {section}\n\n{head}\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
