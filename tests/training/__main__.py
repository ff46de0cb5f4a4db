"""python -m tests.training [PART] --corpora DIR: trains the weights of one part or of all anew."""

import argparse
import importlib
import sys
from pathlib import Path

PARTS = (
    "ranker",
    "line",
    "placement",
    "words",
    "score",
    "faithful",
    "lexicon",
    "stories",
    "titles",
    "sayings",
)


def main(arguments: list[str]) -> None:
    """Each part is a module here with `train(corpora)`; it returns what it wrote and how big."""
    parser = argparse.ArgumentParser(prog="python -m tests.training", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of data sets")
    asked = parser.parse_args(arguments)
    for part in (asked.part,) if asked.part else PARTS:
        module = importlib.import_module(f"tests.training.{part}")
        sys.stdout.write(f"{part}: {module.train(asked.corpora)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
