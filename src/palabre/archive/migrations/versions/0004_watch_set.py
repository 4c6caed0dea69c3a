"""The lake is made again with its new column, the watches of a post as one word."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("INSERT INTO dead (path, at_ms) SELECT path, 0 FROM segment WHERE path NOT IN (SELECT path FROM dead)")
    op.execute("DELETE FROM segment")
    op.execute("DELETE FROM dirty")
    op.execute("INSERT INTO dirty (post_id, workspace_id, is_new) SELECT post_id, workspace_id, true FROM post")
