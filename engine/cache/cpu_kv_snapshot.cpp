// Saving and restoring the CPU's K/V storage. Pages are mapped from the file and checked at first touch; summaries and
// tails are checked and copied at once.

#include <algorithm>
#include <cstring>
#include <string>

#include "engine/cache/cpu_kv_storage.h"
#include "engine/core/check.h"

namespace lectern {
namespace {

constexpr int64_t kSummaryBlockBytes = 1 << 20;

std::string sectionName(int32_t layer, const char* part) {
    return "layer" + std::to_string(layer) + "." + part;
}

std::span<const std::byte> bytesOf(const void* data, int64_t size) {
    return {static_cast<const std::byte*>(data), static_cast<size_t>(size)};
}

/// Copies a section of floats, verified, to `target`.
Result<void> readFloats(const SnapshotFile& file, const std::string& name, int64_t count, float* target) {
    LECTERN_ASSIGN(const SnapshotFile::Section* section, file.section(name, count * 4));
    for (int64_t block = 0; block < section->blockCount(); ++block) {
        LECTERN_TRY(file.verify(*section, block));
    }
    std::memcpy(target, section->data, static_cast<size_t>(section->sizeBytes));
    return {};
}

}  // namespace

Result<void> CpuKvStorage::save(SnapshotWriter& writer) const {
    const int64_t summaryFloats = m_spec.headDim;
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        const Layer& layer = m_layers[static_cast<size_t>(index)];
        const int64_t regions = layer.tokens / m_spec.regionTokens;
        for (const auto& [part, memory] : {std::pair{"mean", &layer.mean}, {"min", &layer.min}, {"max", &layer.max}}) {
            for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
                LECTERN_TRY(writer.beginSection(sectionName(index, part) + std::to_string(head), kSummaryBlockBytes));
                LECTERN_TRY(
                    writer.append(bytesOf(memory->data() + summaryOffset(head, 0) * 4, regions * summaryFloats * 4)));
            }
        }
        for (const auto& [part, tail] : {std::pair{"tail_keys", &layer.tailKeys}, {"tail_values", &layer.tailValues}}) {
            LECTERN_TRY(writer.beginSection(sectionName(index, part), kSummaryBlockBytes));
            LECTERN_TRY(writer.append(bytesOf(tail->data(), static_cast<int64_t>(tail->size() * 4))));
        }
        // Only pages with a complete region hold anything.
        const int64_t pages = pagesFor(regions * m_spec.regionTokens);
        for (const auto& [part, list] : {std::pair{"keys", &layer.keyPages}, {"values", &layer.valuePages}}) {
            LECTERN_TRY(writer.beginSection(sectionName(index, part), m_layout.pageBytes));
            for (int64_t page = 0; page < pages; ++page) {
                LECTERN_TRY(writer.append(bytesOf((*list)[static_cast<size_t>(page)], m_layout.pageBytes)));
            }
        }
    }
    return {};
}

Result<void> CpuKvStorage::restore(std::shared_ptr<SnapshotFile> file, int64_t tokens) {
    LECTERN_CHECK(m_layers.empty() || m_layers[0].tokens == 0);
    if (tokens > m_spec.capacityTokens) {
        return Error{ErrorCode::LimitExceeded, "The saved context is longer than this one's capacity."};
    }
    m_file = std::move(file);
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        if (auto result = restoreLayer(index, tokens); !result) {
            detachFile();
            return result;
        }
    }
    m_filePages = pagesFor(tokens / m_spec.regionTokens * m_spec.regionTokens);
    return {};
}

Result<void> CpuKvStorage::restoreLayer(int32_t index, int64_t tokens) {
    Layer& layer = m_layers[static_cast<size_t>(index)];
    const int64_t regions = tokens / m_spec.regionTokens;
    for (const auto& [part, memory] : {std::pair{"mean", &layer.mean}, {"min", &layer.min}, {"max", &layer.max}}) {
        for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
            LECTERN_TRY(readFloats(*m_file, sectionName(index, part) + std::to_string(head), regions * m_spec.headDim,
                                   reinterpret_cast<float*>(memory->data()) + summaryOffset(head, 0)));
        }
    }
    LECTERN_TRY(readFloats(*m_file, sectionName(index, "tail_keys"), static_cast<int64_t>(layer.tailKeys.size()),
                           layer.tailKeys.data()));
    LECTERN_TRY(readFloats(*m_file, sectionName(index, "tail_values"), static_cast<int64_t>(layer.tailValues.size()),
                           layer.tailValues.data()));
    const int64_t pages = pagesFor(regions * m_spec.regionTokens);
    LECTERN_ASSIGN(layer.fileKeys, m_file->section(sectionName(index, "keys"), pages * m_layout.pageBytes));
    LECTERN_ASSIGN(layer.fileValues, m_file->section(sectionName(index, "values"), pages * m_layout.pageBytes));
    for (int64_t page = 0; page < pages; ++page) {
        layer.keyPages[static_cast<size_t>(page)] = layer.fileKeys->data + page * m_layout.pageBytes;
        layer.valuePages[static_cast<size_t>(page)] = layer.fileValues->data + page * m_layout.pageBytes;
    }
    layer.tokens = tokens;
    return {};
}

void CpuKvStorage::detachFile() {
    for (Layer& layer : m_layers) {
        for (size_t page = 0; page < layer.keyPages.size(); ++page) {
            layer.keyPages[page] = layer.keys.data() + static_cast<int64_t>(page) * m_layout.pageBytes;
            layer.valuePages[page] = layer.values.data() + static_cast<int64_t>(page) * m_layout.pageBytes;
        }
        layer.tokens = 0;
    }
    m_filePages = 0;
    m_file.reset();
}

Result<void> CpuKvStorage::verifyPage(const Layer& layer, int64_t page) const {
    if (page >= m_filePages) {
        return {};
    }
    LECTERN_TRY(m_file->verify(*layer.fileKeys, page));
    return m_file->verify(*layer.fileValues, page);
}

Result<void> CpuKvStorage::verifyPages(int32_t layerIndex, std::span<const kernels::RegionId> regions,
                                       int64_t ownBegin) {
    if (m_filePages == 0) {
        return {};
    }
    const Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    int64_t previous = -1;
    for (const kernels::RegionId region : regions) {
        const int64_t page = static_cast<int64_t>(region) * m_spec.regionTokens / m_pageTokens;
        if (page != previous) {
            LECTERN_TRY(verifyPage(layer, page));
            previous = page;
        }
    }
    for (int64_t page = ownBegin / m_pageTokens; page < std::min(m_filePages, pagesFor(layer.tokens)); ++page) {
        LECTERN_TRY(verifyPage(layer, page));
    }
    return {};
}

}  // namespace lectern
