"""A tiny ONNX model of tone, written byte by byte: the mean of a table's rows (protobuf wire format)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from palabre.model import TONES


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def whole(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def node(kind: str, given: list[str], out: str, attributes: bytes = b"") -> bytes:
    return part(1, b"".join(part(1, name) for name in given) + part(2, out) + part(4, kind) + attributes)


def numbers(name: str, values: list[int]) -> bytes:
    return part(5, part(1, name) + b"".join(whole(8, value) for value in values) + whole(20, 7))


def number(name: str, value: int) -> bytes:
    return part(5, part(1, name) + whole(3, value) + whole(20, 2))


def tensor_of(name: str, kind: int, sizes: list[str | int]) -> bytes:
    shape = b"".join(part(1, part(2, one) if isinstance(one, str) else whole(1, one)) for one in sizes)
    return part(1, name) + part(2, part(1, whole(1, kind) + part(2, shape)))


def model_bytes(table: np.ndarray[Any, Any]) -> bytes:
    rows, labels = table.shape
    weights = whole(1, rows) + whole(1, labels) + whole(2, 1) + part(8, "table") + part(9, table.tobytes())
    graph = (
        node("Gather", ["table", "input_ids"], "rows")
        + node("ReduceMean", ["rows"], "logits", numbers("axes", [1]) + number("keepdims", 0))
        + part(2, "tiny")
        + part(5, weights)
        + part(11, tensor_of("input_ids", 7, ["n", "t"]))
        + part(12, tensor_of("logits", 1, ["n", labels]))
    )
    return whole(1, 7) + part(7, graph) + part(8, part(1, "") + whole(2, 11))


def write(folder: Path, words: Mapping[str, int]) -> Path:
    """A folder for the provider. words: 1 for a negative word, 2 neutral, 3 positive; "[PAD]", 0, for all others."""
    tokenizers = pytest.importorskip("tokenizers", reason="the extra onnx is not installed")
    pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")
    folder.mkdir(exist_ok=True)
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(dict(words), unk_token="[PAD]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save(str(folder / "tokenizer.json"))
    table = np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0], [0, 0, 9]], np.float32)
    (folder / "model.onnx").write_bytes(model_bytes(table))
    (folder / "labels.json").write_text(json.dumps({"reading": "tone", "labels": list(TONES)}))
    return folder
