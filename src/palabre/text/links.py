"""Plain words as HTML in which addresses of the web can be followed, and nothing else is markup. Pure."""

from __future__ import annotations

from html import escape

from palabre.text.lengths import LINK


def target(link: str) -> str:
    """Where a link leads: one that begins with www. has no scheme."""
    return link if link.lower().startswith("http") else f"https://{link}"


def linked(words: str) -> str:
    """Escaped piece by piece: an address is found in the words as they were written, not among entities."""
    pieces, end = [], 0
    for found in LINK.finditer(words):
        pieces += [escape(words[end : found.start()]), f'<a href="{escape(target(found[0]))}">{escape(found[0])}</a>']
        end = found.end()
    return "".join([*pieces, escape(words[end:])])


def unlinked(words: str) -> str:
    """The same length with blanks for links: a mark inside an address is no mark."""
    return LINK.sub(lambda found: " " * len(found[0]), words)
