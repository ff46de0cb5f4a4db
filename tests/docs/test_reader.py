"""docs/reader.md says what is there; each of its rows is walked in both languages."""

from tests.docs.__main__ import READER
from tests.docs.reader import page, uncovered, unknown


def test_every_row_is_walked_in_both_languages() -> None:
    # Mark the walk with @covers(…); tests/docs/marks.py tells in which languages it goes.
    assert sorted(uncovered()) == []


def test_marks_name_rows_that_exist() -> None:
    # A new way to the bot has its words in tests/docs/ways.py; all other rows make themselves.
    assert sorted(unknown()) == []


def test_the_table_is_fresh() -> None:
    assert READER.read_text(encoding="utf-8") == page(), "run make docs"
