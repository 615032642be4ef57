#pragma once
// Matrix tiles (Intel AMX): eight registers of 16 rows x 64 bytes, and products of two of them added to a third. The
// kernels are templates over the two structs below, so that what surrounds the instructions is proven on machines
// without them.
//
// A product of tiles c += a * b reads a by rows and b by columns; neighbouring pairs of bfloat16 values, or fours of
// bytes, are one step of both: a [16][16 steps], b [16 steps][16 columns], c [16][16 columns] in f32 or int32.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace lectern::kernels::cpu {

enum class TileUse { None, Emulated, Instructions };

/// What the kernels use: the instructions where processor and system have them. The environment variable LECTERN_TILES
/// (off, emulated), read once, asks for less.
TileUse tileUse();

/// For tests: whether the machine has the instructions, and another choice than its own until the next call. Asking for
/// instructions that it lacks, or for an emulation where it does not convert to bfloat16 itself, leaves None.
bool hasTileInstructions();
void setTileUse(TileUse use);
void resetTileUse();

constexpr int64_t kTileLines = 16;      ///< rows of a tile
constexpr int64_t kTileLineBytes = 64;  ///< bytes of a row
constexpr int64_t kTileBytes = kTileLines * kTileLineBytes;

#if defined(__x86_64__)
/// The instructions. Said in assembly: GCC 12 declares `_tile_loadconfig` with an operand of eight bytes, so that the
/// rest of the configuration may be left unwritten, and its other intrinsics take no template parameters.
struct AmxTiles {
    /// All tiles in full size for the calling thread, until the end of the scope.
    class Scope {
      public:
        Scope() {
            struct Configuration {
                uint8_t palette = 1, startRow = 0, reserved[14] = {};
                uint16_t lineBytes[16] = {};
                uint8_t lines[16] = {};
            };
            alignas(64) Configuration all;
            static_assert(sizeof all == 64);
            for (int tile = 0; tile < 8; ++tile) {
                all.lineBytes[tile] = kTileLineBytes;
                all.lines[tile] = kTileLines;
            }
            asm volatile("ldtilecfg %0" ::"m"(all) : "memory");
        }
        ~Scope() { asm volatile("tilerelease"); }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
    };

    template <int Tile>
    [[gnu::always_inline]] static void zero() {
        asm volatile("tilezero %%tmm%c0" ::"i"(Tile));
    }
    template <int Tile>
    [[gnu::always_inline]] static void load(const void* from, int64_t strideBytes) {
        asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(strideBytes), "i"(Tile) : "memory");
    }
    template <int Tile>
    [[gnu::always_inline]] static void store(void* to, int64_t strideBytes) {
        asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(to), "r"(strideBytes), "i"(Tile) : "memory");
    }
    /// c += a * b of bfloat16 pairs, in f32; subnormal numbers count as zero.
    template <int C, int A, int B>
    [[gnu::always_inline]] static void addBf16() {
        asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(C), "i"(A), "i"(B));
    }
    /// c += a * b of fours of unsigned bytes in a and signed ones in b, in int32.
    template <int C, int A, int B>
    [[gnu::always_inline]] static void addBytes() {
        asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(C), "i"(A), "i"(B));
    }
};
#endif

/// The same in plain C++, operation for operation as the instruction set's manual has it.
struct EmulatedTiles {
    class Scope {
      public:
        Scope() { std::memset(s_tiles, 0, sizeof s_tiles); }
        ~Scope() {}
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;
    };

    template <int Tile>
    static void zero() {
        std::memset(s_tiles[Tile], 0, kTileBytes);
    }
    template <int Tile>
    static void load(const void* from, int64_t strideBytes) {
        for (int64_t line = 0; line < kTileLines; ++line) {
            std::memcpy(s_tiles[Tile][line], static_cast<const std::byte*>(from) + line * strideBytes, kTileLineBytes);
        }
    }
    template <int Tile>
    static void store(void* to, int64_t strideBytes) {
        for (int64_t line = 0; line < kTileLines; ++line) {
            std::memcpy(static_cast<std::byte*>(to) + line * strideBytes, s_tiles[Tile][line], kTileLineBytes);
        }
    }
    template <int C, int A, int B>
    static void addBf16() {
        multiplyBf16(s_tiles[C], s_tiles[A], s_tiles[B]);
    }
    template <int C, int A, int B>
    static void addBytes() {
        multiplyBytes(s_tiles[C], s_tiles[A], s_tiles[B]);
    }

  private:
    using Tile = std::byte[kTileLines][kTileLineBytes];

    static void multiplyBf16(Tile& c, const Tile& a, const Tile& b);
    static void multiplyBytes(Tile& c, const Tile& a, const Tile& b);

    alignas(64) static thread_local Tile s_tiles[8];
};

// Tiles 0 to 3 as a matrix of 32 x 32 words, the four quarters in reading order; `strideBytes` from row to row.

template <class Tiles>
[[gnu::always_inline]] inline void zeroQuad() {
    Tiles::template zero<0>();
    Tiles::template zero<1>();
    Tiles::template zero<2>();
    Tiles::template zero<3>();
}

template <class Tiles>
[[gnu::always_inline]] inline void loadQuad(const void* from, int64_t strideBytes) {
    const auto* upper = static_cast<const std::byte*>(from);
    const auto* lower = upper + kTileLines * strideBytes;
    Tiles::template load<0>(upper, strideBytes);
    Tiles::template load<1>(upper + kTileLineBytes, strideBytes);
    Tiles::template load<2>(lower, strideBytes);
    Tiles::template load<3>(lower + kTileLineBytes, strideBytes);
}

template <class Tiles>
[[gnu::always_inline]] inline void storeQuad(void* to, int64_t strideBytes) {
    auto* upper = static_cast<std::byte*>(to);
    auto* lower = upper + kTileLines * strideBytes;
    Tiles::template store<0>(upper, strideBytes);
    Tiles::template store<1>(upper + kTileLineBytes, strideBytes);
    Tiles::template store<2>(lower, strideBytes);
    Tiles::template store<3>(lower + kTileLineBytes, strideBytes);
}

/// Tiles 0 to 3 += the product of 4 above 5 with 6 beside 7.
template <class Tiles>
[[gnu::always_inline]] inline void addQuadBf16() {
    Tiles::template addBf16<0, 4, 6>();
    Tiles::template addBf16<1, 4, 7>();
    Tiles::template addBf16<2, 5, 6>();
    Tiles::template addBf16<3, 5, 7>();
}

}  // namespace lectern::kernels::cpu
