"""Facets and chips with their words and addresses: what is chosen, what can be chosen, how many posts there are. Pure
but for the names of languages, which are Django's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language_info

from palabre.archive.types import Source, Watch
from palabre.desk.design.words import speak
from palabre.desk.mentions.selection import FACETED, SEVERAL, Selection
from palabre.messages import catalogue

SHOWN = 8
PERIODS = (1, 7, 30, 90)
Naming = Callable[[str, str], str]  # (facet, value) -> words


@dataclass(frozen=True, slots=True)
class Choice:
    """One value. url: the query string that adds it or, when it is on, takes it away; "" when it cannot be asked."""

    words: str
    n: int | None
    on: bool
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """A facet. first: the values shown at once; rest: those behind a click."""

    name: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]


def naming(lang: str, watches: Mapping[int, Watch], sources: Mapping[int, Source]) -> Naming:
    """How values are called in a language."""
    named: dict[str, Mapping[str, str]] = {
        "watch": {str(watch_id): watch.name for watch_id, watch in watches.items()},
        "source": {str(source_id): source.name for source_id, source in sources.items()},
    }

    def words(facet: str, value: str) -> str:
        if facet == "lang" and value:
            return language(value)
        value = "none" if (facet, value) == ("intent", "other") else value  # two names of the same
        key = f"mentions.{facet}.{value or 'none'}"
        known = named.get(facet, {}).get(value)
        return known or (speak(key, lang) if key in catalogue(lang) else value.capitalize())

    return words


def language(code: str) -> str:
    """The name of a language in the reader's own; the code of one that Django does not know."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def groups(selection: Selection, found: Mapping[str, Sequence[tuple[str, int]]], words: Naming) -> list[Group]:
    """The facets that help to choose: those with several values, or with one that is chosen."""
    made = [group(selection, name, found.get(name, ()), words) for name in FACETED]
    return [one for one in made if len(one.first) > 1 or any(choice.on for choice in one.first)]


def group(selection: Selection, name: str, found: Sequence[tuple[str, int]], words: Naming) -> Group:
    """Chosen values first (also those that bring nothing), then the most frequent."""
    counted = dict(found)
    chosen = selection.values(name)
    order = [*chosen, *(value for value, _ in found if value not in chosen)]
    choices = [choice(selection, name, value, counted.get(value, 0), words) for value in order]
    most = max(SHOWN, len(chosen))
    most = len(choices) if len(choices) <= most + 2 else most
    return Group(name, tuple(choices[:most]), tuple(choices[most:]))


def choice(selection: Selection, name: str, value: str, n: int, words: Naming) -> Choice:
    on = value in selection.values(name)
    other = selection.without(name, value) if on else selection.with_value(name, value)
    return Choice(words(name, value), n, on, other.address() if value else "")


def chips(selection: Selection, words: Naming, author: str, lang: str) -> list[Choice]:
    """What is asked beside the query, each with the address that takes it away. author: whose account is asked for."""
    found = [
        Choice(f"{speak(f'mentions.facet.{name}', lang)}{speak('desk.colon', lang)}{words(name, value)}",
               None, True, selection.without(name, value).address())
        for name in SEVERAL for value in selection.values(name)
    ]  # fmt: skip
    found += [Choice(speak(key, lang, n=n), None, True, selection.without(name).address())
              for name, key, n in single(selection)]  # fmt: skip
    if selection.filters.account_uri:
        found.append(Choice(speak("mentions.chip.account", lang, name=author), None, True,
                            selection.without("account").address()))  # fmt: skip
    return found


def single(selection: Selection) -> list[tuple[str, str, int]]:
    """(name in the address, key of its words, number of posts named) of what is asked with one value."""
    filters = selection.filters
    found = [("folded", f"mentions.chip.folded_{filters.folded}", 0)] if filters.folded else []
    found += [("register", "mentions.chip.register", 0)] if filters.register else []
    return found + ([("post", "mentions.chip.posts", len(filters.post_ids))] if filters.post_ids else [])


def periods(selection: Selection, lang: str) -> list[Choice]:
    """The last days, and any time."""
    any_time = not selection.days and not selection.since and not selection.until
    last = [
        Choice(speak("mentions.period.days", lang, n=n), None, selection.days == n, selection.in_last(n).address())
        for n in PERIODS
    ]
    return [*last, Choice(speak("mentions.period.any", lang), None, any_time, selection.in_last(0).address())]
