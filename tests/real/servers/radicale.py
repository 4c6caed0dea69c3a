"""Radicale: a CardDAV server with one address book. `./run servers` puts it into var/servers/radicale."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .process import SERVERS, free_port, need_path, running, wait_for_port

CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
"""
MAKE = """<?xml version="1.0"?><create xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><c:addressbook/></resourcetype><displayname>Contacts</displayname></prop></set></create>"""


@dataclass(frozen=True)
class AddressBook:
    """That of the user ``house`` with the password ``secret``."""

    url: str
    port: int
    folder: Path

    def files(self) -> list[str]:
        """Names of the cards, as the server keeps them on its disk."""
        shelf = self.folder / "collections" / "collection-root" / "house" / "people"
        return sorted(one.name for one in shelf.glob("*.vcf"))

    def card(self, file: str) -> str:
        return self.call("GET", file)[1]

    def put(self, file: str, card: str) -> None:
        """As somebody's telephone would."""
        self.call("PUT", file, card, {"Content-Type": "text/vcard; charset=utf-8"})

    def delete(self, file: str) -> None:
        self.call("DELETE", file)

    def call(self, method: str, file: str, body: str = "", headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        signed = base64.b64encode(b"house:secret").decode()
        request = urllib.request.Request(
            self.url + file,
            body.encode() or None,
            {"Authorization": f"Basic {signed}", **(headers or {})},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""


@contextmanager
def radicale(folder: Path) -> Iterator[AddressBook]:
    python, port = need_path(SERVERS / "radicale" / "bin" / "python"), free_port()
    base = folder / "radicale"
    base.mkdir()
    (base / "users").write_text("house:secret\n")
    (base / "conf").write_text(CONFIG.format(port=port, folder=base))
    with running([str(python), "-m", "radicale", "--config", str(base / "conf")], folder) as process:
        wait_for_port(port, process)
        book = AddressBook(f"http://127.0.0.1:{port}/house/people/", port, base)
        status, _ = book.call("MKCOL", "", MAKE, {"Content-Type": "application/xml"})
        assert status == 201
        yield book
