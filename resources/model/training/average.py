#!/usr/bin/env python3
"""Weighted mean of models of one shape, as a Hugging Face folder.

usage: average.py SHAPE OUT MODEL.gguf:WEIGHT [MODEL.gguf:WEIGHT ...]

SHAPE is a folder with the config.json and tokenizer.model that all of them share. Needs gguf, numpy and safetensors.
"""
import json
import os
import shutil
import sys

import numpy as np
from gguf import GGUFReader, dequantize
from safetensors.numpy import save_file

NAMES = {
    "token_embd": "model.embed_tokens", "output_norm": "model.norm", "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
}


def hugging_face_rows(matrix, heads):
    """GGUF keeps the two halves of a head's rotary pairs interleaved, Hugging Face one after the other."""
    size = matrix.shape[0] // heads
    return matrix.reshape(heads, size // 2, 2, matrix.shape[1]).swapaxes(1, 2).reshape(matrix.shape)


def main():
    shape, out, *parts = sys.argv[1:]
    total = {}
    for part in parts:
        path, weight = part.rsplit(":", 1)
        for tensor in GGUFReader(path).tensors:
            values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
            values = values.reshape([int(size) for size in reversed(tensor.shape)])
            total[tensor.name] = total.get(tensor.name, 0) + float(weight) * values
    with open(os.path.join(shape, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    tensors = {}
    for name, values in total.items():
        kind = name.split(".")
        if kind[0] == "blk":
            if kind[2] in heads:
                values = hugging_face_rows(values, heads[kind[2]])
            target = f"model.layers.{kind[1]}.{NAMES[kind[2]]}.weight"
        else:
            target = f"{NAMES[kind[0]]}.weight"
        tensors[target] = np.ascontiguousarray(values)
    os.makedirs(out, exist_ok=True)
    save_file(tensors, os.path.join(out, "model.safetensors"), metadata={"format": "pt"})
    for name in ("config.json", "tokenizer.model"):
        shutil.copy(os.path.join(shape, name), out)


if __name__ == "__main__":
    main()
