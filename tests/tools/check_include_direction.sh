#!/usr/bin/env bash
# check_include_direction.sh ROOT [QTCORE-HEADERS]: the second lock on the layers, ui -> app -> engine -> kernels (the first is
# CMake's PRIVATE links). Prints FILE:LINE of every include that points the wrong way; exit 1 when there is one. With the folder
# of Qt's core headers it also holds app to QtCore and QImage. app/main.cpp, which joins app and ui, is free.
set -euo pipefail
root=$1
qtcore=${2:-}
cd "$root"

violations=0
sources() { find "$@" -type f \( -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) 2>/dev/null | sort; }
layer() { sources "$1" | grep -v '^app/main\.cpp$' || true; }

# deny REASON PATTERN FILE…: PATTERN is matched against what stands behind #include, quotes or brackets included.
deny() {
    local reason=$1 pattern=$2 found
    shift 2
    [ "$#" -gt 0 ] || return 0
    found=$(grep -HnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*($pattern)" "$@" || true)
    [ -z "$found" ] && return 0
    printf '%s\n' "$found" | sed "s|\$|    <- $reason|"
    violations=$((violations + $(printf '%s\n' "$found" | wc -l)))
}

mapfile -t kernels < <(layer kernels)
mapfile -t engine < <(layer engine)
mapfile -t app < <(layer app)
mapfile -t ui < <(layer ui)
mapfile -t app_without_worker < <(layer app | grep -v '^app/document_worker/worker/' || true)
mapfile -t app_without_library < <(layer app | grep -v '^app/library/' || true)

qt='<Q[A-Z][A-Za-z0-9]*[>/]|<Qt[A-Z]'
foreign='<poppler|<sqlite3|<git2|<uchardet|<archive|<tesseract'
deny "kernels know no other layer" '"(engine|app|ui)/' ${kernels[@]+"${kernels[@]}"}
deny "kernels use no such library" "$qt|$foreign|<nlohmann|<spdlog|<sentencepiece" ${kernels[@]+"${kernels[@]}"}
deny "the engine knows neither app nor ui" '"(app|ui)/' ${engine[@]+"${engine[@]}"}
deny "the engine has no Qt, Poppler or SQLite" "$qt|$foreign" ${engine[@]+"${engine[@]}"}
deny "app knows neither ui nor kernels" '"(ui|kernels)/' ${app[@]+"${app[@]}"}
deny "pages are parsed in the document worker only" '<poppler' ${app_without_worker[@]+"${app_without_worker[@]}"}
deny "SQL is written in app/library only" '<sqlite3' ${app_without_library[@]+"${app_without_library[@]}"}
deny "ui has no tensors, files of models or training" '"(kernels|engine/(tensor|backend|formats|model|cache|train))/' ${ui[@]+"${ui[@]}"}
deny "ui parses no file and speaks no SQL" "$foreign|<nlohmann" ${ui[@]+"${ui[@]}"}
deny "includes are written from the repository's root" '"\.\./' ${kernels[@]+"${kernels[@]}"} ${engine[@]+"${engine[@]}"} \
    ${app[@]+"${app[@]}"} ${ui[@]+"${ui[@]}"}

if [ -n "$qtcore" ] && [ "${#app[@]}" -gt 0 ]; then
    while IFS=: read -r file line header; do
        if [ "$header" != QImage ] && [ ! -e "$qtcore/$header" ]; then
            printf '%s:%s: <%s>    <- app uses QtCore and QImage only\n' "$file" "$line" "$header"
            violations=$((violations + 1))
        fi
    done < <(grep -HnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<Q[A-Z][A-Za-z0-9]*>' "${app[@]}" |
        sed -E 's/#[[:space:]]*include[[:space:]]*<//; s/>$//; s/:[[:space:]]+/:/' || true)
fi

files=$((${#kernels[@]} + ${#engine[@]} + ${#app[@]} + ${#ui[@]}))
[ "$files" -gt 0 ] || {
    echo "no source found under $root"
    exit 1
}
echo "$files files, $violations includes against the direction of the layers"
[ "$violations" -eq 0 ]
