"""`python -m bench NAME …`: runs the benchmark of that file. Without a name, lists them."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench

HELPERS = {
    "__main__", "matching_load", "matching_peers", "matching_lucene", "matching_postgresql", "coordination_load",
    "stories_load",
}  # fmt: skip


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in HELPERS)


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in names():
        print("benchmarks:", ", ".join(names()))
        raise SystemExit(2)
    name = sys.argv.pop(1)
    sys.argv[0] = f"bench {name}"
    importlib.import_module(f"bench.{name}").main()


main()
