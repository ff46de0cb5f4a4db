"""Who may do what on the editors' side."""

from enum import IntEnum


class Role(IntEnum):
    """What somebody of the staff may do; whoever may do more, may do all that is less.

    `viewer` looks at everything and changes nothing; `editor` does every act on signals, posts and
    sources; `owner` also says who belongs to the staff, and writes to all readers at once.
    """

    VIEWER = 1
    EDITOR = 2
    OWNER = 3

    @property
    def key(self) -> str:
        """The name in storage and in texts: "viewer", "editor", "owner"."""
        return self.name.lower()

    @classmethod
    def of(cls, key: str) -> "Role":
        """The role called `key`. Raises ValueError for any other word."""
        try:
            return cls[key.upper()]
        except KeyError:
            raise ValueError(f"no such role: {key}") from None
