"""Hearing: one folder a connector, each an iterator of pages."""
