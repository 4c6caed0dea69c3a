"""From which weight a workspace folds noise; answers of another model that is not asked any more, kept, do not hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "noise_rule",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("threshold", sa.Float(53), nullable=False),
        sa.Column("weights", sa.Text(), server_default="", nullable=False),
        sa.Column("meant", sa.Text(), server_default="", nullable=False),
        sa.Column("other", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_noise_rule_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_noise_rule")),
    )
    op.add_column("opinion", sa.Column("silent", sa.SmallInteger(), server_default="0", nullable=False))
