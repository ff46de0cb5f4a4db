"""DATABASE_URL, read once: which database, and how each driver wants to be told."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import StorageUnavailable

_POSTGRES = {"postgresql", "postgres"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where the data lives. `path` is SQLite's file, None for PostgreSQL."""

    url: URL
    path: Path | None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return "sqlite" if self.path else "postgresql"

    @property
    def driver_async(self) -> URL:
        """The URL for SQLAlchemy's asynchronous engine."""
        return self._for("aiosqlite")

    @property
    def driver_sync(self) -> URL:
        """The URL for a plain engine, as Alembic needs it."""
        return self._for("pysqlite")

    def _for(self, sqlite_driver: str) -> URL:
        if self.path:
            return self.url.set(drivername=f"sqlite+{sqlite_driver}")
        # The driver gives bytes for texts where the server has no encoding and we name none.
        url = self.url.set(drivername="postgresql+psycopg")
        return url.update_query_dict({"client_encoding": "utf8"})

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)


def read_address(url: str) -> Address:
    """Read `sqlite:///file` or `postgresql://user@host/name`, with any driver suffix.

    Raises StorageUnavailable for another database, or for SQLite in memory: several connections
    must see the same data.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageUnavailable(
            "DATABASE_URL is not an address; use sqlite:///data/hexin.db or postgresql://…"
        ) from None
    name = parsed.drivername.partition("+")[0]
    if name in _POSTGRES:
        return Address(_with_password(parsed.set(drivername="postgresql")), None)
    if name != "sqlite":
        raise StorageUnavailable(f"no support for {name!r}: use sqlite:///… or postgresql://…")
    if not parsed.database or ":memory:" in parsed.database:
        raise StorageUnavailable("SQLite needs a file, such as sqlite:///data/hexin.db")
    return Address(parsed.set(drivername="sqlite"), Path(parsed.database))


def _with_password(url: URL) -> URL:
    """`url` with a password that its query gives in its own place, where it is hidden."""
    password = url.query.get("password")
    if not isinstance(password, str):
        return url
    return url.difference_update_query(["password"]).set(password=password)


def make_folder(address: Address) -> None:
    """Make sure that SQLite's file can be made and written. Raises StorageUnavailable."""
    path = address.path
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as error:
        raise StorageUnavailable(
            f"the database file {path} cannot be written: {error.strerror or error}"
        ) from error
