"""The players speak: a seeded generator of posts, replies and reshares that follows the plot."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from palabre.clock import to_datetime
from palabre.model import Metrics, Post, PostKind
from palabre.sample import plot
from palabre.sample.world import (
    BOSS,
    CITIES,
    HOSTS,
    MONTHS,
    PARTNERS,
    PLACES,
    PRODUCTS,
    RIVALS,
    SITE,
    US,
    WEATHER,
    Actor,
    Cast,
    make_cast,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A post with what only the author of the sample knows: its theme, the planted event or "", the speaker's role."""

    post: Post
    theme: str
    event: str
    role: str


@dataclass
class Stage:
    """What the generator carries along."""

    rng: random.Random
    cast: Cast
    start_ms: int
    by_network: Mapping[str, tuple[Actor, ...]]
    number: int = 0

    def actor(self, network: str = "", lang: str = "") -> Actor:
        """Somebody of that network; mostly of that language."""
        crowd = self.by_network[network] if network else self.cast.people
        for _ in range(6):
            found = self.rng.choice(crowd)
            if not lang or found.lang == lang or self.rng.random() < 0.05:
                return found
        return found

    def moment(self, day: int) -> int:
        """A time of that day, at an hour people are awake."""
        hour = self.rng.choices(range(24), plot.HOURS)[0]
        return self.start_ms + day * plot.DAY_MS + hour * 3_600_000 + self.rng.randrange(3_600_000)


@cache
def phrases(lang: str) -> dict[str, Any]:
    """The sentences of a language."""
    return tomllib.loads((files(__package__) / "phrases" / f"{lang}.toml").read_text("utf-8"))


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson draw (Knuth 1969); fine for the small means used here, normal approximation above 60."""
    if mean > 60:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def date_words(stage: Stage, day: int, lang: str) -> str:
    """A day of the plot as people write it: « 12 mars », “March 12”."""
    moment = to_datetime(stage.start_ms + day * plot.DAY_MS)
    month = MONTHS[lang][moment.month - 1]
    return f"{moment.day} {month}" if lang == "fr" else f"{month} {moment.day}"


def fill(stage: Stage, sentence: str, lang: str, product: int | None = None, rival: int | None = None) -> str:
    """A sentence with its slots filled."""
    rng = stage.rng
    return sentence.format(
        us=US,
        product=f"{US} {PRODUCTS[rng.randrange(2) if product is None else product]}",
        rival=RIVALS[rng.randrange(3) if rival is None else rival],
        city=rng.choice(CITIES),
        km=rng.choice((12, 18, 350, 800, 1200, 2500, 4000)),
        n=rng.randrange(2, 10),
        weather=rng.choice(WEATHER[lang]),
        place=rng.choice(PLACES[lang]),
        month=rng.choice(MONTHS[lang]),
        partner=PARTNERS[0],
        boss=BOSS,
        date=date_words(stage, plot.PROMISE_DUE_DAY, lang),
        date2=date_words(stage, plot.PROMISE_NEW_DUE_DAY, lang),
    )


def dress(stage: Stage, sentence: str, lang: str) -> str:
    """An opening and a closing around a sentence, as people write."""
    opener = fill(stage, stage.rng.choice(phrases(lang)["openers"]), lang)
    closer = stage.rng.choice(phrases(lang)["closers"])
    body = sentence if opener.endswith((",", ":")) else sentence[0].upper() + sentence[1:]
    return " ".join(part for part in (opener, body, closer) if part)


def metrics(stage: Stage, followers: int) -> Metrics:
    """Counters that grow with the audience, with the spread seen in public data."""
    seen = int(followers * stage.rng.uniform(0.05, 0.4) + stage.rng.randrange(20))
    likes = int(seen * stage.rng.betavariate(1.2, 40))
    return Metrics(likes=likes, replies=int(likes * 0.2), reshares=int(likes * 0.1), views=seen)


def speak(stage: Stage, actor: Actor, at_ms: int, text: str, parent: Post | None = None, title: str = "") -> Post:
    """One post by an actor; an answer when a parent is given."""
    stage.number += 1
    uri = f"https://{HOSTS[actor.network]}/@{actor.account.handle}/{stage.number:07d}"
    kind = {"youtube": PostKind.COMMENT, "web": PostKind.ARTICLE}.get(actor.network, PostKind.NOTE)
    tags = tuple(word.strip("#.,") for word in text.split() if word.startswith("#"))
    links = tuple(word for word in text.split() if word.startswith("https://"))
    return Post(
        uri=uri,
        network=actor.network,
        kind=PostKind.REPLY if parent else kind,
        text=text,
        title=title,
        url=uri,
        lang=actor.lang,
        published_ms=at_ms,
        account=actor.account,
        parent=parent.uri if parent else "",
        root=(parent.root or parent.uri) if parent else "",
        links=links,
        tags=tags,
        metrics=metrics(stage, actor.account.followers or 0),
    )


def reshare(stage: Stage, actor: Actor, at_ms: int, original: Post) -> Post:
    """The same words, passed on."""
    post = speak(stage, actor, at_ms, original.text)
    return replace(post, kind=PostKind.RESHARE, reshare_of=original.uri, lang=original.lang, title=original.title)


def later(stage: Stage, at_ms: int, hours: float = 5.0) -> int:
    """Some time after: exponential, as answering times are."""
    return at_ms + int(stage.rng.expovariate(1 / hours) * 3_600_000) + 30_000


def reply_words(stage: Stage, theme: str, lang: str) -> str:
    """What people answer on a theme or an event; on the rumour, one of the four stances."""
    book = phrases(lang)
    if theme == "rumour":
        stance = stage.rng.choices(("support", "deny", "query", "comment"), (4, 3, 2, 2))[0]
        words: list[str] = book["events"]["rumour"][stance]
    else:
        words = (book["themes"].get(theme) or book["events"][theme])["replies"]
    return fill(stage, stage.rng.choice(words), lang)


def conversation(stage: Stage, root: Post, theme: str, event: str = "") -> Iterator[Line]:
    """What hangs on a root post: answers, answers to answers, advice and thanks, the house's reply, reshares."""
    lang, rng = root.lang, stage.rng
    branch = [root]
    for _ in range(poisson(rng, plot.REPLY_MEAN.get(theme, 0.6))):
        parent = rng.choice(branch)
        actor = stage.actor(root.network if root.network != "web" else "", lang)
        answer = speak(
            stage,
            replace_network(actor, root),
            later(stage, parent.published_ms),
            reply_words(stage, theme, lang),
            parent,
        )
        branch.append(answer)
        yield Line(answer, theme, event, actor.role)
    if theme in ("question", "complaint", "fault", "weak"):
        yield from help_given(stage, root, theme, event)
    if theme in ("complaint", "fault", "promise", "praise") and rng.random() < 0.22:
        yield from house_answer(stage, root, theme, event)
    for _ in range(poisson(rng, plot.RESHARE_MEAN.get(theme, 0.25))):
        actor = stage.actor(root.network if root.network != "web" else "")
        yield Line(
            reshare(stage, replace_network(actor, root), later(stage, root.published_ms, 9), root),
            theme,
            event,
            actor.role,
        )


def replace_network(actor: Actor, root: Post) -> Actor:
    """The actor on the network of the root post (readers of the press comment under the article)."""
    if actor.network == root.network:
        return actor
    return replace(actor, network=root.network)


def help_given(stage: Stage, root: Post, theme: str, event: str) -> Iterator[Line]:
    """An adviser who frequents this network helps, and is often thanked for it."""
    here = [actor for actor in stage.cast.advisers if actor.network == root.network]
    if not here or stage.rng.random() > 0.45:
        return
    adviser = stage.rng.choice(here)
    advice = fill(stage, stage.rng.choice(phrases(root.lang)["advice"]["posts"]), root.lang)
    answer = replace(speak(stage, adviser, later(stage, root.published_ms, 2), advice, root), lang=root.lang)
    yield Line(answer, theme, event, "adviser")
    if stage.rng.random() < 0.6 and root.account:
        author = Actor(root.account, root.network, root.lang, "person")
        thanks = stage.rng.choice(phrases(root.lang)["advice"]["thanks"])
        yield Line(speak(stage, author, later(stage, answer.published_ms, 3), thanks, answer), theme, event, "person")


def house_answer(stage: Stage, root: Post, theme: str, event: str) -> Iterator[Line]:
    """The organisation's own account answers."""
    here = [actor for actor in stage.cast.officials if actor.network == root.network and actor.lang == root.lang]
    if here:
        text = stage.rng.choice(phrases(root.lang)["advice"]["official"])
        yield Line(speak(stage, here[0], later(stage, root.published_ms, 8), text, root), theme, event, "official")


def theme_roots(stage: Stage, day: int, theme: str, mean: float) -> Iterator[Line]:
    """The talk of an ordinary day on one theme."""
    for _ in range(poisson(stage.rng, mean)):
        actor = stage.rng.choice(stage.cast.promoters) if theme == "promotion" else stage.actor()
        sentence = stage.rng.choice(phrases(actor.lang)["themes"][theme]["posts"])
        text = dress(stage, fill(stage, sentence, actor.lang), actor.lang)
        root = speak(stage, actor, stage.moment(day), text)
        yield Line(root, theme, "", actor.role)
        yield from conversation(stage, root, theme)


def event_roots(stage: Stage, day: int, event: plot.Planted) -> Iterator[Line]:
    """What people say of a planted event on one day."""
    for _ in range(poisson(stage.rng, event.rate(day))):
        actor = stage.actor()
        book = phrases(actor.lang)["events"][event.name]
        pool = (
            book.get("posts") or book.get("broken") or book["query"] + book["comment"] + book["deny"] + book["support"]
        )
        text = dress(stage, fill(stage, stage.rng.choice(pool), actor.lang, event.product, 0), actor.lang)
        if event.name == "rumour":
            text = f"{text} {fill(stage, stage.rng.choice(book['copies']), actor.lang)}"
        root = speak(stage, actor, stage.moment(day), text)
        yield Line(root, event.name, event.name, actor.role)
        yield from conversation(stage, root, event.name, event.name)


def push(stage: Stage, day: int) -> Iterator[Line]:
    """The coordinated push: forty accounts, the same words in bursts of two minutes, three days running."""
    for wave in range(4 if day == 52 else 2):
        start = stage.start_ms + day * plot.DAY_MS + (9 + 3 * wave) * 3_600_000
        lang = "fr" if wave % 2 == 0 else "en"
        copies = phrases(lang)["events"]["rumour"]["copies"]
        for actor in stage.cast.amplifiers:
            text = fill(stage, stage.rng.choice(copies), lang)
            post = replace(speak(stage, actor, start + stage.rng.randrange(120_000), text), lang=lang)
            yield Line(post, "rumour", "rumour", "amplifier")
            if stage.rng.random() < 0.15:
                yield from conversation(stage, post, "rumour", "rumour")


def statement(stage: Stage, day: int, table: str, key: str, event: str) -> Iterator[Line]:
    """The organisation says the same thing on each of its accounts, and people answer."""
    for actor in stage.cast.officials:
        text = fill(stage, phrases(actor.lang)[table][event][key], actor.lang, 0)
        post = speak(stage, actor, stage.start_ms + day * plot.DAY_MS + 9 * 3_600_000, text)
        yield Line(post, event, event, "official")
        yield from conversation(stage, post, event, event)


def press_day(stage: Stage, day: int) -> Iterator[Line]:
    """The papers: an article every other day, and the two stories they picked up."""
    rng = stage.rng
    for actor in stage.cast.press:
        book = phrases(actor.lang)["press"]
        if day in (32, 54):
            body = fill(stage, book["fault" if day == 32 else "rumour"], actor.lang, 0)
            title, event = body.split(".")[0][:90], "fault" if day == 32 else "rumour"
        elif rng.random() < 0.4:
            title, body, event = (
                fill(stage, rng.choice(book["titles"]), actor.lang),
                fill(stage, rng.choice(book["bodies"]), actor.lang),
                "",
            )
        else:
            continue
        post = speak(stage, actor, stage.moment(day), body, title=title)
        yield Line(post, event or "press", event, "press")
        yield from conversation(stage, post, event or "rival", event)


def one_day(stage: Stage, day: int) -> Iterator[Line]:
    """All that is said on a day, in no order."""
    weekend = to_datetime(stage.start_ms + day * plot.DAY_MS).weekday() >= 5
    for theme, mean in plot.THEMES.items():
        yield from theme_roots(stage, day, theme, mean * (0.75 if weekend else 1.0))
    for event in plot.EVENTS:
        yield from event_roots(stage, day, event)
    yield from press_day(stage, day)
    if day in (52, 53, 54):
        yield from push(stage, day)
    if day == 53:
        yield from statement(stage, day, "events", "denial", "rumour")
    if day == plot.PROMISE_MADE_DAY:
        yield from statement(stage, day, "events", "made", "promise")
    if day == plot.PROMISE_RENEWED_DAY:
        yield from statement(stage, day, "events", "renewed", "promise")


def crowd_by_network(people: Iterable[Actor]) -> dict[str, tuple[Actor, ...]]:
    crowds: dict[str, list[Actor]] = {}
    for actor in people:
        crowds.setdefault(actor.network, []).append(actor)
    return {network: tuple(actors) for network, actors in crowds.items()}


def play(end_ms: int, seed: int = 7, accounts: int = 3_000) -> list[Line]:
    """The whole sample in order of time; it ends at midnight UTC before ``end_ms``. Same seed, same words."""
    rng = random.Random(seed)  # noqa: S311  # a story, not a secret
    cast = make_cast(rng, accounts)
    start_ms = end_ms - end_ms % plot.DAY_MS - plot.DAYS * plot.DAY_MS
    stage = Stage(rng, cast, start_ms, crowd_by_network(cast.people))
    limit = start_ms + plot.DAYS * plot.DAY_MS
    lines = [line for day in range(plot.DAYS) for line in one_day(stage, day)]
    return sorted((line for line in lines if line.post.published_ms < limit), key=lambda line: line.post.published_ms)


def truth(end_ms: int, lines: Iterable[Line]) -> dict[str, Any]:
    """What a good ear finds in the sample: the planted events with their dates, and who plays which part."""
    start_ms = end_ms - end_ms % plot.DAY_MS - plot.DAYS * plot.DAY_MS
    told = list(lines)
    roles: dict[str, set[str]] = {}
    for line in told:
        if line.post.account and line.role in ("adviser", "amplifier", "promoter", "official"):
            roles.setdefault(line.role, set()).add(line.post.account.uri)

    def at(day: int) -> int:
        return start_ms + day * plot.DAY_MS

    events = [
        {
            "event": event.name,
            "kind": event.kind,
            "start_ms": at(event.first),
            "peak_ms": at(event.peak),
            "end_ms": at(event.last + 1),
            "query": event.query,
            "posts": sum(line.event == event.name for line in told),
        }
        for event in plot.EVENTS
    ]
    return {
        "organisation": US,
        "site": SITE,
        "start_ms": start_ms,
        "end_ms": at(plot.DAYS),
        "posts": len(told),
        "accounts": len({line.post.account.uri for line in told if line.post.account}),
        "events": events,
        "promise": {
            "made_ms": at(plot.PROMISE_MADE_DAY),
            "due_ms": at(plot.PROMISE_DUE_DAY),
            "renewed_ms": at(plot.PROMISE_RENEWED_DAY),
        },
        "roles": {role: sorted(uris) for role, uris in roles.items()},
    }
