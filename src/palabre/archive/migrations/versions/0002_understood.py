"""Readings of posts, corrections, samples to check figures with, and the registers of what is understood."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty tables; every post that is there waits to be read, and the lake is made again with its new columns."""
    for create in TABLES:
        create()
    op.execute(
        "INSERT INTO unread (workspace_id, version_id, low, before) "
        "SELECT workspace_id, 0, 1, max(post_id) + 1 FROM post GROUP BY workspace_id"
    )
    op.execute("INSERT INTO dead (path, at_ms) SELECT path, 0 FROM segment WHERE path NOT IN (SELECT path FROM dead)")
    op.execute("DELETE FROM segment")
    op.execute("DELETE FROM dirty")
    op.execute("INSERT INTO dirty (post_id, workspace_id, is_new) SELECT post_id, workspace_id, true FROM post")


def create_audit_sample() -> None:
    op.create_table(
        "audit_sample",
        sa.Column("sample_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="{}", nullable=False),
        sa.Column("population", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("flagged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_audit_sample_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sample_id", name=op.f("pk_audit_sample")),
    )
    op.create_index(op.f("ix_audit_sample_workspace_id"), "audit_sample", ["workspace_id"], unique=False)


def create_belief() -> None:
    op.create_table(
        "belief",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wish", sa.Text(), server_default="", nullable=False),
        sa.Column("need_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_belief_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member", "place", name=op.f("pk_belief")),
    )


def create_layer() -> None:
    op.create_table(
        "layer",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_layer_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=op.f("pk_layer")),
    )


def create_need() -> None:
    op.create_table(
        "need",
        sa.Column("need_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("centroid", sa.LargeBinary(), nullable=True),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("voices", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="heard", nullable=False),
        sa.Column("status_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("told_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("gone_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_need_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_need")),
    )
    op.create_index(op.f("ix_need_workspace_id"), "need", ["workspace_id"], unique=False)


def create_reading_version() -> None:
    op.create_table(
        "reading_version",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("models", sa.Text(), server_default="", nullable=False),
        sa.Column("layer", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.workspace_id"],
            name=op.f("fk_reading_version_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_reading_version")),
    )
    op.create_index("ix_reading_version_made", "reading_version", ["workspace_id", "models", "layer"], unique=True)


def create_register_event() -> None:
    op.create_table(
        "register_event",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("register", sa.Text(), server_default="", nullable=False),
        sa.Column("entry_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.workspace_id"],
            name=op.f("fk_register_event_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_register_event")),
    )
    op.create_index("ix_register_event_entry", "register_event", ["workspace_id", "register", "entry_id"], unique=False)


def create_rumour() -> None:
    op.create_table(
        "rumour",
        sa.Column("rumour_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.Text(), server_default="", nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("story_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("signal_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tags", sa.Text(), server_default="", nullable=False),
        sa.Column("sources", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_rumour_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rumour_id", name=op.f("pk_rumour")),
    )
    op.create_index(op.f("ix_rumour_workspace_id"), "rumour", ["workspace_id"], unique=False)


def create_signal() -> None:
    op.create_table(
        "signal",
        sa.Column("signal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("mark", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("hypothesis", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="{}", nullable=False),
        sa.Column("score", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("detected_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("review_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("happened_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("detector", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_signal_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_signal")),
    )
    op.create_index("ix_signal_mark", "signal", ["workspace_id", "kind", "mark"], unique=True)


def create_source_mark() -> None:
    op.create_table(
        "source_mark",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_source_mark_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "name", name=op.f("pk_source_mark")),
    )


def create_topic() -> None:
    op.create_table(
        "topic",
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("centroid", sa.LargeBinary(), nullable=True),
        sa.Column("n", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("gone_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_topic_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_topic")),
    )
    op.create_index(op.f("ix_topic_workspace_id"), "topic", ["workspace_id"], unique=False)


def create_unread() -> None:
    op.create_table(
        "unread",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("low", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("before", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_unread_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_unread")),
    )


def create_work() -> None:
    op.create_table(
        "work",
        sa.Column("workspace_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("started_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error_key", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_work_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_work")),
    )


def create_audit_label() -> None:
    op.create_table(
        "audit_label",
        sa.Column("sample_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("machine", sa.Text(), server_default="", nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_audit_label_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_sample.sample_id"], name=op.f("fk_audit_label_sample_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sample_id", "post_id", name=op.f("pk_audit_label")),
    )
    op.create_index(op.f("ix_audit_label_post_id"), "audit_label", ["post_id"], unique=False)


def create_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("correction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("machine", sa.Text(), server_default="", nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("undone_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("undone_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_correction_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_correction_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_post_id"), "correction", ["post_id"], unique=False)
    op.create_index(op.f("ix_correction_workspace_id"), "correction", ["workspace_id"], unique=False)


def create_fold() -> None:
    op.create_table(
        "fold",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("restored_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("restored_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_fold_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_fold_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_fold")),
    )
    op.create_index(op.f("ix_fold_workspace_id"), "fold", ["workspace_id"], unique=False)


def create_reading() -> None:
    op.create_table(
        "reading",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.SmallInteger(), nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("tone", sa.SmallInteger(), nullable=True),
        sa.Column("emotion", sa.SmallInteger(), nullable=True),
        sa.Column("intents", sa.SmallInteger(), nullable=True),
        sa.Column("axis", sa.SmallInteger(), nullable=True),
        sa.Column("corrected", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("scores", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("entities", sa.Text(), server_default="", nullable=False),
        sa.Column("aspects", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_reading_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_reading")),
    )


def create_register_post() -> None:
    op.create_table(
        "register_post",
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.post_id"], name=op.f("fk_register_post_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("register", "entry_id", "post_id", name=op.f("pk_register_post")),
    )
    op.create_index(op.f("ix_register_post_post_id"), "register_post", ["post_id"], unique=False)


def create_story_post() -> None:
    op.create_table(
        "story_post",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("voice_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_story_post_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_story_post_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_story_post")),
    )
    op.create_index("ix_story_post_story", "story_post", ["workspace_id", "story_id"], unique=False)


TABLES = (
    create_audit_sample,
    create_belief,
    create_layer,
    create_need,
    create_reading_version,
    create_register_event,
    create_rumour,
    create_signal,
    create_source_mark,
    create_topic,
    create_unread,
    create_work,
    create_audit_label,
    create_correction,
    create_fold,
    create_reading,
    create_register_post,
    create_story_post,
)
