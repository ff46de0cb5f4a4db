"""What storage may refuse or find broken.

HexinError
└── StorageError
    ├── StorageUnavailable   the database cannot be reached or written; the text says what to do
    │   └── SchemaOutdated   it answers, but `hexin migrate` has not been run
    ├── DatabaseDamaged      the file failed its integrity check
    ├── DuplicateSource      a source with this address or key exists: see `existing`
    ├── DuplicateName        the reader already has a collection of this name
    └── NotFound             the row that a change is about does not exist
"""

from sqlalchemy import exc

from digest.errors import HexinError
from digest.model import Source


class StorageError(HexinError):
    """The root of storage's own errors."""


class StorageUnavailable(StorageError):  # noqa: N818  a state of the world, told to a person
    """The database cannot be reached or written; the text says why and what to do."""


class SchemaOutdated(StorageUnavailable):
    """The database answers, but its tables are older than this program."""


class DatabaseDamaged(StorageError):  # noqa: N818  a finding of the integrity check
    """The database file failed its integrity check; restore a backup."""


class DuplicateSource(StorageError):  # noqa: N818  names what is there already
    """A source with this address or key exists already, as `existing`."""

    def __init__(self, existing: Source) -> None:
        super().__init__(f"source {existing.id} already polls {existing.spec.url}")
        self.existing = existing


class DuplicateName(StorageError):  # noqa: N818  names what is there already
    """The reader already has a collection called `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a collection called {name!r} exists")
        self.name = name


class NotFound(StorageError):  # noqa: N818  as LookupError names it
    """The row that a change is about does not exist."""


# What only the statement or its values bring about; everything else is the database's state.
_OUR_OWN = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)
# SQLite's names and PostgreSQL's code of it.
_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "53100"}


def is_of_machine(error: BaseException) -> bool:
    """Whether an error says that the machine failed, not what was done on it.

    The database gone, full, busy or ending our transaction; a file or process that could not be
    had; a deadline of our own. The same may well succeed later.
    """
    if isinstance(error, exc.DBAPIError):
        return not isinstance(error, _OUR_OWN)
    return isinstance(error, exc.TimeoutError | OSError | MemoryError | StorageUnavailable)


def is_full(error: BaseException | None) -> bool:
    """Whether an error comes from a disk on which the database finds no room to write."""
    while error is not None:
        origin = error.orig if isinstance(error, exc.DBAPIError) else error
        name = getattr(origin, "sqlite_errorname", "") or getattr(origin, "sqlstate", "")
        if name in _FULL:
            return True
        error = error.__cause__
    return False
