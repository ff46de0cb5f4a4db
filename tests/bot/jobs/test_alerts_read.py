"""How little is read for a look at what may be pushed at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.bot.jobs.desk import Desk
from tests.newsdesk import NOON, score


@contextmanager
def reading() -> Iterator[list[str]]:
    """The questions asked meanwhile that read whole signals."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "signals.brief" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_signal_is_read_once_for_its_alert_and_again_when_its_score_changes(
    desk: Desk,
) -> None:
    await desk.reader(instant_score=90)
    for _ in range(3):
        weak = await desk.news.publish(at=NOON, total=60)
    with reading() as first:
        assert await desk.planner.run_instant() == 0
    with reading() as second:
        assert await desk.planner.run_instant() == 0
    assert first
    assert not second
    await desk.storage.signals.set_score(weak.id, score(95))
    with reading() as third:
        assert await desk.planner.run_instant() == 1
    assert third
