#!/usr/bin/env bash
# Sets corrin-islands-handbook.pdf from its chapters: contents as outline, Roman and Arabic page labels, whole words as text.
# Needs, from Debian 12: pandoc texlive-xetex texlive-latex-recommended texlive-fonts-recommended fonts-texgyre librsvg2-bin.
# The PDF is committed; run this only after a change of the text.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rsvg-convert -f pdf -o "$work/map.pdf" corrin-handbook/map.svg

# With a fixed date the same text gives the same bytes, but for the file identifier.
export SOURCE_DATE_EPOCH=1700000000 FORCE_SOURCE_DATE=1
pandoc corrin-handbook/[0-9]*.md --resource-path="$work" --pdf-engine=xelatex --number-sections --top-level-division=chapter \
    -V documentclass=scrbook -V classoption=oneside,openany -V papersize=a5 -V fontsize=11pt -V geometry=margin=19mm,top=20mm,bottom=22mm \
    -V mainfont="TeX Gyre Pagella" -V secnumdepth=0 -V colorlinks=true -V linkcolor=black \
    -H corrin-handbook/layout.tex -o corrin-islands-handbook.pdf
