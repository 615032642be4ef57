"""The peer of the block-attention kernel: PyTorch's cuDNN attention, causal, 32 heads x 128, bf16, random data.
Arguments: contexts in tokens."""
import sys

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel


def median_seconds(call, repeats=5):
    call()
    times = []
    for _ in range(repeats):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        call()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) * 1e-3)
    return sorted(times)[repeats // 2]


def main():
    print(torch.cuda.get_device_name(), "PyTorch", torch.__version__, "cuDNN", torch.backends.cudnn.version())
    for context in [int(c) for c in sys.argv[1:]] or (8192, 32768, 131072):
        q, k, v = (torch.randn(1, 32, context, 128, device="cuda", dtype=torch.bfloat16) for _ in range(3))
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            seconds = median_seconds(lambda: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True))
        flops = 4 * 128 * 32 * context * (context + 1) / 2
        print(f"cuDNN causal attention, 32 x 128, {context // 1024}K: {seconds * 1e3:.2f} ms, {flops / seconds * 1e-12:.0f} TFLOP/s",
              flush=True)


if __name__ == "__main__":
    main()
