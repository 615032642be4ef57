// Saving and restoring the device's K/V storage in the sections of the CPU's (engine/cache/cpu_kv_snapshot.cpp): pages
// and summaries have one layout everywhere, tails are f32 in the file and bf16 here.

#include <algorithm>
#include <array>
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
    LECTERN_TRY(
        context.check(cudaMemcpyAsync(host, device, static_cast<size_t>(bytes), cudaMemcpyDefault, context.stream()),
                      "reading the context back"));
    return context.synchronize();
}

Result<void> upload(CudaContext& context, const void* host, int64_t bytes, void* device) {
    return context.check(cudaMemcpyAsync(device, host, static_cast<size_t>(bytes), cudaMemcpyDefault, context.stream()),
                         "restoring the context");
}

std::vector<float> widened(const std::vector<uint16_t>& bits) {
    std::vector<float> values(bits.size());
    std::transform(bits.begin(), bits.end(), values.begin(), kernels::bfloat16ToFloat);
    return values;
}

/// One array of a layer's summaries: [Hkv][capacity, Dh], of which `rows` a head are in use. Names as in RegionIndex.
struct SummaryPart {
    const char* name;
    Bf16* data;
    int64_t capacity, rows;
};
std::array<SummaryPart, 7> summaryParts(const DeviceSummaries& held, int64_t regions) {
    const int64_t supers = divideUp(regions, held.superRegions), capacity = held.superCapacity();
    return {{{"mean", held.mean, held.capacity, regions},
             {"min", held.min, held.capacity, regions},
             {"max", held.max, held.capacity, regions},
             {"super_mean_min", held.superMeanMin, capacity, supers},
             {"super_mean_max", held.superMeanMax, capacity, supers},
             {"super_min", held.superMin, capacity, supers},
             {"super_max", held.superMax, capacity, supers}}};
}

/// A section whose every block has been checked.
Result<const SnapshotFile::Section*> verifiedSection(const SnapshotFile& file, const std::string& name, int64_t bytes) {
    LECTERN_ASSIGN(const SnapshotFile::Section* section, file.section(name, bytes));
    for (int64_t block = 0; block < section->blockCount(); ++block) {
        LECTERN_TRY(file.verify(*section, block));
    }
    return section;
}

/// A verified section of floats, rounded to bf16.
Result<std::vector<uint16_t>> readRounded(const SnapshotFile& file, const std::string& name, int64_t count) {
    LECTERN_ASSIGN(const SnapshotFile::Section* section, verifiedSection(file, name, count * 4));
    const auto* values = reinterpret_cast<const float*>(section->data);
    std::vector<uint16_t> bits(static_cast<size_t>(count));
    std::transform(values, values + count, bits.begin(), kernels::floatToBfloat16);
    return bits;
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
    for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
        for (const SummaryPart& part : summaryParts(summaries(index), regions)) {
            std::vector<uint16_t> bits(static_cast<size_t>(part.rows * dim));
            LECTERN_TRY(download(device, part.data + head * part.capacity * dim, part.rows * dim * 2, bits.data()));
            LECTERN_TRY(writer.beginSection(sectionName(index, part.name) + std::to_string(head), kSummaryBlockBytes));
            LECTERN_TRY(writer.append(bytesOf(bits.data(), part.rows * dim * 2)));
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
    for (const bool keys : {true, false}) {
        LECTERN_TRY(writer.beginSection(sectionName(index, keys ? "keys" : "values"), m_layout.pageBytes));
        for (int64_t page = 0, count = 0; page < pages; page += count) {
            const std::byte* from = pageAt(index, keys, page, &count);
            count = std::min({count, kPagesPerCopy, pages - page});
            LECTERN_TRY(download(device, from, count * m_layout.pageBytes, staging.data()));
            LECTERN_TRY(writer.append(bytesOf(staging.data(), count * m_layout.pageBytes)));
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
    const DeviceKv kv = view(index);
    for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
        for (const SummaryPart& part : summaryParts(summaries(index), regions)) {
            const int64_t bytes = part.rows * dim * 2;
            LECTERN_ASSIGN(const SnapshotFile::Section* section,
                           verifiedSection(file, sectionName(index, part.name) + std::to_string(head), bytes));
            LECTERN_TRY(upload(device, section->data, bytes, part.data + head * part.capacity * dim));
        }
    }
    const int64_t pages = savedPages(tokens);
    for (const bool keys : {true, false}) {
        LECTERN_ASSIGN(const SnapshotFile::Section* section,
                       verifiedSection(file, sectionName(index, keys ? "keys" : "values"), pages * m_layout.pageBytes));
        for (int64_t page = 0, count = 0; page < pages; page += count) {
            std::byte* to = pageAt(index, keys, page, &count);
            count = std::min(count, pages - page);
            LECTERN_TRY(upload(device, section->data + page * m_layout.pageBytes, count * m_layout.pageBytes, to));
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
