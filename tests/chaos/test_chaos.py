"""A few seconds of `make chaos`: the same world, a handful of deaths."""

from pathlib import Path

import pytest

from tests.chaos.campaign import Plan, run_campaign
from tests.databases import migrated_file


@pytest.mark.timeout(180)
async def test_nothing_is_doubled_or_lost_though_it_is_killed_again_and_again(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = migrated_file(request, tmp_path)
    plan = Plan("small", url, readers=24, rounds=1, kills=3, seed=1, resend=True, instants=1.0)
    outcome = await run_campaign(plan, tmp_path)
    assert outcome.faults == []
    assert outcome.kills > 0
    assert outcome.resent + outcome.states.get("unknown", 0) > 0
    assert outcome.tally is not None
    assert outcome.tally.messages >= plan.deliveries
