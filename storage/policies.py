"""Publishing policies: one for everything, and those of columns and sources that differ."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from digest.model import SignalState
from digest.policy import DEFAULT, Fall, Mode, Policies, Policy
from storage.acts import Acts
from storage.audit import AuditEntry
from storage.database import Database
from storage.schema import policies, signal_sources, signals


@dataclass(frozen=True, slots=True)
class Read:
    """A signal as a policy sees it: its leading source (None: an editor's own), column, score."""

    source_id: int | None
    column: str
    score: int
    at: datetime


class PolicyStore:
    """The policies that are set."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._acts = Acts(database)

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

    async def read_since(self, since: datetime) -> tuple[Read, ...]:
        """What a policy would have had to decide about: all that sources brought since then."""
        leads = (signal_sources.c.signal_id == signals.c.id) & (signal_sources.c.place == 0)
        query = (
            select(
                signal_sources.c.source_id,
                signals.c.column_id,
                signals.c.score,
                signals.c.created_at,
            )
            .outerjoin(signal_sources, leads)
            .where(signals.c.created_at >= since, signals.c.state != SignalState.PRIVATE)
        )
        async with self._database.read() as connection:
            return tuple(Read(*row) for row in await connection.execute(query))

    async def set(
        self, scope: str, policy: Policy | None, *, actor: str, now: datetime
    ) -> AuditEntry | None:
        """Give everything, a column or a source its policy (None: none of its own).

        What waits already keeps what its card says. Returns the act, None when nothing changed.
        """
        async with self._acts.act(actor, "policy.set", f"policy:{scope}", now) as act:
            found = select(policies).where(policies.c.scope == scope)
            row = (await act.connection.execute(found)).first()
            before = _policy(row) if row else None
            if policy == before:
                return None
            if policy is None:
                await act.delete(policies, {"scope": scope})
            else:
                values = asdict(policy)
                await act.put(policies, {"scope": scope}, **values, changed_at=now)
            act.before = asdict(before) if before else None
            act.after = asdict(policy) if policy else None
        return act.entry


def _of_kind(by_scope: dict[str, Policy], kind: str) -> dict[str, Policy]:
    parted = {scope.partition(":")[::2]: policy for scope, policy in by_scope.items()}
    return {name: policy for (found, name), policy in parted.items() if found == kind}


def _policy(row: Row[Any]) -> Policy:
    return Policy(Mode(row.mode), row.score, Fall(row.fall), row.hours, row.fall_score)
