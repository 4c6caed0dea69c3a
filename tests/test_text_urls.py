"""URLs of the French and English press, as readers, feeds and share buttons give them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.urls import absolute, canonical, host, registrable, site

LEMONDE = "https://www.lemonde.fr/economie/article/2026/11/21/les-prix-baissent_6001_3234.html"
CASES = [
    (LEMONDE, LEMONDE),
    (LEMONDE + "#xtor=AL-32280270", LEMONDE),
    (LEMONDE + "?xtor=RSS-3208", LEMONDE),
    (LEMONDE + "?utm_source=twitter&utm_medium=social", LEMONDE),
    (LEMONDE + "?lmd_medium=al&at_medium=sl", LEMONDE + "?lmd_medium=al"),
    ("HTTPS://WWW.LeMonde.FR:443/economie/", "https://www.lemonde.fr/economie/"),
    ("http://www.lemonde.fr:80", "http://www.lemonde.fr/"),
    ("https://www.lefigaro.fr/a-1?ref=twitter", "https://www.lefigaro.fr/a-1"),
    ("https://www.lefigaro.fr/a-1?ref=42", "https://www.lefigaro.fr/a-1?ref=42"),
    ("https://www.liberation.fr/x_1/?outputType=amp", "https://www.liberation.fr/x_1/"),
    ("https://www.francetvinfo.fr/a_1.html#xtref=http://m.facebook.com", "https://www.francetvinfo.fr/a_1.html"),
    ("https://www.20minutes.fr/1-a?xtor=RSS-149&id=3", "https://www.20minutes.fr/1-a?id=3"),
    ("https://www.bfmtv.com/a.html?at_campaign=x&at_custom1=y", "https://www.bfmtv.com/a.html"),
    ("https://www.bbc.co.uk/news/1?at_bbc_team=editorial&ns_mchannel=social", "https://www.bbc.co.uk/news/1"),
    ("https://www.theguardian.com/a?CMP=share_btn_tw", "https://www.theguardian.com/a?CMP=share_btn_tw"),
    ("https://www.nytimes.com/a.html?smid=tw-share", "https://www.nytimes.com/a.html"),
    ("https://www.dailymail.co.uk/a.html?ito=facebook_share", "https://www.dailymail.co.uk/a.html"),
    ("https://example.org/?p=1&fbclid=abc&q=2", "https://example.org/?p=1&q=2"),
    ("https://example.org/?gclid=abc", "https://example.org/"),
    ("https://example.org/?mc_cid=1&mc_eid=2", "https://example.org/"),
    ("https://example.org/?_hsenc=1&_hsmi=2", "https://example.org/"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a?&&x=1&", "https://example.org/a?x=1"),
    ("https://example.org/a#part", "https://example.org/a"),
    ("https://example.org/#!/page/2", "https://example.org/#!/page/2"),
    ("https://youtu.be/abc?si=XYZ", "https://youtu.be/abc"),
    ("https://www.youtube.com/watch?v=abc&feature=share", "https://www.youtube.com/watch?v=abc"),
    ("https://example.org/?si=kept", "https://example.org/?si=kept"),
    ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
    ("https://example.org/?s=recherche", "https://example.org/?s=recherche"),
    ("https://example.org/a/./b/../c", "https://example.org/a/c"),
    ("https://example.org/a/../", "https://example.org/"),
    ("https://example.org/..a/b..", "https://example.org/..a/b"),
    ("https://example.org/%7euser/%e9", "https://example.org/~user/%E9"),
    ("https://example.org/été", "https://example.org/%C3%A9t%C3%A9"),
    ("https://example.org/%C3%A9t%C3%A9", "https://example.org/%C3%A9t%C3%A9"),
    ("https://exemple.été.fr/", "https://exemple.xn--t-9fab.fr/"),
    ("https://EXAMPLE.org./", "https://example.org/"),
    ("//example.org/a", "https://example.org/a"),
    (" https://example.org/a \n", "https://example.org/a"),
    ("«https://example.org/a»", "https://example.org/a"),
    ("<https://example.org/a>", "https://example.org/a"),
    ("https://example.org/a).", "https://example.org/a"),
    ("https://fr.wikipedia.org/wiki/Palabre_(arbre)", "https://fr.wikipedia.org/wiki/Palabre_(arbre)"),
    ("https://example.org/a,", "https://example.org/a"),
    ("https://example.org/a…", "https://example.org/a"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
    ("https://example.org/a b", "https://example.org/a%20b"),
    ("https://user:secret@example.org/a", "https://example.org/a"),
    ("mailto:a@example.org", "mailto:a@example.org"),
    ("javascript:alert(1)", "javascript:alert(1)"),
    ("tag:example.org,2026:1", "tag:example.org,2026:1"),
    ("", ""),
    ("http://[bad", "http://[bad"),
]


@pytest.mark.parametrize(("url", "expected"), CASES, ids=[url for url, _ in CASES])
def test_one_page_has_one_url(url: str, expected: str) -> None:
    assert canonical(url) == expected


@given(st.text(max_size=80) | st.text(alphabet="htps:/.%?#&=ae[]@ \\é", max_size=60).map("https://a.fr/".__add__))
def test_canonical_is_idempotent_and_never_raises(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    ("url", "name", "shown", "owned"),
    [
        ("https://www.lemonde.fr/a", "www.lemonde.fr", "lemonde.fr", "lemonde.fr"),
        ("https://m.Example.CO.UK:8080/a", "m.example.co.uk", "example.co.uk", "example.co.uk"),
        ("https://blog.gouv.fr/", "blog.gouv.fr", "blog.gouv.fr", "blog.gouv.fr"),
        ("https://www.service.gouv.fr/", "www.service.gouv.fr", "service.gouv.fr", "service.gouv.fr"),
        ("http://127.0.0.1/", "127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("https://localhost/", "localhost", "localhost", "localhost"),
        ("https://www.fr/", "www.fr", "www.fr", "www.fr"),
        ("not a url", "", "", ""),
    ],
)
def test_host_site_and_registrable_domain(url: str, name: str, shown: str, owned: str) -> None:
    assert (host(url), site(url), registrable(url) if "://" in url else "") == (name, shown, owned)


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("https://a.fr/x/y", "../z", "https://a.fr/z"),
        ("https://a.fr/x/y", "?p=2", "https://a.fr/x/y?p=2"),
        ("https://a.fr/x/y", "//b.fr/z#c", "https://b.fr/z"),
        ("https://a.fr/x/y", "javascript:alert(1)", ""),
        ("https://a.fr/x/y", "mailto:a@b.fr", ""),
        ("https://a.fr/x/y", "http://[bad", ""),
    ],
)
def test_a_link_on_a_page_becomes_absolute(base: str, link: str, expected: str) -> None:
    assert absolute(base, link) == expected
