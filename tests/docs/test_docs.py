"""The prose says what is there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROSE = [ROOT / name for name in ("README.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


def _requirement(line: str) -> str:
    return re.split(r"[\[<>=~! ]", line)[0].lower()


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {_requirement(line) for line in project["dependencies"]}
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([a-z0-9-]+) \|", page, re.MULTILINE)) - {"package"}
    assert explained == wanted


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_carry_versions_and_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert len(blocks) > 40
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==\S+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


@pytest.mark.parametrize("page", PROSE, ids=lambda path: path.name)
def test_local_links_and_pictures_exist(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_make_targets_that_the_prose_names_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PROSE:
        for named in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8")):
            assert named in targets, f"{page.name}: make {named}"


def test_the_commands_that_the_prose_names_exist() -> None:
    help_text = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], capture_output=True, text=True, check=True
    ).stdout
    commands = set(re.findall(r"^│ ([a-z]+) ", help_text, re.MULTILINE))
    assert {"run", "sources", "lab", "doctor"} <= commands
    for page in PROSE:
        for named in re.findall(r"`hexin ([a-z]+)", page.read_text(encoding="utf-8")):
            assert named in commands, f"{page.name}: hexin {named}"
