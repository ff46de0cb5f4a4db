"""Changes that many make at a time, written down in one transaction.

A transaction costs more than most of what is changed in it. Changes that come while one is being
committed share the next; each goes on only when its own is committed.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.acting import Acting, acting
from storage.database import Database
from storage.errors import is_of_machine
from storage.together import Together

A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted(Generic[A]):
    """One change, and the update on whose behalf it is made."""

    change: A
    at_work: Acting | None


@dataclass(frozen=True, slots=True)
class _Told(Generic[R]):
    """What became of one change."""

    result: R


class Jointly(Generic[A, R]):
    """Makes single changes by `make`, which makes several and tells what became of each, in order.

    One that cannot be made spoils no other: then each is made in a transaction of its own.
    """

    def __init__(
        self,
        database: Database,
        make: Callable[[AsyncConnection, Sequence[A]], Awaitable[Sequence[R]]],
    ) -> None:
        self._database = database
        self._make = make
        self._asked = Together(self._made)

    async def ask(self, change: A) -> R:
        """Make a change; it is committed when this returns. Raises what made it impossible."""
        told = await self._asked.ask(_Wanted(change, acting.get()))
        if isinstance(told, _Told):
            return told.result
        raise told or RuntimeError("a change was left out")

    async def _made(self, wanted: Sequence[_Wanted[A]]) -> dict[_Wanted[A], _Told[R] | Exception]:
        try:
            return await self._together(wanted)
        except Exception as error:
            # Of a machine that failed it is not known what it has committed.
            if len(wanted) == 1 or is_of_machine(error):
                raise
        made: dict[_Wanted[A], _Told[R] | Exception] = {}
        for one in wanted:
            try:
                made |= await self._together([one])
            except Exception as error:  # noqa: BLE001  its own caller is told
                made[one] = error
        return made

    async def _together(
        self, wanted: Sequence[_Wanted[A]]
    ) -> dict[_Wanted[A], _Told[R] | Exception]:
        behalf = [one.at_work for one in wanted if one.at_work is not None]
        async with self._database.write(behalf) as connection:
            results = await self._make(connection, [one.change for one in wanted])
        return {one: _Told(result) for one, result in zip(wanted, results, strict=True)}
