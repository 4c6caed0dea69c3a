"""The models on disk: ``<name>.npz`` (the numbers) beside ``<name>.toml`` (the card). Loaded at first use.

A model in the folder ``models`` of the data folder (made by `palabre train --labels`) comes before the shipped one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from palabre.errors import InputError
from palabre.read import cues
from palabre.read.features import VERSION, Spec
from palabre.read.linear import Head, Pack, Table, pack
from palabre.settings import data_home

SHIPPED = Path(__file__).with_name("models")
Arrays = Mapping[str, Any]


def own_folder() -> Path:
    """Where a user's own models are; it need not exist."""
    return data_home() / "models"


def folder_of(name: str) -> Path | None:
    """The folder that holds a model, None if none does."""
    return next((one for one in (own_folder(), SHIPPED) if (one / f"{name}.toml").is_file()), None)


def names() -> list[str]:
    """Every model there is, shipped and own."""
    return sorted(
        {path.stem for folder in (own_folder(), SHIPPED) if folder.is_dir() for path in folder.glob("*.toml")}
    )


@cache
def variants(name: str) -> Mapping[str, str]:
    """Heads that stand in for one where a post is in their language: ``{"fr": "tone.fr"}``."""
    return {one.rpartition(".")[2]: one for one in names() if one.startswith(f"{name}.")}


@cache
def card(name: str) -> Mapping[str, Any]:
    """The card of a model. Raises InputError: there is no such model."""
    folder = folder_of(name)
    if folder is None:
        raise InputError("read.no_model", name=name)
    return tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))


@cache
def arrays(name: str) -> Arrays:
    """The numbers of a model. Raises InputError."""
    folder = folder_of(name)
    if folder is None:
        raise InputError("read.no_model", name=name)
    with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


@cache
def head(name: str) -> Head:
    """A linear head. Raises InputError: no such model, or one made for other features than these."""
    about, stored = card(name), arrays(name)
    if about["features"]["version"] != VERSION or about.get("cues", cues.mark()) != cues.mark():
        raise InputError("read.other_features", name=name)
    return Head(
        name,
        tuple(about["labels"]),
        about["kind"],
        spec_of(about["features"]),
        Table(stored["table"], stored["scale"]),
        stored["bias"],
        stored["slope"],
        stored["intercept"],
        stored["decision"],
        Table(stored["words"], stored["words_scale"]) if "words" in stored else None,
        about.get("weights") == "rarity",
        stored.get("cues"),
        stored.get("leans"),
    )


def spec_of(features: Mapping[str, Any]) -> Spec:
    low, high = features["chars"]
    return Spec(features["bits"], (low, high), features["pairs"], features["across"], features["accents"])


@cache
def packs(wanted: tuple[str, ...]) -> tuple[Pack, ...]:
    """Heads packed by the features they need: one pass each."""
    heads = [head(name) for name in wanted]
    alike = [[one for one in heads if one.spec == spec] for spec in dict.fromkeys(one.spec for one in heads)]
    return tuple(pack(some, rarities(some[0].spec) if any(one.rare for one in some) else None) for some in alike)


@cache
def rarities(spec: Spec) -> Any:
    """(2^bits,) how rare each feature is, above 0 to 1; all 1 for features that nobody has counted."""
    if folder_of("rarity") is None or spec_of(card("rarity")["features"]) != spec:
        return np.ones(1 << spec.bits, np.float32)
    return np.maximum(arrays("rarity")["rarity"].astype(np.float32), 1) / 255


def save(one: Head, about: Mapping[str, Any], folder: Path) -> None:
    """Writes a head and its card; ``about`` is what the card says besides labels, kind and features."""
    folder.mkdir(parents=True, exist_ok=True)
    stored: dict[str, Any] = {
        "table": one.table.values,
        "scale": one.table.scale,
        "bias": one.bias,
        "slope": one.slope,
        "intercept": one.intercept,
        "decision": one.decision,
    }
    if one.words:
        stored |= {"words": one.words.values, "words_scale": one.words.scale}
    if one.cues is not None:
        stored |= {"cues": one.cues}
        about = {**about, "cues": cues.mark()}
    if one.leans is not None:
        stored |= {"leans": one.leans}
    np.savez_compressed(folder / f"{one.name}.npz", **stored)
    weights = "rarity" if one.rare else "even"
    write_card(one.name, {"labels": list(one.labels), "kind": one.kind, "weights": weights, **about}, one.spec, folder)


def write_card(name: str, about: Mapping[str, Any], spec: Spec, folder: Path) -> None:
    """``<name>.toml``, with the features that the numbers are for."""
    features = {"version": VERSION, **{key: getattr(spec, key) for key in Spec.__dataclass_fields__}}
    (folder / f"{name}.toml").write_text(toml({"name": name, **about, "features": features}), "utf-8")
    forget()


def forget() -> None:
    """What was loaded is loaded again at next use."""
    for loaded in (variants, card, arrays, head, packs, rarities):
        loaded.cache_clear()


def toml(table: Mapping[str, Any]) -> str:
    """A card as TOML: plain values first, then one level of tables."""
    plain = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    inner = [
        "\n".join(["", f"[{_key(key)}]", *(f"{_key(name)} = {_value(one)}" for name, one in value.items())])
        for key, value in table.items()
        if isinstance(value, Mapping)
    ]
    return "\n".join([*plain, *inner, ""])


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _value(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | np.number):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
