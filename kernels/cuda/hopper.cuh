#pragma once
// Thin wrappers of Hopper's instructions (sm_90a): mbarrier, bulk tensor copies, named barriers, register reallocation,
// and wgmma's descriptors and fences. Source: PTX ISA 9.0, sections of the same names.

#include <cuda.h>

#include <cstdint>

namespace lectern::kernels::cuda {

__device__ inline void barrierInit(uint32_t barrier, uint32_t arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}
/// Makes initialised barriers visible to the copy engine.
__device__ inline void barrierInitFence() {
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}
__device__ inline void barrierExpect(uint32_t barrier, uint32_t bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes) : "memory");
}
__device__ inline void barrierArrive(uint32_t barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}
/// Waits until the phase of parity `parity` has completed.
__device__ inline void barrierWait(uint32_t barrier, uint32_t parity) {
    asm volatile(
        "{\n"
        ".reg .pred done;\n"
        "wait:\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@done bra finished;\n"
        "bra wait;\n"
        "finished:\n"
        "}\n" ::"r"(barrier),
        "r"(parity)
        : "memory");
}

/// Copies one box of a two-dimensional tensor map to shared memory; completes on `barrier`.
__device__ inline void copyTensor2d(uint32_t shared, const CUtensorMap* map, uint32_t barrier, int32_t column,
                                    int32_t row) {
    asm volatile(
        "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4}], "
        "[%2];" ::"r"(shared),
        "l"(map), "r"(barrier), "r"(column), "r"(row)
        : "memory");
}
/// The same of a three-dimensional one.
__device__ inline void copyTensor3d(uint32_t shared, const CUtensorMap* map, uint32_t barrier, int32_t x, int32_t y,
                                    int32_t z) {
    asm volatile(
        "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%0], [%1, {%3, %4, %5}], "
        "[%2];" ::"r"(shared),
        "l"(map), "r"(barrier), "r"(x), "r"(y), "r"(z)
        : "memory");
}
__device__ inline void prefetchTensorMap(const CUtensorMap* map) {
    asm volatile("prefetch.tensormap [%0];" ::"l"(map) : "memory");
}

/// Orders this thread's ordinary shared-memory stores before later reads by the copy engine and the tensor cores.
__device__ inline void fenceProxyAsync() {
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

__device__ inline void namedBarrierSync(uint32_t id, uint32_t threads) {
    asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}
__device__ inline void namedBarrierArrive(uint32_t id, uint32_t threads) {
    asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

template <int kRegisters>
__device__ inline void takeRegisters() {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}
template <int kRegisters>
__device__ inline void giveRegisters() {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

__device__ inline void wgmmaFence() {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ inline void wgmmaCommit() {
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
template <int kPending>
__device__ inline void wgmmaWait() {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}
/// Keeps the compiler from moving accesses of accumulator registers across asynchronous products.
template <int kCount>
__device__ inline void pinRegisters(float (&registers)[kCount]) {
#pragma unroll
    for (int i = 0; i < kCount; ++i) asm volatile("" : "+f"(registers[i])::"memory");
}

/// Shared-memory matrix descriptor. swizzleBytes: 128, 64 or 32, the row length of an atom of eight rows. leadingBytes:
/// for operands whose rows run along M or N, the distance between neighbouring atoms there; unused for rows along K.
/// strideBytes: from one group of eight rows to the next.
__device__ inline uint64_t matrixDescriptor(uint32_t shared, uint32_t leadingBytes, uint32_t strideBytes,
                                            int swizzleBytes) {
    const uint64_t mode = swizzleBytes == 128 ? 1 : swizzleBytes == 64 ? 2 : 3;
    return static_cast<uint64_t>((shared & 0x3ffffU) >> 4) |
           static_cast<uint64_t>((leadingBytes & 0x3ffffU) >> 4) << 16 |
           static_cast<uint64_t>((strideBytes & 0x3ffffU) >> 4) << 32 | mode << 62;
}

/// Byte offset after the copy engine's swizzle: the 16-byte chunk index is XORed with the row's index inside the atom.
template <int kSwizzleBytes>
__device__ constexpr uint32_t swizzled(uint32_t offset) {
    constexpr uint32_t mask = kSwizzleBytes / 16 - 1;
    return offset ^ (((offset >> 7) & mask) << 4);
}

}  // namespace lectern::kernels::cuda
