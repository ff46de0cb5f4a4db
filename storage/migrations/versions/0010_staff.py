"""Roles, desks, and what an act changed: audit rows that nothing can edit."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FROZEN_FUNCTION = """
CREATE FUNCTION audit_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit is not edited'; END $$
"""
_FROZEN_TRIGGER = """
CREATE TRIGGER audit_frozen BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_frozen()
"""
_FROZEN_SQLITE = (
    "CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is not edited'); END"
)


def upgrade() -> None:
    op.add_column("audit", sa.Column("changes", types.Json()))
    op.add_column("audit", sa.Column("undo_of", types.Id))
    op.create_index("ix_audit_target", "audit", ["target", "id"])
    op.create_index("ix_audit_actor", "audit", ["actor", "id"])
    op.create_index("ix_audit_undo_of", "audit", ["undo_of"])
    _people()
    _freeze()


def _people() -> None:
    op.create_table(
        "staff",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", types.CleanText(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("since", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff")),
    )
    op.create_table(
        "staff_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_staff_codes")),
    )
    op.create_table(
        "desks",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("since", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "thread_id", name=op.f("pk_desks")),
    )


def _freeze() -> None:
    """What was done stays written, whoever asks; only the database's own keeper can lift it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FROZEN_FUNCTION)
        op.execute(_FROZEN_TRIGGER)
    else:
        for verb in ("update", "delete"):
            op.execute(_FROZEN_SQLITE.format(verb=verb))


def _thaw() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_frozen ON audit")
        op.execute("DROP FUNCTION audit_is_frozen()")
    else:
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_no_{verb}")


def downgrade() -> None:
    _thaw()
    for table in ("desks", "staff_codes", "staff"):
        op.drop_table(table)
    for index in ("undo_of", "actor", "target"):
        op.drop_index(f"ix_audit_{index}", "audit")
    op.drop_column("audit", "undo_of")
    op.drop_column("audit", "changes")
