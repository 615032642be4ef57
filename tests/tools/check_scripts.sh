#!/usr/bin/env bash
# check_scripts.sh ROOT: the shell scripts parse, may be executed, and stop where they should: an unknown option and a missing
# file each give one sentence and no installation.
set -euo pipefail
cd "$1"
for script in installer/setup installer/run installer/test .ci/run; do
    bash -n "$script"
    [ -x "$script" ] || {
        echo "$script may not be executed"
        exit 1
    }
    grep -q '^set -euo pipefail$' "$script"
done
bash -n installer/common.sh

refused() {
    local output
    if output=$("$@" 2>&1 </dev/null); then
        echo "accepted: $*"
        exit 1
    fi
    [ "$(printf '%s\n' "$output" | wc -l)" -eq 1 ] || {
        printf 'more than one sentence from %s:\n%s\n' "$*" "$output"
        exit 1
    }
}
refused installer/setup --no-such-option
refused installer/run "/no such file"

# Every package is named once, with a group and a reason.
grep -vE '^(#|$)' installer/packages.txt | grep -vnE '^(build|test) +[a-z0-9.+-]+ +[A-Za-z].*$' && exit 1
[ -z "$(grep -vE '^(#|$)' installer/packages.txt | tr -s ' ' | cut -d ' ' -f 2 | sort | uniq -d)" ]
