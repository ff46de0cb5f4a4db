import inspect
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Action
from handlers.callbacks import LIMIT, SIGNATURES, fits, pack, unpack
from handlers.registry import DEEDS


@pytest.mark.parametrize(
    "action",
    [
        Action("save", (12,)),
        Action("page", ("latest", "c/ai", 0, 5)),
        Action("page", ("search", "", 10**12, 10)),
        Action("set", ("zone", "America/Los_Angeles")),
        Action("find", ("100%: 中国芯片",)),
        Action("find", ("",)),
        Action("shelves"),
        Action("drop", (1, 2, 3)),
    ],
)
def test_what_is_packed_is_unpacked(action: Action):
    assert unpack(pack(action)) == action


@given(st.text(max_size=20), st.integers(-(10**17), 10**17))
def test_any_words_survive(words: str, number: int):
    action = Action("page", ("latest", words, number, 5))
    if fits(action):
        assert unpack(pack(action)) == action


@pytest.mark.parametrize(
    "data",
    [
        "",
        "1",
        "1:",
        "0:save:12",
        "2:save:12",
        "save:12",
        "1:save",
        "1:save:",
        "1:save:12:13",
        "1:save:twelve",
        "1:save:1.5",
        "1:save:٣",
        "1:save:12\n",
        "1:save:" + "9" * 30,
        "1:steal:12",
        "1:__class__:1",
        "1:find:" + "x" * 60,
        "1:find:\ud800",
        "1:shelves:1",
    ],
)
def test_forged_or_old_data_is_nothing(data: str):
    assert unpack(data) is None


@given(st.text(max_size=64))
def test_no_data_breaks_unpack(data: str):
    action = unpack(data)
    assert action is None or action.verb in SIGNATURES


def test_too_long_or_wrong_actions_are_refused_when_packed():
    with pytest.raises(ValueError, match="64 bytes"):
        pack(Action("find", ("字" * 20,)))
    with pytest.raises(ValueError, match="no such action"):
        pack(Action("steal", (1,)))
    with pytest.raises(ValueError, match="no such action"):
        pack(Action("save", ()))
    with pytest.raises(ValueError, match="wants int"):
        pack(Action("save", ("1",)))
    assert len(pack(Action("find", ("字" * 18,)))) <= LIMIT
    assert not fits(Action("find", ("字" * 20,)))


def test_every_verb_has_a_handler_that_takes_its_arguments():
    assert set(DEEDS) == set(SIGNATURES)
    for verb, types in SIGNATURES.items():
        handler = DEEDS[verb].handler
        hints = get_type_hints(handler)
        names = list(inspect.signature(handler).parameters)[1:]
        assert tuple(hints[name] for name in names) == types, verb


def test_a_nul_is_neither_packed_nor_unpacked():
    # PostgreSQL takes none, not even in a question.
    assert not fits(Action("find", ("a\x00b",)))
    assert unpack("1:find:a\x00b") is None
    assert unpack("1:find:a%00b") is None
