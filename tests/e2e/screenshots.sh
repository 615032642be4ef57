#!/usr/bin/env bash
# screenshots.sh FOLDER [BUILD]: every picture of the window and its dialogs, light and dark: in English at both scales,
# in German and Chinese. The first run has the model read the handbook, the others go on from its library.
set -euo pipefail
folder=$(mkdir -p "${1:?folder}" && cd "$1" && pwd)
build=${2:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/dev}
library=$(mktemp -d)
trap 'rm -rf "$library"' EXIT
export LC_ALL=C.UTF-8 QT_QPA_PLATFORM=xcb LECTERN_SCREENSHOT_LIBRARY=$library

status=0
for pass in en:1 en:1.5 de:1 zh:1; do
    language=${pass%:*} scale=${pass#*:}
    LECTERN_SCREENSHOTS=$folder/$language-$scale LECTERN_SCREENSHOT_LANGUAGE=$language QT_SCALE_FACTOR=$scale \
        xvfb-run -a -s "-screen 0 4000x2400x24" "$build/bin/e2e_screenshots" 2>&1 | tee "$folder/$language-$scale.log" |
        grep -E "^FAIL|cut off|^Totals" || true
    grep -qE "^Totals: .* 0 failed" "$folder/$language-$scale.log" && ! grep -qE "^Totals: .* [1-9][0-9]* failed" "$folder/$language-$scale.log" || status=1
done
exit $status
