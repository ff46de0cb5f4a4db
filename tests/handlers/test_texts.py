"""Every text key that is used exists in both languages, and no text of ours is unused."""

import ast
import re
from pathlib import Path
from string import Formatter

from digest.model import Lang
from digest.texts import texts_for

ROOT = Path(__file__).parents[2]
HANDLERS = ROOT / "handlers"
# Of an audit row, the name of the act and what stands in a call before it.
ACT_CALLS = {
    "act": 1,
    "write_audit": 2,
    "_audit": 2,
    "_deciding": 0,
    "_deciding_all": 0,
    "_by_itself": 0,
    "_go": 2,
    "change": 1,
    "set_values": 2,
    "_set_and_stay": 3,
}
ZH, EN = texts_for(Lang.ZH), texts_for(Lang.EN)


def used() -> tuple[set[str], list[re.Pattern[str]]]:
    """The keys that stand in the code as they are, and the patterns of those that are built."""
    keys: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for path in HANDLERS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(r"chat\.[a-z_.]+[a-z_]", node.value):
                    keys.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+"
                    for part in node.values
                ]
                if parts and parts[0].startswith("chat"):
                    patterns.append(re.compile("".join(parts)))
    return keys | {f"chat.act.{name}" for name in acts()}, patterns


def acts() -> set[str]:
    """The names of all acts that the code writes into the audit."""
    names = {"undo"}
    for package in ("storage", "bot", "handlers"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names.update(_act_of(node))
    return names


def _act_of(node: ast.AST) -> set[str]:
    """What a call names, if it begins an act (storage/acts.py), or a table ACTS of such names."""
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "ACTS":
        return set(ast.literal_eval(node.value))
    if not isinstance(node, ast.Call):
        return set()
    called = node.func.attr if isinstance(node.func, ast.Attribute) else None
    called = node.func.id if isinstance(node.func, ast.Name) else called
    place = ACT_CALLS.get(called or "", 99)
    if place >= len(node.args):
        return set()
    return {
        part.value
        for part in ast.walk(node.args[place])
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.fullmatch(r"[a-z]+\.[a-z_.]+", part.value)
    }


def ours() -> set[str]:
    return {key for key in ZH.keys | EN.keys if key.startswith("chat.")}


def test_both_languages_have_the_same_keys():
    assert {key for key in ZH.keys if key.startswith("chat.")} == ours()
    assert {key for key in EN.keys if key.startswith("chat.")} == ours()


def test_every_used_key_exists():
    keys, patterns = used()
    assert keys - ours() == set()
    for pattern in patterns:
        assert any(pattern.fullmatch(key) for key in ours()), pattern.pattern


def test_no_text_is_unused():
    keys, patterns = used()
    unused = {
        key for key in ours() - keys if not any(pattern.fullmatch(key) for pattern in patterns)
    }
    assert unused == set()


def test_both_languages_take_the_same_values():
    def fields(forms: tuple[str, ...]) -> set[str]:
        return {name for form in forms for _, name, _, _ in Formatter().parse(form) if name}

    taken = {key: (fields(ZH.forms(key)), fields(EN.forms(key))) for key in ours()}
    assert {key: one for key, one in taken.items() if one[0] != one[1]} == {}
