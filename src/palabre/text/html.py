"""HTML from strangers: made harmless to show, or turned into the text a reader sees.

One allow-list (ammonia's, through nh3) for the whole house. It follows the HTML standard, as browsers do, so what it
lets through cannot turn into something else when it is read again (mutation XSS).
"""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape

import nh3

DEPTH_MAX = 256
FORMATTING_MAX = 64  # formatting elements open at once
WORK_MAX = 500_000  # formatting elements opened again, in all
BYTES_MAX = 2_000_000
LINK_REL = "noopener nofollow ugc"
INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "br",
    "cite",
    "code",
    "del",
    "em",
    "i",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
}
INLINE |= {"small", "span", "strong", "sub", "sup", "u", "var", "wbr"}
BLOCKS = {"blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}
BLOCKS |= {"li", "ol", "p", "pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "div"}
SECTIONS = {
    "address",
    "article",
    "aside",
    "details",
    "footer",
    "header",
    "main",
    "nav",
    "section",
    "summary",
    "body",
    "form",
}
SILENT = {
    "script",
    "style",
    "iframe",
    "object",
    "template",
    "noscript",
    "title",
    "textarea",
    "xmp",
    "noembed",
    "noframes",
}
SILENT |= {"svg", "math", "select", "audio", "video", "canvas", "head", "plaintext"}
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto"}
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
MARKUP = re.compile(r"""<[^>"]*(?:"[^"]*"[^>"]*)*>""")
PARAGRAPH, BLOCK, FIXED = "\x1e", "\x1d", "\x1f"  # marks: blank line, new line, a space that stays
MARKS_OUT = dict.fromkeys(map(ord, (PARAGRAPH, BLOCK, FIXED)))
GAPS = re.compile(f"[ \t\n{PARAGRAPH}{BLOCK}]+")
SPACES = re.compile(r"[ \t\n\r\f]+")
FORMATTING = set("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
NEVER_DEEP = set("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
NEVER_DEEP |= set("p li dt dd td th tr tbody thead tfoot option optgroup html head body".split())  # noqa: SIM905
PARAGRAPHS = {"p", "blockquote", "pre", "ul", "ol", "dl", "table", "figure", "h1", "h2", "h3", "h4", "h5", "h6"}


def sanitise(html: str) -> str:
    """The HTML with nothing that acts, loads or disguises: no script, style, class, id, image, form or odd scheme.

    Idempotent. Beyond 2 MB or 256 levels the markup is given up and the text alone is kept, escaped.
    """
    if "<" not in html and "&" not in html:
        return html
    if too_deep(html):
        return escape(flat_text(html), quote=False)
    return cleaner().clean(without_nul(html))


def html_to_text(html: str) -> str:
    """The text a reader sees: paragraphs apart by a blank line, ``<br>`` and blocks by a newline, entities resolved.

    Spans that a platform hides (Mastodon's ``invisible`` and ``ellipsis``) are kept, so that links stay whole; of an
    image only an emoji's alternative text is kept.
    """
    if "<" not in html:
        return (unescape(html) if "&" in html else html).strip()
    if too_deep(html):
        return flat_text(html)
    return laid_out(outliner().clean(without_nul(html)))


def html_links(html: str) -> tuple[str, ...]:
    """The http(s) targets of the links, in order, each once."""
    if "<" not in html:
        return ()
    found = re.findall(r'<a href="(https?://[^"]*)"', linker().clean(without_nul(html)) if not too_deep(html) else "")
    return tuple(dict.fromkeys(unescape(link) for link in found))


@cache
def cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=INLINE | BLOCKS,
        clean_content_tags=SILENT,
        attributes=ATTRIBUTES,
        attribute_filter=whole_link,
        url_schemes=SCHEMES,
        link_rel=LINK_REL,
        strip_comments=True,
    )


def whole_link(tag: str, attribute: str, value: str) -> str | None:
    """A relative link means nothing away from its page, and may be a scheme in disguise."""
    if attribute != "href":
        return value
    return value if value.lower().startswith(("http://", "https://", "mailto:")) else None


@cache
def outliner() -> nh3.Cleaner:
    """Keeps only what has a layout, with no attribute but an image's alternative text."""
    tags = BLOCKS | SECTIONS | {"br", "img"}
    return nh3.Cleaner(tags=tags, clean_content_tags=SILENT, attributes={"img": {"alt"}}, link_rel=None)


@cache
def linker() -> nh3.Cleaner:
    attributes = {"a": {"href"}}
    return nh3.Cleaner(tags={"a"}, clean_content_tags=SILENT, attributes=attributes, url_schemes=SCHEMES, link_rel=None)


def without_nul(html: str) -> str:
    """nh3 takes text that UTF-8 can hold; NUL is nothing in HTML."""
    if "\x00" in html:
        html = html.replace("\x00", "")
    try:
        html.encode("utf-8")
    except UnicodeEncodeError:
        html = html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return html


def too_deep(html: str) -> bool:
    """Whether the markup nests deeper than a tree builder should be asked for. Linear, and never too low."""
    if len(html) > BYTES_MAX:
        return True
    if html.count("<") <= DEPTH_MAX:
        return False
    return Nesting().exceeds(TAG.findall(html))


class Nesting:
    """Counts what is open, by name, so that closing tags of something else do not hide the depth.

    Formatting elements left open are opened again in every block that follows (HTML §13.2.4.3): that work counts too.
    """

    def __init__(self) -> None:
        self.open: dict[str, int] = {}
        self.depth = self.formatting = self.work = 0

    def exceeds(self, tags: list[tuple[str, str]]) -> bool:
        for closing, name in tags:
            self.step(name.lower(), bool(closing))
            if self.depth > DEPTH_MAX or self.formatting > FORMATTING_MAX or self.work > WORK_MAX:
                return True
        return False

    def step(self, name: str, closing: bool) -> None:
        self.work += self.formatting
        if name in NEVER_DEEP or (closing and not self.open.get(name)):
            return
        change = -1 if closing else 1
        self.open[name] = self.open.get(name, 0) + change
        self.depth += change
        self.formatting += change * (name in FORMATTING)


def flat_text(html: str) -> str:
    """Text without a parser, for what is too deep or too long for one."""
    bare = re.sub(r"<[^<>]*>", " ", html[:BYTES_MAX])
    return SPACES.sub(" ", unescape(bare)).strip()


def laid_out(outline: str) -> str:
    """The outline's text with newlines where its blocks ask for them."""
    pieces: list[str] = []
    place, verbatim = 0, 0
    for match in MARKUP.finditer(outline):
        pieces.append(run_of_text(outline[place : match.start()], verbatim > 0))
        name = match[0].strip("</>").split(" ", 1)[0]
        if name == "pre":
            verbatim += -1 if match[0].startswith("</") else 1
        pieces.append(space_of(name, match[0]))
        place = match.end()
    pieces.append(run_of_text(outline[place:], verbatim > 0))
    return GAPS.sub(gap, "".join(pieces)).strip(" \t\n").replace(FIXED, " ")


def run_of_text(text: str, verbatim: bool) -> str:
    """Text between two tags; in ``<pre>`` its spaces are fixed."""
    plain = unescape(text).translate(MARKS_OUT)
    return plain.replace(" ", FIXED) if verbatim else SPACES.sub(" ", plain)


def space_of(name: str, markup: str) -> str:
    """What a tag is in plain text, in the marks that gap() reads."""
    if name == "img":
        return emoji_of(markup)
    if name in ("td", "th"):
        return "\t"
    return "\n" if name == "br" else PARAGRAPH if name in PARAGRAPHS else BLOCK


def gap(run: re.Match[str]) -> str:
    """One run of white space and marks: a blank line, a newline, a tab, or the space it was."""
    if PARAGRAPH in run[0] or run[0].count("\n") > 1:
        return "\n\n"
    if BLOCK in run[0] or "\n" in run[0]:
        return "\n"
    return "\t" if "\t" in run[0] else " "


def emoji_of(image: str) -> str:
    """An emoji's alternative text (😀 or :smile:), else nothing."""
    alt = unescape(image.partition('alt="')[2].rpartition('"')[0])
    short = 0 < len(alt) <= 32
    return alt if short and (re.fullmatch(r":[\w+-]+:", alt) or not re.search(r"\w|\s", alt)) else ""
