"""A source as rows: what its spec and its schedule are in columns, and back."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row

from digest.model import (
    Access,
    FullText,
    PollState,
    Recipe,
    Source,
    SourceKind,
    SourceSpec,
    SourceState,
    Validators,
)
from digest.sources.headers import checked_headers, masked

_MAX_URL_BYTES = 2000


def host_of(url: str) -> str:
    """The host of an address in lower case, "" when it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def spec_values(spec: SourceSpec) -> dict[str, Any]:
    """The columns of a spec, except its key.

    Raises ValueError for an address of more than 2000 bytes and for headers that may not be sent.
    """
    if len(spec.url.encode("utf-8", "replace")) > _MAX_URL_BYTES:
        raise ValueError(f"an address of more than {_MAX_URL_BYTES} bytes")
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
        "headers": [list(pair) for pair in checked_headers(spec.headers)],
        "poll_ceiling_s": spec.poll_ceiling_s,
        "translate": spec.translate,
    }


def told(spec: SourceSpec, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The fields of a spec (all without `names`) as the books show them: no header in full."""
    plain = asdict(spec) | {"headers": masked(spec.headers)}
    return plain if names is None else {name: plain[name] for name in names}


# Every field of PollState is a column of its name, except its validators, which are three.
_LISTS = ("gaps_s", "skip_hours", "skip_days")
_PLAIN_POLL = tuple(PollState.__dataclass_fields__.keys() - {"validators", *_LISTS})


def poll_values(poll: PollState) -> dict[str, Any]:
    """The columns of a schedule."""
    values = {name: getattr(poll, name) for name in (*_PLAIN_POLL, *_LISTS)}
    given = poll.validators
    return values | {
        "validator_url": given.url if given else None,
        "etag": given.etag if given else None,
        "last_modified": given.last_modified if given else None,
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
        headers=tuple((name, value) for name, value in row.headers),
        poll_ceiling_s=row.poll_ceiling_s,
        translate=row.translate,
    )
    validators = (
        Validators(row.validator_url, row.etag, row.last_modified) if row.validator_url else None
    )
    fields: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN_POLL}
    fields |= {name: tuple(getattr(row, name)) for name in _LISTS}
    poll = PollState(validators=validators, **fields)
    return Source(row.id, spec, SourceState(row.state), poll, row.origin, row.created_at)
