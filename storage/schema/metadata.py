"""What all tables have in common."""

from sqlalchemy import Column, Identity, MetaData

from storage.column_types import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def row_id() -> Column[int]:
    """A number of its own for each row, never used again."""
    return Column("id", Id, Identity(), primary_key=True)
