"""Access rows of the graph of actors."""

from __future__ import annotations

from palabre.desk.workspaces.tests.matrix import Row

ROWS = (
    Row("insight:actors_graph", ids=lambda _: {"kind": "gexf"}, absent={"kind": "xls"}),
    Row("insight:actors_graph", ids=lambda _: {"kind": "graphml"}, absent={"kind": "xls"}),
)
