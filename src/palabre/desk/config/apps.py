"""The apps of the desk are the folders beside this one that hold an ``apps.py``: adding a folder adds an app."""

from __future__ import annotations

from pathlib import Path

DESK = Path(__file__).resolve().parent.parent


def found_names() -> list[str]:
    """Names of the app folders, in alphabetical order."""
    return sorted(path.parent.name for path in DESK.glob("*/apps.py") if path.parent.name != "config")


def found_apps() -> list[str]:
    """What INSTALLED_APPS lists."""
    return [f"palabre.desk.{name}" for name in found_names()]


def with_module(module: str) -> list[str]:
    """Dotted names of ``module`` in the apps that have one, e.g. the ``urls`` of each."""
    return [f"palabre.desk.{name}.{module}" for name in found_names() if (DESK / name / f"{module}.py").exists()]
