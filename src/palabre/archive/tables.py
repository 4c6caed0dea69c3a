"""The tables of the ledger (SQLAlchemy Core), the same on SQLite and PostgreSQL. The full-text index is in `fulltext`.

Every row belongs to a workspace. What migrations build must equal this file: a test compares them.
Lists and mappings are JSON text; "" stands for an empty list, so that the usual case costs one byte.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")  # INTEGER PRIMARY KEY is SQLite's rowid
Bytewise = Text().with_variant(Text(collation="C"), "postgresql")  # in the order of its bytes, as beginnings are asked


def whole(name: str, default: str = "0") -> Column[int]:
    """A 64-bit column that is never null: a time, a count, a flag's number."""
    return Column(name, BigInteger, nullable=False, server_default=default)


def words(name: str, default: str = "") -> Column[str]:
    """A text column that is never null."""
    return Column(name, Text, nullable=False, server_default=default)


def owner(table: str = "workspace", *, index: bool | None = None) -> Column[int]:
    """A reference to the row this one belongs to; it goes with it."""
    key = f"{table}_id"
    return Column(key, BigInteger, ForeignKey(f"{table}.{key}", ondelete="CASCADE"), nullable=False, index=index)


# One number a name, read and raised under the writer's lock: post (last id given), panel (rises with every change).
counter = Table("counter", metadata, Column("name", Text, primary_key=True), whole("value"))

workspace = Table(
    "workspace",
    metadata,
    Column("workspace_id", Id, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    words("name"),
    Column("uid", Text, nullable=False, unique=True),
    Column("data_key", LargeBinary, nullable=False),  # the key of its secrets, itself encrypted
    whole("created_ms"),
)

source = Table(
    "source",
    metadata,
    Column("source_id", Id, primary_key=True),
    owner(index=True),
    words("connector"),
    words("name"),
    words("config", "{}"),
    words("keep", "all"),
    whole("rhythm_seconds"),
    words("state", "active"),
    words("cursor", "{}"),
    whole("next_due_ms"),
    whole("lease_until_ms"),
    whole("created_ms"),
    # health
    whole("last_run_ms"),
    whole("last_ok_ms"),
    whole("last_heard_ms"),
    Column("lag_ms", BigInteger),
    Column("quota_left", BigInteger),
    whole("failures"),
    words("error_key"),
    words("error_params", "{}"),
    words("drift", "{}"),
    Index("ix_source_due", "state", "next_due_ms"),
)

source_secret = Table(
    "source_secret",
    metadata,
    Column("source_id", ForeignKey("source.source_id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    whole("updated_ms"),
)

source_run = Table(
    "source_run",
    metadata,
    Column("source_id", ForeignKey("source.source_id", ondelete="CASCADE"), primary_key=True),
    Column("started_ms", BigInteger, primary_key=True),
    whole("ended_ms"),
    whole("pages"),
    whole("offered"),
    whole("stored"),
    whole("unchanged"),
    whole("quarantined"),
    whole("requests"),
    whole("not_modified"),
    words("error_key"),
    words("error_params", "{}"),
)

account = Table(
    "account",
    metadata,
    Column("account_id", Id, primary_key=True, autoincrement=False),
    owner(),
    words("network"),
    words("uri"),
    words("handle"),
    words("name"),
    words("url"),
    UniqueConstraint("workspace_id", "network", "uri"),
)

# What an account answers to where posts are asked by author, folded (see `account_names`).
account_name = Table(
    "account_name",
    metadata,
    Column("workspace_id", BigInteger, ForeignKey("workspace.workspace_id", ondelete="CASCADE"), primary_key=True),
    Column("name", Bytewise, primary_key=True),
    Column("account_id", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

post = Table(
    "post",
    metadata,
    Column("post_id", Id, primary_key=True, autoincrement=False),
    owner(),
    Column("source_id", BigInteger, ForeignKey("source.source_id", ondelete="SET NULL")),
    Column("account_id", BigInteger, ForeignKey("account.account_id")),
    whole("heard_ms"),
    whole("sort_ms"),
    whole("revisions"),
    Column("content_hash", LargeBinary, nullable=False),
    words("uri"),
    words("network"),
    words("kind"),
    words("title"),
    words("text"),
    words("html"),
    words("url"),
    words("lang"),
    whole("published_ms"),
    whole("edited_ms"),
    Column("followers", BigInteger),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    words("parent"),
    words("root"),
    words("reshare_of"),
    words("quote_of"),
    words("links"),
    words("tags"),
    words("mentions"),
    words("country"),
    words("region"),
    words("city"),
    Column("rating", Float(53)),
    Column("sensitive", Boolean, nullable=False, server_default=text("false")),
    words("media"),
    Column("likes", BigInteger),
    Column("replies", BigInteger),
    Column("reshares", BigInteger),
    Column("views", BigInteger),
    UniqueConstraint("workspace_id", "uri"),
    Index("ix_post_time", "workspace_id", "sort_ms"),
    Index("ix_post_account", "account_id", "post_id"),
    Index("ix_post_source", "source_id", sqlite_where=text("source_id IS NOT NULL")),
    Index("ix_post_parent", "workspace_id", "parent", sqlite_where=text("parent <> ''"),
          postgresql_where=text("parent <> ''")),
    Index("ix_post_root", "workspace_id", "root", sqlite_where=text("root <> ''"),
          postgresql_where=text("root <> ''")),
    Index("ix_post_reshare", "workspace_id", "reshare_of", sqlite_where=text("reshare_of <> ''"),
          postgresql_where=text("reshare_of <> ''")),
    Index("ix_post_quote", "workspace_id", "quote_of", sqlite_where=text("quote_of <> ''"),
          postgresql_where=text("quote_of <> ''")),
)  # fmt: skip

# Values of network, lang and kind that some post of a workspace has, or had: what the index can be asked for by value.
fact = Table(
    "fact",
    metadata,
    Column("workspace_id", BigInteger, ForeignKey("workspace.workspace_id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    sqlite_with_rowid=False,
)

# Which sources heard a post besides the first one (that is post.source_id).
hearing = Table(
    "hearing",
    metadata,
    Column("post_id", ForeignKey("post.post_id", ondelete="CASCADE"), primary_key=True),
    Column("source_id", ForeignKey("source.source_id", ondelete="CASCADE"), primary_key=True, index=True),
    whole("first_ms"),
    sqlite_with_rowid=False,
)

revision = Table(
    "revision",
    metadata,
    Column("post_id", ForeignKey("post.post_id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    whole("at_ms"),
    words("title"),
    words("text"),
    words("html"),
    whole("edited_ms"),
)

raw = Table(
    "raw",
    metadata,
    Column("post_id", ForeignKey("post.post_id", ondelete="CASCADE"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("received_ms", BigInteger, nullable=False, index=True),
    words("media_type"),
    words("note"),
    Column("body", LargeBinary, nullable=False),  # zstd
)

# A post that was taken back: nothing of it is left but this, so that it does not return.
tombstone = Table(
    "tombstone",
    metadata,
    Column("workspace_id", ForeignKey("workspace.workspace_id", ondelete="CASCADE"), primary_key=True),
    Column("uri", Text, primary_key=True),
    whole("gone_ms"),
    sqlite_with_rowid=False,
)

watch = Table(
    "watch",
    metadata,
    Column("watch_id", Id, primary_key=True, autoincrement=False),
    owner(index=True),
    words("name"),
    words("kind"),
    words("query"),
    whole("version", "1"),
    words("state", "active"),
    Column("stamp", BigInteger, nullable=False, index=True),  # counter "panel" when it last changed
    whole("history_before"),
    whole("created_ms"),
    whole("updated_ms"),
)

watch_removed = Table("watch_removed", metadata, Column("watch_id", BigInteger, primary_key=True, autoincrement=False),
                      Column("stamp", BigInteger, nullable=False, index=True))  # fmt: skip

watch_version = Table(
    "watch_version",
    metadata,
    Column("watch_id", ForeignKey("watch.watch_id", ondelete="CASCADE"), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    words("name"),
    words("query"),
    words("who"),
    words("why"),
    whole("at_ms"),
)

watch_test = Table(
    "watch_test",
    metadata,
    Column("test_id", Id, primary_key=True),
    owner("watch", index=True),
    words("text"),
    Column("must_match", Boolean, nullable=False),
)

term_list = Table(
    "term_list",
    metadata,
    Column("workspace_id", ForeignKey("workspace.workspace_id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    words("query"),
    whole("updated_ms"),
)

# Clustered by post, so that a batch is appended in one place; which posts a watch has is asked of the full-text index
# (see `fulltext`): a B-tree by watch would rewrite a page for every watch of every batch. No foreign keys, for speed:
# the write door checks the watches, and `removal` takes the rows away with their post.
mention = Table(
    "mention",
    metadata,
    Column("post_id", BigInteger, primary_key=True, autoincrement=False),
    Column("watch_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("quarantine_id", Id, primary_key=True),
    owner(),
    Column("source_id", BigInteger, ForeignKey("source.source_id", ondelete="SET NULL"), index=True),
    words("stage"),
    words("key"),
    words("params", "{}"),
    words("exception"),
    words("place"),
    words("sha256"),
    words("media_type"),
    words("note"),
    Column("body", LargeBinary, nullable=False),  # zstd; empty once dropped or replayed
    whole("size"),
    whole("first_ms"),
    whole("last_ms"),
    whole("tries", "1"),
    words("state", "waiting"),
    UniqueConstraint("workspace_id", "sha256"),
)

# kind: account, handle or post; key: HMAC, so that the list of those who objected names nobody.
suppression = Table(
    "suppression",
    metadata,
    Column("workspace_id", ForeignKey("workspace.workspace_id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    words("kind"),
    words("reason"),
    whole("at_ms"),
    sqlite_with_rowid=False,
)

# What was done to people's data, without their data: erasures, backups, restores.
audit = Table(
    "audit",
    metadata,
    Column("audit_id", Id, primary_key=True),
    Column("workspace_id", BigInteger),
    whole("at_ms"),
    words("what"),
    words("who"),
    words("facts", "{}"),
)

# The seam with the lake: posts that differ from the segments (new, changed or gone), the segments, replaced files.
dirty = Table(
    "dirty",
    metadata,
    Column("post_id", BigInteger, primary_key=True, autoincrement=False),
    Column("workspace_id", BigInteger, nullable=False),
    Column("is_new", Boolean, nullable=False),  # in no segment yet
    whole("stamp"),  # rises when it gets dirty again, so that a seal that runs meanwhile is noticed
)

segment = Table(
    "segment",
    metadata,
    Column("segment_id", Id, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("workspace_id", BigInteger, nullable=False),
    words("day"),
    whole("low_id"),
    whole("high_id"),
    whole("rows"),
    whole("bytes"),
    whole("sealed_ms"),
    Index("ix_segment_place", "workspace_id", "day"),
)

dead = Table("dead", metadata, Column("path", Text, primary_key=True), whole("at_ms"))
