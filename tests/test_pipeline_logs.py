"""Logs carry ids and counts, never what people said, never a secret."""

from __future__ import annotations

import json
import logging

import pytest

from palabre.logs import configure, keep_secret, logger

TOKEN = "canary-token-8f2c"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    configure("INFO")
    keep_secret([TOKEN, "abc"])
    return capsys


def test_a_line_is_json_with_its_facts(told: pytest.CaptureFixture[str]) -> None:
    logger("collect").info("run", source=3, stored=12)
    line = json.loads(told.readouterr().err)
    assert (line["event"], line["area"], line["source"], line["stored"], line["level"]) == (
        "run",
        "collect",
        3,
        12,
        "info",
    )


def test_a_secret_is_blotted_out_wherever_it_stands(told: pytest.CaptureFixture[str]) -> None:
    logger("net").info("asked", url=f"https://a.fr/?key={TOKEN}", more={"deep": [TOKEN]})
    logging.getLogger("library").warning("header %s", TOKEN)
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("library").exception("failed")
    said = told.readouterr().err
    assert TOKEN not in said
    assert said.count("[secret]") >= 3


def test_content_is_not_logged_whoever_tries(told: pytest.CaptureFixture[str]) -> None:
    logger("x").info("post", text="what somebody said", body=b"raw", post=object())
    said = told.readouterr().err
    assert "somebody" not in said
    assert json.loads(said)["text"] == "[18]"
