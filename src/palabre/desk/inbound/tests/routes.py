"""Access rows of the doors for machines: an address without a right token does not exist, for anybody."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import PUBLIC, Row

WRONG = {"token": "1-00000000000000000000000000000000"}
ROWS = (
    Row("inbound:websub", needs=PUBLIC, ok=404, ids=lambda _workspace: WRONG, absent=WRONG),
    Row("inbound:websub", "POST", needs=PUBLIC, ok=404, ids=lambda _workspace: WRONG, absent=WRONG),
    Row("inbound:webmention", "POST", needs=PUBLIC, ok=404, ids=lambda _workspace: WRONG, absent=WRONG),
    Row("inbound:webhook", "POST", needs=PUBLIC, ok=404, ids=lambda _workspace: WRONG, absent=WRONG),
)
