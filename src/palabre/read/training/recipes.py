"""Every recipe of this folder: the files that hold a `Task`, or ``NAME`` and ``cook``; `palabre train` runs them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from types import ModuleType

from palabre.errors import InputError
from palabre.read import registry
from palabre.read.training.make import Say, Task, make

Cook = Callable[[Path, Path, Say], None]  # data, out, progress
TOOLS = {"data", "fit", "make", "measure", "own", "recipes", "refusing"}


@cache
def modules() -> tuple[ModuleType, ...]:
    """The recipe files."""
    files = [one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)]) if one.name not in TOOLS]
    return tuple(importlib.import_module(f"palabre.read.training.{name}") for name in files)


@cache
def tasks() -> Mapping[str, Task]:
    """The recipes of linear heads."""
    return {one.name: one for module in modules() for one in vars(module).values() if isinstance(one, Task)}


@cache
def known() -> Mapping[str, Cook]:
    """How each model is made, by its name. A file with other means than a `Task` gives ``NAME`` and ``cook``."""
    others = {module.NAME: module.cook for module in modules() if hasattr(module, "cook")}
    return dict(sorted({**{name: partial(run, one) for name, one in tasks().items()}, **others}.items()))


@cache
def on_request() -> frozenset[str]:
    """Those that are made only when named: their file says ``ON_REQUEST``."""
    return frozenset(module.NAME for module in modules() if getattr(module, "ON_REQUEST", False))


@cache
def leaning() -> frozenset[str]:
    """Those that take the readings of others as they are: their file says ``LEANING``."""
    return frozenset(module.NAME for module in modules() if getattr(module, "LEANING", False))


def run(task: Task, data: Path, out: Path, say: Say) -> None:
    """Makes and writes one model. Raises InputError."""
    made = make(task, data, say)
    registry.save(made.head, made.card, out)


def train(data: Path, out: Path, only: Iterable[str] = (), say: Say = lambda _: None) -> list[str]:
    """Makes models, all or those named; says which. Raises InputError: an unknown name, data that are not there."""
    wanted = list(dict.fromkeys(only)) or [name for name in known() if name not in on_request()]
    if unknown := set(wanted) - set(known()):
        raise InputError("train.unknown", names=", ".join(sorted(unknown)), known=", ".join(known()))
    for name in sorted(wanted, key=leaning().__contains__):
        known()[name](data, out, say)
    return wanted
