"""What trends are counted from, and who is told when one begins."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Id, UtcTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_NOTE = "BEGIN INSERT INTO trend_changes (signal_id, hour) VALUES ({}, {}); END"
_OWN = _NOTE.format("NEW.id", "NULL")
_OLD = _NOTE.format("OLD.id", "OLD.dated_at - OLD.dated_at % 3600000000")
_TOPIC, _TOPIC_GONE = _NOTE.format("NEW.signal_id", "NULL"), _NOTE.format("OLD.signal_id", "NULL")
_CHANGED = (
    "OLD.state IS NOT NEW.state OR OLD.dated_at IS NOT NEW.dated_at "
    "OR OLD.story_id IS NOT NEW.story_id OR OLD.brief IS NOT NEW.brief "
    "OR OLD.backlog IS NOT NEW.backlog"
)
_SQLITE = {
    "trends_new": f"AFTER INSERT ON signals {_OWN}",
    "trends_changed": (
        "AFTER UPDATE OF state, dated_at, story_id, brief, backlog ON signals "
        f"WHEN {_CHANGED} {_OWN}"
    ),
    "trends_moved": (
        f"AFTER UPDATE OF dated_at ON signals WHEN OLD.dated_at <> NEW.dated_at {_OLD}"
    ),
    "trends_gone": f"AFTER DELETE ON signals {_OLD}",
    "trends_topic": f"AFTER INSERT ON signal_topics {_TOPIC}",
    "trends_topic_gone": f"AFTER DELETE ON signal_topics {_TOPIC_GONE}",
    "trends_retold": f"AFTER UPDATE OF topic_id ON signal_topics {_TOPIC}",
}
_FUNCTIONS = (
    """
CREATE FUNCTION trends_note_signal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO trend_changes (signal_id, hour) VALUES (NEW.id, NULL);
  END IF;
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.dated_at <> NEW.dated_at) THEN
    INSERT INTO trend_changes (signal_id, hour) VALUES
      (OLD.id, date_trunc('hour', OLD.dated_at, 'UTC'));
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION trends_note_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO trend_changes (signal_id, hour) VALUES
    (CASE WHEN TG_OP = 'DELETE' THEN OLD.signal_id ELSE NEW.signal_id END, NULL);
  RETURN NULL;
END $$
""",
)
_POSTGRES = {
    "trends_new": "AFTER INSERT OR DELETE ON signals "
    "FOR EACH ROW EXECUTE FUNCTION trends_note_signal()",
    "trends_changed": (
        "AFTER UPDATE OF state, dated_at, story_id, brief, backlog ON signals FOR EACH ROW WHEN "
        "((OLD.state, OLD.dated_at, OLD.story_id, OLD.brief, OLD.backlog) IS DISTINCT FROM "
        "(NEW.state, NEW.dated_at, NEW.story_id, NEW.brief, NEW.backlog)) "
        "EXECUTE FUNCTION trends_note_signal()"
    ),
    "trends_topic": "AFTER INSERT OR DELETE OR UPDATE OF topic_id ON signal_topics "
    "FOR EACH ROW EXECUTE FUNCTION trends_note_topic()",
}


def upgrade() -> None:
    _add_alerts()
    _add_counts()


def _add_counts() -> None:
    op.create_table(
        "trend_hours",
        sa.Column("hour", UtcTime, autoincrement=False, nullable=False),
        sa.Column("counts", sa.LargeBinary, nullable=False),
        sa.Column("tellings", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_trend_hours")),
    )
    op.create_table(
        "trend_changes",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("signal_id", Id),
        sa.Column("hour", UtcTime),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trend_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trend_changes_hour", "trend_changes", ["hour"])
    op.create_table(
        "trend_reports",
        sa.Column("hour", UtcTime, autoincrement=False, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("report", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_trend_reports")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for function in _FUNCTIONS:
            op.execute(function)
        for name, rest in _POSTGRES.items():
            op.execute(f"CREATE TRIGGER {name} {rest}")
    else:
        for name, rest in _SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {rest}")


def downgrade() -> None:
    _drop_counts()
    _drop_alerts()


def _drop_counts() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, rest in _POSTGRES.items():
            table = "signal_topics" if "signal_topics" in rest else "signals"
            op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute("DROP FUNCTION trends_note_signal()")
        op.execute("DROP FUNCTION trends_note_topic()")
    else:
        for name in _SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    for table in ("trend_reports", "trend_changes", "trend_hours"):
        op.drop_table(table)


def _add_alerts() -> None:
    """Whoever wants no single signals at once is not interrupted by trends either."""
    op.add_column(
        "subscriptions",
        sa.Column("trend_alerts", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute("UPDATE subscriptions SET trend_alerts = instant")
    only = sa.text("trend_alerts AND NOT paused AND (topics <> '[]' OR words <> '[]')")
    op.create_index(
        "ix_subscriptions_trend_alerts",
        "subscriptions",
        ["subscriber_id"],
        sqlite_where=only,
        postgresql_where=only,
    )


def _drop_alerts() -> None:
    op.drop_index("ix_subscriptions_trend_alerts", "subscriptions")
    with op.batch_alter_table("subscriptions") as batch:
        batch.drop_column("trend_alerts")
