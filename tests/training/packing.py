"""Trees of scikit-learn as `digest.stories.model` reads them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier


def packed_trees(
    model: HistGradientBoostingClassifier, columns: Sequence[str], depth: int
) -> dict[str, Any]:
    """`model` over `columns`, its trees at most `depth` deep."""
    return {
        "features": list(columns),
        "start": round(float(np.ravel(model._baseline_prediction)[0]), 5),
        "depth": depth,
        "trees": [[_node(node) for node in grown[0].nodes] for grown in model._predictors],
    }


def _node(node: Any) -> list[float]:
    if node["is_leaf"]:
        return [round(float(node["value"]), 4)]
    bound = float(f"{node['num_threshold']:.5g}")
    return [int(node["feature_idx"]), bound, int(node["left"]), int(node["right"])]
