#!/usr/bin/env bash
# check_no_network.sh BIN-FOLDER: runs the programs over real work under strace, with every child (document workers, text
# recognition, symbols, the tune worker), and expects that none of them makes an internet socket. The window is driven by its
# own tests where these are built. Exits with 77 where strace is missing or may not trace.
set -euo pipefail
bin=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v strace >/dev/null || { echo "strace is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
strace -f -e trace=socket -o "$work/probe" true 2>/dev/null || { echo "tracing is not allowed here"; exit 77; }

export LECTERN_DATA_DIR=$work/data XDG_CONFIG_HOME=$work/config XDG_CACHE_HOME=$work/cache QT_QPA_PLATFORM=offscreen
mkdir -p "$LECTERN_DATA_DIR"
printf 'The harbour of Corrin closes at dusk. Boats that arrive later wait outside.\n' >"$work/note.txt"
traced() { strace -f -qq -e trace=socket,connect,execve -o "$work/trace.$((++count))" "$@"; }
# What was to be traced did run, as a child or by itself.
used() {
    for program in "$@"; do
        grep -h "execve(\".*/$program\"" "$work"/trace.* | grep -qv ' = -1 ' || { echo "$program did not run"; exit 1; }
    done
}
count=0

traced "$bin/lectern-cli" ingest --quiet "$root/resources/samples/corrin-islands-handbook.pdf" "$work/note.txt" >/dev/null
traced "$bin/lectern-cli" ask "$work/note.txt" --quiet --verify --question "When does the harbour close?" --max-tokens 16 >/dev/null
traced "$bin/lectern-cli" library search harbour >/dev/null
traced "$bin/lectern-cli" models list >/dev/null
traced "$bin/lectern-cli" ingest --quiet "$root/tests/support" >/dev/null
cat >"$work/tune.json" <<JSON
{"format": "lectern.train/1", "output": "$work/run", "steps": 1, "sequence_tokens": 256,
 "data": [{"kind": "text", "paths": ["$root/resources/samples/corrin-handbook/05-six-lights.md"]}],
 "evaluation": {"held_out_share": 0, "sequences": 0, "every": 0}}
JSON
traced "$bin/lectern-engine" train "$work/tune.json" >/dev/null
used lectern-document-worker lectern-engine
if [ -x "$bin/e2e_recognised_test" ] && [ -x "$bin/e2e_ask_tools_test" ]; then
    # The window with its workers, as a person uses it; text recognition among them.
    traced "$bin/e2e_recognised_test" >"$work/recognised.log" || { cat "$work/recognised.log"; exit 1; }
    traced "$bin/e2e_ask_tools_test" >"$work/ask.log" || { cat "$work/ask.log"; exit 1; }
    used lectern-ocr-worker
fi
if [ -x "$bin/e2e_symbols_test" ]; then
    traced "$bin/e2e_symbols_test" >"$work/symbols.log" || { cat "$work/symbols.log"; exit 1; }
    used ctags-universal
fi
if [ -x "$bin/lectern" ]; then
    # A window stays open until it is told to end.
    traced timeout 15 "$bin/lectern" "$work/note.txt" >/dev/null 2>&1 || [ $? -eq 124 ]
fi

if grep -hE 'AF_INET|AF_NETLINK|AF_PACKET' "$work"/trace.*; then
    echo "a program made a network socket"
    exit 1
fi
echo "$count runs, $(cat "$work"/trace.* | grep -c 'socket(' || true) sockets, none of them to a network"
