"""Lucene Monitor (luwak) as a matching engine: post by post, and in batches of 1,000, with the rarest term as the anchor.

Debian has Lucene 8.8.1 but not its monitor, which is compiled from Debian's source package (`./run peers`).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.matching_load import Load
from bench.matching_peers import HOME, POSTS, Run, Skipped, is_plain, keyed, plain_of
from palabre.match.ast import And, Field, Literal, Near, Node, Not, Or, Phrase, Term

LUCENE = HOME / "lucene"


def polish(node: Node) -> Iterator[str]:
    """The query in Polish notation: what MonitorPeer.java reads."""
    match node:
        case Term():
            yield from ("W" if node.wild else "T", node.key.rstrip("*").lower())
        case Literal():
            yield from ("T", node.text.lower())
        case Phrase():
            yield from ("P", str(len(node.terms)), *(term.key for term in node.terms))
        case Near():
            yield from ("N", str(node.words), *polish(node.left), *polish(node.right))
        case Field():
            yield from ("F", node.name, one_word(node.values[0]))
        case And() | Or():
            yield from ("A" if isinstance(node, And) else "O", str(len(node.nodes)))
            for one in node.nodes:
                yield from polish(one)
        case Not():
            yield from ("!", *polish(node.node))
        case _:
            raise TypeError(node)


def one_word(text: str) -> str:
    return "_".join(text.split())


def written(folder: Path, load: Load, queries: Sequence[Node]) -> None:
    """The files that MonitorPeer.java reads."""
    marks = ("+" if is_plain(query) else "-" for query in queries)
    lines = ("\t".join([mark, *polish(query)]) for mark, query in zip(marks, queries, strict=True))
    (folder / "queries").write_text("\n".join(lines) + "\n")
    facts = load.posts.slice(0, POSTS).to_pylist()
    rows = (
        f"{text}\t{row['lang']}\t{one_word(row['account_handle'])}"
        for text, row in zip(keyed(load), facts, strict=True)
    )
    (folder / "posts").write_text("\n".join(rows) + "\n")
    counts = (f"{word}\t{max(1, round(share * len(load.posts)))}" for word, share in load.ranked)
    (folder / "shares").write_text("\n".join(counts) + "\n")


def lucene_monitor(load: Load, queries: Sequence[Node], batch: int) -> Run:
    """CPU time of the matching thread in a second pass, garbage collection left out."""
    if not (LUCENE / "classes" / "MonitorPeer.class").exists() or shutil.which("java") is None:
        raise Skipped("Lucene or Java is not installed (./run peers)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder, load, queries)
        classes = f"{LUCENE}/classes:{LUCENE}/*"
        files = [folder / "queries", folder / "posts", folder / "shares"]
        command = ["java", "-Xmx4g", "-cp", classes, "MonitorPeer", *map(str, files), str(batch)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, posts, plain = float(said[0]), int(said[1]), int(said[3])
    how = "one by one" if batch == 1 else f"in batches of {batch:,}"
    return Run(posts / seconds, f"{posts:,} posts {how}, warm", plain, plain_of(queries))


PASSES = {f"Lucene Monitor, {how}": partial(lucene_monitor, batch=n) for how, n in (("a post", 1), ("1,000", 1000))}
