#include "engine/train/cpu_train_backend.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/core/check.h"
#include "kernels/cpu/backward.h"
#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

constexpr size_t kAlignment = 64;
constexpr int64_t kRowsPerTask = 64;
constexpr int64_t kValuesPerTask = 1 << 16;
// One call of the matrix product: large enough to amortise its packing, small enough to spread.
constexpr int64_t kProductRows = 512;
constexpr int64_t kProductColumns = 512;

class CpuTrainWeight final : public Weight {
  public:
    std::span<const std::byte> bytes;
};

const CpuTrainWeight& cpu(const Weight& weight) {
    return static_cast<const CpuTrainWeight&>(weight);
}

const float* f32(const TrainTensor& tensor) {
    return tensor.as<float>();
}
float* f32(TrainTensor& tensor) {
    return tensor.as<float>();
}

}  // namespace

TrainTensor rowsOf(const TrainTensor& whole, int64_t row, int64_t count) {
    LECTERN_CHECK(row >= 0 && count >= 0 && row + count <= whole.rows);
    TrainTensor view;
    view.rows = count;
    view.columns = whole.columns;
    view.elementBytes = whole.elementBytes;
    view.use = whole.use;
    const int64_t rowBytes = whole.columns * whole.elementBytes;
    view.buffer = Buffer(whole.as<std::byte>() + row * rowBytes, count * rowBytes, nullptr);
    return view;
}

std::unique_ptr<TrainBackend> createCpuTrainBackend(int32_t threads) {
    return std::make_unique<CpuTrainBackend>(threads);
}

CpuTrainBackend::CpuTrainBackend(int32_t threads) : m_pool(threads) {}

DeviceInfo CpuTrainBackend::info() const {
    DeviceInfo info;
    info.kind = DeviceKind::Cpu;
    info.threads = m_pool.threads();
    info.name = std::string("CPU (") + kernels::cpu::instructionSet() + ", " + std::to_string(info.threads) +
                (info.threads == 1 ? " thread)" : " threads)");
    return info;
}

Result<TrainTensor> CpuTrainBackend::allocate(TensorUse use, int64_t rows, int64_t columns) {
    const int64_t bytes = rows * columns * 4;
    const size_t size = (static_cast<size_t>(std::max<int64_t>(bytes, 1)) + kAlignment - 1) / kAlignment * kAlignment;
    void* data = std::aligned_alloc(kAlignment, size);
    if (!data) {
        return Error{ErrorCode::OutOfMemory, "Not enough memory: training asked for " +
                                                 std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB more."};
    }
    std::memset(data, 0, size);
    struct Owner {
        std::shared_ptr<Memory> memory;
        int64_t bytes;
    };
    const int64_t held = m_memory->held += bytes;
    m_memory->peak = std::max<int64_t>(m_memory->peak, held);
    TrainTensor tensor;
    tensor.buffer = Buffer(
        data, bytes,
        [](void* pointer, void* context) {
            const std::unique_ptr<Owner> owner(static_cast<Owner*>(context));
            owner->memory->held -= owner->bytes;
            std::free(pointer);
        },
        new Owner{m_memory, bytes});
    tensor.rows = rows;
    tensor.columns = columns;
    tensor.use = use;
    return tensor;
}

Result<void> CpuTrainBackend::zero(TrainTensor& target) {
    std::memset(target.buffer.data(), 0, static_cast<size_t>(target.buffer.sizeBytes()));
    return {};
}

Result<void> CpuTrainBackend::copy(const TrainTensor& from, TrainTensor& to) {
    LECTERN_CHECK(from.size() == to.size());
    std::memcpy(to.buffer.data(), from.buffer.data(), static_cast<size_t>(from.size()) * 4);
    return {};
}

Result<void> CpuTrainBackend::upload(std::span<const float> host, TrainTensor& target) {
    LECTERN_CHECK(static_cast<int64_t>(host.size()) == target.size());
    std::copy(host.begin(), host.end(), f32(target));
    return {};
}

Result<void> CpuTrainBackend::download(const TrainTensor& source, std::span<float> host) {
    LECTERN_CHECK(static_cast<int64_t>(host.size()) == source.size());
    std::copy_n(f32(source), host.size(), host.begin());
    return {};
}

Result<std::unique_ptr<Weight>> CpuTrainBackend::prepareWeight(DType type, int64_t rows, int64_t columns,
                                                               std::span<const std::byte> bytes) {
    LECTERN_CHECK(static_cast<int64_t>(bytes.size()) == rows * kernels::rowBytes(type, columns));
    auto weight = std::make_unique<CpuTrainWeight>();
    weight->rows = rows;
    weight->columns = columns;
    weight->type = type;
    weight->bytes = bytes;
    return std::unique_ptr<Weight>(std::move(weight));
}

void CpuTrainBackend::forRows(int64_t tokens, const std::function<void(int64_t, int64_t)>& body) {
    m_pool.parallelFor((tokens + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
        const int64_t begin = task * kRowsPerTask;
        body(begin, std::min(kRowsPerTask, tokens - begin));
    });
}

void CpuTrainBackend::forValues(int64_t count, const std::function<void(int64_t, int64_t)>& body) {
    m_pool.parallelFor((count + kValuesPerTask - 1) / kValuesPerTask, [&](int64_t task) {
        const int64_t begin = task * kValuesPerTask;
        body(begin, std::min(kValuesPerTask, count - begin));
    });
}

Result<void> CpuTrainBackend::embed(const MatrixRef& table, std::span<const TokenId> tokens, TrainTensor& out) {
    const int64_t vocab = table.rows(), dim = table.columns();
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] < 0 || tokens[i] >= vocab) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(tokens[i]) +
                                                      " is outside the model's vocabulary of " + std::to_string(vocab) +
                                                      "."};
        }
        float* row = f32(out) + static_cast<int64_t>(i) * dim;
        if (table.master) {
            std::copy_n(f32(*table.master) + tokens[i] * dim, dim, row);
        } else {
            const CpuTrainWeight& weight = cpu(*table.frozen);
            kernels::cpu::dequantizeRow(
                weight.type, weight.bytes.data() + tokens[i] * kernels::rowBytes(weight.type, dim), dim, row);
        }
    }
    return {};
}

Result<void> CpuTrainBackend::embedBackward(const TrainTensor& dOut, std::span<const TokenId> tokens,
                                            TrainTensor& dTable) {
    // Split by columns: every task meets repeated tokens in the same order.
    constexpr int64_t kColumns = 64;
    const int64_t dim = dTable.columns;
    m_pool.parallelFor((dim + kColumns - 1) / kColumns, [&](int64_t task) {
        const int64_t begin = task * kColumns, count = std::min(kColumns, dim - begin);
        for (size_t i = 0; i < tokens.size(); ++i) {
            kernels::cpu::addInPlace(f32(dTable) + tokens[i] * dim + begin,
                                     f32(dOut) + static_cast<int64_t>(i) * dim + begin, count);
        }
    });
    return {};
}

Result<void> CpuTrainBackend::gatherRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) {
    for (size_t i = 0; i < rows.size(); ++i) {
        std::copy_n(f32(from) + rows[i] * from.columns, from.columns, f32(to) + static_cast<int64_t>(i) * from.columns);
    }
    return {};
}

Result<void> CpuTrainBackend::scatterRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) {
    for (size_t i = 0; i < rows.size(); ++i) {
        std::copy_n(f32(from) + static_cast<int64_t>(i) * from.columns, from.columns, f32(to) + rows[i] * from.columns);
    }
    return {};
}

void CpuTrainBackend::product(const float* a, int64_t lda, const float* b, int64_t ldb, float* out, int64_t ldo,
                              int64_t m, int64_t n, int64_t k, bool accumulate) {
    const int64_t mTasks = (m + kProductRows - 1) / kProductRows, nTasks = (n + kProductColumns - 1) / kProductColumns;
    m_pool.parallelFor(mTasks * nTasks, [&](int64_t task) {
        const int64_t row = task / nTasks * kProductRows, column = task % nTasks * kProductColumns;
        kernels::cpu::gemmTransposedB(a + row * lda, lda, b + column * ldb, ldb, out + row * ldo + column, ldo,
                                      std::min(kProductRows, m - row), std::min(kProductColumns, n - column), k,
                                      accumulate);
    });
}

void CpuTrainBackend::productPlain(const kernels::cpu::GemmPlainArgs& whole) {
    const int64_t mTasks = (whole.m + kProductRows - 1) / kProductRows;
    const int64_t nTasks = (whole.n + kProductColumns - 1) / kProductColumns;
    m_pool.parallelFor(mTasks * nTasks, [&](int64_t task) {
        const int64_t row = task / nTasks * kProductRows, column = task % nTasks * kProductColumns;
        kernels::cpu::GemmPlainArgs part = whole;
        part.a += row * whole.aRowStride;
        part.b += column;
        part.out += row * whole.ldo + column;
        part.m = std::min(kProductRows, whole.m - row);
        part.n = std::min(kProductColumns, whole.n - column);
        kernels::cpu::gemmPlainB(part);
    });
}

void CpuTrainBackend::transposeAll(const float* a, int64_t rows, int64_t columns, float alpha,
                                   std::vector<float>& out) {
    out.resize(static_cast<size_t>(rows * columns));
    forRows(columns, [&](int64_t begin, int64_t count) {
        float* target = out.data() + begin * rows;
        kernels::cpu::transpose(a + begin, columns, rows, count, target, rows);
        if (alpha != 1.0f) {
            kernels::cpu::blend(0.0f, target, alpha, target, count * rows);
        }
    });
}

const float* CpuTrainBackend::decoded(const MatrixRef& w, double alpha) {
    const int64_t rows = w.rows(), columns = w.columns();
    const bool plain = w.master || w.frozen->type == DType::F32;
    const float* stored = w.master ? f32(*w.master)
                          : plain  ? reinterpret_cast<const float*>(cpu(*w.frozen).bytes.data())
                                   : nullptr;
    if (plain && alpha == 1.0) {
        return stored;
    }
    m_decoded.resize(static_cast<size_t>(rows * columns));
    forRows(rows, [&](int64_t begin, int64_t count) {
        float* target = m_decoded.data() + begin * columns;
        if (plain) {
            std::copy_n(stored + begin * columns, count * columns, target);
        } else {
            const CpuTrainWeight& weight = cpu(*w.frozen);
            const int64_t rowBytes = kernels::rowBytes(weight.type, columns);
            for (int64_t row = 0; row < count; ++row) {
                kernels::cpu::dequantizeRow(weight.type, weight.bytes.data() + (begin + row) * rowBytes, columns,
                                            target + row * columns);
            }
        }
        if (alpha != 1.0) {
            kernels::cpu::blend(0.0f, target, static_cast<float>(alpha), target, count * columns);
        }
    });
    return m_decoded.data();
}

Result<void> CpuTrainBackend::linear(const TrainTensor& x, const MatrixRef& w, int64_t tokens, double alpha,
                                     bool accumulate, TrainTensor& y) {
    const int64_t outputs = w.rows(), inputs = w.columns();
    LECTERN_CHECK(x.columns == inputs && y.columns == outputs && x.rows >= tokens && y.rows >= tokens);
    product(f32(x), inputs, decoded(w, alpha), inputs, f32(y), outputs, tokens, outputs, inputs, accumulate);
    return {};
}

Result<void> CpuTrainBackend::linearBackwardInput(const TrainTensor& dY, const MatrixRef& w, int64_t tokens,
                                                  double alpha, bool accumulate, TrainTensor& dX) {
    const int64_t outputs = w.rows(), inputs = w.columns();
    LECTERN_CHECK(dY.columns == outputs && dX.columns == inputs && dY.rows >= tokens && dX.rows >= tokens);
    productPlain({f32(dY), outputs, 1, decoded(w, 1.0), inputs, f32(dX), inputs, tokens, inputs, outputs,
                  static_cast<float>(alpha), accumulate});
    return {};
}

Result<void> CpuTrainBackend::linearBackwardWeight(const TrainTensor& dY, const TrainTensor& x, int64_t tokens,
                                                   double alpha, TrainTensor& dW) {
    const int64_t outputs = dW.rows, inputs = dW.columns;
    LECTERN_CHECK(dY.columns == outputs && x.columns == inputs && dY.rows >= tokens && x.rows >= tokens);
    productPlain({f32(dY), 1, outputs, f32(x), inputs, f32(dW), inputs, outputs, inputs, tokens,
                  static_cast<float>(alpha), true});
    return {};
}

Result<void> CpuTrainBackend::rmsNorm(const TrainTensor& x, const TrainTensor& weight, float eps, int64_t tokens,
                                      TrainTensor& out) {
    const int64_t dim = weight.columns;
    forRows(tokens, [&](int64_t begin, int64_t rows) {
        kernels::cpu::rmsNorm(f32(x) + begin * dim, f32(weight), eps, rows, dim, f32(out) + begin * dim);
    });
    return {};
}

Result<void> CpuTrainBackend::rmsNormBackward(const TrainTensor& x, const TrainTensor& weight, float eps,
                                              const TrainTensor& dOut, int64_t tokens, TrainTensor& dX,
                                              TrainTensor* dWeight) {
    const int64_t dim = weight.columns;
    const int64_t tasks = (tokens + kRowsPerTask - 1) / kRowsPerTask;
    std::vector<float> parts(dWeight ? static_cast<size_t>(tasks * dim) : 0, 0.0f);
    forRows(tokens, [&](int64_t begin, int64_t rows) {
        kernels::cpu::rmsNormBackward(f32(x) + begin * dim, f32(weight), eps, f32(dOut) + begin * dim, rows, dim,
                                      f32(dX) + begin * dim,
                                      dWeight ? parts.data() + begin / kRowsPerTask * dim : nullptr);
    });
    for (int64_t task = 0; dWeight && task < tasks; ++task) {
        kernels::cpu::addInPlace(f32(*dWeight), parts.data() + task * dim, dim);
    }
    return {};
}

Result<void> CpuTrainBackend::ropeTables(const RopeSchedule& schedule, std::span<const int64_t> positions,
                                         TrainTensor& cos, TrainTensor& sin) {
    const int64_t half = schedule.headDim() / 2;
    forRows(static_cast<int64_t>(positions.size()), [&](int64_t begin, int64_t rows) {
        schedule.fill(positions.subspan(static_cast<size_t>(begin), static_cast<size_t>(rows)), f32(cos) + begin * half,
                      f32(sin) + begin * half);
    });
    return {};
}

Result<void> CpuTrainBackend::rope(TrainTensor& x, int32_t heads, const TrainTensor& cos, const TrainTensor& sin,
                                   int64_t tokens, bool inverse) {
    const int64_t half = cos.columns;
    forRows(tokens, [&](int64_t begin, int64_t rows) {
        const float* sines = f32(sin) + begin * half;
        thread_local std::vector<float> negated;
        if (inverse) {
            negated.resize(static_cast<size_t>(rows * half));
            std::transform(sines, sines + rows * half, negated.begin(), [](float value) { return -value; });
            sines = negated.data();
        }
        kernels::cpu::rope(f32(x) + begin * heads * half * 2, f32(cos) + begin * half, sines, rows, heads,
                           static_cast<int32_t>(half * 2));
    });
    return {};
}

Result<void> CpuTrainBackend::swiglu(const TrainTensor& gate, const TrainTensor& up, int64_t tokens, TrainTensor& out) {
    forValues(tokens * gate.columns, [&](int64_t begin, int64_t count) {
        kernels::cpu::swiglu(f32(gate) + begin, f32(up) + begin, count, f32(out) + begin);
    });
    return {};
}

Result<void> CpuTrainBackend::swigluBackward(const TrainTensor& gate, const TrainTensor& up, const TrainTensor& dOut,
                                             int64_t tokens, TrainTensor& dGate, TrainTensor& dUp) {
    forValues(tokens * gate.columns, [&](int64_t begin, int64_t count) {
        kernels::cpu::swigluBackward(f32(gate) + begin, f32(up) + begin, f32(dOut) + begin, count, f32(dGate) + begin,
                                     f32(dUp) + begin);
    });
    return {};
}

Result<void> CpuTrainBackend::dropout(const TrainTensor& x, int64_t tokens, uint64_t seed, double rate, bool accumulate,
                                      TrainTensor& out) {
    forValues(tokens * x.columns, [&](int64_t begin, int64_t count) {
        kernels::cpu::dropout(f32(x) + begin, begin, count, seed, rate, accumulate, f32(out) + begin);
    });
    return {};
}

}  // namespace lectern
