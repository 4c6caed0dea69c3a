"""Just enough microformats2 for a mention: the h-entry of a page, its author, dates, content and what it answers. Pure.

Source of the method: microformats.org/wiki/microformats2-parsing, and representative h-entry discovery.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

TREE_BYTES_MAX = 10_000_000
# What a mention does to the page it names, most telling first.
RELATIONS = ("in-reply-to", "repost-of", "like-of", "bookmark-of", "mention-of")


@dataclass(frozen=True, slots=True)
class Entry:
    """An h-entry. html, text: its content; answers: relation → addresses; author: name, url."""

    name: str = ""
    html: str = ""
    text: str = ""
    url: str = ""
    published: str = ""
    updated: str = ""
    author_name: str = ""
    author_url: str = ""
    tags: tuple[str, ...] = ()
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)


def tree_of(html: str) -> Any:
    """The page as a tree; None when there is nothing in it."""
    from lxml import etree
    from lxml import html as lxml_html

    if not html.strip() or len(html) > TREE_BYTES_MAX:
        return None
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, recover=True)
    try:
        return lxml_html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def classes(node: Any) -> list[str]:
    return str(node.get("class") or "").split()


def links_to(tree: Any, target: str) -> bool:
    """The page holds a link, an image or a quotation of exactly this address (Webmention §3.2.2)."""
    wanted = target.partition("#")[0].rstrip("/")
    found = tree.xpath("//@href | //@src | //@cite | //data/@value")
    return any(str(value).strip().partition("#")[0].rstrip("/") == wanted for value in found)


def own_properties(node: Any) -> Iterator[Any]:
    """Descendants that carry a property of this object, not of an object inside it."""
    for child in node.iterchildren():
        if not isinstance(child.tag, str):
            continue
        named = classes(child)
        if any(name[:2] in ("p-", "u-") or name[:3] in ("dt-",) or name[:2] == "e-" for name in named):
            yield child
        if not any(name.startswith("h-") for name in named):
            yield from own_properties(child)


def texts_of(node: Any) -> str:
    """Text with images' alternative text; scripts and styles left out."""
    return " ".join("".join(pieces(node)).split())


def pieces(node: Any) -> Iterator[str]:
    if node.tag in ("script", "style", "template") or not isinstance(node.tag, str):
        return
    yield node.text or (node.get("alt") or "" if node.tag == "img" else "")
    for child in node:
        yield from pieces(child)
        yield child.tail or ""


def value_of(node: Any) -> str:
    """A plain value: value-title, then data, abbr and input, then the text."""
    if node.tag in ("data", "input") and node.get("value"):
        return str(node.get("value"))
    if node.tag == "abbr" and node.get("title"):
        return str(node.get("title"))
    return texts_of(node)


def address_of(node: Any, base: str) -> str:
    """An address: href, src, data or the text, made whole; "" when it is not one of the web."""
    said = next((node.get(name) for name in ("href", "src", "data", "value") if node.get(name)), None) or texts_of(node)
    try:
        whole = urljoin(base, str(said).strip())
    except ValueError:
        return ""
    return whole if whole.startswith(("http://", "https://")) else ""


def moment_of(node: Any) -> str:
    return str(node.get("datetime") or node.get("value") or node.get("title") or texts_of(node)).strip()


def entry_of(tree: Any, base: str) -> Entry | None:
    """The page's h-entry (the first one; a feed of several represents none of them alone). None when there is none."""
    found = tree.xpath("//*[contains(concat(' ', normalize-space(@class), ' '), ' h-entry ')]")
    roots = [node for node in found if not any("h-feed" in classes(above) for above in node.iterancestors())] or found
    return read(roots[0], base) if roots else None


def read(node: Any, base: str) -> Entry:
    """Properties of one h-entry; the first of each counts, except tags and relations."""
    made: dict[str, Any] = {}
    tags: list[str] = []
    answers: dict[str, list[str]] = {}
    for child in own_properties(node):
        for name in classes(child):
            take(name, child, base, made, tags, answers)
    kept = {relation: tuple(dict.fromkeys(filter(None, urls))) for relation, urls in answers.items()}
    return Entry(tags=tuple(dict.fromkeys(filter(None, tags))), answers=kept, **made)


def take(name: str, node: Any, base: str, made: dict[str, Any], tags: list[str], answers: dict[str, list[str]]) -> None:
    """One property of one element."""
    prefix, _, rest = name.partition("-")
    if prefix == "e" and rest == "content" and "html" not in made:
        made |= {"html": inner_html(node), "text": texts_of(node)}
    elif name in ("p-content", "p-summary") and "text" not in made:
        made["text"] = texts_of(node)
    elif name == "p-name" and "name" not in made:
        made["name"] = value_of(node)
    elif name == "u-url" and "url" not in made:
        made["url"] = address_of(node, base)
    elif name in ("dt-published", "dt-updated"):
        made.setdefault(rest, moment_of(node))
    elif name in ("p-author", "u-author") and "author_name" not in made:
        made |= author_of(node, base)
    elif name == "p-category":
        tags.append(value_of(node))
    elif prefix == "u" and rest in RELATIONS:
        answers.setdefault(rest, []).append(relation_of(node, base))


def inner_html(node: Any) -> str:
    from lxml import html as lxml_html

    parts = [node.text or "", *(lxml_html.tostring(child, encoding="unicode") for child in node)]
    return "".join(parts).strip()


def author_of(node: Any, base: str) -> dict[str, str]:
    """A nested h-card, or a bare name or link."""
    inside = list(own_properties(node)) if "h-card" in classes(node) else []
    name = next((value_of(one) for one in inside if "p-name" in classes(one)), "") or value_of(node)
    url = next((address_of(one, base) for one in inside if "u-url" in classes(one)), "")
    own = address_of(node, base) if node.get("href") else ""
    return {"author_name": name, "author_url": url or own}


def relation_of(node: Any, base: str) -> str:
    """The address of a relation, bare or inside a nested h-cite."""
    if node.get("href"):
        return address_of(node, base)
    return next((address_of(one, base) for one in own_properties(node) if "u-url" in classes(one)), "")
