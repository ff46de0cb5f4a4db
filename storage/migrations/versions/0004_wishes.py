"""What readers wish: sources, words, layout, language of the text, how much a day.

One frequency becomes a switch for each kind of push.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEPT = (
    "subscriber_id",
    "columns",
    "topics",
    "mutes",
    "min_score",
    "max_items",
    "lang",
    "zone",
    "quiet_from",
    "quiet_to",
    "instant_score",
)


def upgrade() -> None:
    # The table is made anew from a copy: SQLite spells an altered table otherwise than a new one.
    op.execute("CREATE TABLE subscriptions_before AS SELECT * FROM subscriptions")
    op.drop_table("subscriptions")
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("columns", types.Json(), nullable=False),
        sa.Column("topics", types.Json(), nullable=False),
        sa.Column("mutes", types.Json(), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=False),
        sa.Column("max_items", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("sources", types.Json(), nullable=False),
        sa.Column("words", types.Json(), nullable=False),
        sa.Column("layout", sa.String(length=16), nullable=False),
        sa.Column("wording", sa.String(length=16), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("instant", sa.Boolean(), nullable=False),
        sa.Column("digest_times", types.Json(), nullable=False),
        sa.Column("weekly_day", sa.SmallInteger(), nullable=True),
        sa.Column("weekly_at", types.LocalTime(length=15), nullable=True),
        sa.Column("story_updates", sa.Boolean(), nullable=False),
        sa.Column("stories", types.Json(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("quiet_from", types.LocalTime(length=15), nullable=False),
        sa.Column("quiet_to", types.LocalTime(length=15), nullable=False),
        sa.Column("instant_score", sa.Integer(), nullable=False),
        sa.Column("max_a_day", sa.Integer(), nullable=False),
        sa.Column("next_weekly_at", types.UtcTime(), nullable=True),
        *_constraints(),
    )
    op.create_index("ix_subscriptions_next_weekly_at", "subscriptions", ["next_weekly_at"])
    wanting = {
        "instant": "instant AND NOT paused",
        "story_updates": "(story_updates OR stories <> '[]') AND NOT paused",
    }
    for name, condition in wanting.items():
        only = sa.text(condition)
        op.create_index(
            f"ix_subscriptions_{name}",
            "subscriptions",
            ["subscriber_id"],
            sqlite_where=only,
            postgresql_where=only,
        )
    _copy(
        {
            "sources": "'[]'",
            "words": "'[]'",
            "layout": "'full'",
            "wording": "'translation'",
            "paused": "frequency = 'off'",
            "instant": "frequency <> 'daily'",
            "digest_times": "CASE frequency WHEN 'instant' THEN '[]' ELSE digest_times END",
            "story_updates": "FALSE",
            "stories": "'[]'",
            "max_a_day": "0",
        }
    )


def downgrade() -> None:
    op.execute("CREATE TABLE subscriptions_before AS SELECT * FROM subscriptions")
    op.drop_table("subscriptions")
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("columns", types.Json(), nullable=False),
        sa.Column("topics", types.Json(), nullable=False),
        sa.Column("mutes", types.Json(), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=False),
        sa.Column("max_items", sa.Integer(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("frequency", sa.String(length=16), nullable=False),
        sa.Column("digest_times", types.Json(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("quiet_from", types.LocalTime(length=15), nullable=False),
        sa.Column("quiet_to", types.LocalTime(length=15), nullable=False),
        sa.Column("instant_score", sa.Integer(), nullable=False),
        *_constraints(),
    )
    op.create_index("ix_subscriptions_frequency", "subscriptions", ["frequency", "subscriber_id"])
    daily = "digest_times <> '[]'"
    _copy(
        {
            "frequency": f"CASE WHEN paused THEN 'off' WHEN instant AND {daily} THEN 'both'"
            f" WHEN instant THEN 'instant' WHEN {daily} THEN 'daily' ELSE 'off' END",
            "digest_times": f"CASE WHEN {daily} THEN digest_times ELSE '[\"08:30:00\"]' END",
        }
    )


def _constraints() -> tuple[Any, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_subscriptions_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_subscriptions")),
    )


def _copy(values: dict[str, str]) -> None:
    """Fill the new table from the copy of the old one: what it had, and `values` (SQL)."""
    names = ", ".join((*_KEPT, *values))
    found = ", ".join((*_KEPT, *values.values()))
    op.execute(f"INSERT INTO subscriptions ({names}) SELECT {found} FROM subscriptions_before")  # noqa: S608  no words from outside
    op.execute("DROP TABLE subscriptions_before")
