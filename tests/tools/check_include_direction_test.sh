#!/usr/bin/env bash
# Plants one violation of each rule in an otherwise clean tree and expects check_include_direction.sh to name exactly that one.
set -euo pipefail
check="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/check_include_direction.sh"
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{kernels/cpu,engine/core,app/library,app/document_worker/worker,app/ask,ui/ask,qtcore}
touch "$tree"/qtcore/{QString,QObject}

clean() {
    echo '#include <vector>' >"$tree/kernels/cpu/a.cpp"
    echo '#include "kernels/cpu/cpu.h"' >"$tree/engine/core/a.cpp"
    printf '#include <QString>\n#include <QImage>\n#include "engine/core/result.h"\n' >"$tree/app/ask/a.cpp"
    echo '#include <sqlite3.h>' >"$tree/app/library/a.cpp"
    echo '#include <poppler-qt6.h>' >"$tree/app/document_worker/worker/a.cpp"
    printf '#include <QWidget>\n#include "app/ask/a.h"\n#include "engine/core/result.h"\n' >"$tree/ui/ask/a.cpp"
    printf '#include <QApplication>\n#include "ui/main_window.h"\n' >"$tree/app/main.cpp"
}

clean
"$check" "$tree" "$tree/qtcore" >"$tree/output" || {
    echo "a clean tree was refused:"
    cat "$tree/output"
    exit 1
}

count=0
while IFS='|' read -r file include; do
    clean
    printf '#include %s\n' "$include" >>"$tree/$file"
    if "$check" "$tree" "$tree/qtcore" >"$tree/output"; then
        echo "not noticed: $include in $file"
        exit 1
    fi
    grep -q "^$file:" "$tree/output" && grep -q ' 1 includes against' "$tree/output" || {
        echo "wrongly reported: $include in $file"
        cat "$tree/output"
        exit 1
    }
    count=$((count + 1))
done <<'CASES'
kernels/cpu/a.cpp|"engine/core/result.h"
kernels/cpu/a.cpp|<spdlog/spdlog.h>
engine/core/a.cpp|"app/ask/a.h"
engine/core/a.cpp|<QtCore/QString>
engine/core/a.cpp|<sqlite3.h>
app/ask/a.cpp|"ui/ask/a.h"
app/ask/a.cpp|"kernels/cpu/cpu.h"
app/ask/a.cpp|<poppler-qt6.h>
app/ask/a.cpp|<sqlite3.h>
app/ask/a.cpp|<QWidget>
ui/ask/a.cpp|"engine/tensor/tensor.h"
ui/ask/a.cpp|<sqlite3.h>
ui/ask/a.cpp|"../a.h"
CASES
echo "$count planted violations, all named"
