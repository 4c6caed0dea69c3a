"""The floors of the models: nothing shipped is under them, they only rise, and what is shipped still works."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from palabre.read import evaluate, registry

ROOT = Path(__file__).resolve().parents[2]
LIVE_SLACK = 1.0  # points: another processor, another order of sums


@pytest.fixture(autouse=True)
def _shipped_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALABRE_HOME", str(tmp_path))
    registry.forget()


def test_no_recorded_measure_is_under_its_floor() -> None:
    under = [f"{one.model} {one.set}: {one.value} < {one.floor}" for one in evaluate.measures() if not one.holds]
    assert under == []


def test_every_measure_has_a_floor() -> None:
    assert [f"{one.model} {one.set}" for one in evaluate.measures() if one.floor is None] == []


def test_floors_only_rise() -> None:
    """Beside the last commit; where there is no history (a copy of the sources), there is nothing to compare."""
    path = evaluate.FLOORS.relative_to(ROOT).as_posix()
    done = subprocess.run(["git", "show", f"HEAD:{path}"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("no committed floors to compare with")
    now, before = highest(evaluate.floors()), highest(json.loads(done.stdout))
    assert {one for one, floor in before.items() if now.get(one, -1.0) < floor} == set()


def highest(floors: dict[str, dict[str, float]]) -> dict[tuple[str, str], float]:
    """By reading and set: a head of one language (``tone.fr``) may take a set over from the head of all."""
    found: dict[tuple[str, str], float] = {}
    for model, sets in floors.items():
        for name, floor in sets.items():
            key = (model.partition(".")[0], name)
            found[key] = max(floor, found.get(key, -1.0))
    return found


def test_what_is_shipped_reads_as_it_was_measured(shared: Path) -> None:
    """The shipped heads have learnt the validation parts since, so that they can only be better on them."""
    for name in ("irony", "emotion", "offence", "tone"):
        live = evaluate.live(name, registry.card(name), shared / "data")
        recorded = registry.card(name)["measured"]
        assert live
        for one, value in live.items():
            assert value >= recorded[one]["value"] - LIVE_SLACK, (name, one)


@pytest.mark.long
def test_a_recipe_makes_what_is_shipped(shared: Path, tmp_path: Path) -> None:
    from palabre.read.training import recipes

    if registry.card("irony").get("lessons"):
        pytest.skip("made with a teacher's lessons, which are not shipped: `palabre train --only teacher` makes others")
    recipes.train(shared / "data", tmp_path, ["irony"])
    again = json.loads(json.dumps(_card(tmp_path / "irony.toml")))
    assert again["data_sha256"] == registry.card("irony")["data_sha256"]
    for name, one in registry.card("irony")["measured"].items():
        assert abs(again["measured"][name]["value"] - one["value"]) <= LIVE_SLACK, name


def _card(path: Path) -> dict[str, object]:
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))
