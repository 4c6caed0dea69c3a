"""The archive that X gives an account: which of its files hold posts, and whose they all are.

Its posts do not say who wrote them: ``data/account.js`` beside them does. In a ZIP or in a folder, likes, messages and
advertising are not opened.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import IO

from palabre.collect.formats import Options
from palabre.collect.jsonfile import documents
from palabre.collect.payload import ident, table, text

POSTS = re.compile(r"(?:^|/)data/(?:(?:deleted-)?tweets?|(?:community|note)-tweet)(?:-part\d+)?\.js$")
ACCOUNT = "account.js"
ACCOUNT_BYTES_MAX = 1_000_000


def holds_posts(name: str) -> bool:
    return bool(POSTS.search(name))


def posts_in(folder: Path) -> list[Path]:
    """The files of posts that lie in this very folder, sorted."""
    return sorted(path for path in folder.glob("*.js") if holds_posts(path.as_posix()))


def owner_in_bag(bag: zipfile.ZipFile, name: str) -> Options:
    """Whose the posts of this file of a ZIP are: ``handle``, ``name`` and ``account`` (its number); {} if unsaid."""
    account = name.rpartition("/")[0] + "/" + ACCOUNT
    if not holds_posts(name) or account not in bag.namelist():
        return {}
    with bag.open(account) as file:
        return owner_of(file)


def owner_beside(path: Path) -> Options:
    """The same of a file of an unpacked archive."""
    account = path.with_name(ACCOUNT)
    if not holds_posts(path.as_posix()) or not account.is_file():
        return {}
    with account.open("rb") as file:
        return owner_of(file)


def owner_of(file: IO[bytes]) -> Options:
    said = documents(BytesIO(file.read(ACCOUNT_BYTES_MAX)))
    found = next((table(one, "account") for one in said if isinstance(one, Mapping)), {})
    parts = {
        "handle": text(found, "username"),
        "name": text(found, "accountDisplayName"),
        "account": ident(found, "accountId"),
    }
    return {key: part for key, part in parts.items() if part} if parts["handle"] or parts["account"] else {}
