"""What is said of a reply, kind by kind, in both languages; what is well written is left alone."""

from __future__ import annotations

from time import perf_counter

import pytest

from palabre.clock import FixedClock
from palabre.engage.advice import Asked, Draft, Earlier, HouseWord, advise
from palabre.engage.advice_private import iban_is_right, luhn_is_right
from palabre.engage.advice_remarks import sentences
from palabre.engage.advice_simple import ease, syllables
from palabre.engage.moments import moment_ms
from palabre.errors import InputError
from palabre.messages import LANGUAGES, catalogue, say

PLAIN = Asked()


def said(text: str, lang: str = "fr", asked: Asked = PLAIN) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in advise(Draft(text, lang), asked)]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Bonjour Léa, votre vélo part demain. La roue était fendue : nous l'avons changée. Bonne route, Ana"),
        ("fr", "Merci d'avoir signalé la panne. Elle est réparée depuis 10 h."),
        ("fr", "L'API de la SNCF et le RGPD n'y changent rien, c'est prévu ainsi."),
        ("en", "Hello Lea, your bike leaves tomorrow. The wheel was cracked, so we changed it. Ana"),
        ("en", "No, this saddle does not fit the Mistral. The small one does, and costs the same."),
        ("en", "The BBC and NASA have it too! See https://example.org/UNFORTUNATELY-LOUD and @SomeBody."),
        ("fr", ""),
        ("fr", "   \n"),
    ],
)
def test_a_plain_and_honest_reply_is_left_alone(lang: str, text: str) -> None:
    assert said(text, lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr", "Nous sommes désolés pour la gêne occasionnée.", ("canned", "désolés pour la gêne occasionnée")),
        ("fr", "Nous mettons tout en œuvre pour vous.", ("canned", "Nous mettons tout en œuvre")),
        ("fr", "Malheureusement, non.", ("regret", "Malheureusement")),
        ("fr", "Vous n’avez pas lu la notice.", ("blame", "Vous n’avez pas lu")),
        ("fr", "C'est notre process.", ("jargon", "process")),
        ("fr", "Au niveau de la roue, rien.", ("jargon", "Au niveau de")),
        ("fr", "Nous sommes le leader du vélo.", ("superlative", "leader")),
        ("fr", "Lisez LA NOTICE COMPLETE.", ("capitals", "LA NOTICE COMPLETE")),
        ("fr", "Merci !!", ("exclamations", "!!")),
        ("en", "We apologize for the inconvenience.", ("canned", "apologize for the inconvenience")),
        ("en", "Rest assured.", ("canned", "Rest assured")),
        ("en", "Unfortunately not.", ("regret", "Unfortunately")),
        ("en", "You should have read it.", ("blame", "You should have")),
        ("en", "We will leverage this.", ("jargon", "leverage")),
        ("en", "A world-class bike.", ("superlative", "world-class")),
        ("en", "PLEASE READ THE MANUAL first.", ("capitals", "PLEASE READ THE MANUAL")),
    ],
)
def test_what_grates_is_named_with_its_words(lang: str, text: str, expected: tuple[str, str]) -> None:
    assert said(text, lang) == [expected]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Appelez le 06 12 34 56 78.", "06 12 34 56 78"),
        ("Call +44 20 7946 0958 now.", "+44 20 7946 0958"),
        ("Écrivez à lea.martin@exemple.fr.", "lea.martin@exemple.fr"),
        ("Votre commande n° FR123456 part.", "FR123456"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189.", "FR76 3000 6000 0112 3456 7890 189"),
        ("Carte 4111 1111 1111 1111.", "4111 1111 1111 1111"),
    ],
)
def test_personal_data_is_seen_in_public_and_not_in_private(text: str, words: str) -> None:
    assert ("personal", words) in said(text)
    assert "personal" not in [kind for kind, _ in said(text, asked=Asked(public=False))]


@pytest.mark.parametrize(
    "text", ["Écrivez à contact@exemple.fr.", "Il coûte 1 234 567 890 euros.", "Le 12/05/2026 à 10 h."]
)
def test_what_is_nobodys_is_no_personal_data(text: str) -> None:
    assert [words for kind, words in said(text) if kind == "personal"] == []


@pytest.mark.parametrize(
    ("addressed", "text", "expected"),
    [
        ("tu", "Nous vous livrons demain.", [("address", "vous")]),
        ("vous", "On te livre demain.", [("address", "te")]),
        ("tutoiement", "On te livre demain.", []),
        ("", "Tu peux passer, nous vous attendons.", [("address", "vous")]),
        ("", "Nous vous livrons demain.", []),
    ],
)
def test_the_form_of_address_that_was_wished(addressed: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text, asked=Asked(addressed=addressed)) == expected


@pytest.mark.parametrize(
    ("lang", "asked", "reply", "left"),
    [
        ("fr", "Quand livrez-vous ?", "Vendredi.", []),
        ("fr", "Quand livrez-vous ?", "Merci de votre message.", ["Quand livrez-vous ?"]),
        ("fr", "C'est combien ? Vous réparez les freins ?", "50 €.", ["Vous réparez les freins ?"]),
        ("fr", "C'est combien ? Vous réparez les freins ?", "50 €, et oui.", []),
        ("fr", "Ah bon ?", "Bonjour.", []),
        ("en", "Where do I find the serial number?", "Under the frame, near the pedals.", []),
        ("en", "Why is it late? Do you refund?", "Because of the snow.", ["Do you refund?"]),
    ],
)
def test_a_question_left_aside_is_shown(lang: str, asked: str, reply: str, left: list[str]) -> None:
    found = said(reply, lang, Asked(asked, lang))
    assert [words for kind, words in found if kind == "unanswered"] == left


@pytest.mark.parametrize(
    ("before", "now", "case"),
    [
        ("La livraison du Mistral prend 3 jours.", "La livraison du Mistral prend 5 jours.", "number"),
        ("La livraison du Mistral commence lundi.", "La livraison du Mistral commence mardi.", "day"),
        ("Oui, le siège enfant convient au Mistral.", "Non, le siège enfant ne convient pas au Mistral.", "yes_no"),
        ("La livraison du Mistral prend 3 jours.", "La livraison du Mistral prend 3 jours.", ""),
        ("Le casque coûte 30 euros.", "La livraison du Mistral prend 5 jours.", ""),
    ],
)
def test_what_was_said_otherwise_before_is_shown(before: str, now: str, case: str) -> None:
    remarks = advise(Draft(now, "fr"), Asked(earlier=[Earlier("x", before, 1)]))
    assert [one.params["case"] for one in remarks if one.kind == "contradiction"] == ([case] if case else [])


def test_a_word_of_the_house_wins_and_says_what_to_write() -> None:
    remarks = advise(Draft("Le Cyclovent+ arrive.", "fr"), Asked(words=[HouseWord("cyclovent+", "vélo")]))
    assert [(one.words, one.params["say"]) for one in remarks] == [("Cyclovent+", "vélo")]


def test_the_language_it_was_asked_in() -> None:
    assert said("It leaves tomorrow.", "en", Asked(lang="fr")) == [("language", "")]


def test_places_are_code_points_of_the_text() -> None:
    text = "🚲🚲 İstanbul : malheureusement, l’ É non."
    for one in advise(Draft(text, "fr"), PLAIN):
        assert text[one.start : one.end] == one.words


@pytest.mark.parametrize(
    ("word", "lang", "n"),
    [("livraison", "fr", 3), ("vélo", "fr", 2), ("roue", "fr", 1), ("table", "fr", 1), ("the", "en", 1),
     ("delivered", "en", 3), ("make", "en", 1), ("wanted", "en", 2), ("bicycle", "en", 3)],
)  # fmt: skip
def test_syllables(word: str, lang: str, n: int) -> None:
    assert syllables(word, lang) == n


def test_a_hard_text_scores_lower_than_a_plain_one() -> None:
    hard = (
        "La présente communication a pour objet de vous informer de la non-disponibilité temporaire des prestations. "
        * 4
    )
    plain = (
        "Le vélo est prêt. Vous pouvez venir le chercher lundi. Nous ouvrons à dix heures. À bientôt chez nous. " * 4
    )
    hard_score, plain_score = ease(hard, "fr"), ease(plain, "fr")
    assert hard_score is not None
    assert plain_score is not None
    assert hard_score[0] < 50 < plain_score[0]
    assert ease("Trop court.", "fr") is None
    assert ease(plain, "de") is None


def test_check_digits() -> None:
    assert iban_is_right("FR7630006000011234567890189")
    assert not iban_is_right("FR7630006000011234567890188")
    assert luhn_is_right("4111111111111111")
    assert not luhn_is_right("4111111111111112")


def test_a_text_of_a_hundred_thousand_characters_takes_no_time() -> None:
    assert advise(Draft("a! " * 40_000, "fr"), Asked("? " * 10_000, "fr"))
    assert advise(Draft("0 1 2 3 4 5 6 7 8 9 " * 5_000, "en"), PLAIN) is not None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_remark_has_its_sentence(lang: str) -> None:
    texts = [("fr", "Malheureusement VOUS AURIEZ PU ! ! ! process 06 12 34 56 78 leader, gêne occasionnée, tu et vous")]
    for spoken, text in texts:
        for one in advise(Draft(text, spoken), Asked("Quand ?", "en")):
            assert one.key in catalogue(lang), one.key
            assert "{" not in say(one.key, lang, **one.params)


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2026-03-28T02:30", "Europe/Paris", 1_774_661_400_000),
        ("2026-03-29T03:00", "Europe/Paris", 1_774_746_000_000),
        ("2026-10-25T02:30", "Europe/Paris", 1_792_888_200_000),  # comes twice: the first
        ("2026-03-29T02:30", "America/Montreal", 1_774_765_800_000),
    ],
)
def test_a_moment_is_the_one_on_the_wall(written: str, zone: str, expected: int) -> None:
    assert moment_ms(written, zone, FixedClock(1_774_000_000_000).now_ms()) == expected


@pytest.mark.parametrize(
    ("written", "zone", "key"),
    [
        ("2026-03-29T02:30", "Europe/Paris", "moments.skipped"),
        ("2026-03-08T02:30", "America/New_York", "moments.skipped"),
        ("2020-01-01T00:00", "Europe/Paris", "moments.past"),
        ("2030-01-01T00:00", "Europe/Paris", "moments.far"),
        ("0001-01-01T00:00", "Europe/Paris", "moments.past"),
        ("9999-12-31T23:59", "America/New_York", "moments.far"),
        ("demain", "Europe/Paris", "moments.unreadable"),
        ("2026-03-28T02:30", "Nowhere/Land", "schedule.zone"),
    ],
)
def test_a_moment_that_is_none_is_refused(written: str, zone: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        moment_ms(written, zone, 1_772_000_000_000)
    assert caught.value.key == key


@pytest.mark.parametrize(
    "long", ["1" * 20_000, "!" * 19_999 + "x", "a" * 20_000, "AB " * 6_600, "commande" + "-" * 19_000]
)
def test_a_text_made_to_be_slow_is_read_at_once(long: str) -> None:
    before = perf_counter()
    advise(Draft(long, "fr"), Asked(text=long, lang="fr"))
    assert perf_counter() - before < 3  # seconds; a stranger's exclamation marks took twenty-five


def test_a_stop_of_several_signs_ends_a_sentence_once() -> None:
    text = "Ah bon ?! Oui... Merci, M. Roy, etc. Fin..."
    assert [text[a:b].strip() for a, b in sentences(text)] == ["Ah bon ?!", "Oui...", "Merci, M. Roy, etc. Fin..."]
