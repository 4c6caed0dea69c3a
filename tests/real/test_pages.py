"""Pages of a real WordPress: read as articles, and as sources of webmentions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from servers.wordpress import wordpress

from palabre import pushes

if TYPE_CHECKING:
    from conftest import Ear

TEXT = "L'été arrive et mon Cyclovent siffle encore, quelqu'un sait pourquoi ? " * 4


def test_an_article_is_read_from_its_page(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        here = ear(site.port)
        made = site.publish("Le Cyclovent à l'essai", f"<p>{TEXT}</p><p>Été comme hiver.</p>")
        source = here.listen("webpage", {"url": str(made["link"]), "follow": "page"})
        here.heard(source)
        [(row, words)] = here.found("siffle AND hiver")
        assert set(words) == {"siffle", "hiver"}
        assert "Cyclovent" in row.post.title
        assert "Été comme hiver." in row.post.text


def test_a_page_that_links_to_us_is_a_mention_once_it_says_so(ear: Callable[..., Ear], tmp_path: Path) -> None:
    with wordpress(tmp_path) as site:
        here = ear(site.port)
        ours = "https://cyclovent.example/velo"
        made = site.publish("Mon avis", f"<p>{TEXT} <a href='{ours}'>Le leur</a></p>")
        source = here.listen("webmention", {"hosts": ["cyclovent.example"]})
        token = pushes.token_of(here.pipeline, source)
        pushes.webmention_notice(here.pipeline, token, {"source": str(made["link"]), "target": ours})
        here.heard(source)
        [(row, words)] = here.found("avis OR cyclovent")
        assert words
        assert row.post.uri.startswith(site.url)
        assert here.archive.sources.get(source).cursor["queue"] == []
