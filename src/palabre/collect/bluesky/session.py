"""One signed-in session an account, kept while the process lives: a server allows 300 sign-ins a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar

from palabre.collect.bluesky import urls
from palabre.collect.config import secret, word
from palabre.collect.contract import Config, Means
from palabre.collect.payload import text
from palabre.errors import FetchError
from palabre.net import Net, Response

EXPIRED = (400, 401)  # an expired token is refused with 400 ExpiredToken


@dataclass
class Session:
    """Tokens of one account on one server; renewed with the refresh token first, the password last."""

    net: Net
    server: str
    handle: str
    password: str = field(repr=False)
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)

    kept: ClassVar[dict[tuple[str, str], Session]] = {}
    lock: ClassVar[Lock] = Lock()

    @classmethod
    def of(cls, config: Config, means: Means) -> Session:
        """The kept session of this account, with the network client and the password of this run."""
        server, handle = word(config, "server"), word(config, "handle")
        password = secret(means, "app_password")
        with cls.lock:
            known = cls.kept.get((server, handle))
            tokens = (known.access, known.refresh) if known and known.password == password else ("", "")
            made = cls(means.net, server, handle, password, *tokens)
            cls.kept[server, handle] = made
        return made

    def get(self, url: str, params: Mapping[str, str]) -> Response:
        """An answer; the token is renewed once when the server no longer takes it."""
        if not self.access:
            self.sign_in()
        response = self.ask(url, params)
        if response.status in EXPIRED:
            self.renew()
            response = self.ask(url, params)
        return response.check()

    def ask(self, url: str, params: Mapping[str, str]) -> Response:
        return self.net.get(url, params=params, headers=bearer(self.access), robots=False)

    def sign_in(self) -> None:
        """With the app password. FetchError when it is refused."""
        body = {"identifier": self.handle, "password": self.password}
        response = self.net.request("POST", urls.create_session(self.server), json=body)
        if response.status in EXPIRED:
            error = FetchError("connector_bluesky_search.errors.sign_in", handle=self.handle, server=self.server)
            error.permanent = True
            raise error
        self.take(response.check())

    def renew(self) -> None:
        """With the refresh token, else anew."""
        if self.refresh:
            response = self.net.request("POST", urls.refresh_session(self.server), headers=bearer(self.refresh))
            if response.ok:
                self.take(response)
                return
        self.sign_in()

    def take(self, response: Response) -> None:
        answer = response.json()
        self.access, self.refresh = text(answer, "accessJwt"), text(answer, "refreshJwt")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
