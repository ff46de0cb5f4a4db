"""Invitations are kept by the hashes of their codes, as codes of the staff are."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_INVITES = sa.table("invites", sa.column("code", sa.String))


def upgrade() -> None:
    connection = op.get_bind()
    for code in connection.scalars(sa.select(_INVITES.c.code)).all():
        hashed = sha256(code.encode()).hexdigest()
        connection.execute(sa.update(_INVITES).where(_INVITES.c.code == code).values(code=hashed))


def downgrade() -> None:
    # What a hash was made from is not known any more: those invitations end.
    op.get_bind().execute(sa.delete(_INVITES))
