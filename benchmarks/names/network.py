"""The encoder in torch: MiniLM's layers under a layer of tags, and marks of the words added to the embeddings."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import dropout, gelu, scaled_dot_product_attention

WIDTH, HEADS, INNER, PIECES, POSITIONS = 384, 12, 1536, 30522, 512


class Layer(nn.Module):
    """One layer of BERT (Devlin et al. 2019), normalised after each part."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.last_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """``x``: batch x pieces x width; ``mask``: batch x 1 x 1 x pieces, true where a piece stands."""
        batch, length, _ = x.shape
        q, k, v = self.query_key_value(x).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(q, k, v, mask)
        seen = self.out(seen.transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.norm(x + seen)
        inner = self.down(gelu(self.up(x)))
        result: Tensor = self.last_norm(x + inner)
        return result


class Network(nn.Module):
    """Pieces and marks to scores of tags."""

    def __init__(self, layers: int, marks: int, tags: int) -> None:
        super().__init__()
        self.words = nn.Embedding(PIECES, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.marks = nn.Embedding(marks, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.tags = nn.Linear(WIDTH, tags)
        self.dropout = 0.1  # at both ends only: drawing numbers for every layer costs a fifth of the training

    def forward(self, pieces: Tensor, marks: Tensor, mask: Tensor) -> Tensor:
        """``pieces``: batch x length; ``marks``: batch x length x groups; ``mask``: batch x length. Scores a piece."""
        rate = self.dropout if self.training else 0.0
        places = self.positions.weight[: pieces.shape[1]]
        x = dropout(self.norm(self.words(pieces) + places + self.marks(marks).sum(2)), rate)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        scores: Tensor = self.tags(dropout(x, rate))
        return scores


def pretrained(folder: Path, layers: list[int], marks: int, tags: int) -> Network:
    """Return a network that begins as the given layers of the weights in `folder`."""
    known = load_file(folder / "model.safetensors")
    network = Network(len(layers), marks, tags)
    state = network.state_dict()
    state["words.weight"] = known["embeddings.word_embeddings.weight"]
    state["positions.weight"] = (
        known["embeddings.position_embeddings.weight"] + known["embeddings.token_type_embeddings.weight"][0]
    )
    state["marks.weight"] = torch.zeros_like(state["marks.weight"])
    for kind in ("weight", "bias"):
        state[f"norm.{kind}"] = known[f"embeddings.LayerNorm.{kind}"]
        for n, old in enumerate(layers):
            at = f"encoder.layer.{old}."
            state[f"layers.{n}.query_key_value.{kind}"] = torch.cat(
                [known[f"{at}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            )
            state[f"layers.{n}.out.{kind}"] = known[f"{at}attention.output.dense.{kind}"]
            state[f"layers.{n}.norm.{kind}"] = known[f"{at}attention.output.LayerNorm.{kind}"]
            state[f"layers.{n}.up.{kind}"] = known[f"{at}intermediate.dense.{kind}"]
            state[f"layers.{n}.down.{kind}"] = known[f"{at}output.dense.{kind}"]
            state[f"layers.{n}.last_norm.{kind}"] = known[f"{at}output.LayerNorm.{kind}"]
    network.load_state_dict(state)
    return network
