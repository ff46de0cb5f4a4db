"""An editor's own posts, and their pictures."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("file_id", types.CleanText(), nullable=False),
        sa.Column("signal_id", types.Id, nullable=True),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_photos_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sqlite_autoincrement=True,
    )
    _create_posts()
    op.create_index("ix_posts_state", "posts", ["state", "publish_at"])
    for name in ("link_id", "signal_id", "photo_id"):
        op.create_index(f"ix_posts_{name}", "posts", [name])
    op.add_column("signals", sa.Column("photo", types.Json(), nullable=True))


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", types.CleanText(), nullable=False),
        sa.Column("url", types.CleanText(), nullable=False),
        sa.Column("link_id", types.Id, nullable=True),
        sa.Column("signal_id", types.Id, nullable=True),
        sa.Column("photo_id", types.Id, nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("column_id", types.CleanText(), nullable=False),
        sa.Column("topics", types.Json(), nullable=False),
        sa.Column("sort", sa.String(length=32), nullable=False),
        sa.Column("signature", types.CleanText(), nullable=False),
        sa.Column("audience", types.Json(), nullable=True),
        sa.Column("pin_until", types.UtcTime(), nullable=True),
        sa.Column("publish_at", types.UtcTime(), nullable=True),
        sa.Column("published_at", types.UtcTime(), nullable=True),
        sa.Column("pushed_at", types.UtcTime(), nullable=True),
        sa.Column("trouble", types.CleanText(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("changed_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["pasted_links.id"],
            name=op.f("fk_posts_link_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_posts_signal_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_posts_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_column("signals", "photo")
    op.drop_table("posts")
    op.drop_table("photos")
