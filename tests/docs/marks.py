"""The `@covers(...)` marks of the tests, and in which languages each marked test walks.

Read from the sources, so that making the table runs and imports no test.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]

# How a test says in which language it walks: by the person of the sandbox, or by the language.
_ZH = re.compile(r"\b(lin|wang|zh|ZH)\b|zh-CN")
_EN = re.compile(r"\b(alex|en|EN)\b")
BOTH = frozenset({"zh", "en"})


@dataclass(frozen=True, slots=True)
class Covering:
    """A marked test: where it stands, the rows it walks, and in which languages."""

    path: Path
    name: str
    rows: tuple[str, ...]
    langs: frozenset[str]

    @property
    def shown(self) -> str:
        """The test as the table names it."""
        return f"{self.path.relative_to(TESTS).as_posix()}: {self.name}"


def coverings() -> tuple[Covering, ...]:
    """Every marked test. Raises TypeError for a mark whose rows are not written out."""
    found: list[Covering] = []
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "covers" in text and path.parent.name != "docs":
            found.extend(_of_file(path, text))
    return tuple(found)


def _of_file(path: Path, text: str) -> Iterator[Covering]:
    tree = ast.parse(text)
    fixtures = _bilingual(path)
    general = tuple(
        row
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        )
        for row in _rows(path, node.value)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_":
            marked = [row for mark in node.decorator_list for row in _rows(path, mark)]
            rows = tuple(dict.fromkeys((*general, *marked)))
            if rows:
                yield Covering(path, node.name, rows, _langs(node, text, fixtures))


def _rows(path: Path, inside: ast.AST) -> Iterator[str]:
    for node in ast.walk(inside):
        if not isinstance(node, ast.Call) or _called(node.func) != "covers":
            continue
        for argument in node.args:
            if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                raise TypeError(f"{path.name}:{node.lineno}: write the rows of covers() out")
            yield argument.value


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _langs(
    test: ast.FunctionDef | ast.AsyncFunctionDef, text: str, fixtures: frozenset[str]
) -> frozenset[str]:
    arguments = {one.arg for one in test.args.args}
    if arguments & fixtures:
        return BOTH
    lines = text.splitlines()
    first = min((one.lineno for one in test.decorator_list), default=test.lineno)
    return _spoken("\n".join(lines[first - 1 : test.end_lineno]))


def _spoken(source: str) -> frozenset[str]:
    spoken = {"zh"} if _ZH.search(source) else set()
    return frozenset(spoken | ({"en"} if _EN.search(source) else set()))


def _bilingual(path: Path) -> frozenset[str]:
    """The fixtures that run a test in both languages, in its file and the conftests above it."""
    names: set[str] = set()
    folders = [folder for folder in path.parents if folder.is_relative_to(TESTS)]
    for file in (path, *(folder / "conftest.py" for folder in folders)):
        if not file.exists():
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                isinstance(mark, ast.Call)
                and _called(mark.func) == "fixture"
                and _spoken(ast.unparse(mark)) == BOTH
                for mark in node.decorator_list
            ):
                names.add(node.name)
    return frozenset(names)
