"""The only network client of the house: dial-time guard, byte caps, robots, Retry-After, pacing.

    with Net(settings, clock) as net:
        answer = net.get("https://example.org/feed.xml", validators=Validators.from_dict(cursor))

Importing this costs little: the HTTP, WebSocket and IMAP libraries are loaded at the first call that needs them.
"""

from palabre.net.client import Net
from palabre.net.hosts import Counters
from palabre.net.response import Headers, Response, Validators

__all__ = ["Counters", "Headers", "Net", "Response", "Validators"]
