"""Which part of what a reader meets a test covers: the rows of docs/reader.md.

A row is "/latest" (a command), "button save" (a verb behind buttons), "answer r" (a typed answer),
"page /s/{id}" (a route), "settings quiet" (a page of the settings), or in words what has no name
of its own ("inline", "pasted link", "deep link s_").
"""

import pytest


def covers(*rows: str) -> pytest.MarkDecorator:
    """Mark a test as the one that walks these rows as a reader would."""
    return pytest.mark.covers(*rows)
