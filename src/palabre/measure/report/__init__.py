"""Reports: a document of parts, made once, written as HTML, PDF or JSON, and kept as data.

    document = Document("Mars", "fr", "TLP:GREEN", "1–31 mars 2026", parts=(Heading("Ce qui se dit"), Words("…"), …))
    html(document)            # one file, no address asked for
    pdf(document)             # tagged (PDF/UA-1), by Typst
    kept(document)            # bytes; opened(bytes) gives it back, so that every kept copy can be written again

A document holds no text of a post: a `Quote` or a `Cell` names the post, and its words are filled in when it is
written, so that what was erased since is not in it.
"""

from palabre.measure.report.html import html
from palabre.measure.report.keeping import as_json, kept, opened, post_ids
from palabre.measure.report.parts import (
    TLP,
    Card,
    Cell,
    Document,
    Drawing,
    Figures,
    Heading,
    Part,
    Quote,
    Quotes,
    Table,
    Text,
    Words,
)
from palabre.measure.report.pdf import pdf, pdf_ready

__all__ = [
    "TLP",
    "Card",
    "Cell",
    "Document",
    "Drawing",
    "Figures",
    "Heading",
    "Part",
    "Quote",
    "Quotes",
    "Table",
    "Text",
    "Words",
    "as_json",
    "html",
    "kept",
    "opened",
    "pdf",
    "pdf_ready",
    "post_ids",
]
