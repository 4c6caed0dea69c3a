"""Topics and needs, reckoned over the last months and kept in their registers under lasting numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from palabre.archive import Archive, Filters
from palabre.archive.needs import Need as Kept
from palabre.archive.needs import NeedFound
from palabre.archive.topics import Topic as KeptTopic
from palabre.archive.topics import TopicFound
from palabre.insight.parties import asked_of_us, names, others_said
from palabre.insight.scope import DAY_MS, Scope, table
from palabre.model import PostKind
from palabre.understand.needs import Need, Status, needs, tally
from palabre.understand.tabular import strings
from palabre.understand.topics import Change, Topic, topics

WINDOW_DAYS = 90
IDS_MAX, EXAMPLES, TITLE_WORDS = 20_000, 20, 4
NEEDS_MAX = 40  # what a team can read
HEARD, ARTICLE = str(Status.HEARD), str(PostKind.ARTICLE)
COLUMNS = ("post_id", "uri", "sort_ms", "title", "text", "lang", "tags", "intents", "account_uri", "account_handle",
           "network", "parent", "root", "reshare_of", "story", "voice")  # fmt: skip


def window(now_ms: int) -> Scope:
    """Mentions of the last months, without noise."""
    return Scope(Filters(mentioned=True, since_ms=now_ms - WINDOW_DAYS * DAY_MS))


def reckon_topics(archive: Archive, workspace_id: int, now_ms: int) -> int:
    """The topics of the last months; those known before keep their numbers. How many live."""
    known = archive.topics.all(workspace_id)
    found = topics(table(archive, workspace_id, window(now_ms), COLUMNS), [before(one) for one in known])
    ids = {one.topic_id for one in known}
    alive = [one for one in found if one.change != Change.DEAD]
    archive.topics.keep(workspace_id, [of_topic(one, one.topic_id in ids) for one in alive])
    return len(alive)


def before(one: KeptTopic) -> Topic:
    """A topic of the register as the next reckoning compares with it."""
    words = tuple((str(word), float(weight)) for word, weight in one.facts.get("words", ()))
    return Topic(
        one.topic_id, one.words, words, one.post_ids, int(one.facts.get("voices", 0)), one.first_ms, one.last_ms
    )


def of_topic(one: Topic, known: bool) -> TopicFound:
    facts = {"words": [list(pair) for pair in one.words], "voices": one.voices, "change": str(one.change),
             "from": list(one.from_ids)}  # fmt: skip
    topic_id = one.topic_id if known else 0
    return TopicFound(one.name, one.post_ids[:IDS_MAX], one.first_ms, one.last_ms, topic_id, facts=facts)


def reckon_needs(archive: Archive, workspace_id: int, now_ms: int) -> int:
    """The needs of the last months, `NEEDS_MAX` at most; one that most of its posts know already keeps its number, and
    one that the team works on stays however few ask. How many there are."""
    known = archive.needs.all(workspace_id, gone=True)
    posts = asking(archive, workspace_id, now_ms)
    found = needs(posts, names(archive, workspace_id))
    taken: set[int] = set()
    holders = by_post(known)
    numbers = [same_need(one, holders, taken) for one in found]
    busy = {one.need_id for one in known if one.status != HEARD}
    usual = majority(posts)
    pairs = list(zip(found, numbers, strict=True))
    kept = [pair for place, pair in enumerate(pairs) if place < NEEDS_MAX or pair[1] in busy]
    archive.needs.keep(workspace_id, [of_need(one, number, usual) for one, number in kept])
    return len(kept)


def asking(archive: Archive, workspace_id: int, now_ms: int) -> pa.Table:
    """What people say of us and our themes: without our own posts, without articles (they tell, they do not ask), and
    without the words of a coordinated push."""
    scope = window(now_ms).narrowed(watch_ids=asked_of_us(archive, workspace_id))
    posts = others_said(archive, workspace_id, table(archive, workspace_id, scope, (*COLUMNS, "kind")))
    pushed = [post for one in archive.signals.all(workspace_id, kind="coordination") for post in one.post_ids]
    stories = posts["story"].filter(pc.is_in(posts["post_id"], pa.array(pushed, pa.int64()))).combine_chunks()
    told = pc.or_(pc.equal(posts["kind"], ARTICLE), pc.is_in(posts["story"], stories))
    return posts.filter(pc.invert(told))


def majority(posts: pa.Table) -> str:
    """The language that most posts are in; "" for none."""
    return next(iter(tally([one for one in strings(posts, "lang") if one])), "")


def by_post(known: Iterable[Kept]) -> Mapping[int, list[Kept]]:
    """The needs of the register that hold each post."""
    found: dict[int, list[Kept]] = defaultdict(list)
    for one in known:
        for post_id in one.post_ids:
            found[post_id].append(one)
    return found


def same_need(one: Need, holders: Mapping[int, Sequence[Kept]], taken: set[int]) -> int:
    """The number of the need of the register that this one is, 0 for none; each is given once. Of several that share
    half of the smaller's posts with it, a living one and then the one that shares most."""
    heard = [old for post_id in one.post_ids for old in holders.get(post_id, ()) if old.need_id not in taken]
    olds, both = {old.need_id: old for old in heard}, Counter(old.need_id for old in heard)
    shared = [(not old.gone_ms, both[need_id], -need_id) for need_id, old in olds.items()
              if 2 * both[need_id] >= min(len(one.post_ids), len(old.post_ids))]  # fmt: skip
    need_id = -max(shared, default=(False, 0, 0))[2]
    taken.add(need_id)
    return need_id


def of_need(one: Need, need_id: int, lang: str) -> NeedFound:
    """As the register keeps it: named by words that several people share, never by somebody's sentence (that would
    outlive its author); in this language where enough ask in it. facts.titles: in each language."""
    growth, titles = one.growth, one.titles
    facts = {
        "examples": list(one.example_ids[:EXAMPLES]), "intents": dict(one.intents), "languages": dict(one.languages),
        "growth": [growth.value, growth.low, growth.high, growth.n], "titles": dict(titles),
    }  # fmt: skip
    spoken = [lang, *one.languages]
    title = next((titles[name] for name in spoken if name in titles), ", ".join(one.words[:TITLE_WORDS]))
    return NeedFound(
        title, one.words, one.post_ids[:IDS_MAX], one.voices, one.first_ms, one.last_ms, need_id, b"", facts
    )
