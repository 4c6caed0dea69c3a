"""How Alembic runs here: on the transaction that `migrate` opened."""

from __future__ import annotations

from alembic import context

import palabre.archive.understood  # noqa: F401  # its tables join the others
from palabre.archive.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
