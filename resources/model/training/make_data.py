#!/usr/bin/env python3
"""Training and held-out data of the default model's tune.

usage: make_data.py BOOKS.tar.bz2 WIKIPEDIA.jsonl.bz2 SQUAD.json.xz FAIRYTALE.json.xz OUT

Writes OUT/data (what tune.json reads) and OUT/held_out (what training never saw). Every order is that of a SHA-256, so
that the split does not depend on the files' order.
"""
import bz2
import hashlib
import json
import lzma
import os
import sys
import tarfile

HELD_BOOKS, HELD_ARTICLES, HELD_STORIES, HELD_QUESTIONS = 8, 40, 60, 2200
TRAINED_BOOKS, TRAINED_ARTICLES = 48, 360


def key(label, text):
    return hashlib.sha256(f"{label}:{text}".encode()).hexdigest()


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False)


def main():
    books_path, wiki_path, squad_path, fairy_path, out = sys.argv[1:]
    data, held = os.path.join(out, "data"), os.path.join(out, "held_out")
    for folder in (data, held):
        os.makedirs(os.path.join(folder, "books"), exist_ok=True)

    with tarfile.open(books_path) as archive:
        books = {os.path.basename(m.name): archive.extractfile(m).read() for m in archive if m.isfile()}
    order = sorted(books, key=lambda name: key("book", name))
    trained = sorted(order[HELD_BOOKS:], key=lambda name: key("pack", name))[:TRAINED_BOOKS]
    for folder, names in ((held, order[:HELD_BOOKS]), (data, trained)):
        for name in names:
            with open(os.path.join(folder, "books", name), "wb") as file:
                file.write(books[name])

    with bz2.open(wiki_path, "rt", encoding="utf-8") as file:
        articles = sorted(map(json.loads, file), key=lambda a: key("wiki", a["text"][:200]))
    write_json(os.path.join(held, "wikipedia.json"), articles[:HELD_ARTICLES])
    with open(os.path.join(data, "wiki.jsonl"), "w", encoding="utf-8") as file:
        for article in articles[HELD_ARTICLES:HELD_ARTICLES + TRAINED_ARTICLES]:
            file.write(json.dumps({"text": article["text"]}, ensure_ascii=False) + "\n")

    with lzma.open(squad_path) as file:
        squad = sorted(json.load(file), key=lambda entry: key("squad", entry[0]))
    count = taken = 0
    while count < HELD_QUESTIONS:
        count += sum(len(paragraph[1]) for paragraph in squad[taken][1])
        taken += 1
    write_json(os.path.join(data, "squad.json"), squad[taken:])
    write_json(os.path.join(held, "squad.json"), {"data": [
        {"title": title, "paragraphs": [
            {"context": text, "qas": [{"question": question, "answers": [{"text": answer}]} for question, answer in pairs]}
            for text, pairs in paragraphs]} for title, paragraphs in squad[:taken]]})

    with lzma.open(fairy_path) as file:
        stories = sorted(json.load(file), key=lambda entry: key("fairy", entry[0][:100]))
    write_json(os.path.join(data, "fairytale.json"), stories[HELD_STORIES:])
    write_json(os.path.join(held, "fairytale.json"), stories[:HELD_STORIES])


if __name__ == "__main__":
    main()
