"""Alembic's entry: runs on the connection that storage/migrate.py hands over."""

from alembic import context

from storage.migrations import leave_search_alone
from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=leave_search_alone,
    render_as_batch=True,
    user_module_prefix="types.",
)
with context.begin_transaction():
    context.run_migrations()
