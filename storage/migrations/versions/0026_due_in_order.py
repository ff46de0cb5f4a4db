"""Who is due for a weekly or a look-back comes from the index in order, however many at once."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_DUE = ("next_weekly_at", "next_look_back_at")


def upgrade() -> None:
    for due in _DUE:
        op.drop_index(f"ix_subscriptions_{due}", "subscriptions")
        op.create_index(f"ix_subscriptions_{due}", "subscriptions", [due, "subscriber_id"])


def downgrade() -> None:
    for due in _DUE:
        op.drop_index(f"ix_subscriptions_{due}", "subscriptions")
        op.create_index(f"ix_subscriptions_{due}", "subscriptions", [due])
