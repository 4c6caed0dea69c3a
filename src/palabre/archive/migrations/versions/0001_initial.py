"""The first schema: workspaces, sources, watches, posts and all that belongs to them, the full-text index, the seam."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTERS = ("post", "account", "panel", "watch", "suppression")
# ! to ~ without letters and digits, as the tokenizer wants them written, and the two marks of our own keys.
SIGNS = """!""#$%&''()*+,-./:;<=>?@[\\]^_`{|}~""" + "\x01\x02"
INDEX = {
    "sqlite": (
        "CREATE TABLE post_token (post_id INTEGER PRIMARY KEY REFERENCES post (post_id), keys TEXT NOT NULL)",
        "CREATE VIRTUAL TABLE post_fts USING fts5 (keys, content='', detail=none, columnsize=0, "
        f"tokenize=\"ascii tokenchars '{SIGNS}'\")",
    ),
    "postgresql": (
        "CREATE TABLE post_fts (post_id bigint PRIMARY KEY REFERENCES post (post_id), keys tsvector NOT NULL)",
        "CREATE INDEX ix_post_fts ON post_fts USING gin (keys)",
    ),
}


def upgrade() -> None:
    """Everything, in an empty ledger."""
    for create in TABLES:
        create()
    counters = sa.table("counter", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])
    create_index()


def create_index() -> None:
    """The full-text index (see `palabre.archive.fulltext`); where FTS5 can overwrite what leaves it, it does."""
    bind = op.get_bind()
    for statement in INDEX[bind.dialect.name]:
        bind.exec_driver_sql(statement)
    if bind.dialect.name == "sqlite":
        version = bind.exec_driver_sql("SELECT sqlite_version()").scalar_one()
        if tuple(map(int, str(version).split("."))) >= (3, 42):
            bind.exec_driver_sql("INSERT INTO post_fts (post_fts, rank) VALUES ('secure-delete', 1)")


def create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=True),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit")),
    )


def create_counter() -> None:
    op.create_table(
        "counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )


def create_dead() -> None:
    op.create_table(
        "dead",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_dead")),
    )


def create_dirty() -> None:
    op.create_table(
        "dirty",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_dirty")),
    )


def create_mention() -> None:
    op.create_table(
        "mention",
        sa.Column("post_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("watch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "watch_id", name=op.f("pk_mention")),
        sqlite_with_rowid=False,
    )


def create_segment() -> None:
    op.create_table(
        "segment",
        sa.Column("segment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), server_default="", nullable=False),
        sa.Column("low_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("high_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sealed_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("segment_id", name=op.f("pk_segment")),
        sa.UniqueConstraint("path", name=op.f("uq_segment_path")),
    )
    op.create_index("ix_segment_place", "segment", ["workspace_id", "day"], unique=False)


def create_watch_removed() -> None:
    op.create_table(
        "watch_removed",
        sa.Column("watch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("watch_id", name=op.f("pk_watch_removed")),
    )
    op.create_index(op.f("ix_watch_removed_stamp"), "watch_removed", ["stamp"], unique=False)


def create_workspace() -> None:
    op.create_table(
        "workspace",
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_workspace")),
        sa.UniqueConstraint("slug", name=op.f("uq_workspace_slug")),
        sa.UniqueConstraint("uid", name=op.f("uq_workspace_uid")),
    )


def create_account() -> None:
    op.create_table(
        "account",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("network", sa.Text(), server_default="", nullable=False),
        sa.Column("uri", sa.Text(), server_default="", nullable=False),
        sa.Column("handle", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_account_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account")),
        sa.UniqueConstraint("workspace_id", "network", "uri", name=op.f("uq_account_workspace_id_network_uri")),
    )


def create_source() -> None:
    op.create_table(
        "source",
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("connector", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("config", sa.Text(), server_default="{}", nullable=False),
        sa.Column("keep", sa.Text(), server_default="all", nullable=False),
        sa.Column("rhythm_seconds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("cursor", sa.Text(), server_default="{}", nullable=False),
        sa.Column("next_due_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_until_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_run_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_ok_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_heard_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lag_ms", sa.BigInteger(), nullable=True),
        sa.Column("quota_left", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error_key", sa.Text(), server_default="", nullable=False),
        sa.Column("error_params", sa.Text(), server_default="{}", nullable=False),
        sa.Column("drift", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_source_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source")),
    )
    op.create_index("ix_source_due", "source", ["state", "next_due_ms"], unique=False)
    op.create_index(op.f("ix_source_workspace_id"), "source", ["workspace_id"], unique=False)


def create_suppression() -> None:
    op.create_table(
        "suppression",
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_suppression_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_suppression")),
        sqlite_with_rowid=False,
    )


def create_term_list() -> None:
    op.create_table(
        "term_list",
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_term_list_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_term_list")),
    )


def create_tombstone() -> None:
    op.create_table(
        "tombstone",
        sa.Column("workspace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("gone_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_tombstone_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "uri", name=op.f("pk_tombstone")),
        sqlite_with_rowid=False,
    )


def create_watch() -> None:
    op.create_table(
        "watch",
        sa.Column(
            "watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("history_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_watch_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("watch_id", name=op.f("pk_watch")),
    )
    op.create_index(op.f("ix_watch_stamp"), "watch", ["stamp"], unique=False)
    op.create_index(op.f("ix_watch_workspace_id"), "watch", ["workspace_id"], unique=False)


def create_post() -> None:
    op.create_table(
        "post",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("heard_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sort_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revisions", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("uri", sa.Text(), server_default="", nullable=False),
        sa.Column("network", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("lang", sa.Text(), server_default="", nullable=False),
        sa.Column("published_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("edited_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("parent", sa.Text(), server_default="", nullable=False),
        sa.Column("root", sa.Text(), server_default="", nullable=False),
        sa.Column("reshare_of", sa.Text(), server_default="", nullable=False),
        sa.Column("quote_of", sa.Text(), server_default="", nullable=False),
        sa.Column("links", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", sa.Text(), server_default="", nullable=False),
        sa.Column("mentions", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("rating", sa.Float(precision=53), nullable=True),
        sa.Column("sensitive", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("media", sa.Text(), server_default="", nullable=False),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("reshares", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.account_id"], name=op.f("fk_post_account_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name=op.f("fk_post_source_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_post_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post")),
        sa.UniqueConstraint("workspace_id", "uri", name=op.f("uq_post_workspace_id_uri")),
    )


def index_post() -> None:
    op.create_index("ix_post_account", "post", ["account_id", "post_id"], unique=False)
    op.create_index(
        "ix_post_parent",
        "post",
        ["workspace_id", "parent"],
        unique=False,
        sqlite_where=sa.text("parent <> ''"),
        postgresql_where=sa.text("parent <> ''"),
    )
    op.create_index(
        "ix_post_quote",
        "post",
        ["workspace_id", "quote_of"],
        unique=False,
        sqlite_where=sa.text("quote_of <> ''"),
        postgresql_where=sa.text("quote_of <> ''"),
    )
    op.create_index(
        "ix_post_reshare",
        "post",
        ["workspace_id", "reshare_of"],
        unique=False,
        sqlite_where=sa.text("reshare_of <> ''"),
        postgresql_where=sa.text("reshare_of <> ''"),
    )
    op.create_index(
        "ix_post_root",
        "post",
        ["workspace_id", "root"],
        unique=False,
        sqlite_where=sa.text("root <> ''"),
        postgresql_where=sa.text("root <> ''"),
    )
    op.create_index(
        "ix_post_source", "post", ["source_id"], unique=False, sqlite_where=sa.text("source_id IS NOT NULL")
    )
    op.create_index("ix_post_time", "post", ["workspace_id", "sort_ms"], unique=False)


def create_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("quarantine_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("params", sa.Text(), server_default="{}", nullable=False),
        sa.Column("exception", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tries", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name=op.f("fk_quarantine_source_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.workspace_id"], name=op.f("fk_quarantine_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quarantine_id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("workspace_id", "sha256", name=op.f("uq_quarantine_workspace_id_sha256")),
    )
    op.create_index(op.f("ix_quarantine_source_id"), "quarantine", ["source_id"], unique=False)


def create_source_run() -> None:
    op.create_table(
        "source_run",
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("pages", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("offered", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("stored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quarantined", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("not_modified", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error_key", sa.Text(), server_default="", nullable=False),
        sa.Column("error_params", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name=op.f("fk_source_run_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "started_ms", name=op.f("pk_source_run")),
    )


def create_source_secret() -> None:
    op.create_table(
        "source_secret",
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name=op.f("fk_source_secret_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "name", name=op.f("pk_source_secret")),
    )


def create_watch_test() -> None:
    op.create_table(
        "watch_test",
        sa.Column("test_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("watch_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("must_match", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.watch_id"], name=op.f("fk_watch_test_watch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_watch_test")),
    )
    op.create_index(op.f("ix_watch_test_watch_id"), "watch_test", ["watch_id"], unique=False)


def create_watch_version() -> None:
    op.create_table(
        "watch_version",
        sa.Column("watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["watch.watch_id"], name=op.f("fk_watch_version_watch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("watch_id", "version", name=op.f("pk_watch_version")),
    )


def create_hearing() -> None:
    op.create_table(
        "hearing",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_hearing_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.source_id"], name=op.f("fk_hearing_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "source_id", name=op.f("pk_hearing")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_hearing_source_id"), "hearing", ["source_id"], unique=False)


def create_raw() -> None:
    op.create_table(
        "raw",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_raw_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_raw")),
    )
    op.create_index(op.f("ix_raw_received_ms"), "raw", ["received_ms"], unique=False)


def create_revision() -> None:
    op.create_table(
        "revision",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("edited_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.post_id"], name=op.f("fk_revision_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "number", name=op.f("pk_revision")),
    )


TABLES = (
    create_audit,
    create_counter,
    create_dead,
    create_dirty,
    create_mention,
    create_segment,
    create_watch_removed,
    create_workspace,
    create_account,
    create_source,
    create_suppression,
    create_term_list,
    create_tombstone,
    create_watch,
    create_post,
    index_post,
    create_quarantine,
    create_source_run,
    create_source_secret,
    create_watch_test,
    create_watch_version,
    create_hearing,
    create_raw,
    create_revision,
)
