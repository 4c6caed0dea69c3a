"""How posts heard over REST are now: the stream announces deletions and edits, timelines do not.

Posts of the source's own server are asked for over its API, twenty at once where the server can (Mastodon 4.3), and it
shows edits too; one that such an answer leaves out is asked for alone. A post of another server is asked for where it
lives, by its ActivityPub id: 404 or 410 (a Tombstone, ActivityPub §6.11) says that it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from palabre.collect.config import word
from palabre.collect.contract import Config, Means
from palabre.collect.mastodon import mapping, urls
from palabre.collect.payload import ident
from palabre.errors import FetchError
from palabre.model import Gone, RawItem
from palabre.net import Response

GONE = (404, 410)
ACTIVITY = "application/activity+json"


def sweep(config: Config, uris: Iterable[str], means: Means) -> Iterator[Gone | RawItem]:
    """A request for twenty of our own server's posts, one for each of the others."""
    asked = list(uris)
    server, opt_out = word(config, "server"), config.get("respect_noindex") is not False
    token = means.secrets.get("token", "")
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    own = [one for uri in asked if (one := own_ident(uri, server))]
    known = there(server, own, means, bearer)
    for uri in asked:
        number = own_ident(uri, server)
        if number in known:
            yield from mapping.raws(known[number], server, opt_out)
        elif number or uri.startswith("https://"):
            headers: Mapping[str, str] = bearer if number else {"Accept": ACTIVITY}
            answer = means.net.get(urls.status(server, number) if number else uri, headers=headers, robots=False)
            if answer.status in GONE:
                yield Gone(uri, means.clock.now_ms())
            elif number and answer.ok:
                yield from mapping.raws(answer.json(), server, opt_out)


def there(server: str, idents: Sequence[str], means: Means, headers: Mapping[str, str]) -> dict[str, object]:
    """Id → status of those that the server shows in one answer for several; {} where it knows no such call."""
    found: dict[str, object] = {}
    for at in range(0, len(idents), urls.STATUSES_MAX):
        some = idents[at : at + urls.STATUSES_MAX]
        answer = means.net.get(urls.several(server, some), headers=headers, robots=False) if len(some) > 1 else None
        shown = listed(answer) if answer is not None and answer.ok else []
        if not shown:
            return found
        found |= {ident(one, "id"): one for one in shown if isinstance(one, Mapping)}
    return found


def listed(answer: Response) -> list[object]:
    """The list in an answer; [] where there is none (a server may show strangers a page instead)."""
    try:
        shown = answer.json()
    except FetchError:
        return []
    return shown if isinstance(shown, list) else []


def own_ident(uri: str, server: str) -> str:
    """The id a server gives one of its own posts; "" for posts of others, and for reshares, which have none to ask."""
    last = urlsplit(uri).path.rstrip("/").rpartition("/")[2]
    return last if mapping.host_of(uri) == mapping.host_of(server) and last.isdecimal() else ""
