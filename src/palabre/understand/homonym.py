"""The same word for something else: anchor words of a watch, and what people fold and restore, as a small model. Pure.

    lessons = learn([("concert de Roulia vendredi", False), ("mon Roulia est en panne", True), …])
    context_score(lessons, "le dernier album de Roulia")      # Found(score=0.9…, words=("album", …))
    lessons = taught(lessons, "le prix du Roulia", wanted=True)    # one click teaches at once
    anchor_score(Anchors(for_=("vélo",), against=("concert", "album")), "l'album de Roulia")

Method 1: naive Bayes over words, pairs of words and capitals (present or not, smoothed by one half), odds tempered so
that words that go together do not count twice (Hand and Yu 2001). Silent under four examples of each kind: it then
folds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log

from palabre.text.tokens import Token, tokenize
from palabre.understand.noise_cues import Found
from palabre.understand.own_words import KINDS, READ_MAX, SILENT, words
from palabre.understand.signs import folded

EXAMPLES_LEAST = 4  # of each kind
WORDS_MAX = 200  # of a text
TEMPER = 0.7
PULL_MAX = 2.5  # of one word
SHAPE_PULL_MAX = 0.93  # of a word that is written both ways: nobody is folded for a missing capital alone
SMOOTHING = 0.5
SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class Anchors:
    """for_: words that say that the right thing is meant; against: that another is. Case and accents do not matter."""

    for_: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Counts of words over examples. wanted, unwanted: in how many texts of each kind a word occurs; n_*: texts."""

    wanted: Counter[str] = field(default_factory=Counter)
    unwanted: Counter[str] = field(default_factory=Counter)
    n_wanted: int = 0
    n_unwanted: int = 0

    @property
    def ready(self) -> bool:
        return min(self.n_wanted, self.n_unwanted) >= EXAMPLES_LEAST


def stems(text: str) -> set[str]:
    """Words of a text that say something, without accents and without the plural."""
    return {stem(folded(word)) for word in words(text)[:WORDS_MAX]}


def stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "sx" else word


def features(text: str) -> set[str]:
    """What the model sees of a text: words that say something, as they are written inside a sentence (« ^mistral » with
    a capital, « mistral » without, « >mistral » where it begins one), and pairs of neighbours (« mon mistral »)."""
    tokens = [one for one in tokenize(text[:READ_MAX]) if one.kind in KINDS and one.folded][:WORDS_MAX]
    said = [stem(one.folded[0]) for one in tokens]
    speaks = [one.folded[0] not in SILENT and len(one.folded[0]) > 2 for one in tokens]
    alone = {f"{shape(text, tokens, i)}{word}" for i, word in enumerate(said) if speaks[i]}
    pairs = {f"{said[i]} {said[i + 1]}" for i in range(len(said) - 1) if speaks[i] or speaks[i + 1]}
    return alone | pairs


def shape(text: str, tokens: list[Token], i: int) -> str:
    """A mark for a word that begins a sentence, and for one with a capital inside it."""
    if not text[tokens[i].start].isupper():
        return ""
    return "^" if i and tokens[i - 1].sentence == tokens[i].sentence else ">"


def learn(examples: Iterable[tuple[str, bool]], known: Context | None = None) -> Context:
    """From (text, wanted) pairs, added to what is known."""
    known = known or Context()
    wanted, unwanted = known.wanted.copy(), known.unwanted.copy()
    n_wanted, n_unwanted = known.n_wanted, known.n_unwanted
    for text, is_wanted in examples:
        (wanted if is_wanted else unwanted).update(features(text))
        n_wanted, n_unwanted = n_wanted + is_wanted, n_unwanted + (not is_wanted)
    return Context(wanted, unwanted, n_wanted, n_unwanted)


def taught(known: Context, text: str, wanted: bool) -> Context:
    """One more example: what a click on « restore » (wanted) or « fold » teaches."""
    return learn([(text, wanted)], known)


def untaught(known: Context, text: str, wanted: bool) -> Context:
    """One example taken back."""
    side, minus = (known.wanted if wanted else known.unwanted), Counter(features(text))
    less = side - minus
    if wanted:
        return Context(less, known.unwanted, max(0, known.n_wanted - 1), known.n_unwanted)
    return Context(known.wanted, less, known.n_wanted, max(0, known.n_unwanted - 1))


def context_score(known: Context, text: str) -> Found:
    """How probably a text is of the unwanted kind; 0 while there are too few examples, or where no word is known."""
    if not known.ready:
        return Found(0.0)
    pulls = {word: odds(known, word) for word in sorted(features(text)) if known.wanted[word] + known.unwanted[word]}
    if not pulls:
        return Found(0.0)
    score = 1 / (1 + exp(-TEMPER * sum(pulls.values())))
    ranked = sorted((word for word in pulls if pulls[word] > 0), key=lambda word: -pulls[word])
    shown = [word for word in ranked if plain(word)] or ranked
    return Found(score if score > 0.5 else 0.0, tuple(shown[:SHOWN_MAX]))


def plain(word: str) -> bool:
    """A word that people may be shown: neither a pair, nor a capital, nor a word of grammar."""
    return " " not in word and word[0] not in "^>" and len(word) > 2 and word not in SILENT and not word.isdigit()


def odds(known: Context, word: str) -> float:
    """Log odds of a word for the unwanted kind."""
    yes = (known.unwanted[word] + SMOOTHING) / (known.n_unwanted + 2 * SMOOTHING)
    no = (known.wanted[word] + SMOOTHING) / (known.n_wanted + 2 * SMOOTHING)
    most = SHAPE_PULL_MAX if written_both_ways(known, word) else PULL_MAX
    return max(-most, min(most, log(yes / no)))


def written_both_ways(known: Context, word: str) -> bool:
    """Was the word seen with a capital and without?"""
    bare = word.lstrip("^>")
    return " " not in word and len({key for key in (bare, f"^{bare}") if known.wanted[key] + known.unwanted[key]}) == 2


def anchor_score(anchors: Anchors, text: str) -> Found:
    """1 − 1/4ⁿ for n words against and none for; 0 where a word is for it, or none against."""
    if not anchors.against:
        return Found(0.0)
    said = stems(text)
    if said & keys_of(anchors.for_):
        return Found(0.0)
    against = tuple(sorted(said & keys_of(anchors.against)))
    return Found(1 - 0.25 ** len(against), against) if against else Found(0.0)


def keys_of(given: tuple[str, ...]) -> set[str]:
    return {stem for word in given for stem in stems(word)}


def proposed(known: Context, most: int = 10) -> Anchors:
    """Anchor words that the examples suggest, for people to confirm."""
    if not known.ready:
        return Anchors()
    both = known.wanted + known.unwanted
    ranked = sorted((word for word in both if plain(word)), key=lambda word: (odds(known, word), word))
    sure = [word for word in ranked if both[word] >= 2 and not (both[f"^{word}"] or both[f">{word}"])]
    for_ = [word for word in sure if odds(known, word) < -1][:most]
    against = [word for word in reversed(sure) if odds(known, word) > 1][:most]
    return Anchors(tuple(for_), tuple(against))
