"""pyarrow without pandas.

The first ``pa.array`` of a process looks whether pandas is there, and where it is (ibis brings it along) imports it:
about a second and 60 MB, of which we use nothing. Imported by `palabre.model`, before anyone makes an array.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class NoPandas(MetaPathFinder):
    """Finds that there is no pandas."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)
        return None


def leave_pandas_out() -> None:
    """Lets pyarrow look for pandas once, and not find it. Does nothing where somebody imported pandas already."""
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)


leave_pandas_out()
