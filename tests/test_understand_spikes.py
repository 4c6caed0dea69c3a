"""Spikes: what must be found, what must not, and the command on good and bad files."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from palabre.cli.main import cli
from palabre.errors import InputError
from palabre.understand.spikes import DAY_S, HOUR_S, Spike, spikes, why

START_MS = 1_750_000_000_000


def series(days: int, step_s: int, rate_a_day: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """A day and night of Poisson counts."""
    steps = np.arange(days * DAY_S // step_s)
    wave = 1 + 0.8 * np.sin(2 * np.pi * steps * step_s / DAY_S) if step_s < DAY_S else np.ones(len(steps))
    counts = np.random.default_rng(seed).poisson(rate_a_day * step_s / DAY_S * wave)
    return START_MS + steps * step_s * 1000, counts


@pytest.mark.parametrize(("step_s", "rate"), [(60, 5000), (300, 2000), (3600, 500), (DAY_S, 300)])
def test_a_planted_spike_is_found_when_it_happens_and_nothing_else(step_s: int, rate: float) -> None:
    times, counts = series(40, step_s, rate)
    at = int(30 * DAY_S // step_s)
    width = max(1, 2 * HOUR_S // step_s)
    counts[at : at + width] = counts[at : at + width] * 12 + 12
    found = spikes(times, counts)
    assert len(found) == 1
    assert times[at] - 300_000 <= found[0].start_ms <= times[at] + width * step_s * 1000
    assert found[0].seen > found[0].record
    assert found[0].ratio > 2


@pytest.mark.parametrize("rate", [0.3, 2, 20, 200, 2000])
@pytest.mark.parametrize("step_s", [300, 3600])
def test_chance_alone_gives_no_spike(step_s: int, rate: float) -> None:
    assert sum(len(spikes(*series(60, step_s, rate, seed))) for seed in range(3)) == 0


@pytest.mark.parametrize("value", [0, 1, 250])
def test_a_constant_series_has_no_spike(value: int) -> None:
    times, _ = series(20, HOUR_S, 1)
    assert spikes(times, np.full(len(times), value)) == []


def test_a_level_that_stays_is_one_spike_that_says_so() -> None:
    times, counts = series(60, HOUR_S, 600)
    counts[30 * 24 :] *= 6
    found = spikes(times, counts)
    assert [spike.stays for spike in found] == [True]
    assert "stayed higher" in why(found[0], "en")
    assert "resté plus haut" in why(found[0], "fr")


def test_a_busy_night_is_a_spike_although_the_afternoon_has_as_much() -> None:
    times, counts = series(40, HOUR_S, 4000)
    night = 30 * 24 + 18
    counts[night - 2 : night + 3] = 330
    assert any(abs(spike.start_ms - times[night]) < 4 * HOUR_S * 1000 for spike in spikes(times, counts))


def test_only_what_was_known_at_the_time_decides() -> None:
    times, counts = series(50, HOUR_S, 300)
    counts[30 * 24] += 400
    early = spikes(times[: 35 * 24], counts[: 35 * 24])
    assert [s.start_ms for s in early] == [s.start_ms for s in spikes(times, counts)]


def test_the_order_of_lines_and_repeated_times_do_not_matter() -> None:
    times, counts = series(30, HOUR_S, 300)
    counts[600] += 300
    shuffled = np.random.default_rng(3).permutation(len(times))
    assert spikes(times[shuffled], counts[shuffled]) == spikes(times, counts)
    halves = spikes(np.concatenate([times, times]), np.concatenate([counts - counts // 2, counts // 2]))
    assert [(s.start_ms, s.seen) for s in halves] == [(s.start_ms, s.seen) for s in spikes(times, counts)]


@pytest.mark.parametrize("n", [0, 1, 2, 50])
def test_a_tiny_series_says_too_few(n: int) -> None:
    with pytest.raises(InputError) as error:
        spikes(START_MS + np.arange(n) * 300_000, np.ones(n))
    assert error.value.key == "spikes.too_few"


def test_years_of_seconds_are_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(InputError) as error:
        spikes([START_MS, START_MS + 1000, START_MS + 2000, START_MS + 90 * 365 * DAY_S * 1000], [1, 1, 1, 1])
    assert error.value.key == "spikes.too_long"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e12), min_size=40, max_size=120), st.sampled_from([300, 7_200, DAY_S, 7 * DAY_S]))
def test_any_series_gives_ordered_episodes_with_finite_numbers(counts: list[float], step_s: int) -> None:
    try:
        found: list[Spike] = spikes(START_MS + np.arange(len(counts)) * step_s * 1000, counts)
    except InputError:
        return
    assert all(a.end_ms < b.start_ms for a, b in pairwise(found))
    assert all(np.isfinite([s.score, s.seen, s.record, s.ratio]).all() and s.start_ms <= s.end_ms for s in found)


def run(text: str, *options: str) -> Result:
    return CliRunner().invoke(cli, ["spikes", *options, "-"], input=text, env={"PALABRE_LANG": "en"})


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


STYLES = {
    "iso": ("%Y-%m-%dT%H:%M:%SZ", "", ","),
    "spaced": ("%Y-%m-%d %H:%M:%S", "timestamp,value", ","),
    "french": ("%Y-%m-%d %H:%M", "heure;compte", ";"),
    "tabs": ("%Y-%m-%dT%H:%M:%S+00:00", "start\tn", "\t"),
}


def table(style: str) -> str:
    from palabre.clock import to_datetime

    times, counts = series(30, HOUR_S, 300)
    counts[600] += 300
    form, head, separator = STYLES[style]
    rows = [f"{to_datetime(int(t)).strftime(form)}{separator}{n}" for t, n in zip(times, counts, strict=True)]
    return "\n".join([*([head] if head else []), *rows]) + "\n"


@pytest.mark.parametrize("style", list(STYLES))
def test_the_command_reads_the_usual_ways_to_write_a_series(style: str) -> None:
    text = table(style)
    found = lines(run(text))
    assert len(found) == 1
    assert {"start", "end", "score", "why"} <= found[0].keys()
    assert found[0]["start"] in text
    assert "times as many" in found[0]["why"]


def test_epoch_seconds_come_out_as_dates() -> None:
    times, counts = series(30, HOUR_S, 300)
    counts[600] += 300
    found = lines(run("time,count\n" + "".join(f"{t // 1000},{n}\n" for t, n in zip(times, counts, strict=True))))
    assert found[0]["start"].endswith("Z")


def test_missing_steps_are_silence() -> None:
    times, counts = series(30, HOUR_S, 300)
    counts[600] += 300
    counts[5:300:7] = 0
    full = "".join(f"{t // 1000},{n}\n" for t, n in zip(times, counts, strict=True))
    sparse = "".join(f"{t // 1000},{n}\n" for t, n in zip(times, counts, strict=True) if n)
    assert lines(run(full)) == lines(run(sparse))


BAD = {"-3": "below zero", "nan": "not a count", "inf": "not a count", "": "not a count", "many": "not a count"}


@pytest.mark.parametrize("count", list(BAD))
def test_a_bad_line_is_named_and_the_rest_goes_on(count: str) -> None:
    text = table("iso") + f"2026-01-01T00:00:00Z,{count}\n"
    result = run(text)
    assert len(lines(result)) == 1
    said = json.loads(result.stderr.splitlines()[0])
    assert said["line"] == text.count("\n")
    assert BAD[count] in said["error"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("a\rb,1\n", "no line"), (f'"{"x" * 140_000}",1\n', "no line"), ("", "no line"),
     ("time,count\n", "no line"), ("2026-01-01,3\n", "Too few"), ("x,y\nz,3\n", "no line"),
     ("\x00\xff\n" * 9, "no line")],
)  # fmt: skip
def test_a_file_without_a_series_is_refused_with_a_sentence(text: str, words: str) -> None:
    result = run(text)
    assert isinstance(result.exception, InputError)
    assert words in str(result.exception)


def test_counts_as_a_french_spreadsheet_writes_them_are_read() -> None:
    rows = [f"2026-01-{1 + n // 24:02d} {n % 24:02d}:00;1\u202f02{n % 3},00" for n in range(480)]
    rows[300] = rows[300].split(";")[0] + ";9 000,5"
    (spike,) = lines(run("\n".join(["heure;nombre", *rows])))
    assert spike["seen"] == 9_000.5


@pytest.mark.parametrize("text", ["1,234", "1 2", "1 23,4", "1,2,3"])
def test_a_count_that_may_be_two_numbers_is_refused(text: str) -> None:
    result = run(table("tabs") + f"2026-01-01T00:00:00Z\t{text}\n")
    assert "not a count" in json.loads(result.stderr.splitlines()[0])["error"]


def test_all_zeros_is_no_spike_and_no_error() -> None:
    times, _ = series(20, HOUR_S, 1)
    assert lines(run("".join(f"{t // 1000},0\n" for t in times))) == []


# NAB: real tweet volumes with labelled windows (the five series that may be looked at)


def nab(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "tweet_volumes.parquet")
    names = np.array(table["series"].to_pylist())
    times = table["timestamp"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    counts, inside = table["value"].to_numpy(), table["in_anomaly_window"].to_numpy()
    return {name: (times[names == name], counts[names == name], inside[names == name]) for name in sorted(set(names))}


def graded(times: np.ndarray, inside: np.ndarray, found: list[Spike]) -> tuple[int, int]:
    """(windows hit, false episodes)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    windows = [(times[a], times[b - 1]) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    touches = [[s.start_ms <= last and first <= s.end_ms for first, last in windows] for s in found]
    return sum(map(any, zip(*touches, strict=True))), sum(not any(row) for row in touches)


def test_nab_tweet_volumes_hold_their_floor(shared: Path) -> None:
    tweets = nab(shared / "data/nab_tweet_volume")
    results = [graded(times, inside, spikes(times, counts)) for times, counts, inside in tweets.values()]
    hit, false = (sum(column) for column in zip(*results, strict=True))
    assert (hit >= 15, false <= 4) == (True, True), results
