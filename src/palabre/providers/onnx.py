"""A transformer of one's own, exported to ONNX. It runs in this process and opens no connection.

The folder holds ``model.onnx`` (inputs ``input_ids``, ``attention_mask`` and, if it has it, ``token_type_ids``; one
output of shape (n, labels)), ``tokenizer.json`` (of the tokenizers library) and ``labels.json``:
``{"reading": "tone", "labels": ["negative", "neutral", "positive"]}``, the labels in the order of the output.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from palabre.errors import ConfigError
from palabre.providers.contract import LABELS, TEXT_CHARS, Said

TOKENS_MAX = 128
TEXTS_AT_ONCE = 32
LABELS_FILE_BYTES_MAX = 100_000
Ints = npt.NDArray[np.int64]


class OnnxProvider:
    """A folder as a provider of one reading. Raises ConfigError: a file is missing, or says what cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reading, self.labels = read_labels(folder / "labels.json")
        self.version = f"onnx:{digest(folder)}"

    @cached_property
    def session(self) -> Any:
        return loaded(self.folder / "model.onnx")

    @cached_property
    def tokenizer(self) -> Any:
        return tokenizer_of(self.folder / "tokenizer.json")

    def ask(self, reading: str, texts: Sequence[str]) -> list[Said | None]:
        """ConfigError: it was made for another reading, or its output has another shape."""
        if reading != self.reading:
            raise ConfigError("providers.other_reading", asked=reading, given=self.reading)
        parts = [texts[at : at + TEXTS_AT_ONCE] for at in range(0, len(texts), TEXTS_AT_ONCE)]
        return [one for part in parts for one in self.some(part)]

    def some(self, texts: Sequence[str]) -> list[Said | None]:
        found = self.tokenizer.encode_batch([text[:TEXT_CHARS] for text in texts])
        ids = np.array([one.ids for one in found], np.int64).reshape(len(texts), -1)
        mask = np.array([one.attention_mask for one in found], np.int64).reshape(ids.shape)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        asked = {one.name for one in self.session.get_inputs()}
        logits = np.asarray(self.session.run(None, {key: value for key, value in given.items() if key in asked})[0])
        if logits.shape != (len(texts), len(self.labels)):
            raise ConfigError("providers.shape", path=str(self.folder), labels=len(self.labels))
        return [self.said(row) for row in logits]

    def said(self, row: npt.NDArray[np.floating[Any]]) -> Said | None:
        """The likeliest label; None where the output is no number."""
        if not np.isfinite(row).all():
            return None
        raised = np.exp(row - row.max())
        chances = dict(zip(self.labels, (raised / raised.sum()).tolist(), strict=True))
        best = max(chances, key=lambda label: chances[label])
        return Said(best, tuple(chances.get(label, 0.0) for label in LABELS[self.reading]))


def digest(folder: Path) -> str:
    """What distinguishes this model from another in the same place; a file that is missing is told when it is used."""
    made = hashlib.sha256((folder / "labels.json").read_bytes())
    if (folder / "model.onnx").is_file():
        with (folder / "model.onnx").open("rb") as stream:
            made.update(hashlib.file_digest(stream, "sha256").digest())
    return made.hexdigest()[:8]


def read_labels(path: Path) -> tuple[str, list[str]]:
    """The reading and the labels of the output. Raises ConfigError."""
    try:
        said = json.loads(path.read_bytes()[:LABELS_FILE_BYTES_MAX])
        reading, labels = said["reading"], said["labels"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError("providers.labels_file", path=str(path), reason=str(error)) from error
    if not isinstance(reading, str) or not isinstance(labels, list) or reading not in LABELS:
        raise ConfigError("providers.labels_file", path=str(path), reason=str(reading)[:80])
    if len(set(map(str, labels))) != len(labels) or not set(map(str, labels)) <= set(LABELS[reading]):
        raise ConfigError("providers.labels", path=str(path), reading=reading, known=", ".join(LABELS[reading]))
    return reading, [str(one) for one in labels]


def loaded(path: Path) -> Any:
    """An ONNX session on one thread. Raises ConfigError."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ConfigError("providers.no_onnx") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no common base
        raise ConfigError("providers.onnx_file", path=str(path), reason=str(error)[:200]) from error


def tokenizer_of(path: Path) -> Any:
    """A tokenizer that cuts at TOKENS_MAX and fills up to the longest. Raises ConfigError."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ConfigError("providers.no_onnx") from error
    try:
        found = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises a bare Exception
        raise ConfigError("providers.onnx_file", path=str(path), reason=str(error)[:200]) from error
    found.enable_truncation(TOKENS_MAX)
    found.enable_padding()
    return found
