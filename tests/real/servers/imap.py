"""Dovecot: an IMAP server with one mailbox. Debian: dovecot-imapd."""

from __future__ import annotations

import imaplib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .process import free_port, need, running, wait_for_port

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%n
default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = 100
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """A mailbox of the user ``marque`` with the password ``secret``."""

    port: int
    user: str = "marque"
    password: str = "secret"

    def deliver(self, message: bytes) -> None:
        """Puts a message into INBOX, as a delivery would."""
        with imaplib.IMAP4("127.0.0.1", self.port) as box:
            box.login(self.user, self.password)
            box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), message)


@contextmanager
def imap(folder: Path) -> Iterator[Mailbox]:
    program, port = need("dovecot"), free_port()
    owner = 1001 if os.getuid() == 0 else os.getuid()
    (folder / "users").write_text("marque:{PLAIN}secret\n")
    (folder / "mail").mkdir()
    os.chown(folder / "mail", owner, owner)
    for place in (folder, *folder.parents):
        if str(place).startswith("/tmp/") and place.stat().st_uid == os.getuid():
            place.chmod(0o755)
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, uid=owner, gid=owner))
    with running([program, "-F", "-c", str(config)], folder) as process:
        wait_for_port(port, process)
        box = Mailbox(port)
        wait_for_sign_in(box)
        yield box


def wait_for_sign_in(box: Mailbox, tries: int = 50) -> None:
    """Dovecot listens before its authentication answers."""
    for left in range(tries, 0, -1):
        try:
            with imaplib.IMAP4("127.0.0.1", box.port) as connection:
                connection.login(box.user, box.password)
                return
        except (imaplib.IMAP4.error, OSError):
            if left == 1:
                raise
            time.sleep(0.2)
