"""Our method table against a machine-readable Bot API description."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.methods import METHODS
from bot.sandbox.parameters import Method, Type

# Telegram takes these although its page calls them required.
_OPTIONAL_AFTER_ALL = {("setWebhook", "url")}
_TYPES = {
    Type.INTEGER: {"Integer"},
    Type.STRING: {"String"},
    Type.BOOLEAN: {"Boolean"},
    Type.CHAT: {"Integer", "String"},
    Type.FILE: {"InputFile", "String"},
}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    where = os.environ.get("HEXIN_BOTAPI")
    if not where:
        pytest.skip("HEXIN_BOTAPI names no Bot API description")
    path = Path(where)
    path = path / "api.json" if path.is_dir() else path
    methods: dict[str, Any] = json.loads(path.read_text("utf-8"))["methods"]
    return methods


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_method_takes_what_the_bot_api_says(method: Method, description: dict[str, Any]) -> None:
    fields = {field["name"]: field for field in description[method.name].get("fields", [])}
    ours = {parameter.name: parameter for parameter in method.parameters}
    assert set(ours) <= set(fields)
    for name, field in fields.items():
        if field["required"] and (method.name, name) not in _OPTIONAL_AFTER_ALL:
            assert ours[name].required, f"{name} is required"
    for name, parameter in ours.items():
        assert not parameter.required or fields[name]["required"], f"{name} is optional"
        types = set(fields[name]["types"])
        if parameter.type is Type.LIST:
            assert all(one.startswith("Array of") for one in types)
        elif parameter.type is Type.OBJECT:
            assert not types & {"Integer", "String", "Boolean", "InputFile"}
        else:
            assert types == _TYPES[parameter.type]


def test_names_are_spelt_as_in_the_table() -> None:
    assert all(name == method.name.lower() for name, method in METHODS.items())
    assert len(METHODS) >= 40
