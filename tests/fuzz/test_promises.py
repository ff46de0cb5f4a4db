"""A few of the inputs of `make fuzz` for each parser, the same ones each time."""

import pytest

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

EXAMPLES = 30


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_what_is_promised_of_made_inputs_holds(target: Target) -> None:
    target.property(EXAMPLES, steady=True)()


@pytest.mark.parametrize("target", [one for one in TARGETS if one.seeds], ids=lambda one: one.name)
def test_what_is_promised_of_the_seeds_holds(target: Target) -> None:
    for seed in target.seeds:
        target.check_bytes(seed)
