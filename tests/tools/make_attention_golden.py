#!/usr/bin/env python3
"""Writes tests/data/ms_attention_golden.json from the independent numpy reading of the algorithm.

usage: make_attention_golden.py PATH_TO/ms_attention.py OUTPUT.json

Inputs come from a linear congruential generator that the C++ test repeats, so only results are stored.
"""
import importlib.util
import json
import sys

import numpy as np

N, D = 768, 16


def inputs(seed, rows, columns):
    """Values in [-1, 1) of the generator x <- 1664525 x + 1013904223 (mod 2^32)."""
    state, values = seed, np.empty(rows * columns, np.float32)
    for i in range(len(values)):
        state = (1664525 * state + 1013904223) % 2**32
        values[i] = np.float32(state >> 8) / np.float32(2**23) - np.float32(1)
    return values.reshape(rows, columns).astype(np.float64)


def main(oracle_path, out_path):
    spec = importlib.util.spec_from_file_location("ms_attention", oracle_path)
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    q, k, v = (inputs(seed, N, D) for seed in (1, 2, 3))
    cases = []
    for mode in ("ms_prefill", "ms_train"):
        for scorer in ("mean", "bound"):
            f = oracle.Profile(p=4, W=128, m=4, local=4, sink=1, scorer=scorer)
            f.check()
            out = oracle.block_attention(q, k, v, f, mode)
            blocks = []
            for start in range(0, N, f.m * f.p):
                plan = None if mode == "ms_train" and start < f.W else oracle.plan_block(q, k, start, f, mode)
                if plan and start % 160 == 0:
                    blocks.append({"start": start, "merged": plan[1], "nominators": plan[2]})
            rows = [0, 1, 63, 127, 128, 129, 200, 400, 511, 640, 766, 767]
            cases.append({"mode": mode, "scorer": scorer, "blocks": blocks, "rows": rows,
                          "out": [[round(x, 9) for x in out[r]] for r in rows]})
    decode = []
    for scorer in ("mean", "bound"):
        for n in (N, N - 1, N - 3, 100):
            f = oracle.Profile(p=4, W=128, m=4, local=4, sink=1, scorer=scorer)
            o, regions, mass = oracle.decode_attention(q[n - 1], k[:n], v[:n], f)
            decode.append({"scorer": scorer, "tokens": n, "regions": [int(r) for r in regions],
                           "mass": [round(mass[r], 9) for r in regions], "out": [round(x, 9) for x in o]})
    json.dump({"tokens": N, "dim": D, "region": 4, "budget": 128, "merge": 4, "local": 4, "sink": 1,
               "blockwise": cases, "decode": decode}, open(out_path, "w"), separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:3])
