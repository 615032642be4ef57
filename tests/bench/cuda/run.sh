#!/usr/bin/env bash
# run.sh BIN-FOLDER [OUT-FOLDER]: everything a session on a GPU machine needs, in one call: the kernel tests (a process per
# suite, so that one fault does not hide the others), the benchmarks, the peer, then the tests under compute-sanitizer.
# Never stops early; the exit status is that of the tests and benchmarks.
set -uo pipefail
bin=$1
out=${2:-.}
here=$(cd "$(dirname "$0")" && pwd)
status=0
step() {
    local name=$1 seconds=$2
    shift 2
    echo "== $name"
    timeout "$seconds" "$@" >"$out/$name.log" 2>&1
    local rc=$?
    grep -E '^\[  (FAILED|PASSED|SKIPPED)|FAILED|Failure|error|GB/s|TFLOP|ERROR SUMMARY|  us|cuDNN' "$out/$name.log" | head -${lines:-60}
    if [ $rc -ne 0 ]; then
        echo "   exit $rc"
        [ "$rc" -eq 77 ] || status=1
    fi
}
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
for suite in Elementwise Linear KvStore Select SelectToken Attention; do
    step "test_$suite" 60 "$bin/cuda_kernels_test" --gtest_filter="$suite.*-*Wgmma*"
done
step test_Wgmma 40 "$bin/cuda_kernels_test" --gtest_filter="*Wgmma*"
for part in attention selection token elementwise; do
    step "bench_$part" 60 "$bin/cuda_bench" $part
done
step peer 60 python3 "$here/peer_attention.py"
if [ "${SANITIZE:-1}" = 1 ] && command -v compute-sanitizer >/dev/null; then
    for suite in ${SANITIZE_SUITES:-Elementwise KvStore Select SelectToken Attention}; do
        lines=20 step "memcheck_$suite" 120 compute-sanitizer --tool memcheck "$bin/cuda_kernels_test" --gtest_filter="$suite.*"
    done
fi
exit $status
