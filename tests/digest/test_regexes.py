"""Patterns that are compiled when they are first used."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from digest.regexes import compile_waiting, regex

ROOT = Path(__file__).parents[2]
# Counts what is compiled for modules of ours while the bot loads.
LOADING = """
import re._compiler, sys

compiled, compile = [], re._compiler.compile

def note(*args):
    frame = sys._getframe(1)
    while frame.f_globals["__name__"].split(".")[0] == "re":
        frame = frame.f_back
    compiled.append(frame.f_globals["__name__"])
    return compile(*args)

re._compiler.compile = note
import bot.cli.running, bot.runtime
print(len(compiled), *(one for one in compiled if one.startswith(("digest", "handlers", "bot"))))
"""


def test_it_does_what_a_compiled_pattern_does():
    late, compiled = (
        regex(r"(?P<one>a)(b)?", re.IGNORECASE),
        re.compile(r"(?P<one>a)(b)?", re.IGNORECASE),
    )
    text = "xAbya"

    for once in range(2):
        assert late.findall(text) == compiled.findall(text), once
        assert [m.span() for m in late.finditer(text)] == [(1, 3), (4, 5)]
        assert late.search(text, 2) is not None
        assert late.match(text) is None
        assert late.fullmatch("AB") is not None
        assert late.sub("-", text) == compiled.sub("-", text)
        assert late.subn("-", text) == compiled.subn("-", text)
        assert late.split(text) == compiled.split(text)
    assert (late.pattern, late.flags) == (compiled.pattern, compiled.flags)
    assert (late.groups, dict(late.groupindex)) == (compiled.groups, dict(compiled.groupindex))
    assert regex(rb"\d+").findall(b"1 22") == [b"1", b"22"]


def test_one_that_is_wrong_is_told_when_it_is_compiled():
    wrong = regex("(")

    with pytest.raises(re.error):
        wrong.search("")
    with pytest.raises(re.error):
        list(compile_waiting())


def test_every_pattern_of_ours_can_be_compiled():
    for package in ("digest", "handlers", "bot"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if not name.endswith("__main__"):
                importlib.import_module(name.removesuffix(".__init__"))

    for _ in compile_waiting():
        pass


def test_next_to_nothing_of_ours_is_compiled_while_the_bot_loads():
    told = subprocess.run(
        [sys.executable, "-c", LOADING], cwd=ROOT, capture_output=True, text=True, check=True
    )

    many, *ours = told.stdout.split()
    assert int(many) > 0
    assert len(ours) <= 10, ours
