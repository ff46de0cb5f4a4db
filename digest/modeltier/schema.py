"""The shape of the model's answers: JSON schemas to ask by, pydantic models to read by.

The schemas are strict (every field required, none besides), the models lenient: small models
write a sentence number as "3", "[3]" or "s3" and a list of one as its only item.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Schema = Mapping[str, Any]

# More than any article needs; a model that runs on is cut here, not at a reader's screen.
MOST_ITEMS = 12
LONGEST_TEXT = 2_000  # characters of one statement; checks refuse far shorter ones


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        return value
    # Lone surrogates, which JSON can escape, are no text to the validation and to anything after.
    return value.encode("utf-8", "ignore").decode().strip()[:LONGEST_TEXT]


def _places(value: object) -> object:
    """Sentence numbers, however they were written: [3, 4], "3,4", "[3]", "s3-s5"."""
    if isinstance(value, (int, str)):
        value = [value]
    if not isinstance(value, list):
        return []
    found: list[int] = []
    for item in value:
        if isinstance(item, bool):
            continue
        if isinstance(item, int):
            found.append(item)
        elif isinstance(item, str):
            found += _written_places(item)
    return list(dict.fromkeys(found))[:MOST_ITEMS]


def _written_places(text: str) -> list[int]:
    places: list[int] = []
    for first, last in re.findall(r"(\d{1,6})(?:\s*[-–~]\s*[sS]?(\d{1,6}))?", text):
        start, end = int(first), int(last or first)
        places += range(start, min(end, start + MOST_ITEMS) + 1) if end >= start else [start]
    return places


def _items(value: object) -> object:
    """A list of objects; a lone object or text is a list of one, blanks are left out."""
    if value is None or value == "":
        return []
    items = value if isinstance(value, list) else [value]
    shaped = [{"text": item} if isinstance(item, str) else item for item in items]
    return [item for item in shaped if isinstance(item, dict) and any(item.values())][:MOST_ITEMS]


def _one(value: object) -> object:
    items = _items(value)
    return items[0] if isinstance(items, list) and items else None


Text = Annotated[str, BeforeValidator(_text)]
Places = Annotated[tuple[int, ...], BeforeValidator(_places)]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Said(_Lenient):
    """A statement and the numbers of the sentences it rests on."""

    text: Text = ""
    sentences: Places = ()


class SaidNumber(_Lenient):
    """A number as the article writes it, and what it measures, in Chinese."""

    text: Text = ""
    measure: Text = ""
    sentences: Places = ()


class SaidMoment(_Lenient):
    """An event: its date in the article's own words, as ISO date if certain, what happened."""

    when: Text = ""
    date: Text = ""
    text: Text = ""
    sentences: Places = ()


class SaidAdvice(_Lenient):
    """What it means to founders, engineers, editors or everyone."""

    audience: Text = ""
    text: Text = ""
    sentences: Places = ()


class BriefAnswer(_Lenient):
    """A whole brief as the model wrote it, nothing of it checked yet."""

    headline: Text = Field(min_length=1)
    points: Annotated[tuple[Said, ...], BeforeValidator(_items)] = Field(min_length=1)
    numbers: Annotated[tuple[SaidNumber, ...], BeforeValidator(_items)] = ()
    why: Annotated[Said | None, BeforeValidator(_one)] = None
    difference: Annotated[Said | None, BeforeValidator(_one)] = None
    timeline: Annotated[tuple[SaidMoment, ...], BeforeValidator(_items)] = ()
    advice: Annotated[tuple[SaidAdvice, ...], BeforeValidator(_items)] = ()
    questions: Annotated[tuple[Said, ...], BeforeValidator(_items)] = ()
    actions: Annotated[tuple[Said, ...], BeforeValidator(_items)] = ()
    gaps: Annotated[tuple[Said, ...], BeforeValidator(_items)] = ()


class FactsAnswer(_Lenient):
    """The facts of one section of a long article."""

    facts: Annotated[tuple[Said, ...], BeforeValidator(_items)] = Field(min_length=1)


class Rewritten(_Lenient):
    """Statement number `id`, written anew; an empty text gives it up."""

    id: int
    text: Text = ""
    sentences: Places = ()


class RepairAnswer(_Lenient):
    """Statements written anew after complaints."""

    statements: Annotated[tuple[Rewritten, ...], BeforeValidator(_items)] = ()


class Line(_Lenient):
    """Line number `id` in the other language."""

    id: int
    text: Text = ""


class TranslationAnswer(_Lenient):
    """Numbered lines, translated. `_items` caps briefs, not these: batches bring their own."""

    lines: tuple[Line, ...] = Field(min_length=1)


# --- what endpoints are asked by --------------------------------------------------------


def _object(**fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _list(of: Any, most: int, least: int = 0) -> dict[str, Any]:
    # Small models held to a grammar take the shortest way out, an empty list.
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


_TEXT = {"type": "string"}
_NUMBERS = _list({"type": "integer"}, 4, 1)
_SAID = _object(text=_TEXT, sentences=_NUMBERS)

FACTS_SCHEMA: Schema = _object(facts=_list(_SAID, 6, 1))
REPAIR_SCHEMA: Schema = _object(
    statements=_list(_object(id={"type": "integer"}, text=_TEXT, sentences=_NUMBERS), 12)
)
TRANSLATION_SCHEMA: Schema = _object(
    lines={"type": "array", "items": _object(id={"type": "integer"}, text=_TEXT)}
)


def brief_schema(*, compact: bool, compares: bool) -> Schema:
    """The schema of a brief. `compact` asks for less, `compares` also for the difference."""
    fields: dict[str, Any] = {"headline": _TEXT, "points": _list(_SAID, 3 if compact else 5, 2)}
    if not compact:
        fields["numbers"] = _list(_object(text=_TEXT, measure=_TEXT, sentences=_NUMBERS), 6)
    fields["why"] = _list(_SAID, 1)
    if compares:
        fields["difference"] = _list(_SAID, 1)
    if not compact:
        audience = {"type": "string", "enum": ["founders", "engineers", "editors", "everyone"]}
        fields |= {
            "timeline": _list(_object(when=_TEXT, date=_TEXT, text=_TEXT, sentences=_NUMBERS), 6),
            "advice": _list(_object(audience=audience, text=_TEXT, sentences=_NUMBERS), 4),
            "questions": _list(_SAID, 3),
            "actions": _list(_SAID, 3),
            "gaps": _list(_SAID, 3),
        }
    return _object(**fields)
