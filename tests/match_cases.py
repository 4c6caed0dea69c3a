# ruff: noqa: E501  # tables of cases
"""Random queries and nasty posts for the tests of the matching engines. Seeded: a case can be told by its number."""

from __future__ import annotations

import random

import pyarrow as pa

from palabre.match.ast import (
    And,
    AtLeast,
    Field,
    InField,
    Level,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Range,
    Sentence,
    Term,
    TermKind,
    Window,
)
from palabre.match.oracle import KINDS
from palabre.model import POSTS
from palabre.text.tokens import tokenize

WORDS = [
    "été", "ete", "e\u0301te\u0301", "ÉTÉ", "œuvre", "oeuvre", "ß", "ss", "İ", "i", "ﬁn", "fin", "Google", "google", "Google+",
    "ｂｒａｎｄ", "brand", "br\u200band", "оrаngе", "orange", "Orange", "東京", "東", "l'été", "l’eau", "eau", "#été", "#ete", "##tag",
    "a#b", "tag", "@ete", "@Ete@srv.fr", "@ete.bsky.social", "@my-n.x.y", "me@ete.fr", "👍🏽", "👍", "👩‍👩‍👧", "🇫🇷", "1️⃣", "❤️", "a", "b",
    "c", "aa", "ab", "https://ete.fr/a", "(www.ete.fr)", "!", "fin.", "M.", "b.", "b!", "so\u00adft", "soft", "b̷͓a", "ba", "é̸",
    "C++", "l\u202f!", "7", "７", "été-brand", "été,brand", "х", "x", "\u0301", "\u200d", "가", "가",
]  # fmt: skip
GAPS = [" ", " ", " ", " ", " ", "  ", "\n", "\t", "\r\n", "\x7f", " \x00 "]
LANGS = ["fr", "fr-CA", "en", "", "FR"]
AUTHORS = ["Élodie", "@elodie@srv.fr", "bob", ""]
URLS = ["https://www.Ete.fr/x?y=*", "http://blog.example.org/a", "", "not a url", "https://example.org:8080/"]
TERMS = [token for word in WORDS for token in tokenize(word) if token.folded]


def random_text(rng: random.Random, most: int = 14) -> str:
    return "".join(rng.choice(WORDS) + rng.choice(GAPS) for _ in range(rng.randrange(most)))


def random_post(rng: random.Random) -> dict[str, object]:
    """A row of POSTS."""
    row: dict[str, object] = {field.name: [] if pa.types.is_list(field.type) else "" for field in POSTS}
    row |= dict.fromkeys(("published_ms", "edited_ms"), 0) | dict.fromkeys(("verified", "sensitive"), False)
    row |= dict.fromkeys(("followers", "rating", "likes", "replies", "reshares", "views"))
    row |= {
        "text": random_text(rng), "title": random_text(rng, 5) if rng.random() < 0.3 else "",
        "lang": rng.choice(LANGS), "account_handle": rng.choice(AUTHORS), "account_name": rng.choice(AUTHORS),
        "url": rng.choice(URLS), "followers": rng.choice([None, 0, 10, 1000]), "rating": rng.choice([None, 0.5, 4.5]),
        "published_ms": rng.choice([0, 1_700_000_000_000]), "tags": rng.choice([[], ["Été"], ["a", "#b"]]),
        "links": rng.choice([[], ["https://x.fr/été"]]), "mentions": rng.choice([[], ["bob@srv", "@al"]]),
        "verified": rng.random() < 0.3, "kind": rng.choice(["note", "reply", "reshare"]), "network": rng.choice(["web", "x"]),
        "parent": rng.choice(["", "u:1?"]), "country": rng.choice(["", "FR"]),
    }  # fmt: skip
    return row


def random_posts(rng: random.Random, count: int) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([random_post(rng) for _ in range(count)], schema=POSTS)


def random_term(rng: random.Random) -> Term:
    """A term as the parser makes them, from the words of the posts."""
    token = rng.choice(TERMS)
    kind = rng.choice([kind for kind, found in KINDS.items() if token.kind in found])
    level = rng.choice([Level.FOLDED, Level.FOLDED, Level.ACCENTED, Level.EXACT])
    at = {Level.FOLDED: 0, Level.ACCENTED: 1, Level.EXACT: 2}[level]
    keys = (rng.choice(token.folded), token.accented, token.exact)
    key = token.whole[at] if kind is TermKind.HANDLE and token.whole[0] and rng.random() < 0.5 else keys[at]
    roll = rng.random()
    if roll < 0.15:
        return Term(spoiled(rng, key), level, kind, wild=True)
    return Term(key, level, kind, edits=rng.choice([1, 2])) if roll < 0.22 else Term(key, level, kind)


def spoiled(rng: random.Random, key: str) -> str:
    """The key with a wildcard in it."""
    at = rng.randrange(len(key) + 1)
    return rng.choice(
        [
            key[:at] + "*",
            "*" + key[at:],
            key[:at] + "?" + key[at + 1 :],
            "*" + key[:at] + "*",
            key[:at] + "*" + key[at:],
        ]
    )


def random_fact(rng: random.Random) -> Node:
    values = {
        "lang": ["fr", "en", "fr-ca", "f*"], "author": ["elodie", "bob", "el*"], "site": ["ete.fr", "example.org", "fr", "*.org"],
        "url": ["example", "y=*"], "link": ["ete"], "tag": ["ete", "b"], "mention": ["bob", "al", "bob@srv"], "country": ["fr"],
        "is": ["reply", "reshare", "verified"], "has": ["link", "title", "tag", "mention"], "source": ["web", "org"],
        "kind": ["note"], "parent": ["u:1?", "u:1*"],
    }  # fmt: skip
    name = rng.choice(list(values))
    ranges = [
        Range("followers", 5, None),
        Range("followers", 0, 10),
        Range("rating", None, 1.5),
        Range("published", 1, 2e12),
    ]
    if rng.random() < 0.25:
        return rng.choice(ranges)
    return Field(name, tuple(rng.sample(values[name], min(len(values[name]), rng.choice([1, 1, 2])))))


def random_placed(rng: random.Random, depth: int) -> Node:
    """A node with a position."""
    roll = rng.random()
    if depth <= 0 or roll < 0.4:
        return random_term(rng)
    if roll < 0.55:
        return Phrase(tuple(random_term(rng) for _ in range(rng.choice([2, 2, 3]))))
    if roll < 0.65:
        return Window(tuple(random_term(rng) for _ in range(rng.choice([2, 2, 3]))), rng.randrange(4))
    if roll < 0.8:
        return Or(tuple(random_placed(rng, depth - 1) for _ in range(2)))
    left, right = random_placed(rng, depth - 1), random_placed(rng, depth - 1)
    if roll < 0.93:
        return Near(left, right, rng.randrange(5), rng.random() < 0.4)
    return Sentence(left, right, rng.random() < 0.3)


def random_node(rng: random.Random, depth: int = 3) -> Node:
    """Any query."""
    roll = rng.random()
    if depth <= 0 or roll < 0.25:
        return random_term(rng)
    if roll < 0.45:
        return random_placed(rng, 3)
    if roll < 0.52:
        return random_fact(rng)
    if roll < 0.57:
        return Literal(rng.choice([*WORDS, "brand été", "oo", "a b", "e", "fin. b"]))
    if roll < 0.62:
        return InField(rng.choice(["title", "text"]), random_node(rng, depth - 1))
    if roll < 0.7:
        return Not(random_node(rng, depth - 1))
    nodes = tuple(random_node(rng, depth - 1) for _ in range(rng.choice([1, 2, 2, 3])))
    if roll < 0.75:
        return AtLeast(rng.randrange(len(nodes) + 2), nodes)
    if roll < 0.77:
        inner = Near(Or((And(nodes), random_term(rng))), random_term(rng), 3)
        return rng.choice(
            [inner, Near(inner, random_term(rng), 2), Sentence(Or((inner, random_term(rng))), random_term(rng))]
        )
    return And(nodes) if roll < 0.88 else Or(nodes)


FEW = [
    "été",
    "ete",
    "brand",
    "orange",
    "оrаngе",
    "a",
    "b",
    "aa",
    "ab",
    "#a",
    "@b",
    "@a@srv.fr",
    "👍",
    "https://ete.fr/a",
    "fin.",
    "東",
]
PLAIN = ["ete", "brand", "orange", "a", "b", "aa", "ab", "fin", "東"]


def plain_post(rng: random.Random) -> dict[str, object]:
    """A row of POSTS of few words, so that they stand near each other."""
    title = " ".join(rng.choices(FEW, k=rng.randrange(1, 4))) if rng.random() < 0.3 else ""
    return random_post(rng) | {"text": " ".join(rng.choices(FEW, k=rng.randrange(12))), "title": title}


def plain_term(rng: random.Random) -> Term:
    return Term("a*", wild=True) if rng.random() < 0.1 else Term(rng.choice(PLAIN))


def plain_phrase(rng: random.Random) -> Node:
    size = rng.choice([1, 1, 2, 3])
    return Phrase(tuple(plain_term(rng) for _ in range(size))) if size > 1 else plain_term(rng)


def plain_placed(rng: random.Random) -> Node:
    """Phrases and nearness of plain words: what an index with places decides alone, where it can."""
    roll, sides = rng.random(), [plain_phrase(rng), plain_phrase(rng)]
    if roll < 0.3:
        return Phrase(tuple(plain_term(rng) for _ in range(rng.choice([2, 3]))))
    if roll < 0.5:
        return Window(tuple(plain_term(rng) for _ in range(rng.choice([2, 3, 4]))), rng.randrange(4))
    if roll < 0.6:
        sides[0] = Or((sides[0], plain_phrase(rng)))
    return Near(*sides, rng.randrange(4), rng.random() < 0.2)


def plain_node(rng: random.Random) -> Node:
    """Plain words, their places and facts, joined by AND, OR and NOT."""
    facts = [Field("lang", ("fr",)), Field("lang", ("f*", "en")), Field("network", ("x",)), Field("kind", ("note",))]
    some: list[Node] = [
        plain_placed(rng),
        plain_term(rng),
        rng.choice(facts),
        Not(plain_placed(rng)),
        Not(plain_term(rng)),
    ]
    nodes = tuple(rng.sample(some, rng.choice([1, 2, 3])))
    if len(nodes) == 1:
        return nodes[0]
    joined = And(nodes) if rng.random() < 0.7 else Or(nodes)
    return And((joined, rng.choice([Not(rng.choice(facts)), plain_term(rng)]))) if rng.random() < 0.3 else joined
