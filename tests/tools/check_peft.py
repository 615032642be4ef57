#!/usr/bin/env python3
"""Trains an adapter with lectern-engine, loads it with Hugging Face PEFT and compares the logits of both.

check_peft.py LECTERN_ENGINE MODEL [WORK_FOLDER]: MODEL is a model folder of this repository's tests (untied embeddings,
YaRN); the tied case is a small model made from scratch by the trainer, whose exported folder transformers then loads as
the base. Exit status 77 (skipped) without torch, transformers, peft and numpy.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    from peft import PeftModel
    from transformers import LlamaForCausalLM
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

LIMIT = 5e-4  # of logits up to about 15, f32 on both sides in other orders of summation; measured 3e-5


def run(engine, *words):
    done = subprocess.run([engine, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{words[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def train(engine, work, name, **settings):
    config = {"format": "lectern.train/1", "output": str(work / name), "threads": 2, "steps": 4, "sequence_tokens": 96,
              "attention": {"mode": "dense"}, "optimizer": {"learning_rate": 2e-2, "warmup_steps": 1},
              "data": [{"kind": "text", "paths": [str(work / "text.txt")]}], "evaluation": {"every": 0}} | settings
    (work / f"{name}.json").write_text(json.dumps(config))
    return run(engine, "train", work / f"{name}.json", "--no-stdin")


def compare(engine, work, base, name):
    events = train(engine, work, name, model=str(base), train={
        "method": "lora", "rank": 4, "alpha": 8, "targets": ["q_proj", "k_proj", "o_proj", "gate_proj", "down_proj"]})
    adapter = work / name / "adapter"
    tokens = [1] + [7 + 13 * i % 290 for i in range(40)]
    (work / "ids.txt").write_text(" ".join(map(str, tokens)))
    run(engine, "logits", "--model", base, "--adapter", adapter, "--ids", work / "ids.txt", "--out", work / "ours.npy",
        "--kv-type", "f32", "--attention", "dense")
    ours = np.load(work / "ours.npy")
    model = LlamaForCausalLM.from_pretrained(base, dtype=torch.float32)
    with torch.no_grad():
        before = model(torch.tensor([tokens])).logits[0].numpy()
        theirs = PeftModel.from_pretrained(model, adapter)(torch.tensor([tokens])).logits[0].numpy()
    difference, moved = np.abs(ours - theirs).max(), np.abs(before - theirs).max()
    print(f"{name}: largest logit {np.abs(theirs).max():.2f}, difference {difference:.2e}, moved by training {moved:.2f},"
          f" losses {[round(e['loss'], 3) for e in events if e['event'] == 'step']}")
    if not (difference < LIMIT and moved > 100 * LIMIT):
        sys.exit(f"{name}: PEFT and Lectern disagree")


def main():
    engine, untied = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else temporary)
        (work / "text.txt").write_text(" ".join(f"In {1500 + 7 * i % 400} keeper {31 * i % 97} saw the calm sea." for i in range(400)))
        compare(engine, work, untied, "untied")
        shape = {"model_type": "llama", "vocab_size": 320, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 128,
                 "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": True}
        train(engine, work, "scratch", scratch={"config": shape, "tokenizer": str(untied), "deviation": 0.3},
              export={"folder": True, "type": "f32"})
        compare(engine, work, work / "scratch" / "model", "tied")


if __name__ == "__main__":
    main()
