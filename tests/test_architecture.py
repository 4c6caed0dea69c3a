"""The house stays the house: who may import whom, what stays out, and how long things get.

Read from the source by AST, so that an import inside a function counts too; what is under ``TYPE_CHECKING`` does not.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "src" / "palabre"
BASE = {"errors", "clock", "messages", "settings", "text", "net"}
STAGES = {"collect", "match", "read", "archive", "understand", "engage"}
FOUNDATION = BASE | {"model", "plugins", "batches", "lean"}  # batches: rows of the model as Arrow
NETWORK = """
httpx httpcore websockets socket ssl urllib.request http.client imaplib smtplib ftplib poplib telnetlib aiohttp requests
urllib3 imap_tools socketserver asyncio.streams nntplib xmlrpc.client pycurl
""".split()  # noqa: SIM905
SERVERS = {"desk/", "cli/up.py"}  # these answer calls, and make none
FORBIDDEN_CALLS = {"extractall", "unpack_archive", "mark_safe", "eval", "exec", "mktemp"}
MARK_SAFE_IN = {"desk/config/safe.py"}  # the one place that may say that HTML is safe
FILE_LINES_MAX, FUNCTION_LINES_MAX = 600, 60


@cache
def sources() -> dict[str, ast.Module]:
    """Product files by their path inside the package; tests and helpers of tests are not the product."""
    files = (path for path in sorted(ROOT.rglob("*.py")) if not is_test(path))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in files}


def is_test(path: Path) -> bool:
    name = path.name
    return "tests" in path.parts[len(ROOT.parts) :] or name == "conftest.py" or name.startswith(("test_", "testing"))


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """(module, line) of every import that can run."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        yield from imports(node)


def part_of(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def own_parts(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The parts of Palabre a file imports."""
    for module, line in imports(tree):
        if module.startswith("palabre."):
            yield module.split(".")[1], line


def belongs_to(module: str, libraries: list[str]) -> bool:
    return any(module == library or module.startswith(f"{library}.") for library in libraries)


def breaches(path: str, tree: ast.AST) -> Iterator[str]:
    """Imports that go the wrong way round."""
    part = part_of(path)
    allowed = {
        "model": BASE | {"lean"},
        "batches": BASE | {"model"},
        "net": BASE,
        "text": BASE,
        "plugins": FOUNDATION | {"collect"},
    }.get(part)
    if part in STAGES:
        allowed = FOUNDATION | {part}
    elif part in BASE:
        allowed = BASE
    for found, line in own_parts(tree):
        upwards = part not in ("cli", "desk") and found in ("cli", "desk")
        if upwards or (allowed is not None and found not in allowed):
            yield f"{path}:{line} imports {found}"


@pytest.mark.parametrize("path", sources())
def test_imports_go_one_way(path: str) -> None:
    assert list(breaches(path, sources()[path])) == []


def test_only_net_opens_sockets() -> None:
    found = [
        f"{path}:{line} {module}"
        for path, tree in sources().items()
        if not path.startswith(("net/", *SERVERS))
        for module, line in imports(tree)
        if belongs_to(module, NETWORK)
    ]
    assert found == []


def test_the_engine_never_imports_django() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in sources().items()
        if not path.startswith(("desk/", "cli/"))
        for module, line in imports(tree)
        if belongs_to(module, ["django", "ninja"])
    ]
    assert found == []


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def test_nothing_dangerous_is_called() -> None:
    found = [
        f"{path}:{node.lineno} {name}"
        for path, tree in sources().items()
        for name, node in calls(tree)
        if name in FORBIDDEN_CALLS and not (name == "mark_safe" and path in MARK_SAFE_IN)
        if not (name in ("eval", "exec") and isinstance(node.func, ast.Attribute))
    ]
    assert found == []


def test_nothing_is_unpickled_or_loaded_as_yaml() -> None:
    banned = ["pickle", "cPickle", "dill", "shelve", "marshal", "yaml", "jsonpickle"]
    found = [
        f"{path}:{line} {name}"
        for path, tree in sources().items()
        for name, line in imports(tree)
        if belongs_to(name, banned)
    ]
    assert found == []


def test_no_template_declares_content_safe() -> None:
    words = ("|safe", "| safe", "autoescape off", "safeseq")
    files = [path for path in ROOT.rglob("*.html") if "tests" not in path.parts]
    assert [
        str(path.relative_to(ROOT)) for path in files if any(word in path.read_text("utf-8") for word in words)
    ] == []


def test_only_the_clock_asks_the_time() -> None:
    asking = {
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.sleep",
        "datetime.now",
        "datetime.utcnow",
        "date.today",
    }
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources().items()
        if path != "clock.py" and not path.startswith("desk/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in asking
    ]
    assert found == []


def test_no_file_is_longer_than_it_can_be_read() -> None:
    counted = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in sources()}
    assert {path: lines for path, lines in counted.items() if lines > FILE_LINES_MAX} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources().items()
        if "/migrations/" not in path  # a schema is one list
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [path for path, tree in sources().items() if tree.body and ast.get_docstring(tree) is None]
    assert [path for path in silent if "/migrations/" not in path] == []


def test_importing_palabre_is_quick_and_loads_nothing_heavy() -> None:
    heavy = "django lxml pyarrow httpx httpcore websockets duckdb sqlalchemy numpy".split()  # noqa: SIM905
    code = (
        "import sys, time; t = time.process_time(); import palabre; t = time.process_time() - t;"
        f"print(t, [name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, loaded = done.stdout.split(" ", 1)
    assert loaded.strip() == "[]"
    assert float(seconds) < 0.1


def test_the_process_that_reads_an_import_has_no_archive() -> None:
    """It starts sooner, and takes 30 MB less."""
    heavy = "palabre.archive sqlalchemy sqlite3 duckdb ibis pandas django cryptography".split()  # noqa: SIM905
    code = f"import sys, palabre.road.worker; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_first_page_waits_for_no_engine(tmp_path: Path) -> None:
    """What the routes of the desk load is what the first page of a start waits for."""
    heavy = "ninja scipy.stats scipy.sparse scipy.optimize duckdb ibis pandas sklearn onnxruntime".split()  # noqa: SIM905
    code = (
        "import sys; from palabre.desk.config import start; start.django();"
        "from django.urls import get_resolver, reverse; get_resolver().url_patterns; reverse('today:stop', args=['x']);"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environ = os.environ | {"PALABRE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_message_key_named_in_the_code_exists(lang: str) -> None:
    """Keys passed to our errors and to say(), where they are written out."""
    from palabre.messages import catalogue

    named = {
        (node.args[0].value, f"{path}:{node.lineno}")
        for path, tree in sources().items()
        for name, node in calls(tree)
        if (name.endswith("Error") or name == "say") and node.args and isinstance(node.args[0], ast.Constant)
        if isinstance(node.args[0].value, str) and "." in node.args[0].value and " " not in node.args[0].value
    }
    assert sorted(where for key, where in named if key not in catalogue(lang) and looks_like_key(key)) == []


def looks_like_key(text: str) -> bool:
    area = text.partition(".")[0]
    return area.isidentifier() and area in {path.stem for path in (ROOT / "messages" / "en").glob("*.toml")}


def test_messages_are_toml_that_reads() -> None:
    for path in (ROOT / "messages").rglob("*.toml"):
        tomllib.loads(path.read_text("utf-8"))


def test_these_tests_have_teeth() -> None:
    bad = ast.parse(
        "def f():\n    import httpx\n    from palabre.desk import x\nif TYPE_CHECKING:\n    import socket\n"
    )
    assert [module for module, _ in imports(bad)] == ["httpx", "palabre.desk.x"]
    assert list(breaches("match/x.py", bad)) == ["match/x.py:3 imports desk"]
    assert list(breaches("match/x.py", ast.parse("import palabre.archive.types"))) == ["match/x.py:1 imports archive"]
