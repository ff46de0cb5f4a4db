"""`make chaos`: all campaigns, those on SQLite one after the other, and their report.

Settings by environment:

    HEXIN_CHAOS_DELIVERIES  how many deliveries on SQLite (10000); the others have a third
    HEXIN_CHAOS_KILLS       how often the process is killed there, about (300); the others have a
                            third or a fifth: on PostgreSQL each start waits for the last lease
    HEXIN_CHAOS_SEED        what is drawn from (1)
    HEXIN_CHAOS_ONLY        the names of some campaigns, by comma
    HEXIN_CHAOS_REPORT      a file that the report is written to as well
"""

import asyncio
import os
import signal
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import migrate
from tests.chaos.campaign import Outcome, Plan, run_campaign
from tests.chaos.report import report
from tests.postgres import NoPostgres, postgres_server

DELIVERIES = int(os.environ.get("HEXIN_CHAOS_DELIVERIES", "10000"))
KILLS = int(os.environ.get("HEXIN_CHAOS_KILLS", "300"))
SEED = int(os.environ.get("HEXIN_CHAOS_SEED", "1"))
ROUNDS = 10


@dataclass(frozen=True)
class Kind:
    """A campaign by name: on which database, how large, whether alerts go once more."""

    name: str
    share: int
    kills_share: int
    postgresql: bool = False
    resend: bool = False


KINDS = (
    Kind("SQLite", 1, 1),
    Kind("SQLite, RESEND_ALERTS", 3, 3, resend=True),
    Kind("PostgreSQL", 3, 3, postgresql=True),
    Kind("PostgreSQL, RESEND_ALERTS", 3, 5, postgresql=True, resend=True),
)


async def main() -> int:
    """Run them all. Returns the exit status."""
    told: asyncio.Task[Any] | None = asyncio.current_task()
    assert told is not None
    # Else what it began would outlive it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.cancel)
    only = [one for one in os.environ.get("HEXIN_CHAOS_ONLY", "").split(",") if one]
    wanted = [kind for kind in KINDS if not only or kind.name in only]
    # Whoever starts on PostgreSQL waits, most of the time, for the lease of the last to run out.
    alone, beside = asyncio.Lock(), [asyncio.Lock() for _ in wanted]
    runs = (
        _run_if_can(kind, lock if kind.postgresql else alone)
        for kind, lock in zip(wanted, beside, strict=True)
    )
    outcomes = [one for one in await asyncio.gather(*runs) if one is not None]
    cores = os.cpu_count()
    machine = f"Measured on {cores} cores that others used at the same time; seed {SEED}.\n"
    text, well = report(outcomes, machine)
    _publish(text)
    return 0 if well else 1


async def _run_if_can(kind: Kind, lock: asyncio.Lock) -> Outcome | None:
    try:
        async with lock:
            outcome = await _run(kind)
    except NoPostgres as reason:
        print(f"{kind.name}: left out, {reason}", file=sys.stderr)
        return None
    print(f"{kind.name}: {outcome.kills} kills, {outcome.tally}", file=sys.stderr, flush=True)
    return outcome


def _publish(text: str) -> None:
    print(text)
    place = os.environ.get("HEXIN_CHAOS_REPORT")
    if place:
        Path(place).write_text(text, encoding="utf-8")


async def _run(kind: Kind) -> Outcome:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if kind.postgresql:
            server = stack.enter_context(postgres_server())
            address = server.create()
            stack.callback(server.drop, address)
            url = address.render_as_string(hide_password=False)
        else:
            url = f"sqlite:///{folder}/hexin.db"
        await migrate(url)
        # A round owes three messages for two readers.
        readers = max(6, round(DELIVERIES / kind.share / ROUNDS / 1.5))
        plan = Plan(
            kind.name, url, readers, ROUNDS, KILLS // kind.kills_share, SEED, resend=kind.resend
        )
        return await run_campaign(plan, folder)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
