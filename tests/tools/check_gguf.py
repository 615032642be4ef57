#!/usr/bin/env python3
"""Compares a GGUF file that `lectern-engine convert` wrote with the Hugging Face folder it came from.

check_gguf.py FOLDER FILE.gguf: the file is read with the `gguf` package; every tensor must equal the folder's, q and k rows in GGUF's
interleaved order, Q8_0 blocks bit for bit as that package quantises them, and the vocabulary must equal tokenizer.model's. With
--run, transformers loads both and their logits on a few tokens are compared. Needs gguf, torch, safetensors, transformers, sentencepiece.
"""

import argparse
import json
import pathlib

import gguf
import numpy as np
import sentencepiece
import torch
import transformers
from safetensors.torch import load_file

LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
MODEL_NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    return weight.reshape(heads, 2, -1, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def check_tensors(reader: gguf.GGUFReader, folder: pathlib.Path, config: dict) -> None:
    weights = {}
    for file in sorted(folder.glob("*.safetensors")):
        weights |= load_file(file)
    for tensor in reader.tensors:
        parts = tensor.name.split(".")
        if tensor.name == "rope_freqs.weight":
            continue
        layer = f"model.layers.{parts[1]}.{LAYER_NAMES[parts[2]]}" if parts[0] == "blk" else MODEL_NAMES[parts[0]]
        weight = weights[layer + ".weight"].float().numpy()
        heads = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}.get(parts[2] if parts[0] == "blk" else "")
        if heads:
            weight = interleaved(weight, config[heads])
        assert tuple(reversed(tensor.shape.tolist())) == weight.shape, tensor.name
        if tensor.tensor_type == gguf.GGMLQuantizationType.Q8_0:
            expected = gguf.quants.quantize(weight, tensor.tensor_type)
            assert np.array_equal(expected.reshape(-1), tensor.data.reshape(-1)), tensor.name
        elif tensor.tensor_type == gguf.GGMLQuantizationType.F16:
            assert np.array_equal(tensor.data.reshape(-1), weight.astype(np.float16).reshape(-1)), tensor.name
        else:
            values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(weight.shape)
            assert np.array_equal(values, weight), tensor.name
    print(f"{len(reader.tensors)} tensors equal")


def check_vocabulary(reader: gguf.GGUFReader, folder: pathlib.Path) -> None:
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    scores = reader.fields["tokenizer.ggml.scores"].contents()
    for i in range(model.get_piece_size()):
        assert tokens[i] == model.id_to_piece(i) and scores[i] == model.get_score(i), (i, tokens[i])
    print(f"{model.get_piece_size()} tokens equal")


def compare_runs(folder: pathlib.Path, file: pathlib.Path) -> None:
    ids = torch.tensor([[1, *range(300, 316)]])
    ids = ids.clamp(max=json.loads((folder / "config.json").read_text())["vocab_size"] - 1)
    with torch.no_grad():
        load = transformers.AutoModelForCausalLM.from_pretrained
        expected = load(folder, dtype=torch.float32)(ids).logits
        actual = load(file.parent, gguf_file=file.name, dtype=torch.float32)(ids).logits
    error = ((actual - expected) ** 2).mean() / (expected**2).mean()
    print(f"transformers runs the GGUF file: NMSE of its logits {error:.2e}")
    assert error < 5e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--run", action="store_true")
    arguments = parser.parse_args()
    reader = gguf.GGUFReader(arguments.file)
    config = json.loads((arguments.folder / "config.json").read_text())
    check_tensors(reader, arguments.folder, config)
    check_vocabulary(reader, arguments.folder)
    if arguments.run:
        compare_runs(arguments.folder, arguments.file)


if __name__ == "__main__":
    main()
