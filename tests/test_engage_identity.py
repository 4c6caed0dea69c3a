"""Perhaps the same person: what is proposed, with which reasons, and what never is."""

from __future__ import annotations

import random
import time
from functools import cache

import pytest

from palabre.engage.identity import Looked, Trace, counted, suggestions
from palabre.engage.identity_names import joined, local, skeleton, words
from palabre.engage.identity_profile import profile_of, rel_me
from palabre.engage.identity_refused import refused

FIRST = """marie jean paul sophie luc anna ivan maria ali fatima wei jun elena nikos yannis kenji chloe hugo lea tom
ines noah emma jules louise adam rose arthur alice""".split()  # noqa: SIM905
LAST = """martin durand petit moreau roux fontaine garnier lopez garcia smith jones brown taylor ivanov petrov sidorov
nguyen tran le pham kim lee park choi wang zhang li chen yang haddad mansour khalil""".split()  # noqa: SIM905


@cache
def crowd(n: int, seed: int = 3) -> list[Trace]:
    """Accounts of people who have nothing to do with each other, named as people are."""
    rng = random.Random(seed)
    made = []
    for i in range(n):
        first, last = rng.choice(FIRST), rng.choice(LAST) + rng.choice(("", "", "eau", "ski", "son", "ov", "i", "a"))
        handle = rng.choice((f"{first}{last}", f"{first}.{last}{rng.randrange(99)}", f"{last}{i}", f"{first}{i}"))
        network = rng.choice(("mastodon", "bluesky", "reddit", "web"))
        uri = f"https://{network}.example/@{handle}.{i}"
        made.append(Trace(f"c{i:06}", network, uri, handle, f"{first.title()} {last.title()}", uri,
                          langs=frozenset({rng.choice(("fr", "fr", "en"))})))  # fmt: skip
    return made


Given = dict[str, object]


def pair(left: Given, right: Given, n: int = 1_000) -> Looked:
    """Two accounts in a crowd."""
    one = Trace(**{"key": "a", "network": "mastodon", "uri": "https://m.example/@a"} | left)  # type: ignore[arg-type]
    two = Trace(**{"key": "b", "network": "bluesky", "uri": "https://b.example/@b"} | right)  # type: ignore[arg-type]
    return suggestions([*crowd(n), one, two])


def proposed(found: Looked) -> bool:
    return any({one.left.key, one.right.key} == {"a", "b"} for one in found.found)


NAMES = [
    ("Élodie Lefèvre", "Elodie LEFEVRE"),
    ("Юлия Кравченко", "Yuliya Kravchenko"),
    ("Дмитрий Щербаков", "Dmitry Shcherbakov"),
    ("Γιώργος Παπαδόπουλος", "Giorgos Papadopoulos"),
    ("محمد الفاسي", "Mohamed El Fassi"),
    ("فاطمة الزهراء", "Fatima Zahra"),
    ("欧阳小明", "Ouyang Xiaoming"),
    ("Łukasz Żółkiewski", "Lukasz Zolkiewski"),
    ("Ngô Bảo Châu", "Ngo Bao Chau"),
    ("Søren Kjærgaard", "Soren Kjaergaard"),
    ("Lefèvre Élodie", "Élodie Lefèvre"),
]


@pytest.mark.parametrize(("one", "two"), NAMES)
def test_a_name_in_another_script_or_without_its_accents_is_compared(one: str, two: str) -> None:
    same = sorted(words(one)) == sorted(words(two)) or joined(one) == joined(two)
    assert same or skeleton(words(one)) == skeleton(words(two))


@pytest.mark.parametrize(("one", "two"), NAMES)
def test_a_rare_name_with_a_rare_handle_is_proposed_with_both_reasons(one: str, two: str) -> None:
    found = pair({"name": one, "handle": "velotaupe"}, {"name": two, "handle": "velotaupe"})
    assert proposed(found)
    said = {reason.name for reason in found.found[0].reasons}
    assert "handle" in said
    assert said & {"name", "close_name", "same_sound"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"name": "Marie Martin"}, {"name": "Marie Martin"}),
        ({"handle": "marie"}, {"handle": "marie"}),
        ({"handle": "marie", "name": "Marie"}, {"handle": "marie", "name": "Marie"}),
        ({"name": "王伟", "handle": "wei1"}, {"name": "Wang Wei", "handle": "ww"}),
        ({"handle": "taupinette", "name": "Zoé Dupré"}, {"handle": "taupinette", "name": "Klaus Habermann"}),
        ({"langs": frozenset({"fr"})}, {"langs": frozenset({"fr"})}),
        ({"shared": frozenset({"https://x.example/1"})}, {"shared": frozenset({"https://x.example/1"})}),
    ],
)  # fmt: skip
def test_what_many_have_or_what_speaks_against_is_not_proposed(
    left: dict[str, object], right: dict[str, object]
) -> None:
    assert not proposed(pair(left, right))


def test_the_same_address_is_proposed_but_is_no_proof() -> None:
    mail = frozenset({"z@house.example"})
    found = pair({"emails": mail, "name": "Zoé"}, {"emails": mail, "name": "Z."})
    assert proposed(found)
    assert not found.found[0].proof


def test_proof_is_that_each_profile_verifiably_names_the_other() -> None:
    there: dict[str, object] = {"verified": frozenset({"https://b.example/@b"})}
    back: dict[str, object] = {"verified": frozenset({"https://m.example/@a"})}
    assert pair({"uri": "https://m.example/@a"} | there, back).found[0].proof
    one_way = pair(there, {})
    assert proposed(one_way)
    assert not one_way.found[0].proof


def test_every_score_is_the_sum_of_its_named_reasons_and_none_is_below_the_bar() -> None:
    looked = pair({"name": "Élodie Lefèvre", "handle": "elodef"}, {"name": "Elodie Lefevre", "handle": "elodef"})
    for one in looked.found:
        assert one.score == pytest.approx(sum(reason.points for reason in one.reasons), abs=0.05)
        assert one.proof or one.score >= one.bar


def test_a_crowd_of_strangers_gives_next_to_nothing() -> None:
    """Some of these share a name, the handle made of it and the language: a member would look too."""
    looked = suggestions(crowd(5_000))
    assert len(looked.found) <= 5_000 // 100, looked.found[:5]


def test_pairs_grow_with_the_accounts_not_with_their_square() -> None:
    looked = suggestions(crowd(4_000))
    assert looked.pairs < 40 * 4_000


@pytest.mark.long
def test_a_hundred_thousand_accounts_stay_cheap() -> None:
    traces = crowd(100_000)
    start = time.process_time()
    looked = suggestions(traces)
    assert time.process_time() - start < 60, looked.pairs


@pytest.mark.parametrize(
    ("handle", "expected"),
    [("@marie@pouet.example", "marie"), ("marie.bsky.social", "marie"), ("a.b.example", "a.b.example"), ("", "")],
)
def test_the_chosen_part_of_a_handle(handle: str, expected: str) -> None:
    assert local(handle) == expected


def test_a_profile_is_read_from_what_the_platform_gave() -> None:
    body = (b'{"id": "1", "account": {"url": "https://m.example/@a", "note": "<p>Me: ana@house.example</p>", '
            b'"fields": ['
            b'{"name": "site", "value": "<a href=\\"https://ana.example/\\">x</a>", "verified_at": "2026-01-01"},'
            b'{"name": "blog", "value": "https://blog.example/", "verified_at": null}]}}')  # fmt: skip
    found = profile_of(body)
    assert found.verified == {"https://ana.example/"}
    assert found.links >= {"https://ana.example/", "https://blog.example/"}
    assert found.emails == {"ana@house.example"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"not json", b'{"account": 3}', b'{"author": {"fields": [1, {"value": 2}]}}']
)
def test_what_is_no_profile_says_nothing(body: bytes) -> None:
    assert not profile_of(body).links


def test_rel_me_is_read_whatever_its_order_and_quotes() -> None:
    page = "<link href='/@b' rel='me'><a rel=menu href=/no>"
    page += '<a rel="nofollow me" href="https://c.example/x?a=1&amp;b=2">x</a>'
    assert rel_me(page, "https://b.example/") == {"https://b.example/@b", "https://c.example/x?a=1&b=2"}


def test_only_rel_itself_says_that_a_page_is_the_same_persons() -> None:
    assert rel_me('<a data-rel="me" href="https://c.example/">c</a>', "https://b.example/") == frozenset()


def test_a_page_made_to_be_slow_is_read_at_once() -> None:
    page = "".join(f"<a {'w' * 1990}>" for _ in range(500))
    before = time.perf_counter()
    assert rel_me(page, "https://b.example/") == frozenset()
    assert time.perf_counter() - before < 5  # it took half a minute


def test_counted_knows_where_profiles_are() -> None:
    one = Trace("k", "web", "https://a.example/u", url="https://a.example/@u")
    assert counted([one]).homes == {"https://a.example/u": "k", "https://a.example/@u": "k"}


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Religion", "religion"), ("vote", "politics"), ("Santé", "health"), ("diabétique", "health"),
        ("orientation", "sexuality"), ("section syndicale", "politics"), ("noire", "origin"), ("nationalité", "origin"),
        ("musulmane", "religion"), ("casier", "offences"),
        ("transport", ""), ("électricien", ""), ("partenaire", ""), ("client fidèle", ""), ("taille", ""), ("Rome", ""),
        ("partie prenante", ""), ("organisation", ""), ("", ""),
    ],
)  # fmt: skip
def test_what_may_not_be_kept_of_a_person_is_known_by_its_words(text: str, subject: str) -> None:
    assert refused(text) == subject
