"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, String, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUL = "\\u0000"

# SQLite numbers rows by itself only when the column is exactly INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC when read. Microseconds since 1970 on SQLite."""

    impl = BigInteger
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What its values are, whatever they are kept as."""
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL's own type where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Raises ValueError for a naive time: nobody knows which moment it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        if dialect.name == "postgresql":
            return value
        return to_microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The same moment, in UTC."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            moment: datetime = value
            return moment.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970: how SQLite keeps `moment`."""
    return (moment - _EPOCH) // _MICROSECOND


class LocalTime(TypeDecorator[time]):
    """A time of day in the reader's own zone, as ISO text."""

    impl = String(15)
    cache_ok = True

    @property
    def python_type(self) -> type[time]:
        """What its values are, whatever they are kept as."""
        return time

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:  # noqa: ARG002  the base's signature
        """Raises ValueError for a time with a zone: the zone is kept apart, by its name."""
        if value is None:
            return None
        if value.tzinfo is not None:
            raise ValueError(f"a local time has no zone of its own: {value}")
        return value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> time | None:  # noqa: ARG002  the base's signature
        """The time of day."""
        return None if value is None else time.fromisoformat(value)


def clean(text: str) -> str:
    """`text` as both databases can keep it: no NUL (PostgreSQL refuses it), no half surrogates."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Halves that belong together become the character they spell, lone ones U+FFFD.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class CleanText(TypeDecorator[str]):
    """Text from the wire, cleaned of what a database cannot keep (see `clean`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  the base's signature
        """The cleaned text."""
        return None if value is None else clean(value)


class Json(TypeDecorator[Any]):
    """Plain data as JSON text, kept as written: nothing is asked of its inside by SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  the base's signature
        """Compact JSON; NUL is dropped as in text."""
        if value is None:
            return None
        text = _compact(value)
        return clean(_compact(_scrub(value)) if _NUL in text else text)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  the base's signature
        """The data, with lists where tuples were."""
        return None if value is None else json.loads(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _scrub(value: Any) -> Any:
    # JSON would carry a NUL through as an escape, to break whoever prints it later.
    if isinstance(value, str):
        return value.replace("\0", "") if "\0" in value else value
    if isinstance(value, dict):
        return {_scrub(key): _scrub(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(inner) for inner in value]
    return value
