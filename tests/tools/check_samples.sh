#!/usr/bin/env bash
# check_samples.sh ROOT: installer/run can read the sample's questions without a JSON parser, and every fact that the questions
# and the candidates rely on stands exactly once in the text. With pdftotext also: on the page they name.
set -euo pipefail
cd "$1/resources/samples"
fail() {
    echo "$*"
    exit 1
}
field() { sed -n "s/^ *\"$1\": \"*\(.*[^\",]\)\"*,*\$/\1/p" "$2"; }

[ "$(field question questions.json | wc -l)" -eq 3 ] || fail "questions.json should hold three questions, one field a line"
[ "$(field question candidates.json | wc -l)" -ge 12 ] || fail "candidates.json should hold twelve questions or more"
[ -s "$(field document questions.json)" ] || fail "the document that questions.json names is missing"
[ "$(head -c 5 "$(field document questions.json)")" = "%PDF-" ] || fail "the sample document is no PDF"

text=$(cat corrin-handbook/[0-9]*.md | tr '\n' ' ')
[ "$(printf '%s' "$text" | wc -w)" -ge 20000 ] || fail "the sample document is too short"

checked=0
for file in questions.json candidates.json; do
    paste -d '\t' <(field sentence "$file") <(field answer "$file") <(field page "$file") >"${TMPDIR:-/tmp}/samples.$$"
    while IFS=$'\t' read -r sentence answer page; do
        times=$(printf '%s' "$text" | grep -oF -- "$sentence" | wc -l)
        [ "$times" -eq 1 ] || fail "stands $times times in the text: $sentence"
        case "$sentence" in
            *"$answer"*) ;;
            *) fail "the answer is not in the sentence: $answer" ;;
        esac
        if command -v pdftotext >/dev/null; then
            pdftotext -f "$page" -l "$page" corrin-islands-handbook.pdf - | tr '\n' ' ' | grep -qF -- "$answer" ||
                fail "page $page of the PDF does not say: $answer"
        fi
        checked=$((checked + 1))
    done <"${TMPDIR:-/tmp}/samples.$$"
    rm -f "${TMPDIR:-/tmp}/samples.$$"
done
[ "$checked" -ge 15 ] || fail "only $checked questions could be read"
echo "$checked facts, each stated once"
