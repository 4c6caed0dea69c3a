"""What can go wrong, in one tree.

PalabreError            key + params: the sentence is looked up in the reader's language
├── InputError          the caller's input is wrong; nothing was written
│   ├── QueryError      a watch query, with the place of the fault
│   └── ConfigError     a setting or a source's configuration
├── ItemError           one item cannot be used: it goes to quarantine, the run goes on
├── FetchError          the network said no
│   ├── BlockedError    refused by our own guard (address, robots, size)
│   └── ThrottledError  the platform asks us to wait
├── RefusedError        a platform certainly did not take our message
├── UnknownOutcomeError nobody can tell whether it did: read the platform, never send again blindly
├── ArchiveError        the database or the disk said no
└── NotFoundError       no such thing, or not yours: the two are never told apart
"""

from __future__ import annotations


class PalabreError(Exception):
    """An error a user can meet.

    key: message key, e.g. ``"net.blocked_address"``; the sentences are in ``messages/{en,fr}``.
    params: values named in the sentence. Never a secret, never a post's content.
    permanent: trying again cannot help. retry_after: seconds to wait, if known.
    """

    permanent = True

    def __init__(self, key: str, /, *, retry_after: float | None = None, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params
        self.retry_after = retry_after

    def __str__(self) -> str:
        from palabre.messages import say

        return say(self.key, "en", **self.params)


class InputError(PalabreError):
    """The caller's input is wrong; nothing was written."""


class QueryError(InputError):
    """A query that cannot be used. start, end: characters of the query at fault; suggestion: what to write."""

    def __init__(self, key: str, /, *, start: int, end: int, suggestion: str | None = None, **params: object) -> None:
        super().__init__(key, retry_after=None, start=start, end=end, **params)
        self.start = start
        self.end = end
        self.suggestion = suggestion


class ConfigError(InputError):
    """A setting or a source's configuration cannot be used."""


class ItemError(PalabreError):
    """One item cannot be used; it goes to quarantine and the run goes on."""


class FetchError(PalabreError):
    """The network said no; trying again may help."""

    permanent = False


class BlockedError(FetchError):
    """Refused by our own guard: address, robots, reservation of rights, size."""

    permanent = True


class ThrottledError(FetchError):
    """The platform asks us to wait; ``retry_after`` says how long."""


class RefusedError(PalabreError):
    """A platform certainly did not take what we sent; it may be corrected and sent again."""


class UnknownOutcomeError(PalabreError):
    """Nobody can tell whether a platform took what we sent: it must be read before anything is sent again."""

    permanent = False


class ArchiveError(PalabreError):
    """The database or the disk said no."""

    permanent = False


class NotFoundError(PalabreError):
    """No such thing, or it belongs to another workspace."""
