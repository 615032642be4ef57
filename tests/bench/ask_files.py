#!/usr/bin/env python3
"""Asks lectern-cli about text files whose answers are known, as a user would.

    lectern-engine eval passkey   --context 3000 --depths 10 --trials 1 --write TASKS
    lectern-engine eval citations --context 3072 --depths 5 --trials 2 --text BOOK --write TASKS
    tests/bench/ask_files.py build/release/bin/lectern-cli TASKS [FLAGS OF ask...]

Prints how many answers are right, how many of the right ones have the fact in their first citation, how often the cited
text is what the library has on that page, and the time to the answer.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import os


def main():
    cli, folder, flags = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    by_file = {}
    for question in json.loads((folder / "questions.json").read_text()):
        by_file.setdefault(question["file"], []).append(question)
    right = cited = total = exact = citations = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory() as data:
        environment = dict(os.environ, LECTERN_DATA_DIR=data)

        def run(*arguments):
            return subprocess.run([cli, *arguments], env=environment, capture_output=True, text=True)

        for name, questions in by_file.items():
            arguments = ["ask", str(folder / name), "--quiet", "--json", "--max-tokens", "32", *flags]
            for question in questions:
                arguments += ["--question", question["question"]]
            done = run(*arguments)
            if done.returncode != 0:
                sys.exit(done.stderr)
            answers = [json.loads(line) for line in done.stdout.splitlines()]
            seconds += answers[0]["prefill"]["seconds"]
            for question, answer in zip(questions, answers):
                total += 1
                first = answer["answer"].split("\n")[0].strip().rstrip(".")
                ok = first == question["expected"] or first.startswith(question["expected"] + " ")
                right += ok
                found = answer["citations"] and question["fact"] in " ".join(answer["citations"][0]["text"].split())
                cited += bool(ok and found)
                for citation in answer["citations"]:
                    lines = (folder / name).read_text().split("\n")[citation["lines"][0] - 1:citation["lines"][1]]
                    citations += 1
                    exact += citation["text"] in "\n".join(lines)
                print(f"{name}: expected {question['expected']}, answered {first!r}, "
                      f"first citation {'holds' if found else 'lacks'} the fact", file=sys.stderr)
    print(json.dumps({"questions": total, "right": right, "first_citation_right_when_right": cited,
                      "citations": citations, "citations_equal_to_the_named_lines": exact,
                      "prefill_seconds": round(seconds, 1), "profile": answers[0]["profile"]}))


main()
