"""A graph as a file that Gephi and its like open: GEXF 1.3 (gexf.net) and GraphML. Writes to a stream, opens nothing.

    with path.open("wb") as stream:
        left_out = write_gexf(graph, stream, {"community": names, "influence": scores})

Attributes: one sequence a name, a value an account (str or float; None: not known). Edges carry their weight and how
many replies, quotes, reshares and mentions they stand for. Beyond ``edges_max`` the heaviest are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import numpy as np
import scipy
from lxml import etree

from palabre.understand.communities import short
from palabre.understand.graph import KINDS, Graph

GEXF = "http://gexf.net/1.3"
GRAPHML = "http://graphml.graphdrawing.org/xmlns"
EDGES_MAX = 500_000
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Attributes = Mapping[str, Sequence[str | float | None]]
Edge = tuple[int, int, float, tuple[int, ...]]


def write_gexf(graph: Graph, stream: BinaryIO, attributes: Attributes | None = None, edges_max: int = EDGES_MAX) -> int:
    """Writes GEXF 1.3. Returns how many edges were left out."""
    known = attributes or {}
    edges, left_out = edges_of(graph, edges_max)
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with (
            xml.element("gexf", nsmap={None: GEXF}, version="1.3"),
            xml.element("graph", defaultedgetype="directed", mode="static"),
        ):
            declare_gexf(xml, known)
            with xml.element("nodes"):
                for i in used(edges):
                    key = graph.accounts[i].as_py()
                    node = etree.Element("node", id=str(i), label=clean(short(key)))
                    pairs = [("uri", key), *((name, values[i]) for name, values in known.items())]
                    xml.write(valued(node, pairs))
            with xml.element("edges"):
                for number, (source, target, weight, kinds) in enumerate(edges):
                    plain = {"id": str(number), "source": str(source), "target": str(target)}
                    xml.write(
                        valued(etree.Element("edge", plain, weight=f"{weight:g}"), zip(KINDS, kinds, strict=True))
                    )
    return left_out


def declare_gexf(xml: Any, attributes: Attributes) -> None:
    """What the attributes of nodes and edges are."""
    kinds = {"uri": "string", **{name: type_of(values) for name, values in attributes.items()}}
    for owner, types in (("node", kinds), ("edge", dict.fromkeys(KINDS, "integer"))):
        declared = etree.Element("attributes", {"class": owner})
        for name, kind in types.items():
            etree.SubElement(declared, "attribute", id=name, title=name, type=kind)
        xml.write(declared)


def valued(element: Any, pairs: Any) -> Any:
    """An element with its attribute values; what is not known is left out."""
    held = etree.SubElement(element, "attvalues")
    for name, value in pairs:
        if value is not None and value != "":
            etree.SubElement(held, "attvalue", {"for": name, "value": clean(shown(value))})
    return element


def write_graphml(
    graph: Graph, stream: BinaryIO, attributes: Attributes | None = None, edges_max: int = EDGES_MAX
) -> int:
    """Writes GraphML. Returns how many edges were left out."""
    known = attributes or {}
    edges, left_out = edges_of(graph, edges_max)
    with etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("graphml", nsmap={None: GRAPHML}):
            types = {"uri": "string", **{name: type_of(values) for name, values in known.items()}}
            for owner, kinds in (("node", types), ("edge", {"weight": "double", **dict.fromkeys(KINDS, "int")})):
                for name, kind in kinds.items():
                    declared = {"id": name, "for": owner, "attr.name": name, "attr.type": kind}
                    xml.write(etree.Element("key", declared))
            with xml.element("graph", edgedefault="directed"):
                for i in used(edges):
                    pairs = [("uri", graph.accounts[i].as_py()), *((name, values[i]) for name, values in known.items())]
                    xml.write(with_data(etree.Element("node", id=f"n{i}"), pairs))
                for source, target, weight, kinds_of in edges:
                    pairs = [("weight", weight), *zip(KINDS, kinds_of, strict=True)]
                    xml.write(with_data(etree.Element("edge", source=f"n{source}", target=f"n{target}"), pairs))
    return left_out


def with_data(element: Any, pairs: Any) -> Any:
    for name, value in pairs:
        if value is not None and value != "":
            etree.SubElement(element, "data", key=name).text = clean(shown(value))
    return element


def edges_of(graph: Graph, edges_max: int) -> tuple[list[Edge], int]:
    """(source, target, weight, how many of each kind) in order; and how many edges were left out, the lightest."""
    edges = graph.matrix.tocoo()
    chosen = np.sort(np.argsort(-edges.data, kind="stable")[:edges_max])
    shape = (graph.n, graph.n)
    ones = np.ones(len(graph.row))
    per_kind = [
        scipy.sparse.csr_matrix(
            (ones[graph.kind == k], (graph.source[graph.kind == k], graph.target[graph.kind == k])), shape
        )
        for k in range(len(KINDS))
    ]
    rows, columns = edges.row[chosen], edges.col[chosen]
    counted = (
        [np.asarray(matrix[rows, columns]).ravel().astype(int).tolist() for matrix in per_kind] if len(rows) else []
    )
    kinds = list(zip(*counted, strict=True))
    listed = zip(rows.tolist(), columns.tolist(), edges.data[chosen].tolist(), kinds, strict=True)
    return list(listed), len(edges.data) - len(chosen)


def used(edges: list[Edge]) -> Iterator[int]:
    """Accounts that an edge needs, in order."""
    return iter(sorted({end for source, target, _, _ in edges for end in (source, target)}))


def type_of(values: Sequence[str | float | None]) -> str:
    """GEXF and GraphML share these two names."""
    known = [value for value in values if value is not None]
    return "double" if known and all(isinstance(value, int | float) for value in known) else "string"


def shown(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def clean(text: str) -> str:
    """A text without what XML forbids."""
    return NOT_XML.sub("\ufffd", text)
