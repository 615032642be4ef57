#pragma once
// One attention layer on the CPU over generated keys, values and queries.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "engine/attention/cpu_attention.h"
#include "engine/cache/cpu_kv_storage.h"

namespace lectern::test {

/// The generator of tests/tools/make_attention_golden.py.
inline std::vector<float> generated(uint32_t seed, int64_t count) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) {
        seed = 1664525u * seed + 1013904223u;
        value = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
    }
    return values;
}

inline nlohmann::json readJson(const std::string& name) {
    std::ifstream file(std::string(LECTERN_SOURCE_DIR) + "/tests/data/" + name);
    return nlohmann::json::parse(file);
}

inline Tensor hostTensor(std::vector<float>& values, int64_t rows) {
    Tensor tensor;
    tensor.rows = rows;
    tensor.columns = static_cast<int64_t>(values.size()) / rows;
    tensor.buffer = Buffer(values.data(), static_cast<int64_t>(values.size() * 4), nullptr);
    return tensor;
}

/// Keys, values and queries of one layer, cached in `type`.
struct Layer {
    int64_t tokens;
    int32_t heads, kvHeads, dim;
    std::vector<float> q, k, v;
    std::unique_ptr<CpuKvStorage> storage;
    ThreadPool pool{2};

    Layer(int64_t tokenCount, int32_t headCount, int32_t kvHeadCount, int32_t headDim, int32_t region,
          KvType type = KvType::F32)
        : tokens(tokenCount), heads(headCount), kvHeads(kvHeadCount), dim(headDim) {
        q = generated(1, tokens * heads * dim);
        k = generated(2, tokens * kvHeads * dim);
        v = generated(3, tokens * kvHeads * dim);
        KvStorageSpec spec{1, kvHeads, dim, region, type, tokens, 0, {}};
        storage = std::move(*CpuKvStorage::create(spec));
    }

    void append(int64_t first, int64_t count) {
        const int64_t width = static_cast<int64_t>(kvHeads) * dim;
        ASSERT_TRUE(storage->append(0, k.data() + first * width, v.data() + first * width, first, count, pool));
    }

    /// Attention of rows [first, first + count), whose keys are the last appended ones.
    std::vector<float> attend(AttentionMode mode, const AttentionProfile& profile, int64_t first, int64_t count,
                              DocumentTrace* documentTrace = nullptr, AnswerTrace* answerTrace = nullptr) {
        const int64_t width = static_cast<int64_t>(heads) * dim;
        std::vector<float> rows(q.begin() + first * width, q.begin() + (first + count) * width);
        std::vector<float> result(rows.size(), -7.0f);
        const Tensor queries = hostTensor(rows, count);
        Tensor out = hostTensor(result, count);
        AttentionOp op;
        op.q = &queries;
        op.firstToken = first;
        op.tokens = count;
        op.mode = mode;
        op.profile = &profile;
        op.documentTrace = documentTrace;
        op.answerTrace = answerTrace;
        op.traceLimits.entriesPerGroup = 4096;
        EXPECT_TRUE(cpuAttention(*storage, op, out, pool));
        return result;
    }
};

inline double maxDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double worst = a.size() == b.size() ? 0 : 1e30;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(a[i] - b[i])));
    }
    return worst;
}

}  // namespace lectern::test
