"""Other parsers' conformance files, where the folder of real data is at hand."""

import os
from pathlib import Path

import pytest

from tests.fuzz.conformance import agrees, compare, is_readable, ours

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not os.environ.get("HEXIN_CORPORA"), reason="HEXIN_CORPORA names no folder of real data"
    ),
]


def test_every_file_is_read_or_refused_and_most_as_expected() -> None:
    made = compare(Path(os.environ["HEXIN_CORPORA"]), {"ours": ours})
    assert not made.strange
    assert made.right["ours"].total() >= 0.97 * made.expected.total(), made.differing
    assert made.read["ours"].total() >= 400


def test_what_has_neither_words_nor_an_address_is_no_entry() -> None:
    assert is_readable({"title": "<p>A</p>"})
    assert is_readable({"links": [{"href": "/a"}]})
    assert is_readable({"content": [{"value": "A"}]})
    assert is_readable({"guid": "http://a.example/"})
    assert not is_readable({"title": "<img>", "guid": "abc", "links": [{"rel": "self"}]})
    assert not is_readable({"published": "2026-11-20", "author": "N"})


def test_an_expectation_that_is_not_met_is_no_agreement() -> None:
    assert agrees((1, "A <b>B</b>", "http://a/"), {"title": "A B", "link": "http://a/"})
    assert not agrees((1, "A", "http://a/"), {"title": "B"})
    assert not agrees((2, "A", "http://a/"), {"count": 1})
    assert not agrees(None, {"title": "A"})
