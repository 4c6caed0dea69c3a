"""Alembic's folder: one file a version of the schema, never changed once released."""
