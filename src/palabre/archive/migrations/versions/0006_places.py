"""The index keeps places (an archive that holds posts gets its new index from upkeep), and knows facts by value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SIGNS = """!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~""" + "\x01\x02"
INDEX = (
    "CREATE VIRTUAL TABLE post_fts USING fts5 (keys, title, beside, content='', detail=full, columnsize=0, "
    f"tokenize=\"ascii tokenchars '{SIGNS}'\")"
)
FACTS = "INSERT INTO fact (workspace_id, name, value) SELECT DISTINCT workspace_id, '{0}', {0} FROM post"


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_fact_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", "value", name=op.f("pk_fact")),
        sqlite_with_rowid=False,
    )
    for name in ("network", "lang", "kind"):
        op.execute(FACTS.format(name))
    empty = op.get_bind().exec_driver_sql("SELECT 1 FROM post LIMIT 1").first() is None
    sqlite = op.get_bind().dialect.name == "sqlite"
    counters = sa.table("counter", sa.column("name"), sa.column("value"))
    places = {"name": "places", "value": int(sqlite and empty)}  # "replaced": how far the new index has come
    op.bulk_insert(counters, [places, {"name": "replaced", "value": 0}])
    if sqlite and empty:
        create_index()


def create_index() -> None:
    """In the place of the empty one that version 0001 made."""
    bind = op.get_bind()
    bind.exec_driver_sql("DROP TABLE post_fts")
    bind.exec_driver_sql(INDEX)
    bind.exec_driver_sql("INSERT INTO post_fts (post_fts, rank) VALUES ('automerge', 8)")
    version = bind.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    if tuple(map(int, str(version).split("."))) >= (3, 42):
        bind.exec_driver_sql("INSERT INTO post_fts (post_fts, rank) VALUES ('secure-delete', 1)")
