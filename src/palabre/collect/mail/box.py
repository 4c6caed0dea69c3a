"""A mailbox over IMAP: signing in, and taking messages without ever taking more than a cap of bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from palabre.collect.config import secret, word
from palabre.collect.contract import Config, Means
from palabre.errors import FetchError

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

MESSAGE_BYTES_MAX = 5_000_000  # a larger message is mostly attachments, which nobody keeps
HEAD_BYTES = 1_000_000  # what is taken of it: its fields, its text, which comes first
BATCH_BYTES = 20_000_000
UID = re.compile(rb"UID (\d+)")
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def signed_in(box: BaseMailBox, config: Config, means: Means) -> BaseMailBox:
    """The mailbox with its folder open, read-only in effect: nothing is ever marked as read. Raises FetchError."""
    try:
        box.login(word(config, "user"), secret(means, "password"), initial_folder=word(config, "folder"))
    except FetchError:
        raise
    except TimeoutError as error:
        raise FetchError("net.timeout", host=word(config, "host"), seconds=means.net.settings.read_seconds) from error
    except OSError as error:
        raise FetchError("net.broken_answer", host=word(config, "host")) from error
    except Exception as error:  # imaplib and imap-tools each raise their own kinds
        if type(error).__name__ == "abort":  # of imaplib: the connection went away
            raise FetchError("net.broken_answer", host=word(config, "host")) from error
        refused = FetchError("connector_mail.errors.sign_in", user=word(config, "user"), host=word(config, "host"))
        refused.permanent = True
        raise refused from error
    return box


def sizes(box: BaseMailBox, uids: Sequence[str]) -> dict[str, int]:
    """Bytes of each message, as the server says; one that it does not say is held to be large."""
    answer = box.client.uid("FETCH", ",".join(uids), "(UID RFC822.SIZE)")[1]
    found: dict[str, int] = {}
    for line in answer:
        uid, size = (pattern.search(line) if isinstance(line, bytes) else None for pattern in (UID, SIZE))
        if uid and size:
            found[uid[1].decode()] = int(size[1])
    return {uid: found.get(uid, MESSAGE_BYTES_MAX + 1) for uid in uids}


def batches(sizes: dict[str, int]) -> Iterator[list[str]]:
    """The whole ones in groups that fit in memory; the large ones are left to `head`."""
    group: list[str] = []
    total = 0
    for uid, size in sizes.items():
        if size > MESSAGE_BYTES_MAX:
            continue
        if group and total + size > BATCH_BYTES:
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


def head(box: BaseMailBox, uid: str) -> bytes:
    """The beginning of a message, not marked as read; b"" when it went away meanwhile."""
    answer = box.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{HEAD_BYTES}>)")[1]
    return next((part[1] for part in answer if isinstance(part, tuple) and isinstance(part[1], bytes)), b"")
