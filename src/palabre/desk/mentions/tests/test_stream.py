"""The stream as a browser without scripts sees it: whose posts, in which order, and that nothing in them ever runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client

from palabre.desk.engine import archive
from palabre.desk.mentions import screen
from palabre.desk.mentions.selection import Selection
from palabre.desk.mentions.tests.posts import forget, hear
from palabre.desk.workspaces.models import User, Workspace
from palabre.model import Account, Metrics, Post

AsUser = Callable[[User], Client]
RTL, LRO, PDF_ = "\u202e", "\u202d", "\u202c"
HOSTILE = (
    "<script>alert(1)</script>",
    "</p></article></main><script src=//evil.example/x.js></script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    "<svg/onload=alert(1)>",
    "{{ request.user.password }} {% debug %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    f"{RTL}moc.live{PDF_} {LRO}abc",
    "<details open ontoggle=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "</textarea><style>*{display:none}</style>",
    "<math><mi xlink:href='data:x,<script>alert(1)</script>'>",
    "👩‍👩‍👧‍👦🏳️‍🌈 שלום \u0000 \u2028 <b hx-get=/account hx-trigger=load>",
)


@pytest.fixture(autouse=True)
def clean(alpha: Workspace) -> Iterator[None]:
    forget(alpha)
    yield
    forget(alpha)


def post(n: int, text: str = "la pluie tombe", **more: object) -> Post:
    account = Account(f"https://one.example/@awa{n % 7}", f"awa{n % 7}", f"Awa {n % 7}")
    values: dict[str, object] = {"account": account, "published_ms": 1_760_000_000_000 + n * 1000, "lang": "fr"}
    values |= {"network": "mastodon"}
    return Post(f"https://one.example/{n}", text=text, **(values | more))  # type: ignore[arg-type]


def stream(browser: Client, query: str = "", path: str = "stream", status: int = 200) -> str:
    answer = browser.get(f"/w/alpha/{path}?{query}")
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def shown(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="post-(\d+)"', page)]


def test_an_empty_stream_names_the_sources_that_fail(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    found = archive().sources.add(alpha.pk, "feed", "Le journal", {"url": "https://journal.example/feed"})
    archive().sources.finish_run(
        found.source_id, 1, error_key="net.timeout", error_params={"host": "journal.example", "seconds": 9}
    )
    page = stream(as_user(alice))
    assert "Le journal" in page
    assert "journal.example" in page


def test_posts_are_those_of_the_workspace_alone(
    workspaces: tuple[Workspace, Workspace], alice: User, as_user: AsUser
) -> None:
    alpha, beta = workspaces
    own = hear(alpha, post(100, "mien zwpbcq"))
    hear(beta, post(100, "ailleurs zwpbcq"), post(101, "ailleurs zwpbcq"))
    page = stream(as_user(alice), "scope=all&q=zwpbcq")
    assert shown(page) == own
    assert "ailleurs" not in page


def test_pages_follow_each_other_without_gap_or_repeat(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    ids = hear(alpha, *(post(200 + n, f"page qjxv {n}") for n in range(3 * screen.PAGE + 4)))
    browser, found, before = as_user(alice), [], ""
    hear(alpha, post(999, "page qjxv while somebody reads"))
    late = True
    while True:
        page = stream(browser, f"scope=all&q=qjxv{before}", "stream/more" if before else "stream")
        found += shown(page)
        older = re.search(r"hx-get=\"[^\"]*?before=(\d+)", page)
        if not older:
            break
        if late:
            hear(alpha, post(1000, "page qjxv and another"))
            late = False
        before = f"&before={older[1]}"
    assert len(found) == len(set(found))
    assert found[1:] == ids[::-1]


def test_a_long_search_shows_how_far_it_came_and_goes_on(
    alpha: Workspace, alice: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    [own] = hear(alpha, post(300, "Vqzt puis wqzt", published_ms=1_700_000_000_000))
    hear(alpha, *(post(301 + n, f"Vqzt. Wqzt {n}") for n in range(20)))
    monkeypatch.setattr(screen, "LOOK_SECONDS", 0)
    monkeypatch.setattr("palabre.archive.search.FIRST_BATCH", 10)
    browser, asked = as_user(alice), "scope=all&q=vqzt+SENTENCE+wqzt"
    first = stream(browser, asked)
    assert shown(first) == []
    assert "Search further back" in first
    assert "Nothing that was heard answers this" not in first
    found, page = list[int](), first
    while older := re.search(r"hx-get=\"[^\"]*?before=(\d+)", page):
        page = stream(browser, f"{asked}&before={older[1]}&deep=1", "stream/more")
        found += shown(page)
    assert found == [own]
    assert "there are no others" in page or "oldest post of this selection" in page


def test_two_days_written_the_other_way_round_are_the_same_period() -> None:
    asked = [Selection.parse(one) for one in ("since=2026-10-01&until=2026-11-22", "since=2026-11-22&until=2026-10-01")]
    assert asked[0] == asked[1]
    assert (asked[0].since, asked[0].until) == ("2026-10-01", "2026-11-22")


def test_only_mentions_are_shown_until_everything_is_asked_for(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    watch = archive().watches.add(alpha.id, "Neige", "neigevkz")
    wanted, other = hear(alpha, post(400, "la neigevkz tombe"), post(401, "le soleilvkz brille"))
    browser = as_user(alice)
    assert wanted in shown(stream(browser))
    assert other not in shown(stream(browser))
    assert {wanted, other} <= set(shown(stream(browser, "scope=all")))
    assert shown(stream(browser, f"watch={watch.watch_id}")) == [wanted]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("network=web", [1]), ("lang=en", [1]), ("kind=article", [1]), ("account=https://two.example/@b", [1]),
     ("since=2026-01-02", [1]), ("until=2026-01-01", [0]), ("since=2026-01-01&until=2026-01-01", [0]),
     ("network=web&network=mastodon", [1, 0]), ("watch=abc&since=yesterday&kind=x&days=-1", [1, 0])],
)  # fmt: skip
def test_filters(query: str, expected: list[int], alpha: Workspace, alice: User, as_user: AsUser) -> None:
    first = post(500, "filtre hqzw", published_ms=1_767_225_600_000)
    other = Post("https://two.example/1", "web", kind="article", text="filter hqzw", lang="en",  # type: ignore[arg-type]
                 published_ms=1_767_225_600_000 + 90_000_000, account=Account("https://two.example/@b"))  # fmt: skip
    ids = hear(alpha, first, other)
    assert shown(stream(as_user(alice), f"scope=all&q=hqzw&{query}")) == [ids[at] for at in expected]


@pytest.mark.parametrize("payload", HOSTILE)
def test_what_others_write_never_becomes_markup(payload: str, alpha: Workspace, alice: User, as_user: AsUser) -> None:
    account = Account(f"https://evil.example/{payload}", payload, payload, payload)
    [bad] = hear(alpha, Post(f"https://evil.example/{HOSTILE.index(payload)}", "web", text=f"gwqpz {payload} " * 60,
                 title=payload, url="javascript:alert(1)", account=account, html=payload, tags=(payload,),
                 links=("javascript:alert(1)", "data:text/html,x", f"https://ok.example/{payload}"),
                 metrics=Metrics(likes=3)), raw=payload.encode())  # fmt: skip
    browser = as_user(alice)
    kept = hear(alpha, post(600, "calm"))
    for page in (
        stream(browser, "scope=all&q=gwqpz"), stream(browser, path=f"stream/{bad}"),
        stream(browser, path=f"stream/{bad}/thread"), stream(browser, f"scope=all&account={payload}"),
    ):  # fmt: skip
        found = Tags(page)
        assert not found.names & {"iframe", "svg", "math", "style", "object", "img"}, payload
        assert found.scripts <= found.own_scripts, payload
        assert not [name for name in found.attributes if name.startswith("on") or name in {"autofocus", "srcdoc"}]
        assert all(url.startswith(("/", "#", "?", "http://", "https://")) for url in found.links), found.links
        assert all(url.startswith(("/w/alpha/stream", "/w/alpha/understand/taught/")) for url in found.asked)
        assert "argon2" not in page
    assert kept


class Tags(HTMLParser):
    """What a browser would make of a page: elements and attributes, not text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.scripts: set[str] = set()
        self.asked: set[str] = set()
        self.feed(page)
        self.names -= {"script"}
        self.own_scripts = {url for url in self.scripts if url.startswith("/static/")}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        own = tag == "img" and values.get("src", "").startswith(("/static/", "/w/alpha/stream/chart.svg"))
        self.names |= set() if own else {tag}
        self.attributes |= set(values)
        self.links |= {values[name] for name in ("href", "action", "hx-get", "src") if name in values}
        self.scripts |= {values.get("src", "inline")} if tag == "script" else set()
        self.asked |= {values["hx-get"]} if "hx-get" in values else set()


def test_an_authors_direction_stays_with_the_author(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, post(700, "gwqdir", account=Account("https://one.example/@rtl", "rtl", f"{RTL}evil")))
    page = stream(as_user(alice), "scope=all&q=gwqdir")
    assert f"<bdi>{RTL}evil</bdi>" in page


@pytest.mark.parametrize("before", ["", "👩‍👩‍👧‍👦 ", "𝒜𝓃 ", "e\u0301te\u0301 ", "<&> "])
def test_marks_are_exact_with_any_characters_before_them(
    before: str, alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    archive().watches.add(alpha.id, "Marque", "marqueqz")
    [own] = hear(alpha, post(800 + len(before), f"{before}marqueqz 𝒮ignée, chercheqz 🎉 fin"))
    page = stream(as_user(alice), "q=chercheqz")
    assert shown(page) == [own]
    assert re.findall(r"<mark>(.*?)</mark>", page) == ["marqueqz", "chercheqz"]


def test_a_long_post_is_folded_and_its_far_mark_is_shown_first(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, post(900, "mot " * 500 + "lointainqz " + "mot " * 3000))
    page = stream(as_user(alice), "scope=all&q=lointainqz")
    assert re.search(r'class="glimpse"[^>]*>[^<]*<mark>lointainqz</mark>', page)
    assert "Read on" in page
    assert "more characters" in page


def test_a_sensitive_post_is_veiled(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, post(901, "voileqz", sensitive=True))
    assert re.search(r'<details class="veil">.*?voileqz', stream(as_user(alice), "scope=all&q=voileqz"), re.DOTALL)


def test_a_query_that_cannot_be_read_is_located_and_mended(alice: User, as_user: AsUser) -> None:
    browser = as_user(alice)
    for path, status in (("stream", 400), ("stream/check", 200)):
        page = stream(browser, "q=(pluie", path, status)
        assert "To correct" in page
        assert "Search instead: (pluie)" in page
    for path in ("stream/more", "stream/summary"):
        assert browser.get(f"/w/alpha/{path}?q=pluie+OR").status_code == 204
    assert "To correct" not in stream(browser, "q=pluie", "stream/check")


def test_counts_facets_and_days_agree_with_the_list(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, post(1100, "compteqz"), post(1101, "compteqz", lang="en"), post(1102, "compteqz", network="web"))
    browser = as_user(alice)
    page = stream(browser, "scope=all&q=compteqz", "stream/summary")
    assert "3 posts" in page
    assert re.search(r"French</bdi></span><span class=\"nums\">2<", page)
    chosen = stream(browser, "scope=all&q=compteqz&lang=en", "stream/summary")
    assert "1 post<" in chosen
    assert re.search(r"French</bdi></span><span class=\"nums\">2<", chosen)  # what else could be chosen
    assert 'href="/w/alpha/stream?q=compteqz&amp;scope=all&amp;since=2025-10-09&amp;until=2025-10-09"' in page


def test_the_chart_is_a_picture_in_the_colours_of_the_theme(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, post(1200, "dessinqz"))
    browser = as_user(alice)
    light, dark = (stream(browser, f"scope=all&q=dessinqz&theme={theme}", "stream/chart.svg") for theme in ("", "dark"))
    assert light.startswith("<svg")
    assert "#1f5d4c" in light
    assert "#8fd0b8" in dark
    assert stream(browser, "scope=all&q=nothingatallqz", "stream/chart.svg").startswith("<svg")


def test_new_posts_are_counted_for_this_selection(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    [first] = hear(alpha, post(1300, "fraisqz"))
    browser = as_user(alice)
    assert "new post" not in stream(browser, f"scope=all&q=fraisqz&after={first}", "stream/fresh")
    hear(alpha, post(1301, "fraisqz"), post(1302, "fraisqz"), post(1303, "autre"))
    assert "2 new posts" in stream(browser, f"scope=all&q=fraisqz&after={first}", "stream/fresh")


def test_nothing_found_says_what_to_change(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, post(1400))
    page = stream(as_user(alice), "q=introuvableqz&network=web")
    assert "remove the filters" in page
    assert "fewer words" in page


def test_an_answer_to_somebody_without_a_name_is_shown(alpha: Workspace, alice: User, as_user: AsUser) -> None:
    hear(alpha, Post("urn:nameless", "web", text="sansnomqz"))
    hear(alpha, post(1500, "reponseqz", parent="urn:nameless"), post(1501, "reponseqz", parent="urn:never-heard"))
    page = stream(as_user(alice), "scope=all&q=reponseqz")
    assert "sansnomqz" in page
    assert "a post that was not heard" in page
