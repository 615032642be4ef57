#include <array>

#include "engine/formats/format_errors.h"
#include "engine/formats/gguf_file.h"
#include "engine/formats/tensor_checks.h"

namespace lectern {

namespace {

struct TypeName {
    uint32_t id;
    std::string_view name;
};

/// Every ggml_type there has been, so that a refusal can name it.
constexpr TypeName kTypeNames[] = {
    {0, "F32"},      {1, "F16"},     {2, "Q4_0"},     {3, "Q4_1"},   {6, "Q5_0"},    {7, "Q5_1"},   {8, "Q8_0"},
    {9, "Q8_1"},     {10, "Q2_K"},   {11, "Q3_K"},    {12, "Q4_K"},  {13, "Q5_K"},   {14, "Q6_K"},  {15, "Q8_K"},
    {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"}, {20, "IQ4_NL"}, {21, "IQ3_S"}, {22, "IQ2_S"},
    {23, "IQ4_XS"},  {24, "I8"},     {25, "I16"},     {26, "I32"},   {27, "I64"},    {28, "F64"},   {29, "IQ1_M"},
    {30, "BF16"},    {34, "TQ1_0"},  {35, "TQ2_0"},   {39, "MXFP4"}};

constexpr DType kReadable[] = {DType::F32,  DType::F16,  DType::BF16, DType::Q8_0,
                               DType::Q4_0, DType::Q4_K, DType::Q5_K, DType::Q6_K};

std::string typeName(uint32_t type) {
    for (const auto& entry : kTypeNames) {
        if (entry.id == type) {
            return std::string(entry.name);
        }
    }
    return "type " + std::to_string(type);
}

}  // namespace

uint32_t ggmlType(DType type) {
    for (const auto& entry : kTypeNames) {
        if (entry.name == name(type)) {
            return entry.id;
        }
    }
    return 0;
}

Result<TensorData> ggufTensorData(const GgufFile& file, const GgufTensor& tensor, const std::filesystem::path& path) {
    TensorData data;
    data.shape = tensor.shape;
    bool readable = false;
    for (const DType type : kReadable) {
        if (ggmlType(type) == tensor.type) {
            data.type = type;
            readable = true;
        }
    }
    if (!readable) {
        return unusableFile(path, "the tensor " + inQuotes(tensor.name) + " is stored as " + typeName(tensor.type) +
                                      "; Lectern reads F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K and Q6_K");
    }
    const auto bytes = tensorBytes(data.type, data.shape);
    if (!bytes) {
        return damagedFile(path, "the tensor " + inQuotes(tensor.name) + " has an impossible shape");
    }
    if (tensor.offset > file.data.size() || static_cast<uint64_t>(*bytes) > file.data.size() - tensor.offset) {
        return damagedFile(path, "the tensor " + inQuotes(tensor.name) + " lies outside the file");
    }
    data.bytes = file.data.subspan(static_cast<size_t>(tensor.offset), static_cast<size_t>(*bytes));
    return data;
}

}  // namespace lectern
