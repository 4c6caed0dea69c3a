"""Roles, the two scales, the pyramid, the board and credibility: planted truths, bad input, and what is never said of
people.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.understand_talk import DAY_MS, START_MS, post, table, uri, uri_of

from palabre.messages import LANGUAGES, catalogue
from palabre.model import Figure
from palabre.sample import play, truth
from palabre.understand import board as boards
from palabre.understand import roles as parts
from palabre.understand.credibility import WEIGHTS, HeardFacts, Mark, PageFacts, credibility, heard_facts
from palabre.understand.pyramid import STEPS, pyramid, step_of
from palabre.understand.roles import ROLES, changes, factor, loyal_advisers, roles, surest
from palabre.understand.scales import LEGITIMACY, NOTORIETY, Standing, standings
from palabre.understand.signs import SIGNS, signs
from palabre.understand.tabular import Floats

END_MS = 1_790_000_000_000
HERE = Path(parts.__file__).parent
OURS = """
    graph influence communities circles gexf own_words signs roles scales pyramid board credibility noise noise_cues
    homonym figuring tabular
""".split()  # noqa: SIM905


@cache
def sample(seed: int = 7) -> tuple[pa.Table, frozenset[str], frozenset[str]]:
    """(the sample, its advisers, its official accounts)."""
    lines = play(END_MS, seed)
    told = truth(END_MS, lines)["roles"]
    return table([line.post for line in lines]), frozenset(told["adviser"]), frozenset(told["official"])


@cache
def sample_signs(seed: int = 7) -> Floats:
    return signs(sample(seed)[0])


@pytest.mark.parametrize("seed", [7, *(pytest.param(seed, marks=pytest.mark.long) for seed in (11, 12, 13))])
def test_the_loyal_advisers_of_the_sample_are_found_and_nobody_else(seed: int) -> None:
    posts, advisers, officials = sample(seed)
    found = loyal_advisers(posts, own=officials, found=sample_signs(seed))
    assert {one.account for one in found} == advisers
    assert all(one.role.role == "advisor" and one.role.sure >= 0.8 for one in found)
    assert all((one.weeks.value or 0) >= 4 for one in found)


ONE_POST = [
    ("Essaie de vider le cache puis redémarre, ça règle souvent le problème.", "advice"),
    ("Vérifiez la tension de la chaîne, elle se détend après 500 km.", "advice"),
    ("Tu peux demander le remboursement depuis ton espace client.", "advice"),
    ("You can ask for a refund from your account page.", "advice"),
    ("Make sure the cable is pushed all the way in.", "advice"),
    ("I'd recommend the wider tyres for winter.", "advice"),
    ("Bravo à toute l'équipe, c'est magnifique !", "warmth"),
    ("Well done everyone, what a lovely event.", "warmth"),
    ("Où puis-je faire réviser mon vélo ?", "use"),
    ("How do I reset the display on mine?", "use"),
    ("Service lamentable, aucune réponse depuis dix jours.", "criticism"),
    ("Terrible service, still waiting for an answer.", "criticism"),
]


@pytest.mark.parametrize(("text", "sign"), ONE_POST)
def test_a_post_shows_its_sign(text: str, sign: str) -> None:
    found = signs(table([post(1, "lea", "La batterie ne tient pas."), post(2, "hugo", text, parent=uri(1))]))
    assert SIGNS[int(found[1].argmax())] == sign
    assert (found.sum(axis=1) <= 1 + 1e-9).all()


def test_who_was_thanked_helped_in_whatever_language() -> None:
    made = [
        post(1, "lea", "Nie działa"),
        post(2, "jan", "Wymień kabel", parent=uri(1)),
        post(3, "lea", "Merci !", parent=uri(2)),
    ]
    assert signs(table(made))[1, SIGNS.index("advice")] == 1


def test_readings_count_where_there_are_any() -> None:
    made = table(
        [post(1, "lea", "Hm."), post(2, "hugo", "Hm.")],
        intents=[["complaint"], ["praise"]],
        tone=["negative", "positive"],
    )
    assert [SIGNS[int(row.argmax())] for row in signs(made)] == ["criticism", "warmth"]


def test_under_five_posts_no_role_is_given() -> None:
    made = table([post(n, "lea", "Service lamentable, aucune réponse.") for n in range(4)])
    only = roles(made)[0]
    assert only.role == ""
    assert all(one.few for one in only.shares.values())


def test_a_critic_of_many_posts_is_a_critic_with_an_interval() -> None:
    made = table([post(n, "lea", "Service lamentable, aucune réponse.") for n in range(12)])
    only = roles(made)[0]
    assert only.role == "critic"
    share = only.shares["critic"]
    assert (share.low or 0) < (share.value or 0) < (share.high or 0)


def test_the_probability_of_a_role_is_never_overstated() -> None:
    posterior = np.array([[8.0, 3.0, 2.0, 1.0], [2.0, 2.0, 2.0, 2.0], [30.0, 1.0, 1.0, 1.0]])
    draws = np.random.default_rng(1).dirichlet
    real = [float((draws(row, 20_000).argmax(axis=1) == row.argmax()).mean()) for row in posterior]
    assert (surest(posterior) <= np.array(real) + 0.01).all()
    assert surest(posterior)[2] > 0.99


def test_a_change_of_role_is_seen_and_steadiness_is_not_change() -> None:
    angry = [post(n, "lea", "Service lamentable, aucune réponse.") for n in range(12)]
    glad = [post(100 + n, "lea", "Bravo, j'adore, c'est magnifique !", day=60) for n in range(12)]
    found = changes(table(angry), table(glad))
    assert [(one.before.role, one.after.role, one.changed) for one in found] == [("critic", "friend", True)]
    assert not changes(table(angry[:6]), table(angry[6:]))[0].changed
    assert factor(np.zeros(4), np.zeros(4)) == pytest.approx(1)


def test_a_role_is_given_in_each_conversation() -> None:
    made = [post(0, "max", "Une question ?")]
    made += [post(n, "lea", "Essaie de changer le câble avant.", parent=uri(0), root=uri(0)) for n in range(1, 9)]
    found = parts.by_conversation(table(made))
    assert {key: one.role for key, one in found.items()} == {(uri(0), uri_of("lea")): "advisor"}


def test_an_adviser_of_few_followers_has_more_legitimacy_than_a_star_and_less_notoriety() -> None:
    posts, advisers, _ = sample()
    found = standings(posts, most=4_000, found=sample_signs())
    top = sorted(found, key=lambda one: -(one.legitimacy.figure.value or 0))[:8]
    assert {one.account for one in top} == advisers
    loud = max(found, key=lambda one: one.notoriety.figure.value or 0)
    assert (loud.legitimacy.figure.value or 0) <= (top[0].legitimacy.figure.value or 0)


def test_scales_show_their_inputs_and_are_never_added_up() -> None:
    posts, advisers, _ = sample()
    one = next(one for one in standings(posts, found=sample_signs()) if one.account in advisers)
    assert {part.name for part in one.notoriety.inputs} == set(NOTORIETY)
    assert {part.name for part in one.legitimacy.inputs} == set(LEGITIMACY)
    for scale in (one.notoriety, one.legitimacy):
        assert sum(part.weight for part in scale.inputs) == pytest.approx(1)
        assert (scale.figure.low or 0) <= (scale.figure.value or 0) <= (scale.figure.high or 0)
    assert not {"score", "value", "total", "figure"} & set(one.__dataclass_fields__)


def admired(coordinated: bool) -> pa.Table:
    made = [post(0, "lea", "Le guide est en ligne.")]
    made += [post(n, f"p{n}", "Merci !", day=n, parent=uri(0)) for n in range(1, 21)]
    made += [post(50 + n, "lea", "La suite.", day=n) for n in range(6)]
    return table(made, coordinated=[coordinated and one.account.handle == "lea" for one in made if one.account])


def named(found: tuple[Standing, ...], who: str) -> Standing:
    return next(one for one in found if one.account == uri_of(who))


def test_coordination_costs_legitimacy_and_followers_give_none() -> None:
    clean, pushed = (
        next(one for one in standings(admired(flag)) if one.account == uri_of("lea")) for flag in (False, True)
    )
    assert (pushed.legitimacy.figure.value or 0) == pytest.approx((clean.legitimacy.figure.value or 0) * 0.3)
    famous = table(
        [post(n, "star", "Hello", followers=10_000_000, day=n) for n in range(6)]
        + [post(90, "lea", "Hi", followers=10)]
    )
    star = next(one for one in standings(famous) if one.account == uri_of("star"))
    assert (star.notoriety.figure.value or 0) > 50
    assert (star.legitimacy.figure.value or 0) < 25


def test_the_pyramid_counts_each_person_once_on_the_highest_step() -> None:
    posts, advisers, officials = sample()
    made = pyramid(posts, officials, found=sample_signs())
    assert [step.name for step in made.steps] == list(STEPS)
    people = len({key for key in posts["account_uri"].to_pylist() if key} - officials)
    assert sum(int(step.figure.value or 0) for step in made.steps[1:]) == people == made.steps[1].at_least.value
    assert made.steps[0].figure.value == 8 * 18_400
    assert {step_of(made, one) for one in advisers} <= {"adviser", "defender", "citizen"}
    assert all(step_of(made, one) == "" for one in officials)


def test_a_defender_and_a_citizen_are_recognised() -> None:
    number, made = count(100), []
    for n in range(5):
        made.append(post(n, f"angry{n}", "Service lamentable, aucune réponse.", day=8 * n))
        made.append(post(next(number), "hugo", "C'est faux, aucun souci chez moi.", day=8 * n, parent=uri(n)))
        made.append(post(next(number), "ines", "Tu peux demander un échange au magasin.", day=8 * n, parent=uri(n)))
    made.append(post(next(number), "ines", "Il faudrait un atelier à Rennes.", day=3))
    found = pyramid(table(made))
    assert step_of(found, uri_of("hugo")) == "defender"
    assert step_of(found, uri_of("ines")) == "citizen"


def talk(day_from: int, n: int, tones: dict[str, int], story: str = "", watch: int = 1) -> list[dict[str, object]]:
    bag = [tone for tone, often in tones.items() for _ in range(often)]
    return [{"day": day_from + i % 14, "tone": bag[i % len(bag)], "story": story, "watch": watch} for i in range(n)]


def board_of(rows: list[dict[str, object]]) -> boards.Board:
    made = [post(n, f"p{n}", f"battery {row['story']}", day=float(str(row["day"]))) for n, row in enumerate(rows)]
    posts = table(
        made,
        tone=[row["tone"] for row in rows],
        axis=["product"] * len(rows),
        story=[row["story"] for row in rows],
        watch_ids=[[row["watch"]] for row in rows],
    )
    return boards.board(posts, {"us": (1,), "them": (2,)}, START_MS + 14 * DAY_MS, START_MS + 28 * DAY_MS)


STEADY = {"positive": 2, "neutral": 2, "negative": 2}


def test_the_board_sees_a_fall_and_the_story_that_made_it() -> None:
    rows = talk(0, 120, STEADY) + talk(14, 120, STEADY) + talk(14, 60, {"negative": 1}, "recall")
    rows += talk(0, 120, STEADY, watch=2) + talk(14, 120, STEADY, watch=2)
    made = board_of(rows)
    cell = made.cell("us", "product")
    assert cell.moved
    assert (cell.movement.value or 0) == pytest.approx(-1 / 3, abs=0.02)
    assert cell.movers[0].story == "recall"
    assert cell.movers[0].pull == pytest.approx(cell.movement.value or 0, abs=0.02)
    assert "recall" in cell.words
    assert not made.cell("them", "product").moved
    assert made.cell("us", "relationship").tone.few
    assert len(cell.weeks) >= 4
    assert boards.cells_evidence(cell).post_ids


def test_chance_alone_seldom_moves_the_board() -> None:
    rng, moved = np.random.default_rng(2), 0
    for _ in range(30):
        tones = rng.choice(["negative", "neutral", "positive"], 160)
        rows = [{"day": i % 28, "tone": str(tone), "story": "", "watch": 1} for i, tone in enumerate(tones)]
        moved += board_of(rows).cell("us", "product").moved
    assert moved <= 4


def test_copies_of_one_voice_do_not_make_a_movement() -> None:
    rows = talk(0, 60, STEADY) + talk(14, 60, STEADY)
    made = [post(n, f"p{n}", day=float(str(row["day"]))) for n, row in enumerate(rows)]
    made += [post(500 + n, f"bot{n}", "copy", day=20) for n in range(60)]
    posts = table(
        made,
        tone=[row["tone"] for row in rows] + ["negative"] * 60,
        axis=["product"] * len(made),
        watch_ids=[[1]] * len(made),
        voice=[""] * len(rows) + ["push"] * 60,
    )
    period = START_MS + 14 * DAY_MS, START_MS + 28 * DAY_MS
    assert not boards.board(posts, {"us": (1,)}, *period).cell("us", "product").moved
    assert boards.board(posts.drop_columns(["voice"]), {"us": (1,)}, *period).cell("us", "product").moved


def test_a_board_without_a_period_is_refused() -> None:
    with pytest.raises(ValueError):
        boards.board(table([]), {"us": (1,)}, 5, 5)


HEARD = HeardFacts(posts=80, days=400, https=80, verified=False, stories=40, copied=2, coordinated=0, groups_known=True)


def test_credibility_is_a_mean_of_reasons_that_are_shown() -> None:
    good = credibility("a.example", HEARD, PageFacts(True, True, True, True))
    bad = credibility("b.example", HeardFacts(80, 3, 0, False, 40, 39, 70, True), PageFacts(False, False, False, False))
    assert (good.figure.value or 0) > 95
    assert (bad.figure.value or 100) < 15
    assert {one.name for one in good.reasons} == set(WEIGHTS)
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    known = sum(one.weight for one in good.reasons if one.value is not None)
    assert sum((one.value or 0) * one.weight for one in good.reasons) / known * 100 == pytest.approx(good.figure.value)


def test_what_is_not_known_widens_the_interval_and_lowers_nothing() -> None:
    seen, unseen = credibility("a", HEARD, PageFacts(True, True, True, True)), credibility("a", HEARD)
    assert (unseen.figure.value or 0) > 90
    assert (unseen.figure.high or 0) - (unseen.figure.low or 0) > (seen.figure.high or 0) - (seen.figure.low or 0) + 30


def test_without_reasons_there_is_no_verdict_and_our_mark_wins() -> None:
    unknown = credibility("a", HeardFacts(2, 1, 2, False, 0, 0, 0, False), mark=Mark("Nadia", 5))
    assert unknown.figure.few
    assert unknown.trusted


def test_who_copies_is_told_from_who_is_copied() -> None:
    made = [post(n, "first", day=n, links=()) for n in range(6)] + [post(50 + n, "second", day=n + 1) for n in range(6)]
    posts = table(made, story=[f"s{n}" for n in range(6)] * 2)
    found = heard_facts(posts, START_MS + 90 * DAY_MS, by="account")
    assert (found[uri_of("first")].copied, found[uri_of("second")].copied) == (0, 6)
    assert heard_facts(posts, START_MS)["piaf.example"].https == 12


LONG = "é" * 200_000
SMALL = [table([]), table([post(1, "lea", "Bonjour")]), table([post(1, "", "x")]), pa.table({"uri": ["a"]})]
SMALL.append(table([post(1, "lea", LONG)]))


@pytest.mark.parametrize("posts", SMALL)
def test_too_little_says_too_few_and_never_crashes(posts: pa.Table) -> None:
    assert not any(one.role for one in roles(posts))
    assert loyal_advisers(posts) == ()
    assert parts.by_conversation(posts) == {}
    assert changes(posts, posts) == ()
    assert all(one.notoriety.figure.few and one.legitimacy.figure.few for one in standings(posts))
    assert pyramid(posts).steps[0].figure.few
    assert all(cell.tone.few and cell.movement.few for cell in boards.board(posts, {"us": (1,)}, 1, 2).cells)
    assert all(credibility(name, one).figure.few for name, one in heard_facts(posts, 5).items())


def strings_in(name: str) -> list[str]:
    tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_method_has_its_sentence(lang: str) -> None:
    named = {text for name in OURS for text in strings_in(name) if re.fullmatch(r"methods_actors\.[a-z_]+", text)}
    named = {one for one in named if not one.endswith("_")} | set(boards.METHODS.values())
    assert named == {key for key in catalogue(lang) if key.startswith("methods_actors.")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_role_step_and_reason_has_its_words(lang: str) -> None:
    known = catalogue(lang)
    assert all(f"actors.role.{one}" in known for one in ROLES)
    assert all(f"actors.step.{one}" in known for one in STEPS)
    assert all(f"actors.input.{one}" in known for one in (*NOTORIETY, *LEGITIMACY, "coordinated", "noise"))
    assert all(f"credibility.{one}.{end}" in known for one in WEIGHTS for end in ("yes", "no", "unknown"))


SENSITIVE = re.compile(
    r"politi|partisan|religi|faith|muslim|musulman|chret|christian|jewish|juif|ethni|racial|\brace\b|nationalit"
    r"|sexual|gender|\bgay\b|lesbi|illness|disease|maladi"
    r"|medical|disab|handicap|pregnan|enceinte|syndic|union_member|electeur|voter|left_wing|right_wing",
    re.IGNORECASE,
)


def names_in(name: str) -> set[str]:
    """Fields, functions, arguments and short strings: what could be a label of a person."""
    tree = ast.parse((HERE / f"{name}.py").read_text("utf-8"))
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return found | {text for text in strings_in(name) if len(text) < 40}


def test_nothing_sensitive_of_a_person_has_a_name_in_the_code() -> None:
    assert {(name, word) for name in OURS for word in names_in(name) if SENSITIVE.search(word)} == set()
    keys = {key for key in catalogue("en") if key.startswith(("actors.", "methods_actors.", "credibility.", "noise."))}
    assert not [key for key in keys for lang in LANGUAGES if SENSITIVE.search(f"{key} {catalogue(lang)[key]}")]
    assert SENSITIVE.search("political_side")  # the test has teeth


def test_figures_are_figures() -> None:
    posts, _, officials = sample()
    shown = [step.figure for step in pyramid(posts, officials, found=sample_signs()).steps]
    assert all(isinstance(one, Figure) and one.method and one.version for one in shown)
