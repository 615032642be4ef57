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

/// Copies a whole section, verified, to `target`.
Result<void> readSection(const SnapshotFile& file, const std::string& name, void* target, int64_t sizeBytes) {
    LECTERN_ASSIGN(const SnapshotFile::Section* section, file.section(name, sizeBytes));
    for (int64_t block = 0; block < section->blockCount(); ++block) {
        LECTERN_TRY(file.verify(*section, block));
    }
    std::memcpy(target, section->data, static_cast<size_t>(sizeBytes));
    return {};
}

}  // namespace

Result<void> CpuKvStorage::save(SnapshotWriter& writer) const {
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        const Layer& layer = m_layers[static_cast<size_t>(index)];
        const int64_t regions = layer.tokens / m_spec.regionTokens;
        for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
            for (const RegionIndex::Part& part : layer.index.parts(head, regions)) {
                LECTERN_TRY(
                    writer.beginSection(sectionName(index, part.name) + std::to_string(head), kSummaryBlockBytes));
                LECTERN_TRY(writer.append(bytesOf(part.data, part.sizeBytes)));
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
    m_unwrittenFilePages = m_filePages;
    return {};
}

Result<void> CpuKvStorage::restoreLayer(int32_t index, int64_t tokens) {
    Layer& layer = m_layers[static_cast<size_t>(index)];
    const int64_t regions = tokens / m_spec.regionTokens;
    for (int32_t head = 0; head < m_spec.kvHeads; ++head) {
        for (const RegionIndex::Part& part : layer.index.parts(head, regions)) {
            LECTERN_TRY(
                readSection(*m_file, sectionName(index, part.name) + std::to_string(head), part.data, part.sizeBytes));
        }
    }
    const auto tailBytes = static_cast<int64_t>(layer.tailKeys.size() * sizeof(float));
    LECTERN_TRY(readSection(*m_file, sectionName(index, "tail_keys"), layer.tailKeys.data(), tailBytes));
    LECTERN_TRY(readSection(*m_file, sectionName(index, "tail_values"), layer.tailValues.data(), tailBytes));
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
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        Layer& layer = m_layers[static_cast<size_t>(index)];
        pointToOwnPages(layer, index);
        layer.tokens = 0;
    }
    m_filePages = m_unwrittenFilePages = 0;
    m_file.reset();
}

Result<void> CpuKvStorage::verifyPage(const Layer& layer, int64_t page) const {
    if (page >= m_filePages) {
        return {};
    }
    LECTERN_TRY(m_file->verify(*layer.fileKeys, page));
    return m_file->verify(*layer.fileValues, page);
}

}  // namespace lectern
