"""What is shared by many is what each of them would have been shown alone."""

import asyncio
from collections.abc import Awaitable, Callable
from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.model import Lang, Message
from digest.render import Links, Rendering
from digest.taxonomy import Catalogue, load_taxonomy
from digest.texts import texts_for
from handlers.shared import Rendered, Shared
from storage import Storage
from tests.storage.making import NOW, add_signal


class Looks:
    """Counts the looks; each ends when it is let go."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def look(self) -> int:
        self.begun += 1
        mine = self.begun
        await self.may_end.wait()
        return mine


async def _asked(shared: Shared, look: Callable[[], Awaitable[int]]) -> asyncio.Task[int]:
    task = asyncio.create_task(shared.ask("key", look))
    for _ in range(3):
        await asyncio.sleep(0)
    return task


async def test_a_look_is_shared_only_by_those_who_asked_before_it_began() -> None:
    shared, looks = Shared(), Looks()
    first = await _asked(shared, looks.look)
    assert looks.begun == 1
    late = [await _asked(shared, looks.look) for _ in range(3)]
    assert looks.begun == 1, "who asks during a look waits for the next"
    looks.may_end.set()
    assert await first == 1
    assert await asyncio.gather(*late) == [2, 2, 2]
    assert await shared.ask("key", looks.look) == 3
    assert (shared._next, shared._present) == ({}, {})


async def test_who_is_cancelled_takes_nothing_from_the_others() -> None:
    shared, looks = Shared(), Looks()
    one, two = [asyncio.create_task(shared.ask("key", looks.look)) for _ in range(2)]
    await asyncio.sleep(0)
    one.cancel()
    looks.may_end.set()
    assert await two == 1
    with pytest.raises(asyncio.CancelledError):
        await one


async def test_who_shares_a_look_that_fails_is_told_and_the_next_looks_again() -> None:
    shared = Shared()

    async def fail() -> int:
        raise ZeroDivisionError

    found = await asyncio.gather(
        *(shared.ask("key", fail) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in found] == [ZeroDivisionError] * 2
    looks = Looks()
    looks.may_end.set()
    assert await shared.ask("key", looks.look) == 1


async def test_a_message_is_shown_again_only_while_it_would_be_rendered_the_same(
    storage: Storage,
) -> None:
    signal = await add_signal(storage, "one")
    taxonomy, changed = copy(load_taxonomy()), copy(load_taxonomy())
    changed.columns = Catalogue(changed.columns.values())
    rendering = Rendering(Links(""), texts_for(Lang.ZH), taxonomy, "Asia/Shanghai", NOW)
    rendered, made = Rendered(), []

    def shown(key: str = "", of: object = signal, by: Rendering = rendering) -> int:
        def render() -> Message:
            made.append(1)
            return Message(f"{len(made)}")

        return int(rendered.recall(key, (of,), by, render).text)  # type: ignore[arg-type]

    assert [shown(), shown(), shown(of=replace(signal))] == [1, 1, 1]
    edited = replace(signal, brief=replace(signal.brief, headline="另一个"))
    assert shown(of=edited) == 2
    assert shown("★", edited) == 3
    assert shown(of=edited, by=replace(rendering, texts=texts_for(Lang.EN))) == 4
    assert shown(of=edited, by=replace(rendering, zone="Asia/Tokyo")) == 5
    assert shown(of=edited, by=replace(rendering, now=NOW + timedelta(minutes=1))) == 6
    assert shown(of=edited) == 7, "what a minute ago was shown is still held"
    taxonomy.become(changed)
    assert shown(of=edited) == 8
