"""Publishing policies: one for everything, and those of columns and sources that differ."""

from typing import Any

from sqlalchemy import Row, select

from digest.policy import DEFAULT, Fall, Mode, Policies, Policy
from storage.database import Database
from storage.schema import policies


class PolicyStore:
    """The policies that are set."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Policies:
        """All policies; what was never set publishes everything at once."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(policies))).all()
        by_scope = {row.scope: _policy(row) for row in rows}
        return Policies(
            default=by_scope.get(DEFAULT, Policy()),
            columns=_of_kind(by_scope, "column"),
            sources={int(number): one for number, one in _of_kind(by_scope, "source").items()},
        )


def _of_kind(by_scope: dict[str, Policy], kind: str) -> dict[str, Policy]:
    parted = {scope.partition(":")[::2]: policy for scope, policy in by_scope.items()}
    return {name: policy for (found, name), policy in parted.items() if found == kind}


def _policy(row: Row[Any]) -> Policy:
    return Policy(Mode(row.mode), row.score, Fall(row.fall), row.hours, row.fall_score)
