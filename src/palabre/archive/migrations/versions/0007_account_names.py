"""What accounts answer to, by name, so that posts can be asked by author without looking at each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from palabre.text.facts import names_of

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BYTEWISE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NAME_CHARS_MAX, ROWS = 200, 100_000
NO_URI = "?:"


def upgrade() -> None:
    create_table()
    bind = op.get_bind()
    insert = "INSERT INTO account_name VALUES (?, ?, ?)"
    insert = insert if bind.dialect.name == "sqlite" else insert.replace("?", "%s")
    accounts = sa.table("account", *map(sa.column, ("account_id", "workspace_id", "uri", "handle", "name")))
    after, query = 0, accounts.select().order_by(accounts.c.account_id).limit(ROWS)
    while rows := bind.execute(query.where(accounts.c.account_id > after)).all():
        after = rows[-1].account_id
        named = sorted(name for row in rows for name in names(row))
        if named:
            bind.exec_driver_sql(insert, named)


def create_table() -> None:
    op.create_table(
        "account_name",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", BYTEWISE, nullable=False),
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_account_name_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", "account_id", name=op.f("pk_account_name")),
        sqlite_with_rowid=False,
    )


def names(row: sa.Row[tuple[object, ...]]) -> list[tuple[int, str, int]]:
    uri = "" if row.uri.startswith(NO_URI) else row.uri
    found = names_of({"account_handle": row.handle, "account_name": row.name, "account_uri": uri})
    return [(row.workspace_id, name, row.account_id) for name in {one[:NAME_CHARS_MAX] for one in found if one}]
