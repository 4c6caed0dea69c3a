"""What a first panel looks like, from an organisation's name, its site and its rivals. Pure: no network, no clock.

A proposal is a start, not a truth: each watch carries why it is proposed, and a person ticks, edits or drops it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from palabre.model import WatchKind
from palabre.text.tokens import tokenize

LEGAL = ("s.?a.?s.?u?", "s.?a.?r.?l", "s.?a", "e.?u.?r.?l", "s.?c.?i", "s.?c.?o.?p", "s.?n.?c", "inc", "ltd", "llc")
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
LEGAL_FORMS = re.compile(rf"[\s,]+({'|'.join(LEGAL).replace('.', '[.]')}|plc|gmbh|corp|co)[.]?$", re.IGNORECASE)
COMPLAINTS = {
    "fr": 'panne OR probleme OR arnaque OR decu OR decue OR remboursement OR "service client" OR boycott',
    "en": 'broken OR problem OR scam OR disappointed OR refund OR "customer service" OR lawsuit',
}
WISHES = {
    "fr": '"j\'aimerais" OR "il manque" OR "vous devriez" OR recommande OR merci',
    "en": '"i wish" OR "is missing" OR "you should" OR recommend OR thanks',
}
LOOK_ALIKES = {"o": "0", "i": "1", "l": "1", "e": "3", "a": "4", "s": "5"}
OPERATORS = {"AND", "OR", "NOT", "NEAR", "SENTENCE", "ATLEAST", "ET", "OU", "SAUF"}
SHORT_WORD = 4
MANY_RIVALS = 12


@dataclass(frozen=True, slots=True)
class ProposedWatch:
    """why: end of a message key ``panel.why.<why>``; an empty name and query wait for a person's words."""

    name: str
    kind: WatchKind
    query: str
    why: str
    ticked: bool = True


@dataclass(frozen=True, slots=True)
class ProposedSource:
    """config: of that connector; why: end of a message key ``panel.why.<why>``."""

    name: str
    connector: str
    config: dict[str, object]
    why: str
    ticked: bool = True

    @property
    def value(self) -> str:
        """The one thing in the configuration that a person chose."""
        return str(self.config.get("url") or self.config.get("value") or "")


def bare_name(name: str) -> str:
    """The name people say: without legal form and double spaces."""
    spaced = " ".join(name.split())
    return LEGAL_FORMS.sub("", spaced) or spaced


def domain(site: str) -> str:
    """``https://www.Example.org/a`` → ``example.org``; "" for what is no site."""
    text = site.strip().lower()
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if HOST.fullmatch(host) else ""


def quoted(words: str) -> str:
    """Words as a query: one word as it is, several as a phrase; without accents, so that both spellings are found.

    A name that lives by its signs (C&A, Google+) is looked for character by character.
    """
    text = " ".join(words.split())
    if re.fullmatch(r"\w{1,2}[&+]\w{0,2}|\w+\+", text):
        return f'raw:"{text}"'
    parts = [part for part in re.sub(r"[^\w.'’&-]+", " ", unaccented(text)).split() if is_word(part)]
    if len(parts) == 1 and re.fullmatch(r"\w+", parts[0]) and parts[0].upper() not in OPERATORS:
        return parts[0]
    return f'"{" ".join(parts)}"' if parts else ""


def is_word(part: str) -> bool:
    """Whether a query can look for it: some signs are letters to Unicode alone."""
    return any(map(str.isalnum, part)) and any(token.folded[0] for token in tokenize(part))


def unaccented(words: str) -> str:
    """``Pédalis`` → ``Pedalis``."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))


def joined_up(words: str) -> str:
    """``Atelier du Vélo`` → ``atelierduvelo``: how hashtags, handles and domains write a name."""
    return "".join(sign for sign in unaccented(words.casefold()) if sign.isalnum() and sign.isascii())


def variants(name: str) -> list[str]:
    """How people write a name: as it is, in one word, with its initials when they are long enough."""
    bare = bare_name(name)
    words = re.findall(r"\w+", bare)
    initials = "".join(word[0] for word in words if word[0].isupper())
    found = [quoted(bare)]
    if len(words) > 1 and len(joined_up(bare)) > SHORT_WORD:
        found.append(joined_up(bare))
    if len(words) >= 3 and len(initials) >= 3:
        found.append(f"{{{initials.upper()}}}")
    return list(dict.fromkeys(part for part in found if part))


def name_query(name: str, site: str = "") -> str:
    """Name, variants and what links to the site."""
    host = domain(site)
    parts = [*variants(name), *([f"site:{host}", f"link:{host}"] if host else [])]
    return " OR ".join(parts)


def look_alikes(host: str, most: int = 6) -> list[str]:
    """Domains that a forger would take for this one."""
    stem, _, ending = host.partition(".")
    swapped = [stem[:i] + LOOK_ALIKES[sign] + stem[i + 1 :] for i, sign in enumerate(stem) if sign in LOOK_ALIKES]
    other_ends = [f"{stem}.{end}" for end in ("com", "fr", "org", "net", "shop") if end != ending]
    hyphened = [f"{stem}-{word}.{ending}" for word in ("shop", "support")]
    return list(dict.fromkeys([*(f"{fake}.{ending}" for fake in swapped), *hyphened, *other_ends]))[:most]


def ambiguous(name: str) -> bool:
    """A short single word names many other things."""
    bare = bare_name(name)
    return " " not in bare and len(bare) <= SHORT_WORD


def about_us(name: str, site: str) -> list[ProposedWatch]:
    """The organisation, and what touches its marks."""
    bare, host = bare_name(name), domain(site)
    found = [
        ProposedWatch(bare, WatchKind.ORGANISATION, name_query(name, site), "short" if ambiguous(name) else "name")
    ]
    if host:
        fakes = " OR ".join(f"link:{fake}" for fake in look_alikes(host))
        found.append(ProposedWatch(host, WatchKind.PROPERTY, f"({fakes}) NOT link:{host}", "look_alike"))
    return found


def about_themes(name: str, languages: Sequence[str]) -> list[ProposedWatch]:
    """What people complain of and wish for, near the name."""
    us = " OR ".join(variants(name))
    known = [lang for lang in languages if lang in COMPLAINTS] or list(COMPLAINTS)
    tables = (("complaints", COMPLAINTS), ("wishes", WISHES))
    return [
        ProposedWatch(bare_name(name), WatchKind.THEME, f"({us}) AND ({' OR '.join(words[x] for x in known)})", why)
        for why, words in tables
    ]


def about_rivals(rivals: Iterable[str]) -> list[ProposedWatch]:
    """One watch a rival, so that each can be compared."""
    names = dict.fromkeys(" ".join(rival.split()) for rival in rivals)
    return [
        ProposedWatch(bare_name(rival), WatchKind.COMPETITOR, " OR ".join(variants(rival)), "rival")
        for rival in list(names)[:MANY_RIVALS]
        if variants(rival)
    ]


BLANKS = ((WatchKind.PRODUCT, "product"), (WatchKind.EXECUTIVE, "executive"), (WatchKind.CAMPAIGN, "campaign"))


def for_people() -> list[ProposedWatch]:
    """Watches that only a person can name: proposed empty."""
    return [ProposedWatch("", kind, "", why, ticked=False) for kind, why in BLANKS]


def named_by_hand(kind: WatchKind, words: str, organisation: str) -> str:
    """The query of a watch that somebody named. A product's name alone may be a common word: it stands near ours."""
    us = " OR ".join(variants(organisation))
    if kind is WatchKind.PRODUCT and " " not in words.strip() and us:
        return f"{quoted(words)} AND ({us})"
    return " OR ".join(variants(words))


def propose_panel(name: str, site: str, rivals: Iterable[str], languages: Sequence[str] = ()) -> list[ProposedWatch]:
    """The first panel. name: as people type it; site: address or domain, may be ""; languages: codes, [] for all."""
    if not variants(name):
        return []
    return [*about_us(name, site), *about_themes(name, languages), *about_rivals(rivals), *for_people()]


def propose_sources(name: str, rivals: Iterable[str], feeds: Iterable[tuple[str, str]]) -> list[ProposedSource]:
    """Where to listen first. feeds: (title, address) found on the organisation's site."""
    own = [ProposedSource(title or url, "feed", {"url": url}, "feed") for title, url in feeds]
    tags = list(dict.fromkeys(joined_up(bare_name(word)) for word in (name, *rivals)))
    tags = [tag for tag in tags if tag][:MANY_RIVALS]
    return [
        *own,
        *map(hashtag_source, tags),
        ProposedSource("Bluesky", "bluesky_jetstream", {}, "bluesky", ticked=False),
    ]


def source_of(name: str, connector: str, value: str) -> ProposedSource | None:
    """A proposal as it comes back from the page; None for a connector that is never proposed."""
    match connector:
        case "feed" if value:
            return ProposedSource(name or value, connector, {"url": value}, "feed")
        case "mastodon" if joined_up(value):
            return hashtag_source(joined_up(value))
        case "bluesky_jetstream":
            return ProposedSource("Bluesky", connector, {}, "bluesky")
    return None


def hashtag_source(tag: str) -> ProposedSource:
    """Public conversation under a tag on the largest Mastodon server; any other will do."""
    config: dict[str, object] = {"server": "https://mastodon.social", "timeline": "hashtag", "value": tag}
    return ProposedSource(f"Mastodon #{tag}", "mastodon", config, "hashtag")
