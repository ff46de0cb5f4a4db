"""What functions remember is bounded: by a small number, or by names that are our own."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "digest", "handlers", "storage")
MOST = 8_192
# Of these the argument is one of a few: a language, a group of cues, a table, a size of letters.
OF_A_FEW = {
    "bot.type.face.face",
    "bot.type.spare._missing",
    "digest.agreement.words.pattern",
    "digest.classify.patterns.cue_patterns",
    "digest.condense.cues._group",
    "digest.condense.cues.combined",
    "digest.condense.insight._group",
    "digest.condense.steps.step_model",
    "digest.modeltier.asking.prompt_version",
    "digest.modeltier.wording._phrases",
    "digest.texts.texts_for",
    "digest.translation.script._converter",
    "digest.verify.names.sort_of",
    "storage.search.postgres._fitting",
}
# Single characters of the face that we draw with.
LARGE = {"bot.type.face.has"}


def remembering() -> Iterator[tuple[str, int | None]]:
    """Each function that remembers by its arguments, with how many answers; None for no bound."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and ast.unparse(node.args):
                    for mark in node.decorator_list:
                        name = ast.unparse(mark)
                        if name in {"cache", "functools.cache"}:
                            yield f"{module}.{node.name}", None
                        elif "lru_cache" in name:
                            yield f"{module}.{node.name}", _most(mark)


def _most(mark: ast.expr) -> int | None:
    if not isinstance(mark, ast.Call):
        return 128
    given = [*mark.args, *(word.value for word in mark.keywords if word.arg == "maxsize")]
    most: int | None = ast.literal_eval(given[0]) if given else 128
    return most


def test_nothing_is_remembered_without_end():
    found = dict(remembering())
    assert len(found) > len(OF_A_FEW) + 10
    assert {name for name, most in found.items() if most is None} == OF_A_FEW
    assert {name for name, most in found.items() if most and most > MOST} == LARGE
