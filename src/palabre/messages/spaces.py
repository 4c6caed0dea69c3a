"""French spaces: no line begins with a lone sign. Catalogues are written with plain spaces, which stay readable.

Only an ordinary space that is there becomes a no-break one; code in backticks, and addresses, which hold no space, stay
as they are. Values of a sentence (a query, a name) are put in afterwards and are never touched.
"""

from __future__ import annotations

import re

NARROW, WIDE = "\u202f", "\u00a0"
_CODE = re.compile(r"(`[^`]*`)")
_RULES = (
    (re.compile(r" (?=[;!?%](?![\w=]))"), NARROW),
    (re.compile(r" (?=:(?![\w/=])|»)"), WIDE),
    (re.compile(r"(?<=«) "), WIDE),
)


def spaced(text: str) -> str:
    """The text with narrow no-break spaces before ; ! ? % and no-break spaces before : and inside « »."""
    if " " not in text:
        return text
    parts = _CODE.split(text)
    return "".join(part if place % 2 else _spaced(part) for place, part in enumerate(parts))


def _spaced(text: str) -> str:
    for pattern, space in _RULES:
        text = pattern.sub(space, text)
    return text
