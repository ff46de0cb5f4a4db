"""Why a move is not begun, not gone on with, or not called finished."""

from enum import StrEnum

from storage.errors import StorageError


class Why(StrEnum):
    """The reasons, told to people by bot/cli/moving.py."""

    SAME = "same"  # the target is the source
    BUSY = "busy"  # somebody works in the source
    BEHIND = "behind"  # the source's tables are of another version
    FILLED = "filled"  # the target holds data
    FOREIGN = "foreign"  # the target holds tables that are not ours
    OTHER_VERSION = "other_version"  # the target's tables are of another version
    OTHER_MOVE = "other_move"  # the target was begun from another source or version
    AT_WORK = "at_work"  # another process moves into the target
    ENCODING = "encoding"  # the target cannot keep every character
    VALUE = "value"  # a value that the target has no place for
    DIFFERS = "differs"  # what arrived is not what was sent


class MoveRefused(StorageError):  # noqa: N818  told to a person, as a state of the world
    """The move stops here for the reason `why`; `detail` names what or where."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail
