"""Hours, tellings and reports as bytes, as storage keeps them."""

import json
import sys
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from digest.trends.hours import Hour, Telling
from digest.trends.model import HotRank, Phase, Trend, TrendKind, Trends

_LISTS = ("rising", "fading", "fresh", "quiet", "busiest")


def pack_hour(hour: Hour) -> bytes:
    """The counts of an hour."""
    return _packed([{str(key): n for key, n in hour.sources.items()}, dict(hour.counts)])


def unpack_hour(start: datetime, packed: bytes) -> Hour:
    """The hour that `pack_hour` packed."""
    sources, counts = _unpacked(packed)
    return Hour(start, {int(key): count for key, count in sources.items()}, counts)


def pack_tellings(tellings: Iterable[Telling]) -> bytes:
    """What was told within an hour, one by one."""
    return _packed(
        [
            [
                one.signal_id,
                one.at.isoformat(),
                one.source,
                one.story,
                list(one.topics),
                dict(one.terms),
                int(one.backlog),
            ]
            for one in tellings
        ]
    )


def unpack_tellings(packed: bytes) -> tuple[Telling, ...]:
    """The tellings that `pack_tellings` packed."""
    return tuple(
        Telling(
            signal_id,
            datetime.fromisoformat(at),
            source,
            story,
            tuple(map(sys.intern, topics)),
            # Days of tellings are held at once, and say the same words again and again.
            {sys.intern(key): sys.intern(said) for key, said in terms.items()},
            bool(old),
        )
        for signal_id, at, source, story, topics, terms, old in _unpacked(packed)
    )


def pack_report(report: Trends) -> bytes:
    """A report."""
    return _packed(asdict(report), default=datetime.isoformat)


def unpack_report(packed: bytes) -> Trends:
    """The report that `pack_report` packed."""
    data = _unpacked(packed)
    lists = {name: tuple(_trend(row) for row in data[name]) for name in _LISTS}
    return Trends(**(data | lists | {"at": datetime.fromisoformat(data["at"])}))


def _trend(row: dict[str, Any]) -> Trend:
    began = row["began_at"]
    hot = [one | {"since": datetime.fromisoformat(one["since"])} for one in row["hot"]]
    values = row | {
        "kind": TrendKind(row["kind"]),
        "phase": Phase(row["phase"]),
        "began_at": datetime.fromisoformat(began) if began else None,
        "days": tuple(row["days"]),
        "hours": tuple(row["hours"]),
        "signal_ids": tuple(row["signal_ids"]),
        "hot": tuple(HotRank(**one) for one in hot),
    }
    return Trend(**values)


def _packed(data: Any, **how: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), **how)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def _unpacked(packed: bytes) -> Any:
    return json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
