import asyncio
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, create_engine, insert, table, text
from sqlalchemy.pool import NullPool

from bot.config import database_environment
from digest.taxonomy import load_taxonomy
from storage import Storage, backup, migrate, pending_migrations
from storage.address import read_address
from storage.column_types import UtcTime
from storage.migrate import make_config, migrate_now
from storage.migrations import leave_search_alone
from storage.schema import HEAD, metadata
from tests.storage.making import NOW, minutes
from tests.storage.test_backup import pg_restore


def look(url: str, question: Any, *values: Any) -> Any:
    engine = create_engine(read_address(url).driver_sync, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            return question(connection, *values)
    finally:
        engine.dispose()


def test_the_migrated_tables_are_those_of_the_schema(url: str) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(
            connection, opts={"include_object": leave_search_alone}
        )
        return compare_metadata(context, metadata)

    assert look(url, differences) == []


def test_search_tables_would_be_dropped_without_the_filter(url: str) -> None:
    def differences(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    dropped = {change[1].name for change in look(url, differences) if change[0] == "remove_table"}
    assert "signal_search" in dropped


def _in_any_order(sql: str) -> str:
    """A definition; a table's lines sorted, for added columns stand last, constraints anywhere."""
    flat = " ".join(sql.split())
    table = re.fullmatch(r"(CREATE TABLE [^(]+)\((.*)\)", flat)
    if table is None:
        return flat
    lines = re.split(r",(?![^()]*\))", table[2])
    return " | ".join([table[1], *sorted(line.strip() for line in lines)])


def definitions(connection: Connection) -> set[str]:
    """Everything about the tables, as the database itself spells it."""
    if connection.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'alembic*'"
        rows = [
            # A table that was made anew under another name has its own in quotes.
            re.sub(r'^CREATE TABLE "(\w+)"', r"CREATE TABLE \1", sql)
            for sql in connection.execute(text(query)).scalars()
            if "_search" not in sql and "sqlite_" not in sql
        ]
        return {_in_any_order(sql) for sql in rows}
    queries = (
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, is_identity,"
        " character_maximum_length) FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    )
    found = {row for query in queries for row in connection.execute(text(query)).scalars()}
    return {row for row in found if "_search" not in row and "alembic" not in row}


def test_migrated_and_created_tables_are_spelled_alike(url: str, empty_url: str) -> None:
    look(empty_url, metadata.create_all)
    migrated, created = look(url, definitions), look(empty_url, definitions)
    assert migrated == created
    assert len(migrated) > 40


async def test_a_second_run_changes_nothing_and_keeps_the_data(url: str) -> None:
    storage = await Storage.open(url)
    await storage.meta.set("key", "value")
    await storage.close()

    before = look(url, definitions)
    await migrate(url)

    assert look(url, definitions) == before
    storage = await Storage.open(url)
    assert await storage.meta.get("key") == "value"
    await storage.close()


async def test_pending_versions_are_listed_until_they_are_applied(empty_url: str) -> None:
    assert pending_migrations(empty_url)[-1] == HEAD
    await migrate(empty_url)
    assert pending_migrations(empty_url) == ()


def test_what_migrates_is_not_loaded_where_nothing_is_to_be_done(empty_url: str) -> None:
    code = (
        "import sys; from storage.migrate import migrate_now;"
        f"migrate_now({empty_url!r}); print('alembic' in sys.modules)"
    )
    told = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [one.stdout.strip() for one in told] == ["True", "False"]


async def test_two_release_steps_at_once_do_not_collide(empty_url: str) -> None:
    await asyncio.gather(*(migrate(empty_url) for _ in range(3)))
    assert pending_migrations(empty_url) == ()


async def test_several_databases_are_made_at_once_by_one_process(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / f'{number}.db'}" for number in range(4)]
    await asyncio.gather(*(migrate(url) for url in urls))
    for url in urls:
        assert pending_migrations(url) == ()


def test_a_failed_version_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.search.tables.SQLITE", "CREATE NONSENSE")
    monkeypatch.setattr("storage.search.tables.POSTGRES", ("CREATE NONSENSE",))
    with pytest.raises(Exception, match="syntax error"):
        migrate_now(empty_url)
    monkeypatch.undo()

    assert look(empty_url, definitions) == set()
    migrate_now(empty_url)


BEFORE = (
    # frequency before, digest times before; paused, instant, digest times after
    ("both", '["08:30:00"]', False, True, '["08:30:00"]'),
    ("daily", '["07:15:00","20:00:00"]', False, False, '["07:15:00","20:00:00"]'),
    ("instant", '["08:30:00"]', False, True, "[]"),
    ("off", '["22:00:00"]', True, True, '["22:00:00"]'),
)


def test_one_frequency_becomes_switches_and_can_go_back(empty_url: str) -> None:
    look(empty_url, lambda found: command.upgrade(make_config(found), "0003"))
    for number, (frequency, times, *_) in enumerate(BEFORE, start=1):
        look(empty_url, _subscribe, number, frequency, times)
    look(empty_url, lambda found: command.upgrade(make_config(found), "0004"))
    query = "SELECT paused, instant, digest_times FROM subscriptions ORDER BY subscriber_id"
    rows = look(empty_url, lambda found: found.execute(text(query)).all())
    assert [tuple(row) for row in rows] == [tuple(row[2:]) for row in BEFORE]
    query = "SELECT mutes, zone, quiet_from, words, layout, max_a_day FROM subscriptions"
    rows = look(empty_url, lambda found: found.execute(text(query)).all())
    assert {tuple(row) for row in rows} == {
        ('["广告"]', "Asia/Tokyo", "23:00:00", "[]", "full", 0)
    }
    look(empty_url, lambda found: command.downgrade(make_config(found), "0003"))
    query = "SELECT frequency FROM subscriptions ORDER BY subscriber_id"
    rows = look(empty_url, lambda found: found.execute(text(query)).scalars().all())
    assert rows == [row[0] for row in BEFORE]


def _subscribe(connection: Connection, number: int, frequency: str, times: str) -> None:
    connection.execute(
        text(
            "INSERT INTO subscribers (id, chat_id, thread_id, kind, title, lang, active, reason,"
            " created_at, changed_at) VALUES (:id, :id, 0, 'private', '', 'zh', :active, '',"
            " :now, :now)"
        ),
        {"id": number, "active": True, "now": "2026-11-01 00:00:00+00:00"},
    )
    connection.execute(
        text(
            "INSERT INTO subscriptions (subscriber_id, columns, topics, mutes, min_score,"
            " max_items, lang, frequency, digest_times, zone, quiet_from, quiet_to,"
            " instant_score) VALUES (:id, '[]', '[]', :mutes, 40, 12, 'zh', :frequency, :times,"
            " 'Asia/Tokyo', '23:00:00', '07:00:00', 80)"
        ),
        {"id": number, "mutes": '["广告"]', "frequency": frequency, "times": times},
    )


NOTES = (
    ("weekly.drafts", '{"2026-W10": ["7:0", "-100:5", "7:0"], "2026-W11": ["7:0"]}'),
    ("numbers.weekly", '{"week": "2026-W11", "told": ["-100:5"]}'),
    ("topics.suggested", "{}"),
    ("other", '{"told": []}'),
)


def test_whom_the_notes_name_was_told_afterwards_too(empty_url: str) -> None:
    look(empty_url, lambda found: command.upgrade(make_config(found), "0023"))
    for key, value in NOTES:
        insert = text("INSERT INTO meta (key, value) VALUES (:key, :value)")
        look(
            empty_url,
            lambda found, *row: found.execute(*row),
            insert,
            {"key": key, "value": value},
        )
    look(empty_url, lambda found: command.upgrade(make_config(found), "0024"))
    query = "SELECT what, about, chat_id, thread_id FROM staff_notes ORDER BY 1, 2, 3"
    rows = look(empty_url, lambda found: found.execute(text(query)).all())
    assert [tuple(row) for row in rows] == [
        ("drafts", "2026-W10", -100, 5),
        ("drafts", "2026-W10", 7, 0),
        ("drafts", "2026-W11", 7, 0),
        ("numbers", "2026-W11", -100, 5),
    ]
    query = "SELECT key FROM meta"
    assert look(empty_url, lambda found: found.execute(text(query)).scalars().all()) == ["other"]


def test_columns_and_topics_follow_the_taxonomy(url: str) -> None:
    taxonomy = load_taxonomy()

    def names(connection: Connection) -> tuple[list[Any], set[Any]]:
        columns = connection.execute(text("SELECT id, zh FROM columns ORDER BY position"))
        topics = connection.execute(text("SELECT id FROM topics"))
        return [tuple(row) for row in columns], set(topics.scalars())

    columns, topics = look(url, names)
    assert columns == [(column.id, column.zh) for column in taxonomy.columns.values()]
    assert topics == set(taxonomy.topics)


def test_a_renamed_column_is_taken_over(url: str) -> None:
    look(url, lambda connection: connection.execute(text("UPDATE columns SET zh = '旧'")))
    migrate_now(url)
    shown = look(url, lambda found: found.scalar(text("SELECT zh FROM columns WHERE id = 'ai'")))
    assert shown == "人工智能"


def test_it_runs_from_any_folder_without_a_configuration_file(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    program = "from storage.migrate import migrate_now; migrate_now('sqlite:///fresh.db')"
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert pending_migrations(f"sqlite:///{tmp_path}/fresh.db") == ()


def test_the_schema_names_the_newest_version() -> None:
    assert ScriptDirectory.from_config(make_config(None)).get_current_head() == HEAD


def test_the_newest_version_can_be_undone(url: str) -> None:
    from alembic import command

    look(url, lambda connection: command.downgrade(make_config(connection), "base"))
    assert look(url, definitions) == set()


def test_collections_of_before_keep_their_order_and_numbers(empty_url: str) -> None:
    from alembic import command

    def before(connection: Connection) -> None:
        command.upgrade(make_config(connection), "0004")
        for sql in (
            "INSERT INTO subscribers (id, chat_id, thread_id, kind, title, lang, active, reason,"
            " created_at, changed_at)"
            " VALUES (1, 1, 0, 'private', '', 'zh', true, '', {now}, {now})",
            "INSERT INTO collections (id, subscriber_id, name, is_default, created_at) VALUES"
            " (1, 1, '早', false, {now}), (2, 1, '默认', true, {now}), (5, 1, '晚', false, {now})",
            "DELETE FROM collections WHERE id = 5",
            "INSERT INTO collections (id, subscriber_id, name, is_default, created_at) VALUES"
            " (4, 1, '中', false, {now})",
        ):
            now = "now()" if connection.dialect.name == "postgresql" else "0"
            connection.execute(text(sql.format(now=now)))

    look(empty_url, before)
    migrate_now(empty_url)
    rows = look(
        empty_url,
        lambda connection: connection.execute(
            text("SELECT name, share_key, sort FROM collections ORDER BY position, id")
        ).all(),
    )
    assert [tuple(row) for row in rows] == [
        ("默认", None, "saved"),
        ("早", None, "saved"),
        ("中", None, "saved"),
    ]
    if empty_url.startswith("sqlite"):
        question = text("SELECT seq FROM sqlite_sequence WHERE name = 'collections'")
        assert look(empty_url, lambda connection: connection.scalar(question)) == 5


async def test_an_invitation_of_before_still_opens_the_door(
    empty_url: str, tmp_path: Path
) -> None:
    """Codes were kept as they were; now by their hashes, and copies have nothing else either."""
    code, over = "Canary-of_an-invite1", "Canary-of_an-invite2"
    # Of the columns that it had then: what the table has now may change.
    rows = table("invites", column("code"), column("uses_left"), column("made_by"),
                 column("created_at", UtcTime), column("expires_at", UtcTime))  # fmt: skip
    kept = [
        {"code": one, "uses_left": 1, "made_by": 9, "created_at": NOW, "expires_at": end}
        for one, end in ((code, NOW + minutes(9)), (over, NOW))
    ]
    look(empty_url, lambda found: command.upgrade(make_config(found), "0027"))
    look(empty_url, lambda found: found.execute(insert(rows), kept))
    await migrate(empty_url)
    storage = await Storage.open(empty_url)
    copy = await backup(empty_url, tmp_path / "copy", database_environment())
    hashed = sha256(code.encode()).hexdigest()
    # Whoever has read the copy has no code.
    assert not await storage.guests.redeem(hashed, 1, NOW + minutes(1))
    assert not await storage.guests.redeem(over, 1, NOW + minutes(1))
    assert await storage.guests.redeem(code, 1, NOW + minutes(1))
    assert not await storage.guests.redeem(code, 2, NOW + minutes(1))
    await storage.close()
    told = copy.read_bytes()
    if not told.startswith(b"SQLite"):  # an archive of PostgreSQL is packed
        told = pg_restore("--file=-", str(copy)).encode()
    assert hashed.encode() in told
    assert [one for one in (code, over) if one.encode() in told] == []
