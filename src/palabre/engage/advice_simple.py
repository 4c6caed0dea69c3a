"""Simple words: how easily a reply reads, and its long sentences. Pure.

French: Kandel and Moles (1958), 207 - 1.015 words a sentence - 73.6 syllables a word. English: Flesch (1948), 206.835 -
1.015 words a sentence - 84.6 syllables a word. 100 is very easy, below 50 is hard. Syllables are counted by groups of
vowels: off by a few in a hundred, which moves the score by two or three points. Under 30 words it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palabre.engage.advice_remarks import Draft, Remark, flat, sentences, unlinked

FORMULAS = {"fr": (207.0, 1.015, 73.6), "en": (206.835, 1.015, 84.6)}
HARD, WORDS_MIN, SENTENCE_WORDS_MAX = 50, 30, 28
WORD = re.compile(r"[^\W\d_]+")
VOWELS = {"fr": re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+"), "en": re.compile(r"[aeiouy]+")}
HIATUS = re.compile(r"(?<=[aeiouy])[éèïäëü]|é[aou]|i[oa](?=n?s?$)")
SILENT = {"fr": re.compile(r"(?<=[^aeiouyéè])(?:e|es|ent)$"), "en": re.compile(r"(?<=[^aeiouyl])e[ds]?$")}


def syllables(word: str, lang: str) -> int:
    """Groups of vowels, without a silent end; one at least."""
    low = word.lower()
    groups = len(VOWELS[lang].findall(low)) + (len(HIATUS.findall(low)) if lang == "fr" else 0)
    voiced_end = lang == "en" and re.search(r"[td]ed$|(?:[sxz]|[cs]h|ce|ge|se)es$", low)
    if groups > 1 and not voiced_end and SILENT[lang].search(low):
        groups -= 1
    return max(1, groups)


def ease(text: str, lang: str) -> tuple[int, int] | None:
    """(score, words counted); None for another language or too few words."""
    if lang not in FORMULAS:
        return None
    bare = unlinked(text)
    words = WORD.findall(bare)
    spans = [one for one in sentences(bare) if WORD.search(bare, *one)]
    if len(words) < WORDS_MIN or not spans:
        return None
    base, by_length, by_syllable = FORMULAS[lang]
    spoken = sum(syllables(word, lang) for word in words) / len(words)
    return round(base - by_length * len(words) / len(spans) - by_syllable * spoken), len(words)


def readability(draft: Draft) -> Iterator[Remark]:
    """Long sentences one by one, and the whole when it is hard to read."""
    bare = unlinked(flat(draft.text))
    for start, end in sentences(bare):
        n = len(WORD.findall(bare, start, end))
        if n > SENTENCE_WORDS_MAX:
            start += len(draft.text[start:end]) - len(draft.text[start:end].lstrip())
            yield Remark("long_sentence", start, end, draft.text[start:end], {"n": n})
    found = ease(draft.text, draft.lang)
    if found is not None and found[0] < HARD:
        yield Remark("readability", 0, 0, "", {"score": max(0, found[0]), "n": found[1]})
