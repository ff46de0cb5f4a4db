"""Every catalogue in both languages: the same keys and values, plural forms, punctuation, use."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from digest.model import Lang
from digest.texts import Texts, texts_for

ROOT = Path(__file__).parents[2]
ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)
KEYS = sorted(ZH.keys | EN.keys)
PLURAL = [key for key in KEYS if len(EN._entries[key]) > 1]
# Words that go with a number in the plural: what the other form has and the form for one has not.
_ONE, _MANY = (
    {
        word
        for key in PLURAL
        for word in re.findall(r"\{n\}\+? (?:\w+ )?(\w+)", EN._entries[key][form])
        if word not in re.findall(r"\w+", EN._entries[key][1 - form])
    }
    for form in (0, 1)
)
# Numbers that are never one, or that are not counts.
_FIXED = {
    "n": "a constant of ours, where the key has no plural forms",
    "limit": "a constant of ours",
    "points": "steps of the weights, which are no single points",
    "most": "how many steps there are",
    "days": "a constant of ours",
    "week": "the number of a week",
    "read": "tokens by the thousand",
    "value": "a choice among numbers above one",
    "name": "no number",
    "names": "no number",
    "scope": "no number",
}


def fields(form: str) -> dict[str, object]:
    return {name: f"<{name}>" for _, name, _, _ in Formatter().parse(form) if name}


@pytest.mark.parametrize("texts", [ZH, EN], ids=["zh", "en"])
def test_what_is_read_is_what_gettext_reads(texts: Texts):
    known = {}
    for path in (ROOT / "digest/locales" / texts.lang).glob("*.po"):
        with path.open("rb") as stream:
            for message in read_po(stream, abort_invalid=True):
                key = message.id if isinstance(message.id, str) else message.id[0]
                text = message.string
                known[key] = (text,) if isinstance(text, str) else tuple(text)
    del known[""]

    assert known == {key: texts.forms(key) for key in texts.keys}


def test_both_languages_have_the_same_keys():
    assert ZH.keys == EN.keys


def test_both_languages_take_the_same_values():
    taken = {
        key: [
            {name for form in texts._entries[key] for name in fields(form)} - {"n"}
            for texts in (ZH, EN)
        ]
        for key in KEYS
    }
    assert {key: one for key, one in taken.items() if one[0] != one[1]} == {}


def test_plural_forms_are_those_of_the_language():
    assert {key for key in PLURAL if len(ZH._entries[key]) != 1} == set()
    assert {key for key in PLURAL if len(EN._entries[key]) != 2} == set()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_numbers_go_with_their_nouns(count: int):
    wrong = _MANY if count == 1 else _ONE
    odd = {}
    for key in PLURAL:
        said = said_of(key, count)
        found = re.findall(rf"\b{count}\+? (?!a )(?:\w+ )?(\w+)", said)
        if set(found) & wrong:
            odd[key] = said
    assert odd == {}


def said_of(key: str, count: int) -> str:
    """What a text says of `count` in English; the Chinese one is made too, so that it can be."""
    for texts in (ZH, EN):
        given = {
            name: 1 if spec else f"<{name}>"
            for form in texts._entries[key]
            for _, name, spec, _ in Formatter().parse(form)
            if name and name != "n"
        }
        said = texts.n(key, count, **given)
        assert "{" not in said, key
    return said


def test_the_words_that_go_with_numbers_are_known():
    assert {"signal", "source", "link"} <= _ONE
    assert {"signals", "sources", "links"} <= _MANY


def test_no_count_stands_before_a_fixed_plural():
    found = [
        f"{key}: {name} {noun}"
        for key in KEYS
        if key not in PLURAL
        for name, noun in re.findall(r"\{(\w+)\}\+? (?:[a-z-]+ )?([a-z]+s)\b", EN._entries[key][0])
        if noun not in {"is", "as", "others", "was", "has"} and name not in _FIXED
    ]
    assert found == []


@pytest.mark.parametrize(("count", "said"), [(1, "1 source"), (2, "2 sources"), (0, "0 sources")])
def test_a_second_count_brings_its_noun(count: int, said: str):
    assert f" {said} " in EN("weekly.totals", signals=3, sources=count)
    assert f" {count} 家信源" in ZH("weekly.totals", signals=3, sources=count)


def test_chinese_is_written_in_chinese_punctuation():
    found = {}
    for key in KEYS:
        for form in ZH._entries[key]:
            text = re.sub(r"<[^>]+>|\{\w+\}|/\w+[^，。；：\n]*|\d+:\d+", "", form)
            if re.search(r"[\u4e00-\u9fff][,.;:?!()]", text):
                found[key] = text
    assert found == {}


# --- nothing is said outside the catalogues ----------------------------------------------

_CJK = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"(?:\b[A-Za-z]{2,}[ ,!?]+){3}")
# What is read from people, not said to them, and files for people who run the bot.
_READ = {
    "handlers/arguments.py", "handlers/following.py", "handlers/registry.py", "handlers/typed.py",
    "handlers/zones.py", "handlers/collections/typed.py", "handlers/collections/pages.py",
    "handlers/weekly.py", "digest/render/cards.py", "handlers/admin/broadcasts/drafting.py",
    "handlers/admin/desk.py", "handlers/admin/policies.py", "handlers/moments.py",
    "handlers/admin/posting/answers.py", "handlers/admin/posting/rows.py",
    "handlers/admin/sources/adding.py", "handlers/admin/sources/changing.py",
    "handlers/admin/sources/rows.py", "handlers/admin/sources/spans.py",
    "handlers/admin/taxonomy/rows.py", "bot/type/lines.py", "bot/jobs/once.py",
    "bot/jobs/catching_up.py", "digest/render/dating.py",
    # What Telegram answers, and reasons that are kept for whoever looks after the bot.
    "handlers/failures.py", "handlers/replies.py", "handlers/inline.py", "handlers/places.py",
    "bot/delivery/fates.py", "bot/delivery/sender.py", "bot/delivery/amending.py",
    "bot/jobs/ledger.py", "bot/jobs/reading.py", "bot/delivery/wire.py",
    "handlers/admin/stats.py", "handlers/admin/broadcasts/words.py", "bot/jobs/broadcasting.py",
}  # fmt: skip
# A language's own name is the same in every language.
_NAMES = {"中文"}


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Strings of a file that are not documentation, log lines or errors of ours."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent: set[int] = set()
    for node in ast.walk(tree):
        logs = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
            "debug", "info", "warning", "error", "exception", "add_argument",
        }  # fmt: skip
        if logs or isinstance(node, ast.Raise):
            silent |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
    for node in ast.walk(tree):
        told = id(node) not in silent
        if told and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize(
    "folder", ["handlers", "digest/render", "bot/web", "bot/jobs", "bot/delivery"]
)
def test_no_words_for_readers_stand_in_the_code(folder: str):
    found = [
        f"{path.relative_to(ROOT)}:{line} {text[:60]!r}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in _READ
        for line, text in said(path)
        if (_CJK.search(text) or _SENTENCE.search(text)) and text not in _NAMES
    ]
    assert found == []


def test_no_words_for_readers_stand_in_the_templates():
    found = []
    for path in sorted((ROOT / "bot/web/templates").rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            bare = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)
            bare = re.sub(r"<[^>]*>", "|", bare)
            found += [
                f"{path.name}: {word}" for word in re.findall(r"[A-Za-z\u3400-\u9fff]{3,}", bare)
            ]
    assert found == []


_PREFIXES = tuple(sorted({key.partition(".")[0] for key in KEYS}))
_TOPS = "|".join(_PREFIXES)


def used() -> tuple[set[str], set[str]]:
    """Keys written whole in code and templates, and the beginnings of those put together."""
    whole: set[str] = set()
    begun: set[str] = set()
    for folder in ("handlers", "digest", "bot"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix not in {".py", ".html", ".xml", ".j2", ".toml"}:
                continue
            text = path.read_text(encoding="utf-8")
            whole |= set(re.findall(rf"[\"']((?:{_TOPS})\.[a-z0-9_.]*[a-z0-9_])[\"']", text))
            begun |= set(
                re.findall(
                    rf"[\"']((?:{_TOPS})\.(?:[a-z0-9_]+\.)*[a-z0-9_]*)(?:\{{|[\"'] ~)", text
                )
            )
    return whole, begun


def test_no_text_is_unused():
    whole, begun = used()
    unused = {key for key in KEYS if key not in whole and not key.startswith(tuple(begun))}
    assert unused == set()
