"""The trained network as an ONNX file in eight-bit numbers, built node by node, for onnxruntime on a processor."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from benchmarks.names.network import HEADS, WIDTH

Array = npt.NDArray[np.float32]
_MICROSOFT = "com.microsoft"


class Graph:
    """Collects nodes and constants."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        """Add a constant; return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node; return its output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], output, domain=domain, **attributes))
        return output


def write(state: dict[str, Array], path: Path, eight_bits: bool = True) -> None:
    """Write the network with the weights `state` (as of `Network.state_dict`).

    Inputs: ``pieces`` int64 batch x length, ``marks`` int64 batch x length x groups; all of a batch are of one length.
    Outputs: ``scores`` log-probabilities batch x length x tags, ``hidden`` the last layer's states.
    """
    graph = Graph()
    x = _embeddings(graph, state)
    layers = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    for n in range(layers):
        x = _layer(graph, {k.removeprefix(f"layers.{n}."): v for k, v in state.items()}, x, n, n == layers - 1)
    tags = graph.add("MatMul", [x, graph.constant("tags.weight", state["tags.weight"].T)], "tags.product")
    tags = graph.add("Add", [tags, graph.constant("tags.bias", state["tags.bias"])], "tags.sum")
    graph.add("LogSoftmax", [tags], "scores", axis=-1)
    model = _model(graph, state["tags.bias"].shape[0])
    if not eight_bits:
        onnx.save(model, path)
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(model, whole)
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=["MatMul", "Attention"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=["tags.product"],
            extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
        )


def _embeddings(graph: Graph, state: dict[str, Array]) -> str:
    words = state["words.weight"]
    scale = np.abs(words).max(1, keepdims=True) / 127
    graph.constant("words", np.round(words / np.maximum(scale, 1e-9)).astype(np.int8))
    graph.constant("words.scale", scale.astype(np.float32))
    graph.constant("marks.table", state["marks.weight"])
    graph.constant("positions", state["positions.weight"][:192])
    small = graph.add("Gather", ["words", "pieces"], "words.small", axis=0)
    plain = graph.add("Cast", [small], "words.plain", to=TensorProto.FLOAT)
    x = graph.add("Mul", [plain, graph.add("Gather", ["words.scale", "pieces"], "words.scales", axis=0)], "words.value")
    rows = graph.add("Gather", ["marks.table", "marks"], "marks.rows", axis=0)
    total = graph.add("ReduceSum", [rows, graph.constant("marks.axis", np.array([2]))], "marks.sum", keepdims=0)
    x = graph.add("Add", [x, total], "marked")
    shape = graph.add("Shape", ["pieces"], "length", start=1, end=2)
    zero, one = graph.constant("zero", np.array([0])), graph.constant("axis", np.array([0]))
    places = graph.add("Slice", ["positions", zero, shape, one], "places")
    x = graph.add("Add", [x, places], "placed")
    weight, bias = graph.constant("norm.w", state["norm.weight"]), graph.constant("norm.b", state["norm.bias"])
    return graph.add("LayerNormalization", [x, weight, bias], "embedded", epsilon=1e-12)


def _layer(graph: Graph, state: dict[str, Array], x: str, n: int, last: bool) -> str:
    def constant(name: str, value: Array) -> str:
        return graph.constant(f"{n}.{name}", value)

    def norm(name: str, value: str, skip: str, bias: str, output: str) -> str:
        # Three nodes, as the fused one ("SkipLayerNormalization") takes several times longer on a processor.
        gamma, beta = constant(f"{name}.w", state[f"{name}.weight"]), constant(f"{name}.b", state[f"{name}.bias"])
        total = graph.add("Add", [graph.add("Add", [value, bias], f"{output}.biased"), skip], f"{output}.skipped")
        return graph.add("LayerNormalization", [total, gamma, beta], output, epsilon=1e-12)

    weight = constant("qkv.w", state["query_key_value.weight"].T)
    bias = constant("qkv.b", state["query_key_value.bias"])
    seen = graph.add("Attention", [x, weight, bias], f"{n}.seen", _MICROSOFT, num_heads=HEADS)
    out = graph.add("MatMul", [seen, constant("out.w", state["out.weight"].T)], f"{n}.out")
    x = norm("norm", out, x, constant("out.b", state["out.bias"]), f"{n}.middle")
    up = graph.add("MatMul", [x, constant("up.w", state["up.weight"].T)], f"{n}.up")
    inner = graph.add("BiasGelu", [up, constant("up.b", state["up.bias"])], f"{n}.inner", _MICROSOFT)
    down = graph.add("MatMul", [inner, constant("down.w", state["down.weight"].T)], f"{n}.down")
    output = "hidden" if last else f"{n}.end"
    return norm("last_norm", down, x, constant("down.b", state["down.bias"]), output)


def _model(graph: Graph, tags: int) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info("pieces", TensorProto.INT64, ["batch", "length"]),
        helper.make_tensor_value_info("marks", TensorProto.INT64, ["batch", "length", "groups"]),
    ]
    outputs = [
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", "length", tags]),
        helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "length", WIDTH]),
    ]
    whole = helper.make_graph(graph.nodes, "names", inputs, outputs, graph.constants)
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(_MICROSOFT, 1)]
    return helper.make_model(whole, opset_imports=imports, ir_version=9)
