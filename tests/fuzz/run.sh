#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [NAME…]: every libFuzzer program of build/fuzz, SECONDS each, at the lowest priority. Corpora grow in
# build/fuzz/corpus; a find stops the script and lies in build/fuzz/finds.
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
mkdir -p build/fuzz/finds
for name in "${names[@]}"; do
    corpus="build/fuzz/corpus/$name"
    mkdir -p "$corpus" "tests/fuzz/finds/$name"
    echo "fuzz_$name, $seconds s"
    nice -n 19 "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/finds/$name-" "$corpus" "tests/fuzz/finds/$name" 2>&1 | grep -E "stat::|ERROR|Test unit|SUMMARY" || true
done
