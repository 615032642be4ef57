#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [NAME…]: every libFuzzer program of build/fuzz, SECONDS each, at the lowest priority. Corpora grow in
# build/fuzz/corpus; a find ends its program, lies in build/fuzz/finds, and makes the script fail once all have run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [NAME…]}
shift
names=("$@")
if [ "${#names[@]}" -eq 0 ]; then
    for program in build/fuzz/bin/fuzz_*; do
        names+=("${program##*/fuzz_}")
    done
fi
mkdir -p build/fuzz/finds build/fuzz/log
TMPDIR=$(mktemp -d "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)/lectern-fuzz.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
failed=()
for name in "${names[@]}"; do
    program="build/fuzz/bin/fuzz_$name"
    folders=("build/fuzz/corpus/$name")
    if [ -d "tests/fuzz/finds/$name" ]; then
        folders+=("tests/fuzz/finds/$name")
    fi
    echo "fuzz_$name, $seconds s"
    log="build/fuzz/log/$name"
    if ! "$program" --write-seeds "${folders[0]}" >"$log" 2>&1 ||
        ! nice -n 19 "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
            -artifact_prefix="build/fuzz/finds/$name-" "${folders[@]}" >"$log" 2>&1; then
        failed+=("$name")
    fi
    grep -E "stat::|ERROR|runtime error|Test unit|SUMMARY" "$log" || true
done
if [ "${#failed[@]}" -gt 0 ]; then
    echo "Failed: ${failed[*]}; build/fuzz/log says how, the inputs are in build/fuzz/finds." >&2
    exit 1
fi
