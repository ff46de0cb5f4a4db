"""All targets, in the order of the report."""

from tests.fuzz.target import Target
from tests.fuzz.targets import callbacks, commands, feeds, numbers, sentences

TARGETS: tuple[Target, ...] = (
    *feeds.TARGETS,
    *numbers.TARGETS,
    *sentences.TARGETS,
    *callbacks.TARGETS,
    *commands.TARGETS,
)
BY_NAME = {target.name: target for target in TARGETS}
