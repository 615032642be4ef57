#!/usr/bin/env python3
"""Ingests files and folders one by one with lectern-cli and reports what failed and why, time and memory; with --text how
similar the text is to pdftotext's, with --rects how often the rectangle of a word, cut out of pdftoppm's picture, reads as
that word in Tesseract.

    measure_ingest.py LECTERN_CLI PATH... [--text] [--rects N]
"""
import argparse
import collections
import json
import os
import random
import re
import resource
import subprocess
import tempfile
import time


def run(command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", **kwargs)


def words(text):
    return re.findall(r"\w+", text.lower())


def similarity(a, b):
    """Share of words that both texts have, as multisets: 2 |A and B| / (|A| + |B|)."""
    a, b = collections.Counter(words(a)), collections.Counter(words(b))
    total = sum(a.values()) + sum(b.values())
    return 1.0 if total == 0 else 2 * sum((a & b).values()) / total


class Survey:
    def __init__(self, cli, password):
        self.cli = cli
        self.password = password
        self.data = tempfile.mkdtemp(prefix="lectern-measure-")
        self.env = dict(os.environ, LECTERN_DATA_DIR=self.data)

    def ingest(self, path):
        """(record or None, sentence, seconds, peak bytes of program and worker)"""
        before = time.monotonic()
        command = ["/usr/bin/env", "time", "-f", "%M", self.cli, "ingest", "--json", "--quiet", path]
        if self.password:
            command += ["--password", self.password]
        done = run(command, env=self.env)
        seconds = time.monotonic() - before
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        errors = done.stderr.strip().splitlines()
        peak = int(errors[-1]) * 1024 if errors and errors[-1].isdigit() else 0
        sentence = next((line for line in errors if line.startswith("lectern-cli:")), "")
        if done.returncode < 0 or done.returncode > 128:
            sentence = f"CRASH: code {done.returncode}"
        return (lines[0] if done.returncode == 0 and lines else None), sentence, seconds, peak

    def text(self, record):
        pages = []
        for page in range(1, record["pages"] + 1):
            shown = run([self.cli, "library", "show", str(record["id"]), "--page", str(page)], env=self.env)
            pages.append(shown.stdout)
        return "\n".join(pages)

    def rects(self, record, count, rng):
        """(words that read right, words tried)"""
        good = tried = 0
        for page in rng.sample(range(1, record["pages"] + 1), min(record["pages"], count)):
            shown = run([self.cli, "library", "show", str(record["id"]), "--page", str(page)], env=self.env)
            candidates = [word for word in re.findall(r"\b[A-Za-z]{5,14}\b", shown.stdout)]
            if not candidates:
                continue
            word = rng.choice(candidates)
            found = run([self.cli, "library", "search", "--literal", "--json", "--document", str(record["id"]), word],
                        env=self.env)
            hits = [json.loads(line) for line in found.stdout.splitlines()]
            rect = next((hit["rects"][0] for hit in hits if hit["page"] == page and len(hit["rects"]) == 1), None)
            if rect is None:
                continue
            tried += 1
            read = self.crop(record["path"], page, rect)
            good += word.lower() in re.sub(r"\s", "", read.lower())
        return good, tried

    def crop(self, path, page, rect, dpi=300):
        size = run(["pdfinfo", "-f", str(page), "-l", str(page), path]).stdout
        match = re.search(r"Page\s+\d+ size:\s+([\d.]+) x ([\d.]+)", size)
        turned = re.search(r"Page\s+\d+ rot:\s+(\d+)", size)
        width, height = float(match[1]), float(match[2])
        if turned and int(turned[1]) % 180 == 90:
            width, height = height, width
        scale = dpi / 72
        margin = 8
        x, y = int(rect[0] * width * scale) - margin, int(rect[1] * height * scale) - margin
        w, h = int((rect[2] - rect[0]) * width * scale) + 2 * margin, int((rect[3] - rect[1]) * height * scale) + 2 * margin
        target = os.path.join(self.data, "crop")
        run(["pdftoppm", "-r", str(dpi), "-cropbox", "-f", str(page), "-l", str(page), "-x", str(max(0, x)), "-y",
             str(max(0, y)), "-W", str(w), "-H", str(h), "-png", "-singlefile", path, target])
        return run(["tesseract", target + ".png", "-", "--psm", "8"], env=dict(os.environ, OMP_THREAD_LIMIT="1")).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--password", default="")
    parser.add_argument("--text", action="store_true")
    parser.add_argument("--rects", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    survey = Survey(options.cli, options.password)
    rng = random.Random(options.seed)
    read = failed = good = tried = 0
    similarities = []
    for path in options.paths:
        record, sentence, seconds, peak = survey.ingest(path)
        name = os.path.basename(path.rstrip("/"))
        if record is None:
            failed += 1
            print(f"{name:44.44} {'':>7} {seconds:7.2f} s {peak >> 20:5} MiB  {sentence}")
            continue
        read += 1
        extra = ""
        if options.text and record["kind"] == "pdf":
            peer = run(["pdftotext"] + (["-upw", options.password] if options.password else []) + [path, "-"]).stdout
            own = survey.text(record)
            if max(len(words(own)), len(words(peer))) >= 20:  # less says nothing
                similarities.append(similarity(own, peer))
                extra += f"  text {similarities[-1]:.4f}"
        if options.rects and record["kind"] == "pdf":
            hit, attempts = survey.rects(record, options.rects, rng)
            good, tried = good + hit, tried + attempts
            extra += f"  rects {hit}/{attempts}"
        notes = len(record["warnings"])
        print(f"{name:44.44} {record['pages']:7} {seconds:7.2f} s {peak >> 20:5} MiB  {notes} notes{extra}", flush=True)
    print(f"read {read}, not read {failed}")
    if similarities:
        print(f"similarity to pdftotext over {len(similarities)} documents: mean {sum(similarities) / len(similarities):.4f}, "
              f"least {min(similarities):.4f}")
    if tried:
        print(f"rectangles that read as their word: {good} of {tried}")
    print(f"peak of any child {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MiB")


if __name__ == "__main__":
    main()
