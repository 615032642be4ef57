#!/usr/bin/env bash
# check_file_length.sh ROOT: names our files of more than 400 lines, as advice, and fails when one has more than 600.
set -euo pipefail
cd "$1"
too_long=0
while read -r lines file; do
    [ "$file" != total ] || continue
    if [ "$lines" -gt 600 ]; then
        echo "$file: $lines lines; split it by responsibility"
        too_long=$((too_long + 1))
    elif [ "$lines" -gt 400 ]; then
        echo "$file: $lines lines (advice: 400)"
    fi
done < <(find kernels engine app ui tests -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) -print0 |
    xargs -0 wc -l)
[ "$too_long" -eq 0 ]
