"""The words that set a group of posts apart, and those that say nothing. Pure.

    inside, outside = counts(texts_of_the_group), counts(texts_of_the_others)
    own_words(inside, outside, most=5)          # ["cargo", "twin", "motor", …]

A word counts once a text, so that somebody who repeats it is heard once. Method: log odds with an informative Dirichlet
prior (Monroe, Colaresi and Quinn 2008), words above z = 1.96, greatest first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log, sqrt

from palabre.text.tokens import Kind, tokenize

Z_LEAST = 1.96
READ_MAX = 5_000  # characters of a text
# Words that carry the grammar of French and English; folded, as tokens are.
SILENT = frozenset(
    """
    a ai aie ait alors apres as au aucun aussi autre aux avait avant avec avez avoir avons bien bon c ca car ce cela
    celle celui ces cet cette chez chaque ci comme comment contre d dans de deja depuis des deux dire dit dois doit
    donc dont du elle elles en encore entre est et etaient etait etant ete etes etre eu eux fait faire fais faut
    fois font ici il ils j jamais je jusqu l la laquelle le lequel les leur leurs lui m ma mais me meme memes mes
    mien moi moins mon n ne ni non nos notre nous on ont ou oui par parce pas pendant peu peut peux plus pour
    pourquoi pourtant puis qu quand que quel quelle quelles quels qui quoi rien s sa sans se sera ses seul si sinon
    soi son sont sous suis sur t ta tant te tel tes toi ton toujours tous tout toute toutes tres trop tu un une va
    vais vers voila vont vos votre vous vraiment vu y able about above after again all also am an and any are aren
    around as at back be because been before being below between both but by can cannot could did didn do does doesn
    doing don done down during each even ever every few for from further get gets getting go goes going good got had
    has hasn have haven having he her here hers him his how however i if in into is isn it its itself just know less
    let like ll made make many may me might mine more most much must my never no nor not now of off often on once
    one only or other our out over own re really right same see shall she should since so some still such than that
    the their them then there these they thing things think this those though through to too under until up upon us
    use ve very want was wasn way we well were what when where which while who whom why will with within without won
    would yes yet you your yours
    """.split()  # noqa: SIM905
)
KINDS = (Kind.WORD, Kind.HASHTAG)


def words(text: str) -> list[str]:
    """The words and hashtags of a text that say something, in lower case with their accents, in order."""
    found = (token for token in tokenize(text[:READ_MAX]) if token.kind in KINDS and token.folded)
    said = ((token.folded[0], token.accented or token.folded[0]) for token in found)
    return [shown for word, shown in said if len(word) > 2 and word not in SILENT and not word.isdigit()]


def counts(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word occurs."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(set(words(text)))
    return found


def own_words(inside: Counter[str], outside: Counter[str], most: int = 5) -> list[str]:
    """Words that the group says more than the others, by z score; ties in order of the alphabet."""
    scored = [(score(word, inside, outside), word) for word, n in inside.items() if n > 1]
    return [word for z, word in sorted(scored, key=lambda one: (-one[0], one[1])) if z >= Z_LEAST][:most]


def score(word: str, inside: Counter[str], outside: Counter[str]) -> float:
    """z of the log odds of a word; prior: a hundredth of its count on both sides, at least 0.01."""
    here, there = inside[word], outside[word]
    all_here, all_there = inside.total(), outside.total()
    prior = max(0.01, (here + there) / 100)
    mass = max(1.0, (all_here + all_there) / 100)
    a = log((here + prior) / max(prior, all_here + mass - here - prior))
    b = log((there + prior) / max(prior, all_there + mass - there - prior))
    return (a - b) / sqrt(1 / (here + prior) + 1 / (there + prior))


def named(terms: Iterable[str], most: int = 3) -> list[str]:
    """The first terms that do not repeat one another: a pair takes the place of its two words, and what shares a word
    with one that is there already is left out."""
    kept: list[str] = []
    for term in terms:
        words = set(term.split())
        inside = [one for one in kept if set(one.split()) < words]
        if len(inside) > 1:
            kept[kept.index(inside[0])] = term
            kept = [one for one in kept if one not in inside]
        elif not any(words & set(one.split()) for one in kept):
            kept.append(term)
    return kept[:most]
