"""The token rules, case by case: what every other part (language, engines, archive) relies on."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palabre.text.keys import keys
from palabre.text.tokens import Kind, Token, has_accents, tokenize
from palabre.text.unicode_table import Is, table


def folded(text: str) -> list[str]:
    return ["|".join(token.folded) for token in tokenize(text)]


def seen(text: str) -> list[str]:
    """Kind initial + the very characters, e.g. ``w:été``."""
    initials = {
        Kind.WORD: "w",
        Kind.HASHTAG: "h",
        Kind.HANDLE: "@",
        Kind.EMOJI: "e",
        Kind.LINK: "l",
    }
    return [f"{initials[token.kind]}:{text[token.start : token.end]}" for token in tokenize(text)]


CUTS = [
    ("", []),
    ("   \n\t ", []),
    ("l'été", ["w:l", "w:été"]),
    ("l’été ʼn lʼeau l＇an", ["w:l", "w:été", "w:n", "w:l", "w:eau", "w:l", "w:an"]),
    ("wendy's", ["w:wendy", "w:s"]),
    ("porte-monnaie snake_case 3,5", ["w:porte", "w:monnaie", "w:snake_case", "w:3", "w:5"]),
    ("AT&T C++ Yahoo!", ["w:AT", "w:T", "w:C", "w:Yahoo"]),
    ("#tag ##tag a#b x #", ["h:#tag", "h:#tag", "w:a", "w:b", "w:x"]),
    ("＃été #東京タワー #l'été", ["h:＃été", "h:#東京タワー", "h:#l", "w:été"]),
    ("@name @a.b.c, @u@s.tld.", ["@:@name", "@:@a.b.c", "@:@u@s.tld"]),
    ("@jean-pierre @my-n.bsky.social", ["@:@jean", "w:pierre", "@:@my-n.bsky.social"]),
    ("a@b.c me@ @ @.", ["w:a", "w:b", "w:c", "w:me"]),
    ("@SNCF! (@RATP)", ["@:@SNCF", "@:@RATP"]),
    ("x@y@z", ["w:x", "w:y", "w:z"]),
    ("https://x.com/a?b=(c). ok", ["l:https://x.com/a?b=(c", "w:ok"]),
    ("WWW.foo.fr, (HTTP://x.y) https://", ["l:WWW.foo.fr", "l:HTTP://x.y", "w:https"]),
    ("voir:https://é.fr/ça»fin", ["w:voir", "l:https://é.fr/ça", "w:fin"]),
    ("xhttp://foo wwwoo www.", ["w:xhttp", "w:foo", "w:wwwoo", "w:www"]),
    ("👩‍👩‍👧👍🏽👍", ["e:👩‍👩‍👧", "e:👍🏽", "e:👍"]),
    ("🇫🇷🇫🇷🇫", ["e:🇫🇷", "e:🇫🇷", "e:🇫"]),
    ("1️⃣2 #️⃣ 12*", ["e:1️⃣", "w:2", "e:#️⃣", "w:12"]),
    ("❤️❤ ©️© ™", ["e:❤️", "e:❤", "e:©️"]),
    ("ok👍#win a👍b", ["w:ok", "e:👍", "h:#win", "w:a", "e:👍", "w:b"]),
    ("東京 iPhone用", ["w:東", "w:京", "w:iPhone", "w:用"]),
    ("が가", ["w:が", "w:가"]),
    ("\ud800a\udfff", ["w:a"]),
    ("\u0301x \u200b\u200d", ["w:x"]),
]


@pytest.mark.parametrize(("text", "tokens"), CUTS)
def test_a_text_is_cut_into_tokens_with_their_places(text: str, tokens: list[str]) -> None:
    assert seen(text) == tokens


FOLDS = [
    ("ÉTÉ été e\u0301te\u0301", ["ete"] * 3),
    ("œuvre ŒUVRE oeuvre Æ", ["oeuvre"] * 3 + ["ae"]),
    ("Straße STRASSE", ["strasse"] * 2),
    ("İstanbul ISTANBUL ıstanbul", ["istanbul"] * 3),
    ("ﬁn ﬀ Ǆ", ["fin", "ff", "dz"]),
    ("Øre Łódź Đà", ["ore", "lodz", "da"]),
    ("ＢＲＡＮＤ ７", ["brand", "7"]),
    ("𝐁𝐑𝐀𝐍𝐃 𝓫𝓻𝓪𝓷𝓭 Ⓑⓡⓐⓝⓓ", ["brand"] * 3),
    ("br\u200band br\u00adand br\u2060and br\ufeffand", ["brand"] * 4),
    ("br\U000e0061and bra\ufe0fnd", ["brand"] * 2),
    ("b̸̢͇r̷͓͝a̶̧n̵̨d̴̛", ["brand"]),
    ("m² №5 ½", ["m2", "no5", "12"]),
    ("ｶﾞ ガ", ["カ", "カ"]),
    ("Σίσυφος", ["σισυφοσ"]),
    ("👍🏽 ❤️ 👩🏿‍🚀", ["👍", "❤", "👩‍🚀"]),
    ("оrаngе ΟRΑΝGΕ ᴀʙᴄ", ["оrаngе|orange", "οrανgε|orange", "ᴀʙᴄ|abc"]),
    ("рост привет мир", ["рост", "привет", "мир"]),
    ("ОРА сор", ["ора|opa", "сор|cop"]),
    ("ёе", ["ее|ee"]),
]


@pytest.mark.parametrize(("text", "expected"), FOLDS)
def test_disguises_fold_to_the_plain_word(text: str, expected: list[str]) -> None:
    assert folded(text) == expected


LEVELS = [
    ("été", "été", "été"),
    ("ÉTÉ", "été", "ÉTÉ"),
    ("e\u0301te\u0301", "été", "été"),
    ("Œuvre", "oeuvre", "Œuvre"),
    ("Straße", "strasse", "Straße"),
    ("Łódź", "łódź", "Łódź"),
    ("ẹ\u0301", "ẹ", "ẹ"),
    ("é\u0323", "ẹ", "ẹ"),
    ("ế", "ê", "ê"),
    ("B\u200bT", "bt", "BT"),
    ("が", "が", "が"),
]


@pytest.mark.parametrize(("word", "accented", "exact"), LEVELS)
def test_the_accented_key_has_no_case_and_the_exact_key_has_all(word: str, accented: str, exact: str) -> None:
    (token,) = tokenize(word)
    assert (token.accented, token.exact) == (accented, exact)


@pytest.mark.parametrize(("word", "expected"), [("été", True), ("ETE", False), ("œuvre", False), ("Łódź", True)])
def test_a_word_knows_whether_it_was_written_with_accents(word: str, expected: bool) -> None:
    assert has_accents(tokenize(word)[0]) is expected


def test_a_handle_with_a_server_has_its_own_name_and_the_whole() -> None:
    (token,) = tokenize("@Élodie@Piaille.fr")
    assert token == Token(
        Kind.HANDLE, 0, 18, 0, ("elodie",), "élodie", "Élodie",
        ("elodie@piaille.fr", "élodie@piaille.fr", "Élodie@Piaille.fr"),
    )  # fmt: skip


SENTENCES = [
    ("M. Dupont est là. Il dort", [0, 0, 0, 0, 1, 1]),
    ("J. K. Rowling ! Oui", [0, 0, 0, 1]),
    ("Mme. X (fin.) Suite", [0, 0, 0, 1]),
    ("oui… non… bon", [0, 1, 2]),
    ("un ! deux ? trois", [0, 1, 2]),
    ("« bravo ! » merci", [0, 1]),
    ("ligne un\nligne deux\r\ntrois", [0, 0, 1, 1, 2]),
    ("etc. et puis", [0, 0, 0]),
    ("Wow!!! Dr! x", [0, 1, 2]),
    ("日本。 東", [0, 0, 1]),
]


@pytest.mark.parametrize(("text", "numbers"), SENTENCES)
def test_sentences_are_numbered(text: str, numbers: list[int]) -> None:
    assert [token.sentence for token in tokenize(text)] == numbers


NASTY = st.text(
    st.one_of(
        st.sampled_from("éeÉœß\u0301\u0323\u0338\u200b\u200d\ufe0f#@.-'’ \n1🇫🇷👍🏽👩оrаİﬁ東が가\u20e3©:/hw_!…"),
        st.characters(),
    ),
    max_size=25,
)


@given(NASTY)
def test_every_text_gives_ordered_tokens_inside_it(text: str) -> None:
    tokens = tokenize(text)
    ends = [0, *(token.end for token in tokens)]
    assert all(before <= token.start < token.end <= len(text) for before, token in zip(ends, tokens, strict=False))
    assert all(token.folded or token.kind is Kind.LINK for token in tokens)


@given(NASTY)
def test_composed_and_decomposed_texts_have_the_same_keys(text: str) -> None:
    assert _without_places(unicodedata.normalize("NFC", text)) == _without_places(unicodedata.normalize("NFD", text))


def _without_places(text: str) -> list[tuple[object, ...]]:
    return [(t.kind, t.sentence, t.folded, t.accented, t.exact, t.whole) for t in tokenize(text)]


@given(st.lists(NASTY, max_size=4))
def test_chunks_are_cut_alone(texts: list[str]) -> None:
    whole = [token.folded for token in tokenize(" ".join(texts))]
    assert whole == [token.folded for text in texts for token in tokenize(text)]


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_is_the_table(text: str) -> None:
    word = "".join(c for c in text if table()[c].flags & Is.WORD)
    if word:
        assert keys(word).folded == ("".join(table()[c].folded for c in word),)
        assert keys(word).exact == "".join(table()[c].exact for c in word)


def test_a_hundred_thousand_signs_without_a_space_are_cut_in_linear_time() -> None:
    assert len(tokenize("東" * 100_000)) == 100_000
    assert len(tokenize("@a." * 30_000)) == 30_000
    assert len(tokenize("e" + "\u0301" * 100_000)) == 1
