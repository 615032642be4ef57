// cuda_bench [attention|selection|token|elementwise ...]: kernel timings at Mistral-7B's shapes with the paper's
// profile (p 16, W 8192, m 64), each validated first and printed beside the floor measured in the same run.
#include <cstring>

#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/linear.h"
#include "tests/bench/cuda/bench_support.h"

namespace lectern::bench {
namespace {

Floors measureFloors(cudaStream_t stream) {
    Floors floors;
    {
        Array<Bf16> from(int64_t{1} << 30), to(int64_t{1} << 30);
        fillRandom(from, 1);
        const double bytes = 2.0 * 2.0 * static_cast<double>(from.size);
        const double time = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE(
                cudaMemcpyAsync(to, from, static_cast<size_t>(from.size) * 2, cudaMemcpyDeviceToDevice, stream));
        });
        floors.copyBytesPerSecond = bytes / time;
        std::printf("device copy, 2 GiB                  %8.0f GB/s read and written\n", bytes / time * 1e-9);
    }
    constexpr int64_t n = 8192;
    MatrixProducts products;
    LECTERN_REQUIRE(products.open(64 << 20));
    Array<Bf16> a(n * n), b(n * n), c(n * n);
    fillRandom(a, 2);
    fillRandom(b, 3);
    const double time = seconds(
        stream, 4, [&](int) { LECTERN_REQUIRE(products.multiply(a, n, b, n, c, n, false, n, n, n, false, stream)); });
    floors.productFlops = 2.0 * n * n * n / time;
    std::printf("cuBLASLt bf16 8192^3, random data   %8.1f TFLOP/s\n", floors.productFlops * 1e-12);
    std::fflush(stdout);
    return floors;
}

int run(int argc, char** argv) {
    DeviceFacts facts;
    if (const CudaStatus status = readDeviceFacts(0, &facts); !status.ok()) {
        std::printf("no CUDA device (%s)\n", status.name());
        return 77;
    }
    std::printf("%s, compute capability %d.%d, %d multiprocessors\n", facts.name, facts.major, facts.minor,
                facts.multiprocessors);
    Stream stream;
    LECTERN_REQUIRE(createStream(&stream));
    const Floors floors = measureFloors(stream.get());
    const auto wanted = [&](const char* name) {
        for (int i = 1; i < argc; ++i) {
            if (std::strcmp(argv[i], name) == 0) return true;
        }
        return argc == 1;
    };
    if (wanted("attention")) benchAttention(facts, floors, stream.get());
    if (wanted("selection")) benchSelection(facts, floors, stream.get());
    if (wanted("token")) benchToken(facts, floors, stream.get());
    if (wanted("elementwise")) benchElementwise(facts, floors, stream.get());
    return 0;
}

}  // namespace
}  // namespace lectern::bench

int main(int argc, char** argv) {
    return lectern::bench::run(argc, argv);
}
