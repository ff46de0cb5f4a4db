"""Links that readers send us, every address of an article, and updates that wait for an answer."""

import hashlib

import sqlalchemy as sa
from alembic import op

from digest.identity import canonical_url
from storage import column_types as types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROWS = 5_000


def upgrade() -> None:
    _create_addresses()
    _create_pasted_links()
    op.add_column("updates", sa.Column("payload", sa.LargeBinary(), nullable=True))
    op.add_column("updates", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "updates", sa.Column("acted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    unanswered = sa.text("payload IS NOT NULL")
    op.create_index(
        "ix_updates_unanswered",
        "updates",
        ["update_id"],
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )


def _create_addresses() -> None:
    table = op.create_table(
        "signal_addresses",
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("signal_id", types.Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"],
            ["signals.id"],
            name=op.f("fk_signal_addresses_signal_id"),
        ),
        sa.PrimaryKeyConstraint("url_key", name=op.f("pk_signal_addresses")),
    )
    op.create_index("ix_signal_addresses_signal_id", "signal_addresses", ["signal_id"])
    _fill(table)


def _fill(table: sa.Table) -> None:
    """The addresses at which sources published what is kept already."""
    connection = op.get_bind()
    known: set[str] = set()
    query = sa.text("SELECT signal_id, url FROM signal_sources WHERE url <> '' ORDER BY signal_id")
    for rows in connection.execute(query).partitions(_ROWS):
        fresh = {_key(row.url): row.signal_id for row in rows}
        values = [
            {"url_key": key, "signal_id": signal_id}
            for key, signal_id in fresh.items()
            if key not in known
        ]
        known.update(fresh)
        if values:
            op.bulk_insert(table, values)


def _key(url: str) -> str:
    return hashlib.sha256(canonical_url(url).encode("utf-8", "surrogatepass")).hexdigest()


def _create_pasted_links() -> None:
    op.create_table(
        "pasted_links",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("subscriber_id", types.Id, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("status_id", sa.BigInteger(), nullable=True),
        sa.Column("url", types.CleanText(), nullable=False),
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cost", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claimable_at", types.UtcTime(), nullable=False),
        sa.Column("trouble", types.CleanText(), nullable=False),
        sa.Column("signal_id", types.Id, nullable=True),
        sa.Column("asked_at", types.UtcTime(), nullable=False),
        sa.Column("finished_at", types.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_pasted_links_signal_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_pasted_links_subscriber_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pasted_links")),
        sa.UniqueConstraint(
            "subscriber_id",
            "message_id",
            "url_key",
            name=op.f("uq_pasted_links_subscriber_id_message_id_url_key"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_pasted_links_person_id_asked_at", "pasted_links", ["person_id", "asked_at"]
    )
    op.create_index("ix_pasted_links_signal_id", "pasted_links", ["signal_id", "subscriber_id"])
    unread = sa.text("state IN ('waiting', 'reading')")
    op.create_index(
        "ix_pasted_links_unread",
        "pasted_links",
        ["id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )


def downgrade() -> None:
    op.drop_index("ix_updates_unanswered", table_name="updates")
    op.drop_column("updates", "acted")
    op.drop_column("updates", "tries")
    op.drop_column("updates", "payload")
    op.drop_table("pasted_links")
    op.drop_table("signal_addresses")
