"""Words typed for a source: which are an address, what a recipe says; long ones take no time."""

import time

import pytest

from digest.model import Recipe
from handlers.admin.sources.adding import is_address, read_recipe


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("example.org", True),
        ("see https://example.org/feed please", True),
        ("@channel", True),
        ("r/python", True),
        ("chips", False),
        ("two words.here", False),
        (".", False),
        ("a.", False),
        ("@two words", False),
    ],
)
def test_an_address_is_told_from_words(said: str, *, address: bool) -> None:
    assert is_address(said) is address


def test_a_recipe_is_read_line_by_line() -> None:
    typed = "  .post \n title : h2 ；\n\n link：a.more; "
    assert read_recipe(typed) == Recipe(items=".post", title="h2", link="a.more")


@pytest.mark.parametrize("piece", ["a.", " ", "\n", "; ", "a : ", "@a", "://"])
def test_hostile_words_take_no_time(piece: str) -> None:
    """A hundred thousand letters: what looks at each of them once takes a tenth of a second."""
    said = "x" + piece * (100_000 // len(piece)) + "\u3000x"
    started = time.process_time()
    is_address(said)
    read_recipe(said)
    assert time.process_time() - started < 2
