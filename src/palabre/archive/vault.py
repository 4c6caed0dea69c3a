"""Secrets at rest: envelope encryption, AES-256-GCM, with the master key outside the database.

The master key (``secret.key`` in the data folder, or the setting ``secret_key``) seals one data key a workspace; the
data key seals each secret. What is authenticated beside it (workspace, source, name) makes a sealed value useless in
any other row. A copy of the database alone opens nothing.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from palabre.errors import ArchiveError
from palabre.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_FILE = "secret.key"


class Vault:
    """Seals and opens with keys derived from one master secret."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def derived(self, purpose: str) -> bytes:
        """A key of its own for each purpose (HKDF-SHA256, RFC 5869); 32 bytes."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"palabre {purpose}".encode()).derive(self._master)

    def new_data_key(self, uid: str) -> bytes:
        """A fresh data key for a workspace, sealed."""
        return seal(self.derived("data keys"), secrets.token_bytes(KEY_BYTES), uid)

    def data_key(self, sealed: bytes, uid: str) -> bytes:
        """The data key of a workspace. Raises ArchiveError when the master key is another one."""
        return unseal(self.derived("data keys"), sealed, uid)


def seal(key: bytes, secret: bytes, place: str) -> bytes:
    """nonce + ciphertext + tag; only the same key and the same place open it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Raises ArchiveError if it was sealed with another key, for another place, or changed."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except InvalidTag as error:
        raise ArchiveError("archive.wrong_key") from error


def place_of(uid: str, source_id: int, name: str) -> str:
    """What a source's secret is bound to."""
    return f"{uid}/{source_id}/{name}"


def open_vault(settings: Settings) -> Vault:
    """The vault of a data folder; its key file is made once, readable by its owner alone. Raises ArchiveError."""
    if settings.secret_key:
        return Vault(settings.secret_key.encode())
    return Vault(key_from_file(settings.home / KEY_FILE))


def key_from_file(path: Path) -> bytes:
    """Two processes that start together agree: only one can make the file."""
    try:
        if not path.exists():
            make_key_file(path)
        return path.read_bytes().strip()
    except OSError as error:
        raise ArchiveError("archive.cannot_open", where=str(path), reason=error.strerror or "") from error


def make_key_file(path: Path) -> None:
    """Writes a new key beside, then gives it its name: a reader never sees half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(KEY_BYTES).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
