"""HTML from strangers: the text a reader sees, and the markup that is left."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.html import html_links, html_to_text, sanitise

MASTODON = (
    '<p>Bonjour <span class="h-card"><a href="https://m.fr/@ana" class="u-url mention">@<span>ana</span></a></span>, '
    "lis "
    '<a href="https://exemple.fr/un/long/chemin?a=1&amp;b=2" rel="nofollow"><span class="invisible">https://</span>'
    '<span class="ellipsis">exemple.fr/un/long</span><span class="invisible">/chemin?a=1&amp;b=2</span></a></p>'
    '<p>À demain&nbsp;!<br>Bises <a href="https://m.fr/tags/x">#<span>été</span></a></p>'
)
TEXTS = [
    ("plain text", "plain text"),
    ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
    ("l&#8217;&eacute;t&eacute;", "l’été"),
    (MASTODON, "Bonjour @ana, lis https://exemple.fr/un/long/chemin?a=1&b=2\n\nÀ demain\u00a0!\nBises #été"),
    ("<p>a</p><p>b</p>", "a\n\nb"),
    ("<p>a</p>\n\n  <p>b</p>", "a\n\nb"),
    ("a<br>b<br/>c", "a\nb\nc"),
    ("<div>a</div><div>b</div>", "a\nb"),
    ("<ul><li>a<li>b</ul>c", "a\nb\n\nc"),
    ("<h2>T</h2>x", "T\n\nx"),
    ("a <b>b</b>  <i>c</i>", "a b c"),
    ("un<b>brel</b>la", "unbrella"),
    ("<script>alert(1)</script>x", "x"),
    ("<style>p{}</style>x<!-- c -->y", "xy"),
    ("<pre>a\n  b</pre>", "a\n  b"),
    ("a\n  b", "a\n  b"),
    ("<p>a\n  b</p>", "a b"),
    ("<table><tr><td>a</td><td>b</td></tr></table>", "a\tb"),
    ('x <img src="/e.png" alt="😀" class="emoji"> y', "x 😀 y"),
    ('x <img alt=":smile:"> y', "x :smile: y"),
    ('x<img alt="une photo de chat">y', "xy"),
    ('x<img alt="&gt;b&quot;">y', "xy"),
    ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    ("<a href='x", ""),
    ("a<b", "a"),
    ("a<wbr>b", "ab"),
    ("<p>non fermé", "non fermé"),
    ("x<math><mtext>y</mtext></math>z", "xz"),
    ("", ""),
]


@pytest.mark.parametrize(("html", "text"), TEXTS, ids=[html[:40] for html, _ in TEXTS])
def test_the_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_links_are_listed_whole_and_once() -> None:
    html = MASTODON + '<a href="https://m.fr/tags/x">again</a><a href="javascript:x">no</a><a href="/relative">no</a>'
    assert html_links(html) == ("https://m.fr/@ana", "https://exemple.fr/un/long/chemin?a=1&b=2", "https://m.fr/tags/x")


KEPT = [
    ("<p>a <strong>b</strong></p>", "<p>a <strong>b</strong></p>"),
    ('<a href="https://a.fr/">x</a>', '<a href="https://a.fr/" rel="noopener nofollow ugc">x</a>'),
    ('<a href="https://a.fr/" rel="opener" target="_blank" id="x" class="y">x</a>',
     '<a href="https://a.fr/" rel="noopener nofollow ugc">x</a>'),
    ('x<img src="https://spy.example/p.gif">y', "xy"),
    ('<p style="position:fixed" id="a" onclick="x()">a</p>', "<p>a</p>"),
    ('<p lang="fr" dir="ltr">a</p>', '<p lang="fr" dir="ltr">a</p>'),
    ('<form action="/x"><input name="a"><button>b</button></form>', "b"),
    ("plain", "plain"),
    ("a & b", "a &amp; b"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "kept"), KEPT)
def test_markup_that_only_lays_out_is_kept(html: str, kept: str) -> None:
    assert sanitise(html) == kept


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<b>" * 200_000 + "x" + "</b>" * 200_000,
        "<table><tr><td>" * 50_000,
        "<font><p>" * 100_000,
        "<a href=x>" * 100_000,
        "<svg><math>" * 100_000,
        "<" * 200_000,
        "<a " * 100_000,
        "<p title=\"'<b" * 100_000,
        "&" * 100_000,
        "<!--" * 200_000,
        "</p>" * 100_000,
        "<p>" * 100_000,
        "<li>" * 100_000,
        "<b></i>" * 100_000,
        "".join(f"<b a={n}>" for n in range(250)) + "<p>x" * 100_000,
        "".join(f"<b a={n}>" for n in range(60)) + "<p>x" * 100_000,
        "<b><p></b>" * 50_000,
        "<a><b></a>" * 50_000,
        "<p><b><i><u></p>" * 30_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_markup_costs_little(html: str) -> None:
    started = time.process_time()
    html_to_text(html)
    shown = sanitise(html)
    assert time.process_time() - started < 3
    assert sanitise(shown) == shown or len(shown) > 100_000


PIECES = """
<p> </p> <b> </b> <a_href='http://a'> </a> <svg> </svg> <math> <mi> <mglyph> <style> </style> <!-- --> <table> <td> <li>
<pre> &lt; &amp;lt; <img_alt=' ' " > < <![CDATA[ ]]> <title> <br> <script> </script> <form> <select> <template>
<textarea> <noscript>
""".split()  # noqa: SIM905
MARKUP = st.lists(
    st.sampled_from([piece.replace("_", " ") for piece in PIECES]) | st.text(max_size=5), max_size=25
).map("".join)


@given(MARKUP)
def test_sanitising_twice_changes_nothing_more(html: str) -> None:
    once = sanitise(html)
    assert sanitise(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=100))
def test_no_text_makes_it_raise(html: str) -> None:
    sanitise(html)
    html_to_text(html)
    html_links(html)
