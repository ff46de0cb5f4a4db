"""docs/reader.md says what is there; each of its rows is walked in both languages."""

from pathlib import Path

from tests.docs.reader import uncovered, unknown

# Rows that wait for their walk, one a line. The list only ever shrinks.
WAITING = frozenset(
    (Path(__file__).parent / "waiting.txt").read_text(encoding="utf-8").splitlines()
)


def test_every_row_is_walked_in_both_languages() -> None:
    assert uncovered() <= WAITING, sorted(uncovered() - WAITING)


def test_marks_name_rows_that_exist() -> None:
    # A new way to the bot has its words in tests/docs/ways.py; all other rows make themselves.
    assert unknown() == frozenset()
