"""Every page of Understand and Trust is walked on a few days of the sample: every figure says its n, how it is made in
which version, and links to the stream with exactly n posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from palabre.archive import Archive, Filters
from palabre.archive.needs import NeedFound
from palabre.archive.signals import Found
from palabre.desk.clock import now_ms
from palabre.desk.engine import archive
from palabre.desk.insight.memory import MEMORY
from palabre.desk.insight.pages import pages
from palabre.desk.mentions.selection import Selection
from palabre.desk.workspaces.models import User, Workspace
from palabre.insight import Scope, nightly
from palabre.insight.audits import draw
from palabre.insight.noise import fold_by_hand
from palabre.insight.signals import record
from palabre.measure.catalogue import DEFINITIONS, POSTS
from palabre.model import Account, Evidence, Post
from palabre.sample import play
from palabre.sample.load import add_panel, raw_item
from palabre.search import ask

AsUser = Callable[[User], Client]
HEARD = 1_200
KEY = re.compile(r"^[a-z_]+(\.[a-z_0-9]+)+$")
FIGURE = re.compile(r'<div class="figure[^"]*" data-figure="([^"]+)" data-n="(\d+)">(.*?)</details></div>', re.DOTALL)
TEMPLATE = re.compile(r"\{[{%#]|[%#}]\}")  # what a template says to the machine, on a page
ELSEWHERE = {"quarantined"}  # waits in quarantine: no post yet, its link goes there


def understood(held: Archive, me: int, posts: list[Post]) -> None:
    """Posts by the road of all others, read and reckoned."""
    from palabre.batches import batch_of
    from palabre.pipeline import Pipeline
    from palabre.road.guard import Batch
    from palabre.road.ready import delivery, ready

    MEMORY.forget()
    add_panel(held, me, "en")
    pipeline = Pipeline(held, None, held.clock, held.settings)
    batch = Batch(batch_of(posts), tuple(map(raw_item, posts)), (), ())
    one = ready(batch, pipeline.panels.of(me), pipeline.languages, pipeline.readers.of(me))
    held.write(delivery(one, me, None))
    nightly.reckon(held, me)


@pytest.fixture
def town(alpha: Workspace, alice: User) -> Iterator[Workspace]:
    """The newest posts of the sample, read and reckoned, one of them folded, two audits begun."""
    held, me = archive(), alpha.id
    understood(held, me, [line.post for line in play(now_ms())[-HEARD:]])
    ids = [row.post_id for row in held.search(me, filters=Filters(mentioned=True), limit=30)]
    fold_by_hand(held, me, ids[:2])
    file = held.rumours.open(me, "it is said", "cyclovent OR bike", "alice")
    held.rumours.change(me, file.rumour_id, "alice", sources=("https://a.example/1", "https://a.example/2"))
    held.needs.keep(me, [NeedFound("a seat", ("seat",), tuple(ids), 3, now_ms() - 86_400_000, now_ms())])
    held.beliefs.put(me, "alice", [("seat", 0), ("a seat", held.needs.all(me)[0].need_id)])
    sample = draw(held, me, "tone", Scope(Filters(mentioned=True, tones=("negative", "neutral", "positive"))).evidence)
    for answered in sample.labels[:22]:
        held.samples.label(me, sample.sample_id, answered.post_id, answered.machine, "alice")
    yield alpha
    left(held, me)


def left(held: Archive, me: int) -> None:
    MEMORY.forget()
    for watch in held.watches.all(me):
        held.watches.remove(watch.watch_id, me)


def listed(workspace: Workspace, url: str) -> int:
    """How many posts the stream shows at an address."""
    selection = Selection.read(parse_qs(urlsplit(unescape(url)).query, max_num_fields=1_000))
    return ask(archive(), workspace.id, selection.query, selection.filters_at(now_ms())).count().n


def walk(client: Client) -> Iterator[tuple[str, str]]:
    """(address, page): every page with a door, then one of each kind that they link to, with a sample's result."""
    doors = [f"/w/alpha/understand/{page.name}?all=1" for page in pages() if page.rank]
    seen: set[str] = set()
    waiting = [*doors]
    while waiting:
        url = waiting.pop(0)
        kind = re.sub(r"\d+", "N", urlsplit(url).path)
        if kind in seen:
            continue
        seen.add(kind)
        answer = client.get(url + ("" if "all=1" in url else "&all=1" if "?" in url else "?all=1"))
        assert answer.status_code == 200, url
        if "text/html" not in answer.headers["Content-Type"]:  # a file
            continue
        text = answer.content.decode().split("<main")[1]
        yield url, text
        links = re.findall(r'href="(/w/alpha/understand/[^"]+)"', text)
        waiting += [unescape(link) for link in links if not re.search(r"/chart/|/taught/\d", link)]


def faults(workspace: Workspace, text: str) -> Iterator[str]:
    """What is wrong with the figures of a page."""
    for name, n, body in FIGURE.findall(text):
        label = re.search(r'<span class="figure-label[^>]*>(.*?)</span>', body, re.DOTALL)
        how = re.search(r'<div class="how-body"><p>(.*?)<span', body, re.DOTALL)
        links = set(re.findall(r'href="([^"]+)"', body))
        if label is None or KEY.match(unescape(label[1]).strip()):
            yield f"{name}: no label"
        if how is None or not how[1].strip() or KEY.match(unescape(how[1]).strip()):
            yield f"{name}: no method"
        if "version" not in body:
            yield f"{name}: no version"
        if len(links) != 1:
            yield f"{name}: {len(links)} links"
        elif name in ELSEWHERE:
            yield from () if "/quarantine" in links.pop() else (f"{name}: not to the quarantine",)
        elif (found := listed(workspace, url := links.pop())) != int(n):
            yield f"{name}: says {n}, lists {found} at {url[:200]}"


def test_every_figure_of_every_page_lists_exactly_its_posts(town: Workspace, alice: User, as_user: AsUser) -> None:
    client, said, n = as_user(alice), [], 0
    walked = set()
    for url, text in walk(client):
        walked.add(urlsplit(url).path)
        assert not TEMPLATE.search(text), url
        n += len(FIGURE.findall(text))
        assert text.count("data-figure=") == len(FIGURE.findall(text)), url
        said += [f"{urlsplit(url).path}: {fault}" for fault in faults(town, text)]
    assert not said, "\n".join(said)
    assert n > 50
    assert any(re.search(r"/audits/\d+$", path) for path in walked)
    assert {f"/w/alpha/understand/{page.name}" for page in pages()} <= walked


def test_the_posts_of_a_spike_are_those_that_its_signal_counts(town: Workspace, alice: User, as_user: AsUser) -> None:
    ids = tuple(row.post_id for row in archive().search(town.id, filters=Filters(mentioned=True), limit=7))
    spike = Found(
        "spike", "1", "rain", "signal.spike", 1, 2, 3.0, "spikes", 1, {"n": 7}, Evidence(post_ids=ids), ids[:3]
    )
    archive().signals.note(town.id, spike)
    text = as_user(alice).get("/w/alpha/understand/signals?all=1&what=spike").content.decode()
    card = text.split("<main")[1].split(">rain</h2>")[1].split("</article>")[0]
    assert listed(town, re.findall(r'href="([^"]+/stream[^"]+)"', card)[-1]) == 7


def test_what_is_said_of_a_detector_lists_the_signals_that_were_judged(
    town: Workspace, alice: User, as_user: AsUser
) -> None:
    held, client = archive().signals, as_user(alice)
    for at, outcome in enumerate(("confirmed", "not_confirmed", "")):
        found = Found("weak", str(at), f"w{at}", "it grows", 1, 2, 3.0, "weak_signals", 7)
        number, _ = held.note(town.id, found)
        held.change(town.id, number, "ada", status="settled", outcome=outcome)
    text = client.get("/w/alpha/understand/signals?all=1").content.decode().split("<main")[1]
    told = {name: (int(n), re.findall(r'href="([^"]+)"', body)[-1]) for name, n, body in FIGURE.findall(text)}
    assert {name: n for name, (n, _) in told.items()} == {"precision": 2, "lead_days": 0, "false_a_month": 2}
    for n, url in told.values():
        assert client.get(unescape(url) + "&all=1").content.decode().count('id="signal-') == n
    held.note(town.id, Found("weak", "9", "w9", "it grows", 1, 2, 3.0, "alone", 1))
    (one,) = [card for card in record(archive(), town.id) if card.method == "alone"]
    assert one.false_a_month.few


def test_the_result_of_an_audit_names_each_of_its_figures(town: Workspace, alice: User, as_user: AsUser) -> None:
    number = archive().samples.all(town.id)[0].sample_id
    text = as_user(alice).get(f"/w/alpha/understand/audits/{number}?result=1").content.decode().split("<main")[1]
    assert len(FIGURE.findall(text)) == 1 + 4 * 3  # agreement, then four a tone
    assert not list(faults(town, text))


def test_every_figure_of_an_objective_lists_exactly_its_posts(town: Workspace, alice: User, as_user: AsUser) -> None:
    client, here = as_user(alice), "/w/alpha/measure/objectives"
    client.post(f"{here}/new", {"sentence": "We are heard", "state": "running"})
    goal = re.findall(rf'href="({here}/(?!new)[^"/?]+)"', client.get(here).content.decode())[0]
    names = [one.name for one in DEFINITIONS if one.origin == POSTS]
    for name in names:
        assert client.post(f"{goal}/measures", {"name": name, "days": "7"}).status_code == 302
    text = client.get(goal).content.decode().split("<main")[1]
    found = FIGURE.findall(text)
    assert len(found) >= 2 * len(names)
    assert text.count("data-figure=") == len(found)
    assert not list(faults(town, text))


@pytest.mark.parametrize(
    ("lang", "text"),
    [("fr", "Le Cyclovent est arrivé cassé, je suis furieux"), ("en", "Cyclovent は素晴らしい自転車です")],
)
def test_where_one_post_was_heard_no_page_says_a_share(
    lang: str, text: str, alpha: Workspace, alice: User, as_user: AsUser
) -> None:
    held, me, client = archive(), alpha.id, as_user(alice)
    ada = Account("https://s.example/@ada", handle="ada")
    understood(held, me, [Post("https://s.example/1", "mastodon", text=text, account=ada, published_ms=now_ms())])
    client.cookies["palabre-lang"] = lang
    few, n = {"fr": "trop peu", "en": "too few"}[lang], 0
    for url, page in walk(client):
        assert not list(faults(alpha, page)), url
        for name, _, body in FIGURE.findall(page):
            said = re.search(r'<(?:a|span) class="figure-value[^>]*>(.*?)<', body)
            assert said
            assert said[1].strip().isdigit() or few in said[1], (url, name, said[1])
            n += few in said[1]
    assert n > 10
    left(held, me)
