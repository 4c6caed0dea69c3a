"""What a feed may not be, told from its bytes before any parser sees it: huge, very deep, a bomb of entities.

A parser stops such a thing too, but late: 200,000 nested tags cost feedparser seconds and 100 MB. These checks are one
pass over the bytes.
"""

from __future__ import annotations

import codecs
import re

from palabre.errors import ItemError

DEPTH_MAX = 1_000  # libxml2 refuses at 256; ill-formed feeds leave many tags open
TAGS_MAX = 1_000_000
ENTITIES_MAX = 1_000
EXPANDED_BYTES_MAX = 1_000_000
_CHAIN_MAX = 32  # entities that name entities that name entities …

_MARKUP = re.compile(r"<!\[CDATA\[|<!--|<(/?)([A-Za-z_][^\s/<>]*)[^<>]*?(/?)>")
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([^\s\"'>]{1,200})\s+(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&([^\s;&#]{1,200});")
_VOID = frozenset({"br", "img", "hr", "input", "p", "li", "area", "col", "wbr", "embed", "param"})
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first characters of an XML document in encodings that ASCII does not read (XML 1.0, appendix F).
_FAMILIES = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)


def glance(body: bytes) -> str:
    """The bytes as characters, well enough to see markup: never wrong on ASCII, never raises."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, "replace")
    for start, name in _FAMILIES:
        if body.startswith(start):
            return body.decode(name, "replace")
    return body.decode("latin-1")


def depth_of(text: str) -> tuple[int, int]:
    """(deepest nesting, tags), counted as a tolerant parser would; one pass."""
    depth = deepest = tags = at = 0
    while match := _MARKUP.search(text, at):
        at = match.end()
        if match[2] is None:
            end = text.find("]]>" if match[0].startswith("<![") else "-->", at)
            at = len(text) if end < 0 else end + 3
            continue
        tags += 1
        if match[1]:
            depth = max(0, depth - 1)
        elif not match[3] and match[2].lower() not in _VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest, tags


def expanded_size(text: str) -> int:
    """Characters that the entities of a DOCTYPE would grow to, at most; an endless chain counts as too much."""
    head = text[: text.find("]>") + 2] if "<!ENTITY" in text else ""
    values = {m[2]: m[3] if m[3] is not None else m[4] for m in _ENTITY.finditer(head)}
    if not values:
        return 0
    if len(values) > ENTITIES_MAX:
        return EXPANDED_BYTES_MAX + 1
    sizes = _entity_sizes(values)
    return sum(sizes.get(m[1], 0) for m in _REFERENCE.finditer(text[len(head) :]))


def _entity_sizes(values: dict[str, str]) -> dict[str, int]:
    """Fully expanded length of each entity; entities that contain themselves are as large as the limit."""
    sizes = dict.fromkeys(values, EXPANDED_BYTES_MAX + 1)
    for _ in range(_CHAIN_MAX):
        before = dict(sizes)
        for name, value in values.items():
            inner = sum(sizes.get(m[1], 0) for m in _REFERENCE.finditer(value))
            sizes[name] = min(EXPANDED_BYTES_MAX + 1, len(value) + inner)
        if sizes == before:
            break
    return sizes


def check(body: bytes, cap_bytes: int) -> None:
    """ItemError if these bytes may not be parsed: which limit, and its value."""
    if len(body) > cap_bytes:
        raise ItemError("connector_feed.errors.too_large", size=len(body), limit=cap_bytes)
    text = glance(body)
    if expanded_size(text) > EXPANDED_BYTES_MAX:
        raise ItemError("connector_feed.errors.entities", limit=EXPANDED_BYTES_MAX)
    if text.count("<") <= DEPTH_MAX:
        return
    deepest, tags = depth_of(text)
    if deepest > DEPTH_MAX:
        raise ItemError("connector_feed.errors.too_deep", depth=deepest, limit=DEPTH_MAX)
    if tags > TAGS_MAX:
        raise ItemError("connector_feed.errors.too_many_tags", tags=tags, limit=TAGS_MAX)
