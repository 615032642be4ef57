#!/usr/bin/env bash
# check_ingest_faults.sh BIN-FOLDER: kills ingest in the middle, runs two at once, fills the disk, takes write permission away
# and damages the library; nothing accepted is lost, nothing hangs and everything has its sentence. Exits with 77 without qpdf.
set -euo pipefail
cli=$1/lectern-cli
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v qpdf >/dev/null || { echo "qpdf is not installed"; exit 77; }
work=$(mktemp -d)
trap 'umount "$work/small" 2>/dev/null || true; rm -rf "$work"' EXIT
export LECTERN_DATA_DIR=$work/data
mkdir -p "$LECTERN_DATA_DIR"
fail() { echo "FAILED: $*"; exit 1; }
field() { sed -n "s/.*\"$1\":\([^,}]*\).*/\1/p"; }

sample=$root/resources/samples/corrin-islands-handbook.pdf
copies=()
for _ in $(seq 20); do copies+=("$sample" 1-z); done
qpdf --empty --pages "${copies[@]}" -- "$work/big.pdf"

# Killed in the middle: what was stored stays, the next run goes on behind it.
"$cli" ingest --quiet "$work/big.pdf" >/dev/null 2>&1 &
victim=$!
stored=0
for _ in $(seq 200); do
    sleep 0.05
    stored=$("$cli" library list --json 2>/dev/null | field pages_stored || true)
    [ "${stored:-0}" -gt 64 ] && break
done
kill -9 "$victim" 2>/dev/null || fail "ingest was over before it could be killed"
wait "$victim" 2>/dev/null || true
before=$("$cli" library list --json)
[ "$(echo "$before" | field state)" = '"ingesting"' ] || fail "the document is not marked unfinished: $before"
kept=$(echo "$before" | field pages_stored)
[ "$kept" -ge "$stored" ] || fail "stored pages were lost ($stored, then $kept)"
after=$("$cli" ingest --quiet --json "$work/big.pdf")
[ "$(echo "$after" | field state)" = '"ready"' ] || fail "it was not finished: $after"
[ "$(echo "$after" | field pages_stored)" = "$(echo "$after" | field pages)" ] || fail "pages are missing"
sleep 0.5
if pgrep -P 1 -f "^$1/lectern-document-worker" >/dev/null; then fail "a worker outlived its program"; fi
echo "killed with $kept pages stored, resumed to $(echo "$after" | field pages)"

# Two at once on one file.
rm -rf "$LECTERN_DATA_DIR"/*
"$cli" ingest --quiet "$work/big.pdf" >/dev/null & first=$!
"$cli" ingest --quiet "$work/big.pdf" >/dev/null & second=$!
wait "$first" || fail "the first of two failed"
wait "$second" || fail "the second of two failed"
both=$("$cli" library list --json)
[ "$(echo "$both" | grep -o '"sha256"' | wc -l)" -eq 1 ] || fail "one content became two documents"
[ "$(echo "$both" | field pages_stored)" = "$(echo "$both" | field pages)" ] || fail "two at once lost pages"
echo "two at once: one complete document"

# Damaged: what can be read is kept, the damaged file too.
dd if=/dev/urandom of="$LECTERN_DATA_DIR/library.sqlite" bs=4096 seek=300 count=20 conv=notrunc status=none
said=$("$cli" library list 2>&1 >/dev/null) || true
case "$said" in *"damaged"*) ;; *) fail "damage was not said: $said" ;; esac
ls "$LECTERN_DATA_DIR"/library-damaged-* >/dev/null || fail "the damaged file was not kept"
"$cli" ingest --quiet "$work/big.pdf" >/dev/null || fail "after the repair nothing can be read"
echo "damaged: $said"

# A full disk and a read-only library, where this user may mount one.
if mkdir "$work/small" && mount -t tmpfs -o size=2m tmpfs "$work/small" 2>/dev/null; then
    said=$(LECTERN_DATA_DIR=$work/small "$cli" ingest --quiet "$work/big.pdf" 2>&1 >/dev/null) && fail "a full disk went unnoticed"
    case "$said" in *"disk is full"*) ;; *) fail "full disk: $said" ;; esac
    LECTERN_DATA_DIR=$work/small "$cli" library list >/dev/null || fail "the library of a full disk cannot be opened"
    echo "full disk: $said"
    mount -o remount,ro "$work/small"
    said=$(LECTERN_DATA_DIR=$work/small "$cli" ingest --quiet "$sample" 2>&1 >/dev/null) && fail "a read-only library was written"
    [ "$(printf '%s\n' "$said" | wc -l)" -eq 1 ] || fail "read-only: $said"
    echo "read-only: $said"
else
    echo "full disk and read-only: not tried, no file system can be mounted here"
fi
