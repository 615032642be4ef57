#!/usr/bin/env python3
"""Writes the golden outputs of tests/data/goldens from an independent implementation (transformers on PyTorch, CPU).

base45m/  lectern-base-45m, bf16 weights computed in f32, on 512 tokens of public-domain prose
default/  the shipped Q8_0 file, read and dequantised by transformers and the gguf package, on the same tokens
tiny/     a seeded Llama (grouped queries, untied embeddings, yarn) small enough to commit, layer by layer, and the same weights
          under the other kinds of RoPE scaling and a sliding window

Needs torch, transformers, safetensors, sentencepiece, gguf, accelerate and numpy. Run it only to re-baseline on purpose:
  make_goldens.py --model ../shared/models/lectern-base-45m --books ../shared/data/corpus/books.tar.bz2
"""

import argparse
import io
import json
import pathlib
import tarfile

import numpy as np
import sentencepiece
import torch
import transformers
from safetensors.torch import save_file

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "data" / "goldens"
BASE_TOKENS = 512
BASE_LOGIT_STEP = 16  # full logits of positions 15, 31, ...
TINY_TOKENS = 64
TINY_LOGIT_STEP = 4
SEED = 20250711

TINY_CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 24,
    "max_position_embeddings": 128,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "attention_bias": False,
    "mlp_bias": False,
    "torch_dtype": "bfloat16",
}

# 64 tokens pass the original context of 32 in every variant; "type" and "rope_type" are both in use.
VARIANTS = {
    "yarn": {"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}},
    "plain": {"rope_scaling": None},
    "linear": {"rope_scaling": {"type": "linear", "factor": 4.0}},
    "dynamic": {"rope_scaling": {"type": "dynamic", "factor": 2.0}, "max_position_embeddings": 32},
    "llama3": {
        "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 32,
        }
    },
    "sliding": {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "rope_scaling": None, "sliding_window": 16},
}


def build(config: dict, weights: dict) -> torch.nn.Module:
    """A transformers model of `config` with `weights`, in double."""
    kind = transformers.MistralConfig if config["model_type"] == "mistral" else transformers.LlamaConfig
    model_kind = (
        transformers.MistralForCausalLM if config["model_type"] == "mistral" else transformers.LlamaForCausalLM
    )
    fields = {key: value for key, value in config.items() if key not in ("architectures", "torch_dtype", "model_type")}
    model = model_kind(kind(**fields, attn_implementation="eager")).to(torch.float64).eval()
    missing, unexpected = model.load_state_dict({k: v.double() for k, v in weights.items()}, strict=False)
    assert not unexpected and not missing, (missing, unexpected)
    expected = (config["rope_scaling"] or {}).get("rope_type", (config["rope_scaling"] or {}).get("type", "default"))
    assert model.model.rotary_emb.rope_type == expected
    return model


def layer_outputs(model: torch.nn.Module, ids: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """[layers + 1, T, D]: the embeddings and every block's output, before the final norm; and the logits [T, V]."""
    captured = []
    hooks = [model.model.embed_tokens.register_forward_hook(lambda _m, _i, out: captured.append(out))]
    for layer in model.model.layers:
        hooks.append(
            layer.register_forward_hook(lambda _m, _i, out: captured.append(out[0] if isinstance(out, tuple) else out))
        )
    with torch.no_grad():
        logits = model(ids, use_cache=False).logits[0]
    for hook in hooks:
        hook.remove()
    return torch.stack([x[0] for x in captured]).float().numpy(), logits.float().numpy()


def tiny_weights(generator: torch.Generator) -> dict:
    """Random weights, large enough that attention is far from uniform; exact in bf16."""
    c = TINY_CONFIG
    hidden, inner = c["hidden_size"], c["intermediate_size"]
    query, kv = c["num_attention_heads"] * c["head_dim"], c["num_key_value_heads"] * c["head_dim"]

    def matrix(rows: int, columns: int, gain: float = 1.0) -> torch.Tensor:
        return (torch.randn(rows, columns, generator=generator) * gain / columns**0.5).to(torch.bfloat16)

    def norm() -> torch.Tensor:
        return (1.0 + 0.2 * torch.randn(hidden, generator=generator)).to(torch.bfloat16)

    weights = {
        "model.embed_tokens.weight": matrix(c["vocab_size"], hidden, 8.0),
        "model.norm.weight": norm(),
        "lm_head.weight": matrix(c["vocab_size"], hidden, 3.0),
    }
    for layer in range(c["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        weights[p + "input_layernorm.weight"] = norm()
        weights[p + "self_attn.q_proj.weight"] = matrix(query, hidden, 2.0)
        weights[p + "self_attn.k_proj.weight"] = matrix(kv, hidden, 2.0)
        weights[p + "self_attn.v_proj.weight"] = matrix(kv, hidden)
        weights[p + "self_attn.o_proj.weight"] = matrix(hidden, query)
        weights[p + "post_attention_layernorm.weight"] = norm()
        weights[p + "mlp.gate_proj.weight"] = matrix(inner, hidden)
        weights[p + "mlp.up_proj.weight"] = matrix(inner, hidden)
        weights[p + "mlp.down_proj.weight"] = matrix(hidden, inner)
    return weights


def train_tiny_tokenizer(text: str) -> bytes:
    """A sentencepiece BPE model of 320 pieces: 3 control pieces, 256 bytes and the commonest letters."""
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(text.splitlines()),
        model_writer=out,
        model_type="bpe",
        vocab_size=TINY_CONFIG["vocab_size"],
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        character_coverage=0.98,
        num_threads=1,
        minloglevel=2,
    )
    return out.getvalue()


def make_tiny(prose: str) -> None:
    folder = OUTPUT / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(SEED)
    weights = tiny_weights(generator)
    ids = torch.randint(3, TINY_CONFIG["vocab_size"], (1, TINY_TOKENS), generator=generator)
    ids[0, 0] = TINY_CONFIG["bos_token_id"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt", "license": "CC0-1.0"})
    (folder / "tokenizer.model").write_bytes(train_tiny_tokenizer(prose))
    (folder / "ids.txt").write_text(" ".join(map(str, ids[0].tolist())) + "\n")
    for name, changes in VARIANTS.items():
        config = TINY_CONFIG | changes
        target = folder / ("config.json" if name == "yarn" else f"config_{name}.json")
        target.write_text(json.dumps(config, indent=2) + "\n")
        hidden, logits = layer_outputs(build(config, weights), ids)
        rows = slice(TINY_LOGIT_STEP - 1, None, TINY_LOGIT_STEP)
        if name == "yarn":
            np.save(folder / "hidden.npy", hidden)
            np.save(folder / "logits_yarn.npy", logits)
        else:
            np.save(folder / f"logits_{name}.npy", logits[rows])


def make_base(model_folder: pathlib.Path, prose: str) -> None:
    folder = OUTPUT / "base45m"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(model_folder / "tokenizer.model"))
    ids = [tokenizer.bos_id(), *tokenizer.encode(prose)][:BASE_TOKENS]
    assert len(ids) == BASE_TOKENS
    text = tokenizer.decode(ids[1:])
    assert prose.startswith(text)
    (folder / "prose.txt").write_text(text, encoding="utf-8", newline="")
    (folder / "ids.txt").write_text(" ".join(map(str, ids)) + "\n")
    save_logits(folder, ids, model_folder)


def make_default(file: pathlib.Path) -> None:
    folder = OUTPUT / "default"
    folder.mkdir(parents=True, exist_ok=True)
    ids = [int(word) for word in (OUTPUT / "base45m" / "ids.txt").read_text().split()]
    save_logits(folder, ids, file.parent, gguf_file=file.name)


def save_logits(folder: pathlib.Path, ids: list[int], *source, **options) -> None:
    model = transformers.AutoModelForCausalLM.from_pretrained(
        *source, **options, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    with torch.no_grad():
        logits = model(torch.tensor([ids]), use_cache=False).logits[0]
    best = torch.topk(logits, 2, dim=-1)
    np.save(folder / "top1.npy", best.indices[:, 0].to(torch.int32).numpy())
    np.save(folder / "margin.npy", (best.values[:, 0] - best.values[:, 1]).numpy())
    np.save(folder / "logits.npy", logits[BASE_LOGIT_STEP - 1 :: BASE_LOGIT_STEP].to(torch.float16).numpy())


def read_prose(books: pathlib.Path, member: str, offset: int, characters: int) -> str:
    with tarfile.open(books) as archive:
        text = archive.extractfile(member).read().decode("utf-8")
    begin = text.index("\n\n", offset) + 2
    return text[begin : begin + characters]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, help="folder of lectern-base-45m")
    parser.add_argument("--books", type=pathlib.Path, help="books.tar.bz2")
    parser.add_argument("--book", default="books/Franklin_-_The_Oxford_Book_of_American_Essays.txt")
    parser.add_argument("--default", type=pathlib.Path, help="the shipped GGUF file: writes its outputs only")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    if arguments.default:
        make_default(arguments.default)
        return
    make_tiny(read_prose(arguments.books, arguments.book, 40000, 60000))
    make_base(arguments.model, read_prose(arguments.books, arguments.book, 100000, 4000))


if __name__ == "__main__":
    main()
