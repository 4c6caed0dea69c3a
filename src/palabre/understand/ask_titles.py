"""What many people ask, in the words that they share: the title of a need. Pure.

    titles(texts, authors, langs, groups, names)[0]     # {"fr": "siège enfant", "en": "child seat"}

A title is a run of words that several independent authors wrote, so that it quotes nobody and outlives no erasure. The
names of the house and of its rivals are taken out, with the article before them; it begins and ends on a word that
says something and holds at most four such words. Of all runs of a group and language the one with the most weight is
taken: the sum of its words' weights (share of the group's authors who use the word, times the log of how much more that
is than usual) times the root of how many authors wrote the run.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

from palabre.text.tokens import Kind, tokenize
from palabre.understand.own_words import SILENT
from palabre.understand.tabular import Ints

AUTHORS_MIN = 3  # who wrote a run: below, it is one person's sentence
WORDS_MAX, TOKENS_MAX = 4, 8
READ_MAX = 600  # characters of a text: what is asked comes early
POSTS_MAX = 400  # of a group and language that are read
JOINED = re.compile(r"[\s'’\-]*")  # between two words of one run


@dataclass(frozen=True, slots=True)
class Word:
    """folded: "" breaks a run (a name that was taken out does not, a comma does); glue: what stands before it."""

    folded: str
    written: str
    glue: str

    @property
    def telling(self) -> bool:
        return len(self.folded) > 1 and self.folded not in SILENT and not self.folded.isdigit()


@dataclass
class Heard:
    """What the authors of a group wrote in one language. runs: folded words → authors; written: the same as written."""

    authors: set[str] = field(default_factory=set)
    runs: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    written: dict[tuple[str, ...], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def titles(
    texts: Sequence[str], authors: Sequence[str], langs: Sequence[str], groups: Ints, names: Collection[str] = ()
) -> dict[int, dict[str, str]]:
    """Group → language → title; a group or language without any run of `AUTHORS_MIN` authors is left out."""
    rows: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row, group in enumerate(groups.tolist()):
        rows[group, langs[row]].append(row)
    heard = {
        key: listened([(texts[row], authors[row]) for row in mine[:POSTS_MAX]], names) for key, mine in rows.items()
    }
    usual = {lang: usual_shares([heard[key] for key in heard if key[1] == lang]) for lang in set(langs)}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for (group, lang), one in sorted(heard.items()):
        if title := best(one, usual[lang]):
            found[group][lang] = title
    return dict(found)


def usual_shares(heard: Sequence[Heard]) -> Mapping[str, float]:
    """Of each telling word: the mean share of the authors of a group who use it."""
    found: dict[str, float] = defaultdict(float)
    for one in heard:
        for word, who in one.words.items():
            found[word] += len(who) / len(one.authors)
    return {word: share / len(heard) for word, share in found.items()}


def listened(said: Sequence[tuple[str, str]], names: Collection[str]) -> Heard:
    """Runs and words of (text, author) pairs."""
    heard = Heard()
    for text, author in said:
        words = list(words_of(text[:READ_MAX], names))
        heard.authors.add(author)
        for word in words:
            if word.telling:
                heard.words[word.folded].add(author)
        for run in runs(words):
            key = tuple(word.folded for word in run)
            heard.runs[key].add(author)
            heard.written[key][run[0].written + "".join(word.glue + word.written for word in run[1:])] += 1
    return heard


def words_of(text: str, names: Collection[str]) -> Iterator[Word]:
    """The words of a text without names and the grammar right before them; a break where a run must end."""
    kept: list[Word] = []
    end, sentence = 0, -1
    for token in tokenize(text):
        folded = token.folded[0] if token.folded and token.kind is Kind.WORD else ""
        glue = text[end : token.start]
        end = token.end
        if token.sentence != sentence or not folded or not JOINED.fullmatch(glue):
            kept.append(Word("", "", ""))
        sentence = token.sentence
        if folded in names:
            while kept and kept[-1].folded and not kept[-1].telling:
                kept.pop()
        elif folded:
            kept.append(Word(folded, text[token.start : token.end].lower(), glue if JOINED.fullmatch(glue) else " "))
    return iter(kept)


def runs(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Every run from a telling word to a telling word, with at most `WORDS_MAX` of them, each once."""
    for start, first in enumerate(words):
        if not first.telling:
            continue
        said: list[str] = []
        for end in range(start, min(start + TOKENS_MAX, len(words))):
            if not words[end].folded or words[end].folded in said:
                break
            if words[end].telling:
                said.append(words[end].folded)
                if len(said) <= WORDS_MAX:
                    yield words[start : end + 1]


def best(one: Heard, usual: Mapping[str, float]) -> str:
    """The run with most weight, with a capital; where that is a single word, the next best beside it; "" where none has
    authors enough."""
    tried = [run for run, who in one.runs.items() if len(who) >= AUTHORS_MIN]
    weights = weights_of(one, usual, {word for run in tried for word in run})
    score = {run: sqrt(len(one.runs[run])) * sum(weights.get(word, 0.0) for word in run) for run in tried}
    order = sorted((run for run in tried if score[run] > 0), key=lambda run: (-score[run], len(run), run))
    if not order:
        return ""
    beside = [run for run in order[1:] if not set(run) & set(order[0])] if len(order[0]) == 1 else []
    title = ", ".join(one.written[run].most_common(1)[0][0] for run in [order[0], *beside[:1]])
    return title[:1].upper() + title[1:]


def weights_of(one: Heard, usual: Mapping[str, float], words: Collection[str]) -> Mapping[str, float]:
    """Of each telling word: the share of authors who use it, times the log of how much more that is than in a usual
    group; nothing for what all say (a greeting, thanks)."""
    shares = {word: len(who) / len(one.authors) for word in words if (who := one.words.get(word))}
    return {word: share * log(max(1.0, share / usual[word])) for word, share in shares.items()}
