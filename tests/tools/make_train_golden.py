#!/usr/bin/env python3
"""Losses and gradient norms of 20 training steps in PyTorch (float32), on the tiny model and data of
tests/engine/train_torch_test.cpp. An independent implementation: autograd, attention by index lists.

python3 make_train_golden.py > ../data/train_golden.json   (torch, numpy; transformers checks the dense model)
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

VOCAB, WIDTH, INNER, LAYERS, HEADS, KV, DIM, TRAINED = 40, 32, 64, 2, 4, 2, 8, 32
REGION, BUDGET, MERGE = 4, 24, 2
TOKENS, STEPS = 64, 20
MASK = (1 << 64) - 1


def lcg(seed, count):
    out = np.empty(count, np.float32)
    for i in range(count):
        seed = (1664525 * seed + 1013904223) & 0xFFFFFFFF
        out[i] = np.float32(seed >> 8) / np.float32(8388608.0) - np.float32(1.0)
    return out


def mix(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def keyed(key, index):
    return mix((key + (index + 1) * 0x9E3779B97F4A7C15) & MASK)


def stream(*names):
    key = 0
    for name in names:
        key = mix(keyed(key, name))
    return key


def shapes():
    out = {"model.embed_tokens.weight": (VOCAB, WIDTH), "model.norm.weight": (WIDTH,)}
    for i in range(LAYERS):
        p = f"model.layers.{i}."
        out[p + "input_layernorm.weight"] = (WIDTH,)
        out[p + "post_attention_layernorm.weight"] = (WIDTH,)
        out[p + "self_attn.q_proj.weight"] = (HEADS * DIM, WIDTH)
        out[p + "self_attn.k_proj.weight"] = (KV * DIM, WIDTH)
        out[p + "self_attn.v_proj.weight"] = (KV * DIM, WIDTH)
        out[p + "self_attn.o_proj.weight"] = (WIDTH, HEADS * DIM)
        out[p + "mlp.gate_proj.weight"] = (INNER, WIDTH)
        out[p + "mlp.up_proj.weight"] = (INNER, WIDTH)
        out[p + "mlp.down_proj.weight"] = (WIDTH, INNER)
    return out


def weights():
    out = {}
    for i, (name, shape) in enumerate(sorted(shapes().items())):
        v = lcg(1000 + i, int(np.prod(shape)))
        v = v * np.float32(math.sqrt(3.0 / shape[1])) if len(shape) == 2 else 1 + np.float32(0.1) * v
        out[name] = torch.tensor(v.reshape(shape))
    return out


def sequence(seed):
    tokens, trained = [], []
    for i in range(TOKENS):
        seed = (1664525 * seed + 1013904223) & 0xFFFFFFFF
        tokens.append((seed >> 8) % VOCAB)
        trained.append(i % 3 != 1)
    return torch.tensor(tokens), torch.tensor(trained)


def crd(step, steps, index, layer, seed=5, cap=1024, scale=16.0):
    """Positions and RoPE base of one layer."""
    p_max = min(cap, 2 * TOKENS * 2 ** (step // max(1, steps // 6)))
    key = stream(seed, 0x706F73, step, index, layer)
    period = TOKENS + keyed(key, 0) % (p_max // 2)
    offset = keyed(key, 1) % (4 * cap)
    a = scale * period / TRAINED - (scale - 1) if period > TRAINED else 1.0
    return (np.arange(TOKENS) + offset) % period, 10000.0 * a ** (DIM / (DIM - 2))


def rotate(x, positions, base):
    """x [n, heads, DIM], half-split."""
    angle = np.asarray(positions, np.float64)[:, None] * base ** (-np.arange(0, DIM, 2) / DIM)
    cos, sin = torch.tensor(np.cos(angle), dtype=torch.float32)[:, None], torch.tensor(np.sin(angle), dtype=torch.float32)[:, None]
    a, b = x[..., : DIM // 2], x[..., DIM // 2:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def choose(q, k, start, scorer, group):
    """Regions of the block at `start` for the query heads `group` (of one K/V head)."""
    count, b = BUDGET // REGION - MERGE, start // REGION
    with torch.no_grad():
        kr = k[: b * REGION].reshape(b, REGION, DIM)
        lists = []
        for i in range(MERGE):
            rows = q[start + i * REGION: start + (i + 1) * REGION]
            score = torch.zeros(b, dtype=torch.float64)
            for h in group:
                qb = rows[:, h].mean(0).double()
                if scorer == "mean":
                    score += kr.mean(1).double() @ qb
                else:
                    score += kr.amax(1).double() @ qb.clamp(min=0) + kr.amin(1).double() @ qb.clamp(max=0)
            allowed = b + i - MERGE + 1
            order = sorted(range(min(b, allowed)), key=lambda j: (-score[j].item(), j))
            lists.append(order[:count])
    merged = []
    for rank in range(count):
        for one in lists:
            if rank < len(one) and one[rank] not in merged and len(merged) < count:
                merged.append(one[rank])
    return merged


def attention(q, k, v, mode, scorer, per_kv, choice):
    """q [n, HEADS, DIM], k and v [n, KV, DIM]; selection looks at choice = (q, k)."""
    n, block, size = len(q), REGION * MERGE, HEADS // KV
    outs = []
    for h in range(HEADS):
        kv, rows = h // size, []
        group = list(range(kv * size, (kv + 1) * size)) if per_kv else [h]
        for start in range(0, n, block):
            keys = list(range(start + block))
            if mode != "dense" and start >= BUDGET:
                regions = choose(choice[0], choice[1][:, kv], start, scorer, group)
                keys = [j * REGION + t for j in sorted(regions) for t in range(REGION)] + list(range(start, start + block))
            keys = torch.tensor([j for j in keys if j < n])
            pos = torch.arange(start, min(n, start + block))
            s = q[pos, h] @ k[keys, kv].T / math.sqrt(DIM)
            s = s.masked_fill(keys[None] > pos[:, None], float("-inf"))
            rows.append(s.softmax(-1) @ v[keys, kv])
        outs.append(torch.cat(rows))
    return torch.stack(outs, 1)


def norm(x, w):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * w


class Run:
    def __init__(self, case):
        self.case, self.w = case, weights()
        self.lora = {}
        targets = case.get("lora", [])
        if targets:
            names = [n for i in range(LAYERS) for n in (f"model.layers.{i}.self_attn.{t}.weight" for t in targets)]
            for i, name in enumerate(sorted(names)):
                out, inner = self.w[name].shape
                a = torch.tensor(lcg(5000 + i, 4 * inner).reshape(4, inner)) * 0.2
                self.lora[name] = (a.requires_grad_(), torch.zeros(out, 4, requires_grad=True))
        full = not targets
        for name, value in self.w.items():
            value.requires_grad_(full or "embed" in name or "norm" in name)

    def linear(self, x, name):
        y = x @ self.w[name].T
        if name in self.lora:
            a, b = self.lora[name]
            y = y + 2.0 * (x @ a.T) @ b.T
        return y

    def loss(self, tokens, trained, step, index):
        case, w = self.case, self.w
        x = w["model.embed_tokens.weight"][tokens]
        for i in range(LAYERS):
            p = f"model.layers.{i}."
            h = norm(x, w[p + "input_layernorm.weight"])
            q = self.linear(h, p + "self_attn.q_proj.weight").reshape(-1, HEADS, DIM)
            k = self.linear(h, p + "self_attn.k_proj.weight").reshape(-1, KV, DIM)
            v = self.linear(h, p + "self_attn.v_proj.weight").reshape(-1, KV, DIM)
            positions, base = crd(step, STEPS, index, i) if case.get("crd") else (np.arange(TOKENS), 10000.0)
            rq, rk = rotate(q, positions, base), rotate(k, positions, base)
            choice = (q, k) if case["mode"] == "ms_pretrain" else (rq, rk)
            a = attention(rq, rk, v, case["mode"], case.get("scorer", "mean"), case.get("kv", False), choice)
            x = x + self.linear(a.reshape(-1, HEADS * DIM), p + "self_attn.o_proj.weight")
            h = norm(x, w[p + "post_attention_layernorm.weight"])
            g = self.linear(h, p + "mlp.gate_proj.weight")
            x = x + self.linear(F.silu(g) * self.linear(h, p + "mlp.up_proj.weight"), p + "mlp.down_proj.weight")
        logits = norm(x, w["model.norm.weight"]) @ w["model.embed_tokens.weight"].T
        return F.cross_entropy(logits[:-1][trained[1:]], tokens[1:][trained[1:]], reduction="sum")

    def rate(self, step):
        lr, warm, kind = self.case["lr"], 4, self.case["decay"]
        if step < warm:
            return lr * (step + 1) / warm
        done = (step - warm) / (STEPS - warm)
        return lr * {"constant": 1.0, "cosine": 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * done)),
                     "linear": 0.1 + 0.9 * (1 - done)}[kind]

    def train(self):
        norms = [p for n, p in self.w.items() if p.requires_grad and "norm" in n]
        inner = [p for n, p in self.w.items() if p.requires_grad and "_proj" in n]
        rest = [p for n, p in self.w.items() if p.requires_grad and "norm" not in n and "_proj" not in n]
        rest += [t for pair in self.lora.values() for t in pair]
        muon = self.case.get("muon", False)
        decay = self.case["weight_decay"]
        if not muon:
            rest += inner
        optimizer = torch.optim.AdamW([{"params": rest, "weight_decay": decay}, {"params": norms, "weight_decay": 0.0}],
                                      lr=1.0, betas=(0.9, 0.999), eps=1e-8)
        momenta = [torch.zeros_like(p) for p in inner]
        losses, grads = [], []
        for step in range(STEPS):
            data = [sequence(10000 + (2 * step + i) % 4) for i in range(2)]
            count = sum(int(t[1:].sum()) for _, t in data)
            everything = norms + inner * muon + rest
            for p in everything:
                p.grad = None
            total = 0.0
            for i, (tokens, trained) in enumerate(data):
                part = self.loss(tokens, trained, step, i) / count
                part.backward()
                total += part.item()
            losses.append(total)
            grads.append(torch.nn.utils.clip_grad_norm_(everything, 1.0).item())
            rate = self.rate(step)
            for g in optimizer.param_groups:
                g["lr"] = rate
            optimizer.step()
            if muon:
                with torch.no_grad():
                    for p, m in zip(inner, momenta):
                        self.muon(p, m, rate, decay)
        return {"label": self.case["label"], "losses": losses, "gradient_norms": grads}

    @staticmethod
    def muon(p, m, rate, decay):
        m.mul_(0.95).add_(p.grad)
        x = p.grad + 0.95 * m
        tall = x.shape[0] > x.shape[1]
        x = x.T if tall else x
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            g = x @ x.T
            x = 3.4445 * x + (-4.7750 * g + 2.0315 * g @ g) @ x
        x = x.T if tall else x
        p.mul_(1 - rate * decay).add_(x, alpha=-rate * 0.2 * math.sqrt(max(p.shape)))


def check_against_transformers():
    from transformers import LlamaConfig, LlamaForCausalLM
    config = LlamaConfig(vocab_size=VOCAB, hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS,
                         num_attention_heads=HEADS, num_key_value_heads=KV, head_dim=DIM, rms_norm_eps=1e-5,
                         tie_word_embeddings=True, max_position_embeddings=TRAINED)
    model = LlamaForCausalLM(config).float()
    model.load_state_dict(weights() | {"lm_head.weight": weights()["model.embed_tokens.weight"]})
    tokens, trained = sequence(10000)
    logits = model(tokens[None]).logits[0]
    theirs = F.cross_entropy(logits[:-1][trained[1:]], tokens[1:][trained[1:]], reduction="sum").item()
    ours = Run({"mode": "dense"}).loss(tokens, trained, 0, 0).item()
    assert abs(theirs - ours) < 1e-4 * theirs, (theirs, ours)


CASES = [
    {"label": "full dense", "mode": "dense", "lr": 3e-3, "decay": "cosine", "weight_decay": 0.1},
    {"label": "lora ms_train crd", "mode": "ms_train", "crd": True, "lr": 1e-2, "decay": "constant", "weight_decay": 0.0,
     "lora": ["q_proj", "k_proj", "v_proj", "o_proj"]},
    {"label": "muon ms_pretrain bound kv", "mode": "ms_pretrain", "scorer": "bound", "kv": True, "lr": 3e-3,
     "decay": "linear", "weight_decay": 0.1, "muon": True},
]

if __name__ == "__main__":
    torch.set_num_threads(1)
    check_against_transformers()
    json.dump([Run(case).train() for case in CASES], sys.stdout, indent=1)
    print()
