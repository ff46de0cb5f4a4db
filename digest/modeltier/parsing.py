"""From the text that a model sent to a validated answer, however it was wrapped.

Reasoning blocks, code fences and prose around the JSON are stepped over; small slips (trailing
commas, single quotes, missing brackets) are mended; of an answer that was cut off only whole
objects are kept, for half a statement says something else.
"""

import json
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

import json_repair
from pydantic import BaseModel, ValidationError

from digest.regexes import regex

LARGEST_ANSWER = 60_000  # characters; the longest brief that may be shown has 4,000

_THINKING = regex(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = regex(r"```[a-zA-Z]*\s*\n?(.*?)(?:```|\Z)", re.DOTALL)
_MOST_COMPLAINTS = 5

A = TypeVar("A", bound=BaseModel)


class BadAnswer(Exception):  # noqa: N818  an answer that cannot be used, not a fault of ours
    """`reason`: "empty", "oversize", "refused" or "bad_json"; `complaints` for the model.

    `said` is the answer that was bad.
    """

    def __init__(self, reason: str, complaints: tuple[str, ...] = (), said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.complaints = complaints
        self.said = said


@dataclass(frozen=True, slots=True)
class Parsed(Generic[A]):
    """A validated answer, and whether its JSON had to be mended or its end was cut away."""

    answer: A
    mended: bool


def read_answer(text: str, shape: type[A], *, cut: bool = False) -> Parsed[A]:
    """Read `text` as an answer of `shape`; `cut` says that the endpoint ended it early.

    Raises BadAnswer when nothing can be made of it.
    """
    try:
        return _read(text, shape, cut=cut)
    except BadAnswer as bad:
        bad.said = text[:LARGEST_ANSWER]
        raise


def _read(text: str, shape: type[A], *, cut: bool) -> Parsed[A]:
    if len(text) > LARGEST_ANSWER:
        raise BadAnswer("oversize", ("回答太长",))
    bare = _THINKING.sub("", text).strip()
    if not bare:
        raise BadAnswer("empty", ("回答是空的",))
    written = _json_part(bare)
    if not written:
        raise BadAnswer("refused", ("回答里没有 JSON 对象",))
    value, mended = _loaded(written, cut=cut)
    try:
        return Parsed(shape.model_validate(value), mended)
    except ValidationError as error:
        raise BadAnswer("bad_json", _complaints(error)) from error


def _json_part(text: str) -> str:
    """The part that looks like a JSON object or list: within a fence if there is one."""
    # Fences inside of an object's texts are not around it.
    bare = text.startswith("{")
    fenced = [] if bare else [match[1] for match in _FENCE.finditer(text) if "{" in match[1]]
    body = fenced[0] if fenced else text
    start = body.find("{")
    return body[start:].strip() if start >= 0 else ""


def _loaded(written: str, *, cut: bool) -> tuple[object, bool]:
    try:
        # What follows the first whole object is talk.
        value, _ = json.JSONDecoder(strict=False).raw_decode(written)
    except (ValueError, RecursionError):
        pass
    else:
        return value, False
    if cut or not written.rstrip("`; \n").endswith("}"):
        written = written[: written.rfind("}") + 1] if "}" in written else ""
    try:
        return json_repair.loads(written, skip_json_loads=True), True
    except (ValueError, LookupError, AssertionError, RecursionError):
        # The last three are the repairer's own faults, over what nobody would take for JSON.
        raise BadAnswer("bad_json", ("不是合法的 JSON",)) from None


def _complaints(error: ValidationError) -> tuple[str, ...]:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    told = (
        f"{'.'.join(str(part) for part in problem['loc']) or '顶层'}：{problem['msg']}"
        for problem in problems
    )
    return tuple(dict.fromkeys(told))[:_MOST_COMPLAINTS]
