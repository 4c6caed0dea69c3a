"""Django settings."""

from __future__ import annotations

SECRET_KEY = "to be replaced by the desk builder before it is used"
INSTALLED_APPS: list[str] = []
