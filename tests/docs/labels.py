"""What stands on the buttons of each verb: the keys of their texts, read from the code."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from digest.model import Lang
from digest.texts import texts_for

_ROOT = Path(__file__).parents[2]
_MAKERS = (
    *sorted((_ROOT / "handlers").rglob("*.py")),
    *sorted((_ROOT / "digest/render").glob("*.py")),
)
_KEYS = texts_for(Lang.ZH).keys
_MOST = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef


def labels() -> dict[str, tuple[str, ...]]:
    """For each verb the text keys (or plain labels) of its buttons, at most four, in order."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for path in _MAKERS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, Function):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and (verb := _verb(node)) and node.args:
                    found[verb].update(dict.fromkeys(_said(node.args[0], function)))
    return {verb: tuple(keys)[:_MOST] for verb, keys in found.items()}


def _verb(call: ast.Call) -> str:
    """The verb of act(label, verb, …), ticked(…), Button(label, action=Action(verb, …)), or ""."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in {"act", "ticked"} and len(call.args) > 1:
        return _constant(call.args[1])
    actions = [one.value for one in call.keywords if one.arg == "action"]
    if name == "Button" and actions and isinstance(actions[0], ast.Call) and actions[0].args:
        return _constant(actions[0].args[0])
    return ""


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _said(label: ast.expr, function: Function) -> Iterator[str]:
    """The keys in a label's expression, following names to where they were assigned."""
    yield from _keys(label)
    names = {node.id for node in ast.walk(label) if isinstance(node, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in names for target in node.targets
        ):
            yield from _keys(node.value)
    if isinstance(label, ast.Constant):
        yield str(label.value)


def _keys(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Constant) and node.value in _KEYS:
            yield str(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z_]+"
                for one in node.values
            ]
            pattern = re.compile("".join(parts))
            yield from sorted(key for key in _KEYS if pattern.fullmatch(key))
