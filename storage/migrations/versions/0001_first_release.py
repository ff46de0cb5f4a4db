"""Everything the first release keeps."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import column_types as types
from storage.search import tables as search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_articles()
    _create_audit()
    _create_columns()
    _create_digests()
    _create_host_blocks()
    _create_meta()
    _create_sources()
    _create_stories()
    _create_subscribers()
    _create_topics()
    _create_updates()
    _create_collections()
    _create_digest_parts()
    _create_signals()
    _create_source_polls()
    _create_subscriptions()
    _create_delivered()
    _create_deliveries()
    _create_digest_signals()
    _create_entries()
    _create_saved()
    _create_signal_sources()
    _create_signal_topics()
    _create_search()


def downgrade() -> None:
    op.execute(search.DROP)
    op.drop_table("signal_topics")
    op.drop_table("signal_sources")
    op.drop_table("saved")
    op.drop_table("entries")
    op.drop_table("digest_signals")
    op.drop_table("deliveries")
    op.drop_table("delivered")
    op.drop_table("subscriptions")
    op.drop_table("source_polls")
    op.drop_table("signals")
    op.drop_table("digest_parts")
    op.drop_table("collections")
    op.drop_table("updates")
    op.drop_table("topics")
    op.drop_table("subscribers")
    op.drop_table("stories")
    op.drop_table("sources")
    op.drop_table("meta")
    op.drop_table("host_blocks")
    op.drop_table("digests")
    op.drop_table("columns")
    op.drop_table("audit")
    op.drop_table("articles")


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", types.CleanText(), nullable=True),
        sa.Column("url", types.CleanText(), nullable=False),
        sa.Column("canonical_url", types.CleanText(), nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("lang", types.CleanText(), nullable=False),
        sa.Column("author", types.CleanText(), nullable=False),
        sa.Column("site", types.CleanText(), nullable=False),
        sa.Column("published_at", types.UtcTime(), nullable=True),
        sa.Column("utc_offset_min", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("note", types.CleanText(), nullable=False),
        sa.Column("image_url", types.CleanText(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_articles_fingerprint")),
        sa.UniqueConstraint("url_key", name=op.f("uq_articles_url_key")),
        sqlite_autoincrement=True,
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("at", types.UtcTime(), nullable=False),
        sa.Column("actor", types.CleanText(), nullable=False),
        sa.Column("act", types.CleanText(), nullable=False),
        sa.Column("target", types.CleanText(), nullable=False),
        sa.Column("before", types.Json(), nullable=True),
        sa.Column("after", types.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )


def _create_columns() -> None:
    op.create_table(
        "columns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("zh", types.CleanText(), nullable=False),
        sa.Column("en", types.CleanText(), nullable=False),
        sa.Column("emoji", types.CleanText(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_columns")),
    )


def _create_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("group_key", types.CleanText(), nullable=False),
        sa.Column("window_from", types.UtcTime(), nullable=False),
        sa.Column("window_to", types.UtcTime(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("signal_ids", types.Json(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint(
            "kind", "group_key", "window_to", name=op.f("uq_digests_kind_group_key_window_to")
        ),
        sqlite_autoincrement=True,
    )


def _create_host_blocks() -> None:
    op.create_table(
        "host_blocks",
        sa.Column("host", types.CleanText(), nullable=False),
        sa.Column("until", types.UtcTime(), nullable=False),
        sa.Column("reason", types.CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_blocks")),
    )


def _create_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", types.CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("key", types.CleanText(), nullable=False),
        sa.Column("url", types.CleanText(), nullable=False),
        sa.Column("host", types.CleanText(), nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("column_id", types.CleanText(), nullable=False),
        sa.Column("lang", types.CleanText(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("site_url", types.CleanText(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("poll_floor_s", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("origin", types.CleanText(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("key", name=op.f("uq_sources_key")),
        sa.UniqueConstraint("url", name=op.f("uq_sources_url")),
        sqlite_autoincrement=True,
    )


def _create_stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("updated_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sqlite_autoincrement=True,
    )


def _create_subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reason", types.CleanText(), nullable=False),
        sa.Column("next_digest_at", types.UtcTime(), nullable=True),
        sa.Column("considered_until", types.UtcTime(), nullable=True),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("changed_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_subscribers_chat_id_thread_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_subscribers_due", "subscribers", ["next_digest_at"], **_only_where("active")
    )


def _create_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("zh", types.CleanText(), nullable=False),
        sa.Column("en", types.CleanText(), nullable=False),
        sa.Column("aliases", types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
    )


def _create_updates() -> None:
    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_updates")),
    )
    op.create_index("ix_updates_received_at", "updates", ["received_at"])


def _create_collections() -> None:
    op.create_table(
        "collections",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("subscriber_id", types.Id, nullable=False),
        sa.Column("name", types.CleanText(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_collections_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint(
            "subscriber_id", "name", name=op.f("uq_collections_subscriber_id_name")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_collections_default",
        "collections",
        ["subscriber_id"],
        unique=True,
        **_only_where("is_default"),
    )


def _create_digest_parts() -> None:
    op.create_table(
        "digest_parts",
        sa.Column("digest_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_digest_parts_digest_id")
        ),
        sa.PrimaryKeyConstraint("digest_id", "part", name=op.f("pk_digest_parts")),
    )


def _create_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("article_id", types.Id, nullable=False),
        sa.Column("column_id", types.CleanText(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("story_id", types.Id, nullable=True),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("score_parts", types.Json(), nullable=False),
        sa.Column("brief", types.Json(), nullable=False),
        sa.Column("placement", types.Json(), nullable=False),
        sa.Column("reading_minutes", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.Column("dated_at", types.UtcTime(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_signals_article_id")
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_signals_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sa.UniqueConstraint("article_id", name=op.f("uq_signals_article_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signals_created_at", "signals", ["created_at"])
    op.create_index(
        "ix_signals_live", "signals", ["dated_at", "id"], **_only_where("state = 'live'")
    )
    op.create_index(
        "ix_signals_live_column",
        "signals",
        ["column_id", "dated_at", "id"],
        **_only_where("state = 'live'"),
    )
    op.create_index("ix_signals_story_id", "signals", ["story_id"])


def _create_source_polls() -> None:
    op.create_table(
        "source_polls",
        sa.Column("source_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("validator_url", types.CleanText(), nullable=True),
        sa.Column("etag", types.CleanText(), nullable=True),
        sa.Column("last_modified", types.CleanText(), nullable=True),
        sa.Column("body_hash", types.CleanText(), nullable=True),
        sa.Column("next_poll_at", types.UtcTime(), nullable=True),
        sa.Column("last_poll_at", types.UtcTime(), nullable=True),
        sa.Column("last_ok_at", types.UtcTime(), nullable=True),
        sa.Column("last_unconditional_at", types.UtcTime(), nullable=True),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("hint_s", sa.Integer(), nullable=False),
        sa.Column("gaps_s", types.Json(), nullable=False),
        sa.Column("newest_entry_at", types.UtcTime(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("failing_since", types.UtcTime(), nullable=True),
        sa.Column("error_code", types.CleanText(), nullable=True),
        sa.Column("error_text", types.CleanText(), nullable=True),
        sa.Column("told_at", types.UtcTime(), nullable=True),
        sa.Column("moved_to", types.CleanText(), nullable=True),
        sa.Column("moved_seen", sa.Integer(), nullable=False),
        sa.Column("moved_since", types.UtcTime(), nullable=True),
        sa.Column("ttl_s", sa.Integer(), nullable=False),
        sa.Column("skip_hours", types.Json(), nullable=False),
        sa.Column("skip_days", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_polls_source_id")
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_polls")),
    )
    op.create_index("ix_source_polls_next_poll_at", "source_polls", ["next_poll_at"])


def _create_subscriptions() -> None:
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
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_subscriptions_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_subscriptions")),
    )
    op.create_index("ix_subscriptions_frequency", "subscriptions", ["frequency", "subscriber_id"])


def _create_delivered() -> None:
    op.create_table(
        "delivered",
        sa.Column("subscriber_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("delivered_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_delivered_signal_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_delivered_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "signal_id", name=op.f("pk_delivered")),
    )
    op.create_index("ix_delivered_recent", "delivered", ["subscriber_id", "delivered_at"])
    op.create_index("ix_delivered_signal_id", "delivered", ["signal_id"])


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("digest_id", types.Id, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", types.Id, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", types.UtcTime(), nullable=False),
        sa.Column("owner", types.CleanText(), nullable=True),
        sa.Column("lease_until", types.UtcTime(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("error", types.CleanText(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("settled_at", types.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest_id", "part"],
            ["digest_parts.digest_id", "digest_parts.part"],
            name=op.f("fk_deliveries_digest_id_part"),
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_deliveries_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "digest_id",
            "subscriber_id",
            "part",
            name=op.f("uq_deliveries_digest_id_subscriber_id_part"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["urgency", "not_before", "id"],
        **_only_where("state IN ('pending', 'retry')"),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["lease_until"],
        **_only_where("state IN ('claimed', 'sending')"),
    )
    op.create_index("ix_deliveries_subscriber_id", "deliveries", ["subscriber_id", "state"])
    op.create_index(
        "ix_deliveries_unknown",
        "deliveries",
        ["subscriber_id"],
        **_only_where("state = 'unknown'"),
    )


def _create_digest_signals() -> None:
    op.create_table(
        "digest_signals",
        sa.Column("digest_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id", "part"],
            ["digest_parts.digest_id", "digest_parts.part"],
            name=op.f("fk_digest_signals_digest_id_part"),
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_digest_signals_signal_id")
        ),
        sa.PrimaryKeyConstraint("digest_id", "part", "signal_id", name=op.f("pk_digest_signals")),
    )
    op.create_index("ix_digest_signals_signal_id", "digest_signals", ["signal_id"])


def _create_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("source_id", types.Id, nullable=False),
        sa.Column("key", types.CleanText(), nullable=False),
        sa.Column("url", types.CleanText(), nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("author", types.CleanText(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("lang", types.CleanText(), nullable=False),
        sa.Column("published_at", types.UtcTime(), nullable=True),
        sa.Column("utc_offset_min", sa.Integer(), nullable=True),
        sa.Column("content_hash", types.CleanText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("detail", types.CleanText(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("dated_at", types.UtcTime(), nullable=False),
        sa.Column("claimable_at", types.UtcTime(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("finished_at", types.UtcTime(), nullable=True),
        sa.Column("signal_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_entries_signal_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_entries_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_entries_source_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_signal_id", "entries", ["signal_id"])
    op.create_index(
        "ix_entries_waiting",
        "entries",
        ["state", "dated_at"],
        **_only_where("state IN ('new', 'backlog')"),
    )


def _create_saved() -> None:
    op.create_table(
        "saved",
        sa.Column("collection_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("note", types.CleanText(), nullable=False),
        sa.Column("saved_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_saved_collection_id")
        ),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_saved_signal_id")),
        sa.PrimaryKeyConstraint("collection_id", "signal_id", name=op.f("pk_saved")),
    )
    op.create_index("ix_saved_newest", "saved", ["collection_id", "saved_at"])
    op.create_index("ix_saved_signal_id", "saved", ["signal_id"])


def _create_signal_sources() -> None:
    op.create_table(
        "signal_sources",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("source_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("url", types.CleanText(), nullable=False),
        sa.Column("seen_at", types.UtcTime(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_signal_sources_signal_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_signal_sources_source_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "source_id", name=op.f("pk_signal_sources")),
    )
    op.create_index("ix_signal_sources_source_id", "signal_sources", ["source_id", "seen_at"])


def _create_signal_topics() -> None:
    op.create_table(
        "signal_topics",
        sa.Column("topic_id", types.CleanText(), nullable=False),
        sa.Column("dated_at", types.UtcTime(), nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_signal_topics_signal_id")
        ),
        sa.PrimaryKeyConstraint(
            "topic_id", "dated_at", "signal_id", name=op.f("pk_signal_topics")
        ),
    )
    op.create_index("ix_signal_topics_dated_at", "signal_topics", ["dated_at", "topic_id"])
    op.create_index("ix_signal_topics_signal_id", "signal_topics", ["signal_id"])


def _create_search() -> None:
    dialect = op.get_bind().dialect.name
    for statement in search.POSTGRES if dialect == "postgresql" else (search.SQLITE,):
        op.execute(statement)


def _only_where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
