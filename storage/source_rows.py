"""A source as rows: what its spec and its schedule are in columns, and back."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.model import (
    Access,
    FullText,
    HotList,
    PollNote,
    PollState,
    Recipe,
    Source,
    SourceKind,
    SourceSpec,
    SourceState,
    Validators,
)
from digest.sources.headers import checked_headers, masked
from storage.errors import NotFound
from storage.schema import source_headers, source_polls, sources

_MAX_URL_BYTES = 2000


def host_of(url: str) -> str:
    """The host of an address in lower case, "" when it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def spec_values(spec: SourceSpec) -> dict[str, Any]:
    """The columns of a spec, except its key and its headers, which have rows of their own.

    Raises ValueError for an address of more than 2000 bytes and for headers that may not be sent.
    """
    if len(spec.url.encode("utf-8", "replace")) > _MAX_URL_BYTES:
        raise ValueError(f"an address of more than {_MAX_URL_BYTES} bytes")
    checked_headers(spec.headers)
    return {
        "url": spec.url,
        "host": host_of(spec.url),
        "title": spec.title,
        "column_id": spec.column,
        "lang": spec.lang,
        "weight": spec.weight,
        "site_url": spec.site_url,
        "kind": spec.kind,
        "poll_floor_s": spec.poll_floor_s,
        "full_text": spec.full_text,
        "access": spec.access,
        "recipe": {name: value for name, value in asdict(spec.recipe).items() if value},
        "poll_ceiling_s": spec.poll_ceiling_s,
        "translate": spec.translate,
        "hot": spec.hot,
    }


def told(spec: SourceSpec, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The fields of a spec (all without `names`) as the books show them: no header in full."""
    plain = asdict(spec) | {"headers": masked(spec.headers)}
    return plain if names is None else {name: plain[name] for name in names}


# Every field of PollState is a column of its name, except its validators, which are three.
_LISTS = ("gaps_s", "skip_hours", "skip_days")
_PLAIN_POLL = tuple(PollState.__dataclass_fields__.keys() - {"validators", "history", *_LISTS})


def poll_values(poll: PollState) -> dict[str, Any]:
    """The columns of a schedule."""
    values = {name: getattr(poll, name) for name in (*_PLAIN_POLL, *_LISTS)}
    given = poll.validators
    return values | {
        "validator_url": given.url if given else None,
        "etag": given.etag if given else None,
        "last_modified": given.last_modified if given else None,
        "history": [[one.at.isoformat(), one.new, one.error] for one in poll.history],
    }


def source_of(row: Row[Any]) -> Source:
    """The source of a row of both tables."""
    spec = SourceSpec(
        key=row.key,
        url=row.url,
        title=row.title,
        column=row.column_id,
        lang=row.lang,
        weight=row.weight,
        site_url=row.site_url,
        kind=SourceKind(row.kind),
        poll_floor_s=row.poll_floor_s,
        full_text=FullText(row.full_text),
        access=Access(row.access),
        recipe=Recipe(**row.recipe),
        headers=tuple((name, value) for name, value in row.pairs or ()),
        poll_ceiling_s=row.poll_ceiling_s,
        translate=row.translate,
        hot=HotList(row.hot),
    )
    validators = (
        Validators(row.validator_url, row.etag, row.last_modified) if row.validator_url else None
    )
    fields: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN_POLL}
    fields |= {name: tuple(getattr(row, name)) for name in _LISTS}
    history = tuple(
        PollNote(datetime.fromisoformat(at), new, error) for at, new, error in row.history
    )
    poll = PollState(validators=validators, history=history, **fields)
    return Source(row.id, spec, SourceState(row.state), poll, row.origin, row.created_at)


def source_query() -> Select[Any]:
    """Sources with their schedules and headers, as `source_of` reads them."""
    return (
        select(sources, source_polls, source_headers.c.pairs)
        .join(source_polls, source_polls.c.source_id == sources.c.id)
        .outerjoin(source_headers, source_headers.c.id == sources.c.headers_id)
    )


async def find_source(
    connection: AsyncConnection, where: ColumnElement[bool], *, lock: bool = False
) -> Source | None:
    """The first source that `where` finds, in the caller's transaction."""
    query = source_query().where(where).order_by(sources.c.id).limit(1)
    if lock:
        query = query.with_for_update(of=sources)
    row = (await connection.execute(query)).first()
    return source_of(row) if row else None


async def load_source(
    connection: AsyncConnection, source_id: int, *, lock: bool = False
) -> Source:
    """The source with this id. Raises NotFound."""
    found = await find_source(connection, sources.c.id == source_id, lock=lock)
    if found is None:
        raise NotFound(f"there is no source {source_id}")
    return found


async def holder_of(connection: AsyncConnection, key: str, url: str) -> Source | None:
    """The source that has this address, else the one that has this key."""
    query = source_query().where(or_(sources.c.url == url, sources.c.key == key))
    # The same address says more than the same key.
    found = [source_of(row) for row in await connection.execute(query)]
    return next((one for one in found if one.spec.url == url), found[0] if found else None)
