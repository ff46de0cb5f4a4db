"""One target in a process of its own: inputs are made until the time is up, breaks written down.

    python -m tests.fuzz.driving NAME made SECONDS FOLDER       Hypothesis makes them
    python -m tests.fuzz.driving NAME changed SECONDS FOLDER    atheris changes bytes

What is found goes into FOLDER/findings.jsonl, one line for each kind of break, the smallest input
last; what was done into FOLDER/NAME.made.json. A break ends nothing: the search goes on.
"""

import base64
import json
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.target import SOON_S, Target
from tests.processor import soon

# Whose branches are counted, where it is not the domain's alone: known before it is imported.
WATCHED: dict[str, list[str]] = {
    "callback": ["handlers.callbacks"],
    "command": ["digest", "handlers.arguments"],
    "address": ["digest", "handlers.linkparts"],
    "update": ["bot.web.webhook", "handlers.places", "telegram"],
    "opening": ["bot.web.miniapp.initdata"],
}
ROUND = 100
_TRIES_S = 10.0
_FEW = 40  # inputs of one kind of break that are looked at for the smallest


class Notebook:
    """The kinds of breaks of one target, each with its smallest input."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target = target
        self._file = folder / "findings.jsonl"
        self._smallest: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self.runs = 0

    def watch(self, given_input: Any, check: Callable[[], None]) -> None:
        """Run one check; write down what it raises."""
        self.runs += 1
        try:
            with soon(SOON_S):
                check()
        except Exception as error:  # noqa: BLE001  whatever it is, that is what we look for
            self._note(given_input, error)

    def _note(self, given_input: Any, error: Exception) -> None:
        kind = kind_of(error)
        self._seen[kind] = self._seen.get(kind, 0) + 1
        size = (
            len(given_input) if isinstance(given_input, (bytes, str)) else len(repr(given_input))
        )
        if size >= self._smallest.get(kind, sys.maxsize) or self._seen[kind] > _FEW:
            return
        self._smallest[kind] = size
        if isinstance(given_input, bytes) and self._target.read is not None:
            given_input = smaller(given_input, lambda data: self._breaks(data, kind))
            self._smallest[kind] = len(given_input)
        row = {
            "target": self._target.name,
            "kind": kind,
            "error": f"{type(error).__name__}: {error}"[:300],
            "input": repr(given_input)[:2000],
            "bytes": base64.b64encode(given_input).decode()
            if isinstance(given_input, bytes)
            else "",
            "trace": "".join(traceback.format_exception(error)[-6:])[-3000:],
        }
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row, ensure_ascii=True) + "\n")

    def _breaks(self, data: bytes, kind: str) -> bool:
        try:
            self._target.check_bytes(data)
        except Exception as error:  # noqa: BLE001  as above
            return kind_of(error) == kind
        return False


def kind_of(error: Exception) -> str:
    """What breaks have in common: the error's type, and the last line of our own before it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        one
        for one in frames
        if "site-packages" not in one.filename and "/lib/python" not in one.filename
    ]
    last = (ours or frames)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.name}:{last.line}"


def smaller(data: bytes, breaks: Callable[[bytes], bool]) -> bytes:
    """The smallest input found in ten seconds that breaks in the same way."""
    ends = time.monotonic() + _TRIES_S
    size = max(1, len(data) // 2)
    while size and time.monotonic() < ends:
        place = 0
        while place < len(data) and time.monotonic() < ends:
            shorter = data[:place] + data[place + size :]
            if breaks(shorter):
                data = shorter
            else:
                place += size
        size //= 2
    return data


def make(target: Target, seconds: float, notebook: Notebook) -> None:
    """Let Hypothesis make inputs for so long."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:

        @seed(random.getrandbits(60))
        @settings(
            max_examples=ROUND,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(target.made)
        def look(made: Any) -> None:
            if time.monotonic() < ends:
                notebook.watch(made, lambda: target.check(made))

        look()


def change(name: str, seconds: float, folder: Path) -> None:
    """Let atheris change bytes for so long, led by the branches that they reach."""
    import atheris

    with atheris.instrument_imports(
        include=WATCHED.get(name, ["digest"]), enable_loader_override=False
    ):
        from tests.fuzz.targets import BY_NAME
    target = BY_NAME[name]
    notebook = Notebook(target, folder)
    corpus = folder / f"{name}.corpus"
    corpus.mkdir(exist_ok=True)
    for number, one in enumerate(target.seeds):
        (corpus / f"seed{number}").write_bytes(one)
    words = folder / f"{name}.words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")

    def look(data: bytes) -> None:
        if target.read is None:
            _drawn(target, notebook)(data)
        else:
            notebook.watch(data, lambda: target.check_bytes(data))

    arguments = [
        "hexin-fuzz", str(corpus), f"-max_total_time={int(seconds)}", f"-max_len={target.longest}",
        "-timeout=20", "-rss_limit_mb=2000", f"-artifact_prefix={folder}/{name}.",
        "-print_final_stats=1", "-use_value_profile=1",
    ]  # fmt: skip
    if target.words:
        arguments.append(f"-dict={words}")
    atheris.Setup(arguments, look)
    atheris.Fuzz()


def _drawn(target: Target, notebook: Notebook) -> Callable[[bytes], object]:
    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(target.made)
    def look(made: Any) -> None:
        notebook.watch(made, lambda: target.check(made))

    return look.hypothesis.fuzz_one_input  # type: ignore[attr-defined,no-any-return]


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def main(name: str, how: str, seconds: str, folder: str) -> None:
    """Drive one target."""
    if how == "changed":
        change(name, float(seconds), Path(folder))
        return
    from tests.fuzz.targets import BY_NAME

    notebook = Notebook(BY_NAME[name], Path(folder))
    make(BY_NAME[name], float(seconds), notebook)
    (Path(folder) / f"{name}.made.json").write_text(json.dumps({"runs": notebook.runs}))


if __name__ == "__main__":
    main(*sys.argv[1:])
