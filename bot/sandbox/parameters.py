"""Typed parameters: how a call's JSON, form, multipart or query values become Python values."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.reading import read_json, whole_number
from bot.sandbox.state import Json
from bot.sandbox.world import World


class Type(StrEnum):
    """The types of the Bot API. `CHAT` is an id or an @username, `FILE` an upload or a string."""

    INTEGER = "Integer"
    STRING = "String"
    BOOLEAN = "Boolean"
    CHAT = "Integer or String"
    OBJECT = "Object"
    LIST = "Array"
    FILE = "InputFile or String"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method; `missing` is Telegram's text when a required one is absent."""

    name: str
    type: Type
    required: bool = False
    missing: str = ""


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Given:
    """The typed values of one call and its uploads (by part name)."""

    values: Json
    uploads: Mapping[str, Upload]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str, default: Any = None) -> Any:
        """The value of an optional parameter."""
        return self.values.get(name, default)


Run = Callable[[World, Given], Any | Awaitable[Any]]


@dataclass(frozen=True)
class Method:
    """A Bot API method: its exact name, what it takes and what it does."""

    name: str
    run: Run
    parameters: tuple[Parameter, ...] = ()


_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0", ""})


def typed(method: Method, raw: Json, uploads: Mapping[str, Upload], *, strict: bool) -> Given:
    """Check and convert. Raises ApiError 400; unknown names are refused when `strict`."""
    known = {parameter.name: parameter for parameter in method.parameters}
    values: Json = {}
    for name, value in raw.items():
        if name in known:
            values[name] = _value(known[name], value)
        elif strict:
            raise bad_request(f'unexpected parameter "{name}" in {method.name}')
    for name in uploads:
        if name in known and known[name].type is Type.FILE:
            values[name] = f"attach://{name}"
        elif strict and f"attach://{name}" not in json.dumps(values):
            raise bad_request(f'unexpected file "{name}" in {method.name}')
    for parameter in method.parameters:
        if parameter.required and values.get(parameter.name) in (None, ""):
            raise bad_request(parameter.missing or f'parameter "{parameter.name}" is required')
    return Given(values, uploads)


def _value(parameter: Parameter, value: Any) -> Any:
    convert = _CONVERTERS[parameter.type]
    try:
        return convert(value)
    except (TypeError, ValueError):
        raise bad_request(
            f'parameter "{parameter.name}" must be of type {parameter.type.value}'
        ) from None


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _string(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    return str(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower() if isinstance(value, str | int) else "?"
    if text not in _TRUE | _FALSE:
        raise ValueError
    return text in _TRUE


def _chat(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    text = str(value).strip()
    number = whole_number(text)
    return text if number is None else number


def _object(value: Any) -> Json | None:
    found = read_json(value) if isinstance(value, str) and value else value
    if found in (None, ""):
        return None
    if not isinstance(found, dict):
        raise TypeError
    return found


def _list(value: Any) -> list[Any] | None:
    found = read_json(value) if isinstance(value, str) and value else value
    if found in (None, ""):
        return None
    if not isinstance(found, list):
        raise TypeError
    return found


_CONVERTERS: dict[Type, Callable[[Any], Any]] = {
    Type.INTEGER: _integer,
    Type.STRING: _string,
    Type.BOOLEAN: _boolean,
    Type.CHAT: _chat,
    Type.OBJECT: _object,
    Type.LIST: _list,
    Type.FILE: _string,
}


def integer(name: str, *, required: bool = False, missing: str = "") -> Parameter:
    """An Integer parameter."""
    return Parameter(name, Type.INTEGER, required, missing)


def string(name: str, *, required: bool = False, missing: str = "") -> Parameter:
    """A String parameter."""
    return Parameter(name, Type.STRING, required, missing)


def boolean(name: str) -> Parameter:
    """A Boolean parameter."""
    return Parameter(name, Type.BOOLEAN)


def obj(name: str) -> Parameter:
    """A parameter that is a JSON object."""
    return Parameter(name, Type.OBJECT)


def array(name: str, *, required: bool = False, missing: str = "") -> Parameter:
    """A parameter that is a JSON array."""
    return Parameter(name, Type.LIST, required, missing)


def file(name: str, *, required: bool = False, missing: str = "") -> Parameter:
    """A file: an upload, attach://part, or the id of a file that was sent before."""
    return Parameter(name, Type.FILE, required, missing)


CHAT = Parameter("chat_id", Type.CHAT, required=True, missing="chat_id is empty")
MESSAGE = integer("message_id", required=True, missing="message identifier is not specified")
