"""Who of the staff was told what that is told once; till now in notes of the bot to itself."""

import json
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# The old notes: by week, or of one week only.
_KEPT = {"weekly.drafts": "drafts", "numbers.weekly": "numbers", "topics.suggested": "topics"}
_META = sa.table("meta", sa.column("key", sa.String), sa.column("value", sa.String))


def upgrade() -> None:
    notes = op.create_table(
        "staff_notes",
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("told_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "what", "about", "chat_id", "thread_id", name=op.f("pk_staff_notes")
        ),
    )
    op.create_index("ix_staff_notes_told_at", "staff_notes", ["told_at"])
    connection = op.get_bind()
    query = sa.select(_META.c.key, _META.c.value).where(_META.c.key.in_(_KEPT))
    for key, value in connection.execute(query).all():
        rows = [
            {
                "what": _KEPT[key],
                "about": week,
                "chat_id": int(chat_id),
                "thread_id": int(thread_id),
                "told_at": _after(week),
            }
            for week, marks in _by_week(json.loads(value or "{}"))
            for chat_id, thread_id in (mark.split(":") for mark in dict.fromkeys(marks))
        ]
        if rows:
            connection.execute(notes.insert(), rows)
    connection.execute(sa.delete(_META).where(_META.c.key.in_(_KEPT)))


def _after(week: str) -> datetime:
    """Some moment after a week such as 2026-W11: when exactly they were told was not kept."""
    monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    return monday + timedelta(days=8)


def _by_week(kept: dict[str, object]) -> list[tuple[str, list[str]]]:
    if isinstance(kept.get("week"), str):
        return [(str(kept["week"]), list(kept.get("told") or ()))]  # type: ignore[call-overload]
    return [(week, marks) for week, marks in kept.items() if isinstance(marks, list)]


def downgrade() -> None:
    op.drop_table("staff_notes")
