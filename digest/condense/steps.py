"""Small trained models: each trait of a thing adds a step, and the sum tells a share."""

import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_WEIGHTS = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class StepModel:
    """A sum of steps: each trait adds what its step says, the sum becomes a share."""

    base: float
    steps: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]  # thresholds, sums

    def worth(self, row: Mapping[str, float]) -> float:
        """The share (0 to 1) that a thing with the traits of `row` is expected to have."""
        total = self.base
        for name, (edges, sums) in self.steps.items():
            total += sums[bisect_left(edges, row[name])]
        return min(1.0, max(0.0, total))


@cache
def step_model(name: str) -> StepModel:
    """The trained model `weights/<name>.json`."""
    return model_of(json.loads((_WEIGHTS / f"{name}.json").read_text(encoding="utf-8")))


def model_of(written: Mapping[str, Any]) -> StepModel:
    """The model that training wrote: a base and, by trait, the edges and sums of its steps."""
    steps = {
        trait: (tuple(map(float, step["edges"])), tuple(map(float, step["sums"])))
        for trait, step in written["steps"].items()
    }
    return StepModel(float(written["base"]), steps)
