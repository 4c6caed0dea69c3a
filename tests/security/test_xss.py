"""Nothing a stranger writes runs in a reader's browser: what the sanitiser lets through is inert (first half of P4)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.html import ATTRIBUTES, BLOCKS, INLINE, LINK_REL, html_to_text, sanitise

HANDLERS = "onerror onload onclick onmouseover onfocus onbegin onanimationstart ontoggle onpageshow".split()  # noqa: SIM905
TAGS = "img svg body details video audio input iframe marquee object embed p a math table".split()  # noqa: SIM905
LINKS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
    "\x01javascript:alert(1)", "java\tscript:alert(1)",
    "java\nscript:alert(1)", "java\r\nscript:alert(1)", "javascript&colon;alert(1)", "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)", "&#0000106avascript:alert(1)", "javascript&#58;alert(1)", "jav&Tab;ascript:alert(1)",
    "java&NewLine;script:alert(1)", "vbscript:msgbox(1)", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg onload=alert(1)>", "blob:x", "file:///x",
    "//evil.example/x", "javascript://a.fr/%0aalert(1)", "feed:javascript:alert(1)", "view-source:javascript:alert(1)",
    "livescript:alert(1)", "mhtml:x", "jar:x", "about:blank", "\u2028javascript:alert(1)", "ｊavascript:alert(1)",
]  # fmt: skip
MARKUP = """
<script>alert(1)</script>
<script src=//evil.example></script>
<ScRiPt>alert(1)</sCrIpT>
<scr<script>ipt>alert(1)</scr</script>ipt>
<<script>alert(1)//<</script>
<script/xss src=//evil.example>
<script\x0d>alert(1)</script>
</script><script>alert(1)</script>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<style>@import'//evil.example/x.css';</style>
<style><img src="</style><img src=x onerror=alert(1)//">
<p style="background:url(javascript:alert(1))">x</p>
<p style="width:expression(alert(1))">x</p>
<link rel=stylesheet href=//evil.example>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<base href="javascript:/a/-alert(1)///////">
<base href=//evil.example/>
<iframe srcdoc="<script>alert(1)</script>"></iframe>
<iframe src=javascript:alert(1)></iframe>
<object data=javascript:alert(1)></object>
<embed src=javascript:alert(1)>
<form action=javascript:alert(1)><input type=submit></form>
<button formaction=javascript:alert(1)>x</button>
<isindex action=javascript:alert(1)>
<math href=javascript:alert(1)>x</math>
<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>
<svg><script>alert(1)</script></svg>
<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set attributeName=href to=javascript:alert(1)>
<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"/></svg>
<svg><foreignObject><iframe src=javascript:alert(1)></foreignObject></svg>
<svg><style><img src=x onerror=alert(1)></style></svg>
<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<math><mtext><table><mglyph><style><math><img src onerror=alert(1)>
<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<math><annotation-xml encoding="text/html"><script>alert(1)</script></annotation-xml></math>
<svg><desc><noembed></svg><img src=x onerror=alert(1)></noembed></desc>
<svg><title><a id="</title><img src=x onerror=alert(1)>"></svg>
<table><caption><svg><title><table><td><style><b></style><img src=x onerror=alert(1)></table></title>
<select><template><img src=x onerror=alert(1)></template></select>
<select><style><img src=x onerror=alert(1)></style></select>
<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>
<title><img title="</title><img src=x onerror=alert(1)>"></title>
<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>
<noembed><p title="</noembed><img src=x onerror=alert(1)>"></noembed>
<noframes><p title="</noframes><img src=x onerror=alert(1)>"></noframes>
<plaintext><img src=x onerror=alert(1)>
<listing>&lt;img src=x onerror=alert(1)&gt;</listing>
<template><script>alert(1)</script></template>
<!--><script>alert(1)</script>-->
<!--<img src="--><img src=x onerror=alert(1)//">
<!-- --!><script>alert(1)</script>
<![CDATA[<script>alert(1)</script>]]>
<?xml-stylesheet href="javascript:alert(1)"?>
<!DOCTYPE html [<!ENTITY x "<script>alert(1)</script>">]>&x;
<a href="https://a.fr" ping="https://evil.example" target=_blank download>x</a>
<a name=x id=y class=z href=https://a.fr>clobber</a>
<a id=defaultView><a id=defaultView name=x href=javascript:alert(1)>
<img name=getElementById><form id=attributes><input name=x></form>
<p contenteditable autofocus onfocus=alert(1)>x</p>
<p slot=x is=y data-x="<script>" aria-label="&quot;><script>alert(1)</script>">x</p>
<div hx-get=//evil.example hx-trigger=load hx-on:click=alert(1)>x</div>
<div data-hx-get=/logout data-hx-trigger=load>x</div>
<div x-data x-init=alert(1) v-html=x ng-app ng-csp>{{constructor.constructor('alert(1)')()}}</div>
<video><source onerror=alert(1)></video>
<video poster=javascript:alert(1)></video>
<audio src onloadstart=alert(1)>
<picture><source srcset=//evil.example/x><img></picture>
<img src=https://spy.example/pixel.gif>
<img srcset="https://spy.example/x 1x">
<input type=image src=https://spy.example/x>
<table background=javascript:alert(1)><td background=https://spy.example/x>x</table>
<body background=https://spy.example/x onload=alert(1)>
<bgsound src=javascript:alert(1)>
<layer src=//evil.example></layer>
<marquee onstart=alert(1)>x</marquee>
<dialog open onclose=alert(1)>x</dialog>
<details open ontoggle=alert(1)>x</details>
<keygen autofocus onfocus=alert(1)>
<portal src=//evil.example>
<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>
<applet code=x>
<IMG \"\"\"><SCRIPT>alert(1)</SCRIPT>\">
<img src="x` `<script>alert(1)</script>"` `>
<a href=`javascript:alert(1)`>x</a>
<img/src=`x`onerror=alert(1)>
<a/href="javascript:alert(1)"//x>y</a>
<p/onclick=alert(1)//>x
<x onclick=alert(1)>custom</x>
<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>
<%<!--'%><script>alert(1)</script -->
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
<b title=">\u202e<script>alert(1)</script>">x</b>
<p title="a\u0000b" lang="fr\u0000" dir="javascript:x">x</p>
<q cite="javascript:alert(1)">x</q>
<blockquote cite="javascript:alert(1)">x</blockquote>
<ol start="1 onclick=alert(1)"><li value=javascript:x>x</ol>
<td colspan="99999999999" rowspan="-1">x</td>
&lt;script&gt;alert(1)&lt;/script&gt;
&amp;lt;img src=x onerror=alert(1)&amp;gt;
"""
PAYLOADS = [
    *(line for line in MARKUP.splitlines() if line),
    *(f"<{tag} src=x href=x {handler}=alert(1)>x</{tag}>" for tag in TAGS for handler in HANDLERS[:5]),
    *(f"<b {handler}=alert(1)>x</b>" for handler in HANDLERS),
    *(f'<a href="{link}">x</a>' for link in LINKS),
    *(f"<a href='{link}' title='{link}'>x" for link in LINKS[:10]),
]


class Seen(HTMLParser):
    """What a browser would be given: every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def faults(html: str) -> list[str]:
    """Everything in the markup that is not on the allow-list, or could act."""
    found = []
    for tag, attributes in Seen(html).tags:
        allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        found += [f"tag {tag}"] * (tag not in INLINE | BLOCKS)
        found += [f"attribute {tag} {name}" for name in attributes if name not in allowed]
        link = attributes.get("href")
        if link is not None and not re.match(r"https?://|mailto:", link, re.I):
            found.append(f"link {link}")
        if tag == "a" and attributes.get("rel") != LINK_REL:
            found.append("rel")
    return found


def test_there_are_at_least_two_hundred_payloads() -> None:
    assert len(set(PAYLOADS)) >= 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_comes_out_inert_and_stays_so(payload: str) -> None:
    shown = sanitise(payload)
    assert faults(shown) == []
    assert sanitise(shown) == shown
    for again in (shown, f"<div>{shown}</div>", f"<table><td>{shown}", f"<svg>{shown}</svg>", f"<p title='{shown}'>"):
        assert faults(sanitise(again)) == []


def test_the_detector_has_teeth() -> None:
    caught = [payload for payload in PAYLOADS if faults(payload)]
    assert len(caught) > len(PAYLOADS) * 0.8
    assert faults("<script>x</script><p onclick=x></p><a href=javascript:x></a>") != []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_text_of_a_payload_never_raises(payload: str) -> None:
    assert isinstance(html_to_text(payload), str)


@given(st.lists(st.sampled_from(PAYLOADS) | st.text(max_size=8), min_size=2, max_size=5).map("".join))
def test_payloads_joined_or_cut_come_out_inert(html: str) -> None:
    shown = sanitise(html)
    assert faults(shown) == []
    assert sanitise(shown) == shown


@given(st.sampled_from(PAYLOADS), st.integers(0, 60), st.integers(0, 60))
def test_a_payload_cut_anywhere_comes_out_inert(payload: str, start: int, cut: int) -> None:
    assert faults(sanitise(payload[start:] + payload[: len(payload) - cut])) == []


@given(st.text(alphabet="<>/&\"'= abonclickscript:;#x0123456789!-?[]", max_size=80))
def test_plain_text_never_gains_a_tag(text: str) -> None:
    """Escaped text stays text: sanitising adds no tag that the writer did not write."""
    from html import escape

    assert Seen(sanitise(escape(text))).tags == []
