"""A CardDAV server in memory, whose answers have the shapes that Radicale 3.9 gave, for tests of the address book."""

from __future__ import annotations

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HEAD = "<?xml version='1.0' encoding='utf-8'?>\n"
SPACES = 'xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"'
BOOK = "/house/people/"
OURS = "<privilege><read /></privilege><privilege><write /></privilege><privilege><write-content /></privilege>"
READ = "<privilege><read /></privilege>"
KIND = "<CR:addressbook /><collection />"
VERSION = '<CR:address-data-type content-type="text/vcard" version="3.0" />'


class Shelf:
    """cards: file → text; asked: (method, path, body) of every call; faults: file → status it is answered with, or ""
    → for every call; privileges: what the account may do; books: addresses of the home."""

    def __init__(self) -> None:
        self.cards: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.faults: dict[str, int] = {}
        self.privileges, self.books, self.password = OURS, [BOOK], "secret"
        self.silent_etag = False
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                status, said, headers = shelf.answer(self.command, self.path, body, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                content = said.encode()
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_DELETE = do_PROPFIND = answer  # the names http.server asks for

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}{BOOK}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def written(self) -> list[str]:
        """Methods that changed something, in order."""
        return [method for method, _, _ in self.asked if method in ("PUT", "DELETE")]

    def answer(self, method: str, path: str, body: str, headers: Any) -> tuple[int, str, dict[str, str]]:
        self.asked.append((method, path, body))
        file = path.rpartition("/")[2]
        if headers.get("authorization") != signed("house", self.password):
            return 401, "Access to the requested resource forbidden.", {}
        if fault := self.faults.get(file) or self.faults.get("*"):
            return fault, "", {}
        if method == "PROPFIND":
            return self.told(path, headers.get("depth", "0"), "getetag" in body)
        return self.carried(method, file, body, headers)

    def carried(self, method: str, file: str, body: str, headers: Any) -> tuple[int, str, dict[str, str]]:
        known = self.cards.get(file)
        if stale(known, headers):
            return 412, "Precondition failed.", {}
        if method == "PUT":
            self.cards[file] = tidy(body)
            tag = {} if self.silent_etag else {"etag": etag(self.cards[file])}
            return (201 if known is None else 204), "", tag
        if known is None:
            return 404, "The requested resource could not be found.", {}
        if method == "DELETE":
            del self.cards[file]
            return 200, "", {}
        return 200, known, {"etag": etag(known), "content-type": "text/vcard; charset=utf-8"}

    def told(self, path: str, depth: str, tags: bool) -> tuple[int, str, dict[str, str]]:
        if path == "/":
            inner = response("/", "<resourcetype><collection /></resourcetype>" + principal() + privileges(READ))
        elif path == "/house/":
            home = "<CR:addressbook-home-set><href>/house/</href></CR:addressbook-home-set>"
            inner = response("/house/", "<resourcetype><principal /><collection /></resourcetype>" + principal() + home)
            inner += "".join(map(self.book, self.books)) if depth == "1" else ""
        elif path in self.books:
            inner = self.book(path) + ("".join(map(self.tag, self.cards)) if tags and depth == "1" else "")
        else:
            return 404, "The requested resource could not be found.", {}
        return 207, f"{HEAD}<multistatus {SPACES}>{inner}</multistatus>", {"content-type": "text/xml; charset=utf-8"}

    def book(self, path: str) -> str:
        about = f"<resourcetype>{KIND}</resourcetype><displayname>Contacts</displayname>" + privileges(self.privileges)
        return response(path, f"{about}<CR:supported-address-data>{VERSION}</CR:supported-address-data>")

    def tag(self, file: str) -> str:
        return response(BOOK + file, f"<getetag>{etag(self.cards[file])}</getetag>")


def signed(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def stale(known: str | None, headers: Any) -> bool:
    wanted = headers.get("if-match")
    return bool(wanted and (known is None or etag(known) != wanted)) or bool(headers.get("if-none-match") and known)


def tidy(card: str) -> str:
    """As Radicale keeps it: the same lines in another order."""
    lines = card.replace("\r\n ", "").split("\r\n")
    return "\n".join([*lines[:2], *sorted(lines[2:-2]), lines[-2], ""])


def etag(text: str) -> str:
    return f'"{hashlib.sha256(text.encode()).hexdigest()}"'


def response(path: str, props: str) -> str:
    found = f"<propstat><prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat>"
    return f"<response><href>{path}</href>{found}</response>"


def principal() -> str:
    return "<current-user-principal><href>/house/</href></current-user-principal>"


def privileges(inner: str) -> str:
    return f"<current-user-privilege-set>{inner}</current-user-privilege-set>"
