#pragma once
// wgmma m64nNk16, bf16 operands, f32 accumulators: N = 64, 80, 96, 128. `fromShared`: A and B by descriptor, both with
// rows along K (queries x keys^T). `fromRegisters`: A (probabilities) in registers, B with rows along N (values,
// transposed by the instruction). Accumulators: thread t of the warpgroup holds rows 16 (t / 32) + t % 32 / 4 (+ 8),
// columns 8 j + 2 (t % 4) + {0, 1} in d[4 j + {0, 1}] (+ {2, 3}). Source: PTX ISA 9.0, "Register Fragments and Shared
// Memory Matrix Layouts".

#include <cstdint>

namespace lectern::kernels::cuda {

#define LECTERN_D4(i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define LECTERN_D8(i) LECTERN_D4(i), LECTERN_D4(i + 4)
#define LECTERN_D32 LECTERN_D8(0), LECTERN_D8(8), LECTERN_D8(16), LECTERN_D8(24)
#define LECTERN_D40 LECTERN_D32, LECTERN_D8(32)
#define LECTERN_D48 LECTERN_D40, LECTERN_D8(40)
#define LECTERN_D64 LECTERN_D48, LECTERN_D8(48), LECTERN_D8(56)

template <int kN>
struct Wgmma;

template <>
struct Wgmma<64> {
    static __device__ void fromShared(float (&d)[32], uint64_t a, uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %34, 0; wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
            "}, %32, %33, p, 1, 1, 0, 0;}"
            : LECTERN_D32
            : "l"(a), "l"(b), "r"(accumulate));
    }
    static __device__ void fromRegisters(float (&d)[32], const uint32_t (&a)[4], uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %37, 0; wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
            "}, {%32, %33, %34, %35}, %36, p, 1, 1, 1;}"
            : LECTERN_D32
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate));
    }
};

template <>
struct Wgmma<80> {
    static __device__ void fromShared(float (&d)[40], uint64_t a, uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %42, 0; wgmma.mma_async.sync.aligned.m64n80k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
            "%32, %33, %34, %35, %36, %37, %38, %39"
            "}, %40, %41, p, 1, 1, 0, 0;}"
            : LECTERN_D40
            : "l"(a), "l"(b), "r"(accumulate));
    }
    static __device__ void fromRegisters(float (&d)[40], const uint32_t (&a)[4], uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %45, 0; wgmma.mma_async.sync.aligned.m64n80k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
            "%32, %33, %34, %35, %36, %37, %38, %39"
            "}, {%40, %41, %42, %43}, %44, p, 1, 1, 1;}"
            : LECTERN_D40
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate));
    }
};

template <>
struct Wgmma<96> {
    static __device__ void fromShared(float (&d)[48], uint64_t a, uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %50, 0; wgmma.mma_async.sync.aligned.m64n96k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
            "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47"
            "}, %48, %49, p, 1, 1, 0, 0;}"
            : LECTERN_D48
            : "l"(a), "l"(b), "r"(accumulate));
    }
    static __device__ void fromRegisters(float (&d)[48], const uint32_t (&a)[4], uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %53, 0; wgmma.mma_async.sync.aligned.m64n96k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
            "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47"
            "}, {%48, %49, %50, %51}, %52, p, 1, 1, 1;}"
            : LECTERN_D48
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate));
    }
};

template <>
struct Wgmma<128> {
    static __device__ void fromShared(float (&d)[64], uint64_t a, uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %66, 0; wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
            "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
            "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
            "}, %64, %65, p, 1, 1, 0, 0;}"
            : LECTERN_D64
            : "l"(a), "l"(b), "r"(accumulate));
    }
    static __device__ void fromRegisters(float (&d)[64], const uint32_t (&a)[4], uint64_t b, int accumulate) {
        asm volatile(
            "{.reg .pred p; setp.ne.b32 p, %69, 0; wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {"
            "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
            "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
            "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
            "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
            "}, {%64, %65, %66, %67}, %68, p, 1, 1, 1;}"
            : LECTERN_D64
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(accumulate));
    }
};

#undef LECTERN_D64
#undef LECTERN_D48
#undef LECTERN_D40
#undef LECTERN_D32
#undef LECTERN_D8
#undef LECTERN_D4

}  // namespace lectern::kernels::cuda
