#!/usr/bin/env python3
"""The sweep behind a model's profile: passkeys and eight facts in prose by length, RoPE factor A, scorer and decode budget W.

    tests/bench/profile_sweep.py build/release/bin/lectern-engine OUT.jsonl BOOK.txt [FLAGS of lectern-engine ...]

Appends one JSON object a setting to OUT and leaves out what OUT already has, so that an interrupted sweep goes on. Prints the
whole table as Markdown at the end. The seeds are not those of the acceptance runs, so that the profile is not tuned to them.
"""
import json
import pathlib
import subprocess
import sys

PASSKEYS = ["--depths", "5", "--trials", "1", "--seed", "5000"]
FACTS = ["--depths", "1", "--trials", "2", "--needles", "8", "--ask", "8", "--seed", "6000"]


def settings():
    for length, factors in [(8192, [2, 4, 8]), (16384, [4, 8, 16]), (32768, [8, 16, 32]), (131072, [32, 64, 128])]:
        for factor in factors:
            for scorer in ["bound", "mean"]:
                for budget in [512, 1024, 2048]:
                    yield {"context": length, "rope_scale": factor, "scorer": scorer, "decode_budget": budget}


def evaluate(engine, task, setting, flags):
    command = [engine, "eval", task, "--json"]
    for name, value in setting.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    done = subprocess.run(command + flags, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr.splitlines()[-1])
    result = json.loads(done.stdout)
    return [result["correct"], result["trials"]]


def main():
    engine, out, book, flags = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
    rows = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    known = [row["setting"] for row in rows]
    for setting in settings():
        if setting in known:
            continue
        row = {
            "setting": setting,
            "passkey": evaluate(engine, "passkey", setting, PASSKEYS + flags),
            "facts": evaluate(engine, "needle", setting, FACTS + ["--text", book] + flags),
        }
        rows.append(row)
        with out.open("a") as file:
            file.write(json.dumps(row) + "\n")
    print("| tokens | A | scorer | W | passkeys | facts |\n|---|---|---|---|---|---|")
    for row in rows:
        s, cells = row["setting"], ["%d of %d" % tuple(row[key]) for key in ("passkey", "facts")]
        print(f"| {s['context']} | {s['rope_scale']} | {s['scorer']} | {s['decode_budget']} | {cells[0]} | {cells[1]} |")


main()
