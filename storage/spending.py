"""What requests to a model cost, how they ended, and the answers worth keeping."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from digest.modeltier.calls import Call
from storage.database import Database
from storage.schema import model_answers, model_calls
from storage.upsert import chunks, insert
from storage.values import pack_text, unpack_text


@dataclass(frozen=True, slots=True)
class Spent:
    """The sum of some calls. `cost` in the currency of the prices that are set."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens in both directions."""
        return self.tokens_in + self.tokens_out


class Spending:
    """The books of model calls, and the cache of answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record(self, call: Call, now: datetime) -> int:
        """Enter a call and return its number, for `assign`."""
        async with self._database.write() as connection:
            result = await connection.execute(
                insert(connection, model_calls)
                .values(
                    at=now,
                    purpose=call.purpose,
                    model=call.model,
                    prompt=call.prompt,
                    tokens_in=call.tokens_in,
                    tokens_out=call.tokens_out,
                    cost=call.cost,
                    ms=call.ms,
                    outcome=call.outcome,
                    signal_id=call.signal_id,
                )
                .returning(model_calls.c.id)
            )
            number: int = result.scalar_one()
            return number

    async def assign(self, numbers: Sequence[int], signal_id: int) -> None:
        """Say which signal these calls were for: it had no number yet when they were made."""
        async with self._database.write() as connection:
            for some in chunks(numbers):
                await connection.execute(
                    update(model_calls)
                    .where(model_calls.c.id.in_(some))
                    .values(signal_id=signal_id)
                )

    async def spent(self, since: datetime) -> Spent:
        """What all calls since then cost together."""
        return await self._sum(_sums().where(model_calls.c.at >= since))

    async def of_signal(self, signal_id: int) -> Spent:
        """What one signal cost."""
        return await self._sum(_sums().where(model_calls.c.signal_id == signal_id))

    async def outcomes(self, since: datetime) -> dict[str, int]:
        """How often calls since then ended in which way."""
        query = (
            select(model_calls.c.outcome, func.count())
            .where(model_calls.c.at >= since)
            .group_by(model_calls.c.outcome)
        )
        async with self._database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def failing(
        self, now: datetime, bad: Collection[str], within: timedelta = timedelta(days=1)
    ) -> tuple[int, datetime | None]:
        """How many calls have ended in `bad` ways since one ended otherwise, and the first's time.

        Calls that were given up ("cancelled") tell nothing. No further back than `within`.
        """
        since = now - within
        told = model_calls.c.outcome.not_in([*bad, "cancelled"])
        last = select(func.max(model_calls.c.at)).where(model_calls.c.at >= since, told)
        async with self._database.read() as connection:
            well: datetime | None = await connection.scalar(last)
            query = select(func.count(), func.min(model_calls.c.at)).where(
                model_calls.c.at > (well or since), model_calls.c.outcome.in_(bad)
            )
            count, first = (await connection.execute(query)).one()
        return count, first

    async def _sum(self, query: Any) -> Spent:
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one()
        return Spent(row[0], int(row[1] or 0), int(row[2] or 0), float(row[3] or 0))

    async def answer(self, key: str) -> str | None:
        """The answer kept under `key`, None when there is none."""
        query = select(model_answers.c.answer).where(model_answers.c.key == key)
        async with self._database.read() as connection:
            packed: bytes | None = await connection.scalar(query)
        return None if packed is None else unpack_text(packed)

    async def keep_answer(self, key: str, text: str, now: datetime) -> None:
        """Keep an answer, so that the same question costs nothing next time."""
        values = {"answer": pack_text(text), "kept_at": now}
        async with self._database.write() as connection:
            await connection.execute(
                insert(connection, model_answers)
                .values(key=key, **values)
                .on_conflict_do_update(index_elements=["key"], set_=values)
            )

    async def forget_before(self, moment: datetime) -> int:
        """Drop answers kept before `moment`; the books of calls stay."""
        async with self._database.write() as connection:
            result = await connection.execute(
                delete(model_answers).where(model_answers.c.kept_at < moment)
            )
            return result.rowcount


def _sums() -> Any:
    return select(
        func.count(),
        func.sum(model_calls.c.tokens_in),
        func.sum(model_calls.c.tokens_out),
        func.sum(model_calls.c.cost),
    )
