"""Topics and needs, reckoned over the last months and kept in their registers under lasting numbers."""

from __future__ import annotations

from collections.abc import Sequence

from palabre.archive import Archive, Filters
from palabre.archive.needs import Need as Kept
from palabre.archive.needs import NeedFound
from palabre.archive.topics import Topic as KeptTopic
from palabre.archive.topics import TopicFound
from palabre.insight.scope import DAY_MS, Scope, table
from palabre.understand.needs import Need, needs
from palabre.understand.topics import Change, Topic, topics

WINDOW_DAYS = 90
IDS_MAX, EXAMPLES, TITLE_WORDS = 20_000, 20, 4
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
    """The needs of the last months; one that most of its posts know already keeps its number. How many there are."""
    known = archive.needs.all(workspace_id, gone=True)
    found = needs(table(archive, workspace_id, window(now_ms), COLUMNS))
    taken: set[int] = set()
    made = [of_need(one, same_need(one, known, taken)) for one in found]
    archive.needs.keep(workspace_id, made)
    return len(made)


def same_need(one: Need, known: Sequence[Kept], taken: set[int]) -> int:
    """The number of the need of the register that this one is, 0 for none; each is given once."""
    ids = set(one.post_ids)
    shares = [(len(ids & set(old.post_ids)) / max(1, min(len(ids), len(old.post_ids))), old.need_id)
              for old in known if old.need_id not in taken]  # fmt: skip
    share, need_id = max(shares, default=(0.0, 0))
    if share < 0.5:
        return 0
    taken.add(need_id)
    return need_id


def of_need(one: Need, need_id: int) -> NeedFound:
    """As the register keeps it: named by its words, never by somebody's sentence (that would outlive its author)."""
    growth = one.growth
    facts = {
        "examples": list(one.example_ids[:EXAMPLES]), "intents": dict(one.intents), "languages": dict(one.languages),
        "growth": [growth.value, growth.low, growth.high, growth.n],
    }  # fmt: skip
    title = " · ".join(one.words[:TITLE_WORDS])
    return NeedFound(
        title, one.words, one.post_ids[:IDS_MAX], one.voices, one.first_ms, one.last_ms, need_id, b"", facts
    )
