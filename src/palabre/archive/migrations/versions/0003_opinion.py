"""Second opinions of another model on readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opinion",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("machine", sa.Text(), server_default="", nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("scores", sa.LargeBinary(), nullable=True),
        sa.Column("provider", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_opinion_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "name", name=op.f("pk_opinion")),
    )
