#!/usr/bin/env python3
"""An adapter as Hugging Face PEFT saves it, over the tiny model of make_train_golden.py, and the logits of both together.

python3 make_peft_golden.py ../data/peft_adapter   (torch, transformers, peft)
"""
import json
import os
import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

import make_train_golden as tiny

if __name__ == "__main__":
    folder = sys.argv[1]
    config = LlamaConfig(vocab_size=tiny.VOCAB, hidden_size=tiny.WIDTH, intermediate_size=tiny.INNER,
                         num_hidden_layers=tiny.LAYERS, num_attention_heads=tiny.HEADS, num_key_value_heads=tiny.KV,
                         head_dim=tiny.DIM, rms_norm_eps=1e-5, tie_word_embeddings=True, max_position_embeddings=tiny.TRAINED)
    model = LlamaForCausalLM(config).float()
    weights = tiny.weights()
    model.load_state_dict(weights | {"lm_head.weight": weights["model.embed_tokens.weight"]})
    tuned = get_peft_model(model, LoraConfig(r=3, lora_alpha=12, use_rslora=True, target_modules=["q_proj", "v_proj", "down_proj"],
                                             modules_to_save=["norm", "embed_tokens"], task_type="CAUSAL_LM"))
    # Values that leave no tensor at its initialisation.
    for i, (name, parameter) in enumerate(p for p in tuned.named_parameters() if p[1].requires_grad):
        noise = torch.tensor(tiny.lcg(3000 + i, parameter.numel())).reshape(parameter.shape)
        parameter.data = parameter.data + 0.2 * noise
    tuned.save_pretrained(folder)
    os.remove(os.path.join(folder, "README.md"))
    tokens, _ = tiny.sequence(77)
    with torch.no_grad():
        logits = tuned(tokens[None, :24]).logits[0]
    with open(os.path.join(folder, "logits.json"), "w") as file:
        json.dump({"tokens": tokens[:24].tolist(), "logits": [[round(x, 6) for x in row] for row in logits.tolist()]}, file)
