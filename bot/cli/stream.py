"""JSON lines in, JSON lines out: one answer per line, in order, whatever the line holds.

A line that cannot be processed gives {"id": …, "error": …} in its place, so that input and output
stay in step. An answer carries the `id` of its line when there was one.
"""

import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, Any

from digest.errors import HexinError

log = logging.getLogger(__name__)

Record = dict[str, Any]
Stage = Callable[[Record], Record]

# A page of 3 MiB or a feed of 10 MiB fits, also in base64.
LONGEST_LINE_BYTES = 32 * 1024 * 1024


class BadLine(Exception):  # noqa: N818  an answer to whoever wrote the line
    """The line cannot be processed; the text says why. `record` is what could be read of it."""

    def __init__(self, reason: str, record: Record | None = None) -> None:
        super().__init__(reason)
        self.record = record or {}


def answer_lines(
    stage: Stage,
    lines: IO[bytes] | None = None,
    out: IO[bytes] | None = None,
    *,
    by_date: bool = False,
    last: Callable[[], Record] | None = None,
    rest: Callable[[], Iterable[Record]] | None = None,
) -> None:
    """Answer every line of `lines` (standard input) by one line on `out` (standard output).

    With `by_date` all are read first and answered in the order of their dates, those without one
    before. Where the stage has nothing to say yet ({}) there is no line. What `last` gives at the
    end is one more line, what `rest` gives are more of them. Ends with the input, or
    quietly when nobody reads the output any more.
    """
    source = lines or (sys.stdin.buffer if sys.stdin else io.BytesIO())
    target = out or sys.stdout.buffer
    numbered = sorted(_lines(source), key=_dated) if by_date else _lines(source)
    try:
        for number, line in numbered:
            if answer := _answer(stage, line, number):
                target.write(_written(answer))
                target.flush()
        for record in rest() if rest is not None else ():
            target.write(_written(record))
        if last is not None:
            target.write(_written(last()))
            target.flush()
    except BrokenPipeError:
        # Python flushes once more when it ends: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lines(source: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines that are not blank; None stands for one that is too long to be read."""
    number = 0
    while line := source.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > LONGEST_LINE_BYTES and not line.endswith(b"\n"):
            while (rest := source.readline(LONGEST_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def _dated(numbered: tuple[int, bytes | None]) -> datetime:
    """The date of a line; the beginning of time for one that has none or cannot be read."""
    try:
        found = moment_field(_record(numbered[1]), "date")
    except BadLine:
        found = None
    return found or datetime.min.replace(tzinfo=UTC)


def _answer(stage: Stage, line: bytes | None, number: int) -> Record:
    record: Record = {}
    try:
        record = _record(line)
        answer = stage(record)
    except BadLine as error:
        record = record or error.record
        answer = {"error": f"line {number}: {error}"}
    except HexinError as error:
        answer = {"error": f"line {number}: {error}"}
    except Exception as error:  # the boundary: one odd line must not end the stream
        log.debug("line %d", number, exc_info=True)
        answer = {"error": f"line {number}: {type(error).__name__}: {error}"}
    if "error" in answer:
        return {"id": record.get("id"), **answer}
    if not answer:
        return {}
    return {"id": record["id"], **answer} if "id" in record else answer


def _record(line: bytes | None) -> Record:
    if line is None:
        raise BadLine(f"longer than {LONGEST_LINE_BYTES // 1024 // 1024} MiB")
    try:
        record = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise BadLine(f"not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON: {error}") from error
    if not isinstance(record, dict):
        raise BadLine("not a JSON object")
    return record


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _written(answer: Record) -> bytes:
    text = json.dumps(answer, ensure_ascii=False, default=_plain)
    # Half of a surrogate pair is legal in JSON's escapes and in no encoding.
    return text.encode("utf-8", "replace") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


# --- fields ------------------------------------------------------------------------------


def text_field(record: Record, name: str, *, required: bool = True) -> str:
    """A string of the record, "" when it is absent and not required. Raises BadLine.

    Halves of surrogate pairs become U+FFFD, so positions of characters stay.
    """
    value = record.get(name)
    if value is None:
        if required:
            raise BadLine(f"missing field '{name}'" if name not in record else f"'{name}' is null")
        return ""
    if not isinstance(value, str):
        raise BadLine(f"'{name}' must be a string")
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def moment_field(record: Record, name: str) -> datetime | None:
    """An ISO 8601 date or time of the record (UTC when it names no zone), None when absent."""
    value = text_field(record, name, required=False).strip()
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadLine(f"'{name}' is not an ISO 8601 date: {value[:40]!r}") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise BadLine(f"'{name}' is out of range") from error
