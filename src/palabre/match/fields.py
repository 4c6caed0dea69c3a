"""Every field of the query language, once: names, shape, what it looks at. Help: message ``query.field.<name>``."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from palabre.model import PostKind
from palabre.text.facts import fold_value


class Shape(StrEnum):
    """What may stand after the colon."""

    PART = "part"  # a query, looked for in one part of the post
    TEXT = "text"  # a whole value, * and ? allowed
    PIECE = "piece"  # a piece of an address
    HOST = "host"  # a host or one of its parent domains
    URI = "uri"  # an identifier, whole
    LANG = "lang"  # a language code
    CHOICE = "choice"  # one of the words of `choices`
    NUMBER = "number"  # a number, a comparison or a range
    DATE = "date"  # a day, a comparison or a range


RANGED = frozenset({Shape.NUMBER, Shape.DATE})


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """name: as in the tree and as printed; aliases: other names, French ones included; columns: of POSTS."""

    name: str
    shape: Shape
    columns: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


FIELDS = (
    FieldSpec("title", Shape.PART, ("title",), ("titre",)),
    FieldSpec("body", Shape.PART, ("text",), ("text", "texte", "corps")),
    FieldSpec("url", Shape.PIECE, ("url",), ("adresse",)),
    FieldSpec("site", Shape.HOST, ("url",), ("domain", "domaine")),
    FieldSpec("link", Shape.PIECE, ("links",), ("links", "lien", "liens")),
    FieldSpec("author", Shape.TEXT, ("account_handle", "account_name", "account_uri"), ("auteur", "from")),
    FieldSpec("lang", Shape.LANG, ("lang",), ("language", "langue")),
    FieldSpec("country", Shape.TEXT, ("country",), ("pays",)),
    FieldSpec("region", Shape.TEXT, ("region",), ()),
    FieldSpec("city", Shape.TEXT, ("city",), ("ville",)),
    FieldSpec("source", Shape.TEXT, ("network", "url"), ()),
    FieldSpec("network", Shape.TEXT, ("network",), ("reseau",)),
    FieldSpec("kind", Shape.CHOICE, ("kind",), ("type", "genre"), tuple(PostKind)),
    FieldSpec("parent", Shape.URI, ("parent",), ()),
    FieldSpec("root", Shape.URI, ("root",), ("fil", "thread")),
    FieldSpec("tag", Shape.TEXT, ("tags",), ("tags", "hashtag")),
    FieldSpec("mention", Shape.TEXT, ("mentions",), ("mentions",)),
    FieldSpec("is", Shape.CHOICE, (), ("est",), ("reply", "reshare", "quote", "verified", "sensitive")),
    FieldSpec("has", Shape.CHOICE, (), ("avec",), ("link", "media", "tag", "mention", "title")),
    FieldSpec("followers", Shape.NUMBER, ("followers",), ("abonnes",)),
    FieldSpec("rating", Shape.NUMBER, ("rating",), ("note", "avis")),
    FieldSpec("likes", Shape.NUMBER, ("likes",), ("jaime",)),
    FieldSpec("replies", Shape.NUMBER, ("replies",), ("reponses",)),
    FieldSpec("reshares", Shape.NUMBER, ("reshares",), ("partages",)),
    FieldSpec("views", Shape.NUMBER, ("views",), ("vues",)),
    FieldSpec("published", Shape.DATE, ("published_ms",), ("date", "publie")),
)

BY_NAME = MappingProxyType({spec.name: spec for spec in FIELDS})
_BY_ANY_NAME = MappingProxyType({name: spec for spec in FIELDS for name in (spec.name, *spec.aliases)})
# Names that stand before a colon without being facts of a post.
FORMS = ("raw", "list")


@lru_cache(1024)
def find_field(name: str) -> FieldSpec | None:
    """The field of a name or alias as typed, case and accents aside; None if there is none."""
    return _BY_ANY_NAME.get(fold_value(name))


def nearest_field(name: str) -> str | None:
    """The name that was probably meant."""
    return nearest(name, (*_BY_ANY_NAME, *FORMS))


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word closest to this one by edit distance; None if none is close."""
    return next(iter(get_close_matches(fold_value(word), known, n=1, cutoff=0.6)), None)
