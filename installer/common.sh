# shellcheck shell=bash
# Shared by setup, run and test: progress lines, one-sentence failures, quiet commands with a log. Sourced, not run.

LECTERN_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
LECTERN_LOGS="$LECTERN_ROOT/build/logs"

# A bare system has no locale; without UTF-8 Qt and file names fall back to ASCII.
if [ -z "${LC_ALL:-}${LC_CTYPE:-}${LANG:-}" ]; then
    export LC_ALL=C.UTF-8
fi

say() { printf '%s\n' "$*"; }

fail() {
    printf 'lectern: %s\n' "$*" >&2
    exit 1
}

# Stages are numbered over the whole run; a script called by another one receives its place in these two variables.
step() {
    LECTERN_STEP=$((${LECTERN_STEP:-0} + 1))
    export LECTERN_STEP
    printf '[%d/%d] %s\n' "$LECTERN_STEP" "${LECTERN_STEPS:-1}" "$*"
}

# jobs: how many compilers may run at once; each is given 1.5 GB of memory.
jobs_count() {
    local cores memory_kib by_memory
    cores=$(nproc)
    memory_kib=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo 2>/dev/null || true)
    by_memory=$((${memory_kib:-3145728} / 1572864))
    [ "$by_memory" -ge 1 ] || by_memory=1
    [ "$cores" -le "$by_memory" ] && echo "$cores" || echo "$by_memory"
}

# need_space FOLDER MIB WHAT: stops when the file system of FOLDER has less than MIB free.
need_space() {
    local free_kib
    free_kib=$(df -Pk "$1" | sed -n '2p' | { read -r _ _ _ free _; echo "$free"; })
    if [ "$((free_kib / 1024))" -lt "$2" ]; then
        fail "$3 needs $2 MiB of free disk space under $1, and only $((free_kib / 1024)) MiB are free."
    fi
}

# progress TOTAL: reads a command's output, keeps it in the log (file descriptor 3) and prints every tenth part done.
# Ninja's "[done/total]" lines carry their own total; for apt each "Unpacking" and "Setting up" line is one step of TOTAL.
progress() {
    local total=$1 done_count=0 last_tenth=0 tenth line
    while IFS= read -r line; do
        printf '%s\n' "$line" >&3
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
            done_count=${BASH_REMATCH[1]}
            total=${BASH_REMATCH[2]}
        elif [[ $line == Unpacking\ * || $line == Setting\ up\ * ]]; then
            done_count=$((done_count + 1))
        else
            continue
        fi
        [ "$total" -gt 0 ] || continue
        tenth=$((done_count * 10 / total))
        if [ "$tenth" -gt "$last_tenth" ] && [ "$tenth" -le 10 ]; then
            last_tenth=$tenth
            printf '      %3d%%  (%d of %d)\n' "$((tenth * 10))" "$done_count" "$total"
        fi
    done
}

# logged NAME TOTAL COMMAND…: runs COMMAND with its output in build/logs/NAME.log and progress on the terminal.
logged() {
    local log="$LECTERN_LOGS/$1.log" total=$2
    shift 2
    mkdir -p "$LECTERN_LOGS"
    {
        "$@" 2>&1 </dev/null | progress "$total"
        return "${PIPESTATUS[0]}"
    } 3>"$log"
}

# show_log NAME: what a failed command said last; of a build, what its first failed step said.
show_log() {
    local log="$LECTERN_LOGS/$1.log"
    say "      … from build/logs/$1.log:" >&2
    if grep -q '^FAILED: ' "$log"; then
        sed -n '/^FAILED: /,/^\[/p' "$log" | cut -c 1-300 | head -n 40 | sed 's/^/      /' >&2
    else
        tail -n 30 "$log" | sed 's/^/      /' >&2
    fi
}

# configure_and_build PRESET [CMAKE-OPTION…]
configure_and_build() {
    local preset=$1 first_time="" jobs
    shift
    cd "$LECTERN_ROOT" || fail "$LECTERN_ROOT cannot be entered."
    [ -f "build/$preset/CMakeCache.txt" ] || first_time=yes
    if [ -n "$first_time" ]; then
        need_space "$LECTERN_ROOT" 3072 "Building Lectern"
        step "Building (the first time takes 10 to 20 minutes on two cores)"
    else
        step "Building what changed"
    fi
    logged "configure-$preset" 0 cmake --preset "$preset" "$@" || {
        show_log "configure-$preset"
        fail "CMake could not configure the $preset preset; a folder build/$preset left by another machine can be the cause, delete it then."
    }
    jobs=$(jobs_count)
    logged "build-$preset" 0 env NINJA_STATUS='[%f/%t] ' cmake --build --preset "$preset" -j "$jobs" || {
        show_log "build-$preset"
        fail "The build stopped; build/logs/build-$preset.log has the whole output."
    }
}
