import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import setting_rows
from tests.bot.cli.hexin import Hexin, Site, serving
from tests.workers import lending


@pytest.fixture
def hexin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hexin]:
    """The command line in an empty folder, with nothing set but what the test sets."""
    for row in setting_rows():
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with lending():
        yield Hexin(tmp_path)
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def migrated(hexin: Hexin, sqlite_template: Path) -> Hexin:
    """The same where `hexin migrate` has been called."""
    hexin.database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(sqlite_template, hexin.database)
    return hexin


@pytest.fixture
def site(hexin: Hexin) -> Iterator[Site]:
    """A site that the command line may fetch from although it is on this machine."""
    with serving() as made:
        hexin.env["FETCH_ALLOW"] = made.address
        yield made
