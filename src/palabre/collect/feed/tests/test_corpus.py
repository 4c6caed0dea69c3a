"""Every feed of the corpus: the well-formed come out as they state, the broken are read or refused with a reason."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from palabre.collect.feed.format import FeedFormat
from palabre.collect.feed.tests.corpus import Case, Outcome, cases, run
from palabre.collect.formats import Head
from palabre.collect.webpage.format import WebPageFormat
from palabre.messages import catalogue

# Fragments of HTML and an empty document: what no reader takes for a feed.
NOT_FEEDS = {
    "feedjira/AmazonWebServicesBlogFirstEntryContent.xml",
    "feedjira/HREFConsideredHarmfulFirstEntry.xml",
    "feedjira/PaulDixExplainsNothingFirstEntryContent.xml",
    "feedjira/TechCrunchFirstEntryDescription.xml",
    "feedjira/TenderLovemakingFirstEntry.xml",
    "feedparser/illformed/rss_empty_document.xml",
    "reader/sqlite_releases.html",
}
# What feedparser 6.0.14 itself does not do: "explicit: false" of a podcast comes out as None. No post carries it.
NOT_CARRIED = {
    "feedparser/wellformed/itunes/itunes_channel_explicit_false.xml",
    "feedparser/wellformed/itunes/itunes_item_explicit_false.xml",
}
# A stated charset: we read the text right, by a guess of our own, but do not name the charset.
GUESSED = {f"feedparser/illformed/chardet/{name}.xml" for name in ("big5", "eucjp", "shiftjis")}
# Links that a post does not point to: a licence, a file of chapters.
OTHER_LINKS = {
    "feedparser/wellformed/atom10/entry_link_rel_license.xml",
    "feedparser/wellformed/psc/atomsimplechapterexternal.xml",
}


@pytest.fixture(scope="session")
def outcomes(shared: Path) -> list[tuple[Case, Outcome]]:
    folder = shared / "data" / "payloads" / "feeds"
    if not folder.is_dir():
        pytest.skip("the feed corpus is not on this machine")
    return [(case, run(case)) for case in cases(folder)]


def names(found: Iterable[tuple[Case, Outcome]]) -> set[str]:
    return {case.name for case, _ in found}


def test_only_what_is_no_feed_is_refused_and_each_refusal_has_a_sentence(
    outcomes: list[tuple[Case, Outcome]],
) -> None:
    assert names(one for one in outcomes if one[1].broken) <= NOT_FEEDS
    keys = {found.broken for _, found in outcomes if found.broken} | {key for _, o in outcomes for key in o.refused}
    assert keys <= set(catalogue("fr"))
    assert keys <= set(catalogue("en"))


def test_every_case_that_states_something_comes_out_as_it_states(outcomes: list[tuple[Case, Outcome]]) -> None:
    wrong = names(one for one in outcomes if one[1].holds is False)
    assert wrong <= NOT_CARRIED | GUESSED


def test_what_is_stated_of_an_entry_is_in_our_post(outcomes: list[tuple[Case, Outcome]]) -> None:
    wrong = {case.name: [fact for fact in found.facts if not fact[1]] for case, found in outcomes}
    assert {name for name, facts in wrong.items() if facts} <= OTHER_LINKS


def test_every_entry_of_a_well_formed_feed_is_a_post(outcomes: list[tuple[Case, Outcome]]) -> None:
    for case, found in outcomes:
        if "/wellformed/" in case.name:
            assert (len(found.posts), found.refused) == (found.entries, []), case.name


def test_undeclared_east_asian_charsets_are_read(outcomes: list[tuple[Case, Outcome]]) -> None:
    titles = [post.title for case, found in outcomes if case.name in GUESSED for post in found.posts]
    for title in titles:
        assert any("\u3040" <= sign <= "\u9fff" for sign in title), title


def test_each_file_is_recognised_as_a_feed_before_a_web_page(outcomes: list[tuple[Case, Outcome]]) -> None:
    for case, found in outcomes:
        head = Head(case.path.name, case.body[:65_536], len(case.body))
        sure, page = FeedFormat().sniff(head), WebPageFormat().sniff(head)
        if not found.broken and case.name != "reader/invalid.json":
            assert sure >= 0.3, case.name
            assert sure > page, case.name


def test_a_file_costs_less_than_a_second(outcomes: list[tuple[Case, Outcome]]) -> None:
    largest = max((case for case, _ in outcomes), key=lambda case: len(case.body))
    start = time.process_time()
    run(largest)
    assert time.process_time() - start < 2


def test_the_counts_are_told(outcomes: list[tuple[Case, Outcome]], capsys: pytest.CaptureFixture[str]) -> None:
    text = figures(outcomes)
    with capsys.disabled():
        print("\n" + text)  # noqa: T201
    target = os.environ.get("PALABRE_FIGURES")
    if target:
        Path(target, "feeds.md").write_text(text, "utf-8")


def figures(outcomes: list[tuple[Case, Outcome]]) -> str:
    """The counts, as Markdown."""
    parsers = Counter(found.parser or "refused" for _, found in outcomes)
    stating = [found for case, found in outcomes if case.expect]
    facts = [fact for found in stating for fact in found.facts]
    kinds = Counter(fact[0] for fact in facts)
    lines = [
        "# Feeds: the corpus through our own road",
        "",
        "Made by `PALABRE_FIGURES=docs/figures .venv/bin/python -m pytest`, test_corpus.py of the feed connector.",
        "",
        "| what | count |",
        "|---|---|",
        f"| files | {len(outcomes)} |",
        f"| of them read by feedparser / the fast parser / as JSON Feed | {parsers['feedparser']} / "
        f"{parsers['fastfeedparser']} / {parsers['json']} |",
        f"| refused as a whole, with a reason (HTML fragments, an empty document) | {parsers['refused']} |",
        "| uncaught exceptions | 0 |",
        f"| entries | {sum(found.entries for _, found in outcomes)} |",
        f"| posts | {sum(len(found.posts) for _, found in outcomes)} |",
        f"| entries in quarantine | {sum(len(found.refused) for _, found in outcomes)} |",
        f"| cases that state an expectation | {len(stating)} |",
        f"| … and it holds on what we parsed | {sum(found.holds is True for found in stating)} |",
        f"| cases that state a fact our posts carry | {sum(bool(found.facts) for found in stating)} |",
        f"| … such facts | {len(facts)} |",
        f"| … and our post agrees | {sum(bool(fact[1]) for fact in facts)} |",
        "",
        "Facts by kind: " + ", ".join(f"{name} {count}" for name, count in kinds.most_common()) + ".",
        "",
        "Of the expectations that do not hold, one is the empty document, refused as it must be; three name a charset",
        "(the text itself is read right, by a guess of ours); two are `explicit: false` of a podcast, which feedparser",
        "6.0.14 gives as None and no post carries. The facts that disagree are links to a licence and to a file of",
        "chapters, which a post does not point to.",
        "",
    ]
    return "\n".join(lines)
