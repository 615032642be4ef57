// Saving and restoring the device's K/V storage in the sections of the CPU's (engine/cache/cpu_kv_snapshot.cpp): pages
// have one layout everywhere, summaries and tails are f32 in the file and bf16 here.

#include <algorithm>
#include <string>

#include "engine/backend/cuda/cuda_kv_storage.h"
#include "engine/cache/snapshot_file.h"
#include "kernels/common/half.h"

namespace lectern {

using namespace kernels::cuda;

namespace {

constexpr int64_t kSummaryBlockBytes = 1 << 20;
constexpr int64_t kPagesPerCopy = 64;

std::string sectionName(int32_t layer, const char* part) {
    return "layer" + std::to_string(layer) + "." + part;
}

std::span<const std::byte> bytesOf(const void* data, int64_t size) {
    return {static_cast<const std::byte*>(data), static_cast<size_t>(size)};
}

Result<void> download(CudaContext& context, const void* device, int64_t bytes, void* host) {
    LECTERN_TRY(context.check(
        cudaMemcpyAsync(host, device, static_cast<size_t>(bytes), cudaMemcpyDeviceToHost, context.stream()),
        "reading the context back"));
    return context.synchronize();
}

Result<void> upload(CudaContext& context, const void* host, int64_t bytes, void* device) {
    return context.check(
        cudaMemcpyAsync(device, host, static_cast<size_t>(bytes), cudaMemcpyHostToDevice, context.stream()),
        "restoring the context");
}

std::vector<float> widened(const std::vector<uint16_t>& bits) {
    std::vector<float> values(bits.size());
    std::transform(bits.begin(), bits.end(), values.begin(), kernels::bfloat16ToFloat);
    return values;
}

/// A verified section of floats, rounded to bf16.
Result<std::vector<uint16_t>> readRounded(const SnapshotFile& file, const std::string& name, int64_t count) {
    LECTERN_ASSIGN(const SnapshotFile::Section* section, file.section(name, count * 4));
    for (int64_t block = 0; block < section->blockCount(); ++block) {
        LECTERN_TRY(file.verify(*section, block));
    }
    const auto* values = reinterpret_cast<const float*>(section->data);
    std::vector<uint16_t> bits(static_cast<size_t>(count));
    std::transform(values, values + count, bits.begin(), kernels::floatToBfloat16);
    return bits;
}

/// Per-dimension extremes over each run of `ratio` rows of [rows, dim].
template <typename Better>
std::vector<uint16_t> extremes(const std::vector<uint16_t>& rows, int32_t dim, int32_t ratio, Better better) {
    const auto width = static_cast<size_t>(dim);
    const size_t count = rows.size() / width,
                 supers = (count + static_cast<size_t>(ratio) - 1) / static_cast<size_t>(ratio);
    std::vector<uint16_t> out(supers * width);
    for (size_t r = 0; r < count; ++r) {
        uint16_t* super = out.data() + r / static_cast<size_t>(ratio) * width;
        const uint16_t* row = rows.data() + r * width;
        for (size_t d = 0; d < width; ++d) {
            const bool first = r % static_cast<size_t>(ratio) == 0;
            if (first || better(kernels::bfloat16ToFloat(row[d]), kernels::bfloat16ToFloat(super[d]))) {
                super[d] = row[d];
            }
        }
    }
    return out;
}

}  // namespace

int64_t CudaKvStorage::savedPages(int64_t tokens) const {
    // Only pages with a complete region hold anything that the tail does not.
    return divideUp(tokens / m_spec.regionTokens * m_spec.regionTokens, m_pageTokens);
}

Result<void> CudaKvStorage::save(SnapshotWriter& writer) const {
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        LECTERN_TRY(saveLayer(index, writer));
    }
    return {};
}

Result<void> CudaKvStorage::saveLayer(int32_t index, SnapshotWriter& writer) const {
    CudaContext& device = *m_context;
    const int64_t tokens = m_layers[static_cast<size_t>(index)].tokens;
    const int64_t regions = tokens / m_spec.regionTokens, dim = m_spec.headDim;
    const DeviceSummaries held = summaries(index);
    const DeviceKv kv = view(index);
    for (const auto& [part, data] : {std::pair{"mean", held.mean}, {"min", held.min}, {"max", held.max}}) {
        for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
            std::vector<uint16_t> bits(static_cast<size_t>(regions * dim));
            LECTERN_TRY(download(device, data + head * held.capacity * dim, regions * dim * 2, bits.data()));
            const std::vector<float> values = widened(bits);
            LECTERN_TRY(writer.beginSection(sectionName(index, part) + std::to_string(head), kSummaryBlockBytes));
            LECTERN_TRY(writer.append(bytesOf(values.data(), regions * dim * 4)));
        }
    }
    const int64_t tailValues = int64_t{m_spec.kvHeads} * m_spec.regionTokens * dim;
    LECTERN_ASSIGN(Bf16 * tailK, device.scratchOf<Bf16>(Scratch::GatheredKeys, tailValues));
    LECTERN_ASSIGN(Bf16 * tailV, device.scratchOf<Bf16>(Scratch::GatheredValues, tailValues));
    if (tokens % m_spec.regionTokens != 0) {
        LECTERN_TRY(decodeRegion(index, regions, tokens, tailK, tailV));
    }
    for (const auto& [part, data] : {std::pair{"tail_keys", tailK}, {"tail_values", tailV}}) {
        std::vector<uint16_t> bits(static_cast<size_t>(tailValues), 0);
        if (tokens % m_spec.regionTokens != 0) {
            LECTERN_TRY(download(device, data, tailValues * 2, bits.data()));
        }
        const std::vector<float> values = widened(bits);
        LECTERN_TRY(writer.beginSection(sectionName(index, part), kSummaryBlockBytes));
        LECTERN_TRY(writer.append(bytesOf(values.data(), tailValues * 4)));
    }
    const int64_t pages = savedPages(tokens);
    LECTERN_ASSIGN(PinnedBuffer staging, device.allocatePinned(std::min(pages, kPagesPerCopy) * m_layout.pageBytes));
    for (const auto& [part, pool] : {std::pair{"keys", kv.keys}, {"values", kv.values}}) {
        LECTERN_TRY(writer.beginSection(sectionName(index, part), m_layout.pageBytes));
        for (int64_t page = 0; page < pages; page += kPagesPerCopy) {
            const int64_t bytes = std::min(kPagesPerCopy, pages - page) * m_layout.pageBytes;
            LECTERN_TRY(download(device, pool + page * m_layout.pageBytes, bytes, staging.data()));
            LECTERN_TRY(writer.append(bytesOf(staging.data(), bytes)));
        }
    }
    return {};
}

Result<void> CudaKvStorage::restore(std::shared_ptr<SnapshotFile> file, int64_t tokens) {
    if (tokens > m_spec.capacityTokens) {
        return Error{ErrorCode::LimitExceeded, "The saved context is longer than this one's capacity."};
    }
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        if (auto result = restoreLayer(index, *file, tokens); !result) {
            for (Layer& layer : m_layers) {
                layer.tokens = 0;
            }
            return result;
        }
    }
    // The file is unmapped when the last copy from it has been made.
    return m_context->synchronize();
}

Result<void> CudaKvStorage::restoreLayer(int32_t index, const SnapshotFile& file, int64_t tokens) {
    CudaContext& device = *m_context;
    const int64_t regions = tokens / m_spec.regionTokens, dim = m_spec.headDim;
    const DeviceSummaries held = summaries(index);
    const DeviceKv kv = view(index);
    const auto smaller = [](float a, float b) { return a < b; };
    const auto larger = [](float a, float b) { return a > b; };
    for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
        const auto put = [&](const std::vector<uint16_t>& rows, Bf16* target, int64_t capacity) {
            return upload(device, rows.data(), static_cast<int64_t>(rows.size()) * 2, target + head * capacity * dim);
        };
        const std::string suffix = std::to_string(head);
        LECTERN_ASSIGN(const auto mean, readRounded(file, sectionName(index, "mean") + suffix, regions * dim));
        LECTERN_ASSIGN(const auto low, readRounded(file, sectionName(index, "min") + suffix, regions * dim));
        LECTERN_ASSIGN(const auto high, readRounded(file, sectionName(index, "max") + suffix, regions * dim));
        LECTERN_TRY(put(mean, held.mean, held.capacity));
        LECTERN_TRY(put(low, held.min, held.capacity));
        LECTERN_TRY(put(high, held.max, held.capacity));
        const int64_t supers = held.superCapacity();
        LECTERN_TRY(put(extremes(mean, m_spec.headDim, held.superRegions, smaller), held.superMeanMin, supers));
        LECTERN_TRY(put(extremes(mean, m_spec.headDim, held.superRegions, larger), held.superMeanMax, supers));
        LECTERN_TRY(put(extremes(low, m_spec.headDim, held.superRegions, smaller), held.superMin, supers));
        LECTERN_TRY(put(extremes(high, m_spec.headDim, held.superRegions, larger), held.superMax, supers));
    }
    const int64_t pages = savedPages(tokens);
    for (const auto& [part, pool] : {std::pair{"keys", kv.keys}, {"values", kv.values}}) {
        LECTERN_ASSIGN(const SnapshotFile::Section* section,
                       file.section(sectionName(index, part), pages * m_layout.pageBytes));
        for (int64_t block = 0; block < section->blockCount(); ++block) {
            LECTERN_TRY(file.verify(*section, block));
        }
        if (pages > 0) {
            LECTERN_TRY(upload(device, section->data, pages * m_layout.pageBytes, pool));
        }
    }
    const int64_t perHead = m_spec.regionTokens * dim;
    for (const bool keys : {true, false}) {
        LECTERN_ASSIGN(const auto tail, readRounded(file, sectionName(index, keys ? "tail_keys" : "tail_values"),
                                                    m_spec.kvHeads * perHead));
        if (m_spec.type != KvType::BF16) {
            LECTERN_TRY(upload(device, tail.data(), m_spec.kvHeads * perHead * 2, keys ? kv.tailKeys : kv.tailValues));
            continue;
        }
        if (tokens % m_spec.regionTokens == 0) {
            continue;
        }
        // A bf16 region stays in its page while it is open.
        const int64_t perPage = kv.regionsPerPage();
        for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
            std::byte* place = (keys ? kv.keys : kv.values) + regions / perPage * m_layout.pageBytes +
                               head * m_layout.headBytes + regions % perPage * perHead * 2;
            LECTERN_TRY(upload(device, tail.data() + head * perHead, perHead * 2, place));
        }
    }
    m_layers[static_cast<size_t>(index)].tokens = tokens;
    return {};
}

}  // namespace lectern
