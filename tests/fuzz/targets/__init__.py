"""All targets, in the order of the report."""

from tests.fuzz.target import Target
from tests.fuzz.targets import (
    callbacks,
    commands,
    documents,
    editing,
    feeds,
    incoming,
    models,
    numbers,
    pages,
    rendering,
    sentences,
)

TARGETS: tuple[Target, ...] = (
    *feeds.TARGETS,
    *documents.TARGETS,
    *pages.TARGETS,
    *numbers.TARGETS,
    *sentences.TARGETS,
    *rendering.TARGETS,
    *models.TARGETS,
    *callbacks.TARGETS,
    *commands.TARGETS,
    *editing.TARGETS,
    *incoming.TARGETS,
)
BY_NAME = {target.name: target for target in TARGETS}
