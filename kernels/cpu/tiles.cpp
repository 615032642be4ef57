#include "kernels/cpu/tiles.h"

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <string_view>

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "kernels/common/half.h"

namespace lectern::kernels::cpu {
namespace {

#if defined(__x86_64__) && defined(__linux__)
/// AMX with bfloat16 and byte products in the processor, its registers kept by the system, and the process allowed to
/// use them: Linux wants to be asked once, because they make every thread's state 8 KiB larger.
bool detect() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & bit_OSXSAVE) == 0) return false;
    constexpr unsigned kBf16 = 1U << 22, kTile = 1U << 24, kBytes = 1U << 25;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (d & (kBf16 | kTile | kBytes)) != (kBf16 | kTile | kBytes)) {
        return false;
    }
    unsigned low = 0, high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    constexpr unsigned kTileState = 3U << 17;
    if ((low & kTileState) != kTileState) return false;
    constexpr long kAskForState = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, kAskForState, kTileData) == 0;
}
#else
bool detect() {
    return false;
}
#endif

/// What surrounds the tiles converts to bfloat16 by instructions, emulated or not.
bool canEmulate() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

TileUse ownChoice() {
    static const TileUse choice = [] {
        const char* variable = std::getenv("LECTERN_TILES");
        const std::string_view asked = variable != nullptr ? variable : "";
        if (asked == "off") return TileUse::None;
        if (asked == "emulated") return canEmulate() ? TileUse::Emulated : TileUse::None;
        return hasTileInstructions() ? TileUse::Instructions : TileUse::None;
    }();
    return choice;
}

constexpr int kOwn = -1;
std::atomic<int> s_asked{kOwn};

float flushed(float value) {
    return std::fabs(value) < std::numeric_limits<float>::min() ? 0.0f * value : value;
}

float fromBf16(const std::byte* at) {
    return flushed(bfloat16ToFloat(loadU16(at)));
}

}  // namespace

bool hasTileInstructions() {
    static const bool has = detect();
    return has;
}

TileUse tileUse() {
    const int asked = s_asked.load(std::memory_order_relaxed);
    return asked == kOwn ? ownChoice() : static_cast<TileUse>(asked);
}

void setTileUse(TileUse use) {
    if (use == TileUse::Instructions && !hasTileInstructions()) use = TileUse::None;
    if (use == TileUse::Emulated && !canEmulate()) use = TileUse::None;
    s_asked = static_cast<int>(use);
}

void resetTileUse() {
    s_asked = kOwn;
}

alignas(64) thread_local EmulatedTiles::Tile EmulatedTiles::s_tiles[8];

void EmulatedTiles::multiplyBf16(Tile& c, const Tile& a, const Tile& b) {
    for (int64_t line = 0; line < kTileLines; ++line) {
        for (int64_t column = 0; column < 16; ++column) {
            // Even and odd steps are summed apart, each product rounded once with its sum (products of two bfloat16
            // numbers are exact in f32).
            float even = 0.0f, odd = 0.0f;
            for (int64_t step = 0; step < 16; ++step) {
                const std::byte* x = a[line] + 4 * step;
                const std::byte* y = b[step] + 4 * column;
                even = flushed(even + fromBf16(x) * fromBf16(y));
                odd = flushed(odd + fromBf16(x + 2) * fromBf16(y + 2));
            }
            float sum;
            std::memcpy(&sum, c[line] + 4 * column, 4);
            sum = flushed(flushed(sum) + flushed(even + odd));
            std::memcpy(c[line] + 4 * column, &sum, 4);
        }
    }
}

void EmulatedTiles::multiplyBytes(Tile& c, const Tile& a, const Tile& b) {
    for (int64_t line = 0; line < kTileLines; ++line) {
        for (int64_t column = 0; column < 16; ++column) {
            int32_t sum;
            std::memcpy(&sum, c[line] + 4 * column, 4);
            for (int64_t step = 0; step < 16; ++step) {
                for (int64_t i = 0; i < 4; ++i) {
                    sum += static_cast<int32_t>(static_cast<uint8_t>(a[line][4 * step + i])) *
                           static_cast<int8_t>(b[step][4 * column + i]);
                }
            }
            std::memcpy(c[line] + 4 * column, &sum, 4);
        }
    }
}

}  // namespace lectern::kernels::cpu
