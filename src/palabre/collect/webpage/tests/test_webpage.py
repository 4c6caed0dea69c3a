"""Web pages: articles, comments, canonical addresses, sitemaps, visits, bombs."""

from __future__ import annotations

import json
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.collect.contract import Page, Window
from palabre.collect.feed.format import FeedFormat
from palabre.collect.testing import FakeNet, fake_means
from palabre.collect.testing_formats import Outcome, cuts, head, read, take
from palabre.collect.webpage import sitemap
from palabre.collect.webpage.article import canonical_of
from palabre.collect.webpage.connector import WebPageConnector
from palabre.collect.webpage.format import WebPageFormat
from palabre.collect.webpage.mapping import map_item
from palabre.errors import FetchError, ItemError
from palabre.model import Gone, Heard, Post, PostKind, RawItem

SITE = "https://site.example"
URL = f"{SITE}/2026/article"
HOUR = 3_600_000
NOW = 1_795_219_200_000
PARAGRAPH = "<p>La gare de Rennes a été déçue par les horaires d'hiver, disent ses usagers réunis hier soir.</p>"


def page(body: str = PARAGRAPH * 4, more: str = "", after: str = "") -> str:
    return f"""<!doctype html><html lang="fr-FR"><head><title>Gare | Site</title>
    <meta property="og:title" content="La gare d'hiver"><meta name="author" content="Zoé Œuvrard">
    <meta property="article:published_time" content="2026-11-20T10:00:00+01:00">{more}</head><body>
    <nav><a href="/">Accueil</a></nav><article><h1>La gare d'hiver</h1>{body}</article>{after}</body></html>"""


def posts(html: str, url: str = URL) -> list[Post]:
    events = map_item(RawItem(html.encode(), "text/html", {"url": url}))
    return [event.post for event in events if isinstance(event, Heard)]


def test_an_article_has_its_title_author_date_and_language() -> None:
    (post,) = posts(page())
    assert (post.uri, post.title, post.lang) == (URL, "La gare d'hiver", "fr")
    assert post.published_ms == 1_795_165_200_000
    assert "La gare de Rennes a été déçue" in post.text
    assert "Accueil" not in post.text
    assert post.account is not None
    assert post.account.name == "Zoé Œuvrard"


@pytest.mark.parametrize(
    ("link", "url", "wanted"),
    [
        (f"{SITE}/2026/article", f"{URL}?utm_source=x", URL),
        ("/2026/article", f"{URL}?page=2", URL),
        (f"{SITE}/", URL, URL),  # a careless template: every page says that it is the home page
        ("https://other.example/x", URL, URL),
        ("https://www.site.example/2026/b", URL, "https://www.site.example/2026/b"),
        ("javascript:x", URL, URL),
        ("", f"{URL}#frag", URL),
    ],
)
def test_the_canonical_address_is_believed_within_reason(link: str, url: str, wanted: str) -> None:
    assert canonical_of(page(more=f'<link rel="canonical" href="{link}">' if link else ""), url) == wanted


LD = {
    "@context": "https://schema.org", "@type": "Article", "comment": [
        {"@type": "Comment", "@id": "#c1", "text": "Tout à fait.", "author": {"@type": "Person", "name": "Léo"},
         "dateCreated": "2026-11-20T12:00:00Z", "comment": {"@type": "Comment", "text": "Non.", "author": "Al"}},
        {"@type": "Comment", "text": ""},
        "nonsense",
    ],
}  # fmt: skip
MICRODATA = """<div itemscope itemtype="http://schema.org/Comment" id="c7"><span itemprop="author" itemscope>
<b itemprop="name">Léo</b></span><time itemprop="dateCreated" datetime="2026-11-20T12:00:00Z">hier</time>
<div itemprop="text"><p>Tout à fait.</p></div></div>"""
WORDPRESS = """<ol class="commentlist"><li class="comment even" id="comment-12"><div class="comment-body">
<div class="comment-author vcard"><cite class="fn"><a href="https://leo.example/">Léo</a></cite></div>
<div class="comment-meta"><a href="#comment-12"><time datetime="2026-11-20T12:00:00+00:00">hier</time></a></div>
<div class="comment-content"><p>Tout à fait.</p></div></div><ol class="children"><li class="comment" id="comment-13">
<div class="comment-body"><cite class="fn">Al</cite><div class="comment-content"><p>Non.</p></div></div></li></ol>
</li></ol>"""


@pytest.mark.parametrize(
    ("extra", "count"),
    [
        (f'<script type="application/ld+json">{json.dumps(LD)}</script>', 2),
        (MICRODATA, 1),
        (WORDPRESS, 2),
    ],
)
def test_comments_are_posts_that_answer_the_article(extra: str, count: int) -> None:
    article, *comments = posts(page(after=extra))
    assert len(comments) == count
    first = comments[0]
    assert (first.kind, first.text, first.root, first.parent) == (PostKind.COMMENT, "Tout à fait.", URL, URL)
    assert first.published_ms == 1_795_176_000_000
    assert first.account is not None
    assert first.account.name == "Léo"
    assert article.metrics.replies == count
    assert all(comment.uri.startswith(f"{URL}#") for comment in comments)
    assert len({comment.uri for comment in comments}) == count


def test_a_nested_comment_answers_the_one_above() -> None:
    _, first, second = posts(page(after=WORDPRESS))
    assert second.parent == first.uri == f"{URL}#comment-12"


@pytest.mark.parametrize(
    ("html", "key"),
    [
        ("<html>" + "<div>" * 200_000, "too_deep"),
        ("<html>" + "a" * 10_000_001, "too_large"),
        ("", "no_text"),
        ("<html><script>app()</script></html>", "no_text"),
    ],
)
def test_a_page_that_may_not_be_read_is_refused_quickly(html: str, key: str) -> None:
    start = time.process_time()
    with pytest.raises(ItemError) as caught:
        posts(html)
    assert caught.value.key == f"connector_webpage.errors.{key}"
    assert time.process_time() - start < 1.5


@pytest.mark.parametrize(
    "html",
    [
        "<html><article>" + "<span>a</span><a href=x>b</a> " * 20_000,
        "<html><body>" + "<table><tr><td>" * 250 + "x" * 100_000,
        "<html>" + "<" * 1_000_000,
        "<meta " * 200_000 + "<p>x",
        "<link rel=canonical " * 100_000 + "<p>x",
    ],
)
def test_heavy_pages_are_read_in_bounded_time(html: str) -> None:
    start = time.process_time()
    assert posts(html)
    assert time.process_time() - start < 5


def test_a_page_cut_anywhere_is_read_or_refused() -> None:
    for part in list(cuts(page(after=WORDPRESS).encode()))[:40]:
        take(Outcome(), RawItem(part, "text/html", {"url": URL}), lambda item: list(map_item(item)))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_an_item_error(body: bytes) -> None:
    take(Outcome(), RawItem(b"<html><body>" + body, "text/html", {}), lambda item: list(map_item(item)))
    assert 0 <= WebPageFormat().sniff(head(body, "x.html")) <= 1


def test_saved_pages_are_told_from_feeds() -> None:
    html, feed = page().encode(), b'<rss version="2.0"><channel></channel></rss>'
    assert WebPageFormat().sniff(head(html, "a.html")) > FeedFormat().sniff(head(html, "a.html"))
    assert WebPageFormat().sniff(head(feed, "a.html")) < FeedFormat().sniff(head(feed, "a.html"))
    (post,) = read(WebPageFormat(), html).posts
    assert post.uri.startswith("file:")


# ── sitemaps and visits ──

INDEX = f"<sitemapindex><sitemap><loc>{SITE}/s1.xml</loc><lastmod>2026-11-20</lastmod></sitemap></sitemapindex>"
MAP = f"""<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{SITE}/2026/article</loc><lastmod>2026-11-20T10:00:00Z</lastmod></url>
<url><loc><![CDATA[{SITE}/b?x=1&amp;y=2]]></loc><n:publication_date>2026-11-19</n:publication_date></url>
<url><loc>https://evil.example/x</loc></url><url><loc>javascript:x</loc></url></urlset>"""


def test_a_sitemap_speaks_for_its_own_site_only() -> None:
    found = sitemap.parse(MAP.encode(), SITE)
    assert [one.url for one in found] == [URL, f"{SITE}/b?x=1&y=2"]
    assert all(one.at_ms for one in found)
    assert sitemap.parse(INDEX.encode(), SITE)[0].is_sitemap
    assert [one.url for one in sitemap.parse(f"{SITE}/a\n{SITE}/a\nx".encode(), SITE)] == [f"{SITE}/a"]
    assert sitemap.in_robots(f"User-agent: *\nSitemap: {SITE}/s.xml\nsitemap:nope") == [f"{SITE}/s.xml"]


def site(*, article: str = "", other_status: int = 200) -> FakeNet:
    net = FakeNet().answer(f"{SITE}/robots.txt", body=f"Sitemap: {SITE}/index.xml")
    net.answer(f"{SITE}/index.xml", body=INDEX).answer(f"{SITE}/s1.xml", body=MAP)
    net.answer(URL, body=article or page(), headers={"content-type": "text/html; charset=utf-8", "etag": '"1"'})
    return net.answer(f"{SITE}/b?x=1&y=2", body=page(body=PARAGRAPH * 5), status=other_status)


def visit(net: FakeNet, cursor: dict[str, Any] | None = None, *, ms: int = NOW, **config: Any) -> list[Page]:
    made = WebPageConnector().validate({"url": SITE, **config})
    return list(WebPageConnector().pages(made, cursor or {}, fake_means(net, ms=ms), Window()))


def test_new_pages_of_a_site_are_fetched_newest_first_and_once() -> None:
    (first,) = visit(site())
    assert [item.note["url"] for item in first.items] == [URL, f"{SITE}/b?x=1&y=2"]
    (again,) = visit(site(), dict(first.cursor), ms=NOW + HOUR)
    assert again.items == ()


def test_a_young_page_is_seen_again_and_brings_its_change_only() -> None:
    (first,) = visit(site())
    later: dict[str, Any] = {"cursor": dict(first.cursor), "ms": NOW + 7 * HOUR}
    net = site(article=page(more="<!-- another advertisement -->"))
    (same,) = visit(net, **later)
    assert same.items == ()
    asked = next(one for one in net.asked if one.url == URL)
    assert asked.validators is not None
    assert asked.validators.etag == '"1"'
    (changed,) = visit(
        site(article=page(body=PARAGRAPH * 4 + "<p>Corrigé depuis la parution de ce texte.</p>")), **later
    )
    assert [item.note["url"] for item in changed.items] == [URL]
    (old,) = visit(site(article=page(body="<p>Tout autre chose.</p>" * 3)), **(later | {"ms": NOW + 30 * 24 * HOUR}))
    assert old.items == ()


def test_a_page_that_is_gone_takes_its_post_back() -> None:
    (found,) = visit(site(other_status=410))
    events = [event for item in found.items for event in map_item(item)]
    assert Gone(f"{SITE}/b?x=1&y=2") in events


def test_reserved_rights_and_refusals_stop_at_their_own_page() -> None:
    net = FakeNet().answer(f"{SITE}/a", body=page(), tdm_reserved=True)
    net.answer(f"{SITE}/b", error=FetchError("net.timeout", host="x")).answer(f"{SITE}/c", status=403)
    net.answer(f"{SITE}/d", body=b"%PDF", headers={"content-type": "application/pdf"}).answer(f"{SITE}/e", body=page())
    pages = [f"{SITE}/{name}" for name in "bcde"]
    (found,) = visit(net, url=f"{SITE}/a", follow="page", pages=pages)
    assert [item.note["url"] for item in found.items] == [f"{SITE}/e"]
    assert f"{SITE}/b" not in found.cursor["known"]  # type: ignore[operator]


def test_without_a_sitemap_the_feed_of_the_site_leads_to_its_pages() -> None:
    net = FakeNet().answer(f"{SITE}/robots.txt", status=404)
    for name in ("sitemap.xml", "sitemap_index.xml", "sitemap-news.xml"):
        net.answer(f"{SITE}/{name}", status=404)
    net.answer(SITE, body='<html><link rel="alternate" type="application/rss+xml" href="/flux"></html>')
    net.answer(f"{SITE}/flux", body=f'<rss version="2.0"><channel><item><link>{URL}</link></item></channel></rss>')
    net.answer(URL, body=page())
    assert [item.note["url"] for item in visit(net)[0].items] == [URL]
    net.answers[("GET", SITE)] = net.answers[("GET", f"{SITE}/robots.txt")]
    with pytest.raises(FetchError) as caught:
        visit(net)
    assert caught.value.key == "connector_webpage.errors.no_pages"


def test_the_sweep_asks_the_pages_themselves() -> None:
    net = FakeNet().answer(f"{SITE}/a", status=404).answer(f"{SITE}/b", body=page())
    found = WebPageConnector().sweep({}, [f"{SITE}/a", f"{SITE}/b", f"{SITE}/b#comment-1"], fake_means(net))
    assert [gone.uri for gone in found] == [f"{SITE}/a"]


def test_fifty_real_pages_are_read_and_their_text_found(shared: Path) -> None:
    folder = shared / "data" / "webpages_trafilatura"
    stated = {one["file"]: one for one in json.loads((folder / "evaldata.json").read_text("utf-8")).values()}
    found = wanted = count = 0
    with tarfile.open(folder / "pages.tar.xz") as archive:
        for member in (one for one in archive if one.isfile()):
            handle = archive.extractfile(member)
            assert handle is not None
            body, name = handle.read(), Path(member.name).name
            assert WebPageFormat().sniff(head(body, name)) > FeedFormat().sniff(head(body, name)), name
            texts = [post.text for post in read(WebPageFormat(), body).posts[:1]]
            passages = stated.get(name, {}).get("with", [])
            wanted += len(passages)
            found += sum(passage in "".join(texts) for passage in passages)
            count += 1
            if count == 50:
                break
    assert found / wanted > 0.85, (found, wanted)
