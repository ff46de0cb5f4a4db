"""Word lists written as prose."""


def word_set(*lines: str) -> frozenset[str]:
    """The words of `lines`, apart by white space."""
    return frozenset(" ".join(lines).split())
