#include "engine/backend/cpu_backend.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine/attention/cpu_attention.h"
#include "engine/cache/cpu_kv_storage.h"
#include "engine/core/check.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/tiles.h"

namespace lectern {
namespace {

constexpr size_t kAlignment = 64;
constexpr int64_t kRotaryRows = 32;

class CpuWeight final : public Weight {
  public:
    std::span<const std::byte> bytes;

    kernels::WeightView view() const { return {bytes.data(), type, rows, columns}; }
    const float* f32() const { return reinterpret_cast<const float*>(m_decoded.data()); }
    /// Vectors (norm weights) are read every token: kept as f32 whatever the file holds.
    void decodeVector() {
        m_decoded.resize(static_cast<size_t>(columns));
        kernels::cpu::dequantizeRow(type, bytes.data(), columns, m_decoded.data());
    }

  private:
    std::vector<float> m_decoded;
};

const CpuWeight& cpu(const Weight& weight) {
    return static_cast<const CpuWeight&>(weight);
}

Result<void> toResult(kernels::Status status) {
    switch (status) {
        case kernels::Status::Ok:
            return {};
        case kernels::Status::InvalidArgument:
            return Error{ErrorCode::Internal, "A CPU kernel was called with arguments it does not take."};
        case kernels::Status::OutOfMemory:
            return Error{ErrorCode::OutOfMemory, "Not enough memory for a CPU kernel's working space."};
        case kernels::Status::Unsupported:
            return Error{ErrorCode::Unsupported, "The CPU backend has no kernel for this number format."};
    }
    return {};
}

// Rows per task: small enough to spread, large enough that one task's reads are a stream of their own. A multiple of
// the kernels' panels.
int64_t rowsPerTask(int64_t rows, int64_t tokens, int32_t threads) {
    constexpr int64_t kPanelRows = 32;
    if (threads == 1) {
        return rows;
    }
    // Matrix tiles are so quick that passing over the activations costs more than gates leaving the cache before they
    // meet their other half; without tiles it is the other way round.
    const int64_t most = kernels::cpu::tileUse() == kernels::cpu::TileUse::None ? 2 * kPanelRows : 8 * kPanelRows;
    const int64_t spread = (rows + threads * 4 - 1) / (threads * 4);
    const int64_t wanted = tokens > 8 ? std::clamp(spread, 2 * kPanelRows, most) : spread;
    return std::max(kPanelRows, wanted / kPanelRows * kPanelRows);
}

}  // namespace

CpuBackend::CpuBackend(int32_t threads) : m_pool(threads) {}

DeviceInfo CpuBackend::info() const {
    DeviceInfo info;
    info.kind = DeviceKind::Cpu;
    info.threads = m_pool.threads();
    info.name = std::string("CPU (") + kernels::cpu::instructionSet() + ", " + std::to_string(info.threads) +
                (info.threads == 1 ? " thread)" : " threads)");
    info.freeBytes = availableMemoryBytes();
    info.memoryBytes = totalMemoryBytes();
    return info;
}

Result<Buffer> CpuBackend::allocate(int64_t bytes) {
    const size_t size = (static_cast<size_t>(std::max<int64_t>(bytes, 1)) + kAlignment - 1) / kAlignment * kAlignment;
    void* data = std::aligned_alloc(kAlignment, size);
    if (!data) {
        return Error{ErrorCode::OutOfMemory,
                     "Not enough memory for " + std::to_string(bytes >> 20) + " MiB of working space."};
    }
    return Buffer(data, bytes, [](void* pointer, void*) { std::free(pointer); });
}

Result<void> CpuBackend::upload(const void* host, Tensor& target) {
    std::memcpy(target.buffer.data(), host, static_cast<size_t>(target.buffer.sizeBytes()));
    return {};
}

Result<void> CpuBackend::download(const Tensor& source, void* host) {
    std::memcpy(host, source.buffer.data(), static_cast<size_t>(source.buffer.sizeBytes()));
    return {};
}

Result<std::unique_ptr<Weight>> CpuBackend::prepareWeight(DType type, int64_t rows, int64_t columns,
                                                          std::span<const std::byte> bytes) {
    LECTERN_CHECK(static_cast<int64_t>(bytes.size()) == rows * kernels::rowBytes(type, columns));
    auto weight = std::make_unique<CpuWeight>();
    weight->rows = rows;
    weight->columns = columns;
    weight->type = type;
    weight->bytes = bytes;
    if (rows == 1) {
        weight->decodeVector();
    }
    return std::unique_ptr<Weight>(std::move(weight));
}

Result<std::unique_ptr<KvStorage>> CpuBackend::createKvStorage(const KvStorageSpec& spec) {
    LECTERN_ASSIGN(std::unique_ptr<CpuKvStorage> storage, CpuKvStorage::create(spec));
    return std::unique_ptr<KvStorage>(std::move(storage));
}

Result<void> CpuBackend::embed(const Weight& table, std::span<const TokenId> tokens, Tensor& out) {
    const CpuWeight& weight = cpu(table);
    const int64_t rowBytes = kernels::rowBytes(weight.type, weight.columns);
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] < 0 || tokens[i] >= weight.rows) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(tokens[i]) +
                                                      " is outside the model's vocabulary of " +
                                                      std::to_string(weight.rows) + "."};
        }
        kernels::cpu::dequantizeRow(weight.type, weight.bytes.data() + tokens[i] * rowBytes, weight.columns,
                                    out.f32() + static_cast<int64_t>(i) * weight.columns);
    }
    return {};
}

Result<void> CpuBackend::rmsNorm(const Tensor& x, const Weight& weight, float eps, int64_t tokens, Tensor& out) {
    const int64_t dim = weight.columns;
    constexpr int64_t kRows = 64;
    m_pool.parallelFor((tokens + kRows - 1) / kRows, [&](int64_t task) {
        const int64_t begin = task * kRows, rows = std::min(kRows, tokens - begin);
        kernels::cpu::rmsNorm(x.f32() + begin * dim, cpu(weight).f32(), eps, rows, dim, out.f32() + begin * dim);
    });
    return {};
}

Result<const std::byte*> CpuBackend::prepare(const Tensor& x, std::span<const LinearOutput> projections,
                                             int64_t tokens) {
    int64_t bytes = 0;
    DType type = DType::F32;
    for (const LinearOutput& projection : projections) {
        const int64_t wanted = kernels::cpu::preparedBytes(projection.weight->type, tokens, x.columns);
        if (wanted > bytes) {
            bytes = wanted;
            type = projection.weight->type;
        }
    }
    if (bytes == 0) {
        return static_cast<const std::byte*>(nullptr);
    }
    if (m_prepared.sizeBytes() < bytes) {
        LECTERN_ASSIGN(m_prepared, allocate(bytes));
    }
    auto* prepared = static_cast<std::byte*>(m_prepared.data());
    constexpr int64_t kRows = 24;
    m_pool.parallelFor((tokens + kRows - 1) / kRows, [&](int64_t task) {
        kernels::cpu::prepareActivations(type, x.f32(), tokens, x.columns, task * kRows,
                                         std::min(tokens, (task + 1) * kRows), prepared);
    });
    return static_cast<const std::byte*>(prepared);
}

Result<void> CpuBackend::multiply(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens,
                                  Products products) {
    LECTERN_ASSIGN(const std::byte* prepared, prepare(x, projections, tokens));
    // Tasks are row ranges of one projection, or of both halves of a gated pair.
    struct Range {
        size_t projection;
        int64_t begin, end;
    };
    std::vector<Range> ranges;
    const size_t count = products == Products::Gated ? 1 : projections.size();
    for (size_t i = 0; i < count; ++i) {
        const int64_t rows = projections[i].weight->rows;
        const int64_t step = rowsPerTask(rows, tokens, m_pool.threads());
        for (int64_t begin = 0; begin < rows; begin += step) {
            ranges.push_back({i, begin, std::min(rows, begin + step)});
        }
    }
    std::atomic<kernels::Status> status{kernels::Status::Ok};
    const auto run = [&](const LinearOutput& projection, const Range& range) {
        kernels::LinearArgs args;
        args.x = x.f32();
        args.weight = cpu(*projection.weight).view();
        args.out = projection.out->f32();
        args.tokens = tokens;
        args.rowBegin = range.begin;
        args.rowEnd = range.end;
        args.accumulate = products == Products::Added;
        args.prepared = prepared;
        if (const kernels::Status result = kernels::cpu::linear(args); result != kernels::Status::Ok) {
            status = result;
        }
    };
    m_pool.parallelFor(static_cast<int64_t>(ranges.size()), [&](int64_t task) {
        const Range& range = ranges[static_cast<size_t>(task)];
        run(projections[range.projection], range);
        if (products != Products::Gated) {
            return;
        }
        run(projections[1], range);
        const int64_t rows = projections[0].weight->rows;
        for (int64_t t = 0; t < tokens; ++t) {
            float* gate = projections[0].out->f32() + t * rows + range.begin;
            const float* up = projections[1].out->f32() + t * rows + range.begin;
            kernels::cpu::swiglu(gate, up, range.end - range.begin, gate);
        }
    });
    return toResult(status);
}

Result<void> CpuBackend::linear(const Tensor& x, const Weight& weight, int64_t tokens, bool accumulate, Tensor& out) {
    const LinearOutput projection{&weight, &out};
    return multiply(x, {&projection, 1}, tokens, accumulate ? Products::Added : Products::Plain);
}

Result<void> CpuBackend::project(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens) {
    return multiply(x, projections, tokens, Products::Plain);
}

Result<void> CpuBackend::projectGated(const Tensor& x, const Weight& gateWeight, const Weight& upWeight, int64_t tokens,
                                      Tensor& gate, Tensor& up) {
    const LinearOutput projections[] = {{&gateWeight, &gate}, {&upWeight, &up}};
    return multiply(x, projections, tokens, Products::Gated);
}

void CpuBackend::fillRotary(const RopeSchedule& schedule, int64_t firstPosition, int64_t tokens) {
    if (m_rotary.firstPosition == firstPosition && m_rotary.tokens >= tokens && m_rotary.schedule == schedule) {
        return;
    }
    const int64_t half = schedule.headDim() / 2;
    m_rotary.schedule = schedule;
    m_rotary.firstPosition = firstPosition;
    m_rotary.tokens = tokens;
    m_rotary.cos.resize(static_cast<size_t>(tokens * half));
    m_rotary.sin.resize(static_cast<size_t>(tokens * half));
    m_pool.parallelFor((tokens + kRotaryRows - 1) / kRotaryRows, [&](int64_t task) {
        const int64_t begin = task * kRotaryRows, rows = std::min(kRotaryRows, tokens - begin);
        schedule.fill(firstPosition + begin, rows, m_rotary.cos.data() + begin * half,
                      m_rotary.sin.data() + begin * half);
    });
}

Result<void> CpuBackend::rope(Tensor& x, int32_t heads, const RopeSchedule& schedule, int64_t firstPosition,
                              int64_t tokens) {
    fillRotary(schedule, firstPosition, tokens);
    const int32_t dim = schedule.headDim();
    m_pool.parallelFor((tokens + kRotaryRows - 1) / kRotaryRows, [&](int64_t task) {
        const int64_t begin = task * kRotaryRows, rows = std::min(kRotaryRows, tokens - begin);
        kernels::cpu::rope(x.f32() + begin * heads * dim, m_rotary.cos.data() + begin * dim / 2,
                           m_rotary.sin.data() + begin * dim / 2, rows, heads, dim);
    });
    return {};
}

Result<void> CpuBackend::appendKv(KvStorage& storage, int32_t layer, const Tensor& k, const Tensor& v,
                                  int64_t firstToken, int64_t tokens) {
    return static_cast<CpuKvStorage&>(storage).append(layer, k.f32(), v.f32(), firstToken, tokens, m_pool);
}

Result<void> CpuBackend::attend(KvStorage& storage, const AttentionOp& op, Tensor& out) {
    return cpuAttention(static_cast<CpuKvStorage&>(storage), op, out, m_pool);
}

Result<void> CpuBackend::swiglu(Tensor& gate, const Tensor& up, int64_t tokens) {
    constexpr int64_t kRows = 64;
    m_pool.parallelFor((tokens + kRows - 1) / kRows, [&](int64_t task) {
        const int64_t begin = task * kRows * gate.columns;
        const int64_t count = std::min(kRows, tokens - task * kRows) * gate.columns;
        kernels::cpu::swiglu(gate.f32() + begin, up.f32() + begin, count, gate.f32() + begin);
    });
    return {};
}

}  // namespace lectern
