"""Authors under pseudonyms: one person is one pseudonym in every export of a workspace, and another one elsewhere.

A pseudonym is an HMAC-SHA256 of the account's address under a key of the workspace: who has the file cannot find the
person by trying names, who has the installation can (GDPR art. 4 (5): pseudonymised, not anonymous). Names that people
write in their texts without ``@`` stay: no machine finds them all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from palabre.archive import Archive

CHARS = 16  # 80 bits
HANDLE = re.compile(r"(?<![\w/.@])@([\w.-]*\w)(?:@([\w-]+(?:\.[\w-]+)+))?")
MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PROFILE = re.compile(r"https?://[^\s/]+/(?:@|users/|user/|u/|profile/|in/|people/)[^\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mask:
    """key: 32 bytes, of one workspace and one purpose."""

    key: bytes

    def name(self, of: str, sign: str = "p") -> str:
        """``p-`` and 16 letters or digits; "" for nobody."""
        if not of:
            return ""
        digest = hmac.new(self.key, f"{sign} {of}".encode("utf-8", "replace"), hashlib.sha256).digest()
        return f"{sign}-{base64.b32encode(digest).decode().lower()[:CHARS]}"

    def text(self, text: str) -> str:
        """A text with e-mail addresses, handles and addresses of profiles under pseudonyms."""
        text = MAIL.sub(lambda found: self.name(found[0].casefold()), text)
        text = PROFILE.sub(lambda found: self.name(found[0].casefold()), text)
        return HANDLE.sub(lambda found: f"@{self.name(found[0].casefold())}", text)


def mask_of(archive: Archive, uid: str) -> Mask:
    """uid: of the workspace (`Workspace.uid`, which never changes)."""
    return Mask(archive.vault.derived(f"pseudonyms {uid}"))
