// Memory, transfers and frozen weights of the CUDA training backend, and its making.

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/core/check.h"
#include "engine/train/cuda/cuda_train_backend.h"
#include "engine/train/cuda/cuda_train_weight.h"
#include "kernels/common/half.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/train_elementwise.h"

namespace lectern {
namespace {

using kernels::cuda::CudaStatus;
using kernels::cuda::DeviceBuffer;

constexpr int64_t kProductWorkspace = int64_t{64} << 20;
constexpr int64_t kUploadBytes = int64_t{32} << 20;
constexpr int64_t kAnswerBytes = int64_t{1} << 20;

Error outOfMemory(int64_t bytes) {
    return {ErrorCode::OutOfMemory, "Not enough GPU memory: training asked for " +
                                        std::to_string((bytes + (1 << 20) - 1) >> 20) +
                                        " MiB more. Shorter sequences or keeping fewer activations need less."};
}

}  // namespace

Result<std::unique_ptr<CudaTrainBackend>> CudaTrainBackend::create() {
    int count = 0;
    if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) {
        (void)cudaGetLastError();
        return Error{ErrorCode::Unsupported, "this machine has no NVIDIA GPU that the driver knows"};
    }
    std::unique_ptr<CudaTrainBackend> backend(new CudaTrainBackend);
    LECTERN_TRY(tried(kernels::cuda::readDeviceFacts(0, &backend->m_facts), "reading the device"));
    if (backend->m_facts.major < 8) {
        return Error{ErrorCode::Unsupported, std::string("the GPU ") + backend->m_facts.name +
                                                 " is older than compute capability 8.0, which training in bf16 needs"};
    }
    LECTERN_TRY(tried(kernels::cuda::createStream(&backend->m_stream), "opening a stream"));
    LECTERN_TRY(tried(backend->m_products.open(kProductWorkspace), "opening cuBLASLt"));
    LECTERN_TRY(backend->m_uploads.open(kUploadBytes));
    LECTERN_TRY(tried(kernels::cuda::PinnedBuffer::create(kAnswerBytes, &backend->m_answers), "reserving memory"));
    // Attention plans come and go with every layer: keep their memory.
    cudaMemPool_t pool = nullptr;
    uint64_t threshold = UINT64_MAX;
    LECTERN_TRY(tried(cudaDeviceGetDefaultMemPool(&pool, backend->m_facts.device), "reading the memory pool"));
    LECTERN_TRY(
        tried(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold), "setting the memory pool"));
    backend->m_memory->add(kProductWorkspace + kUploadBytes);
    return backend;
}

CudaTrainBackend::~CudaTrainBackend() {
    if (m_stream) {
        (void)cudaStreamSynchronize(stream());
    }
}

DeviceInfo CudaTrainBackend::info() const {
    DeviceInfo info;
    info.kind = DeviceKind::Cuda;
    info.name = m_facts.name;
    size_t free = 0, total = 0;
    if (cudaMemGetInfo(&free, &total) == cudaSuccess) {
        info.memoryBytes = static_cast<int64_t>(total);
        info.freeBytes = static_cast<int64_t>(free);
    }
    return info;
}

Result<void> CudaTrainBackend::keepStashesOnHost() {
    if (!m_stashes) {
        m_stashes = std::make_unique<StashHost>();
        LECTERN_TRY(m_stashes->open());
    }
    return {};
}

Result<TrainTensor> CudaTrainBackend::allocateOnHost(int64_t rows, int64_t columns) {
    TrainTensor tensor;
    tensor.rows = rows;
    tensor.columns = columns;
    tensor.use = TensorUse::Stash;
    tensor.elementBytes = 2;
    const int64_t bytes = rows * columns * 2;
    void* memory = StashHost::allocate(bytes);
    if (!memory) {
        return Error{ErrorCode::OutOfMemory, "Not enough host memory to keep activations in: " +
                                                 std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB more."};
    }
    tensor.buffer = Buffer(memory, bytes, [](void* pointer, void*) { (void)cudaFreeHost(pointer); });
    return tensor;
}

Result<TrainTensor> CudaTrainBackend::allocate(TensorUse use, int64_t rows, int64_t columns) {
    if (use == TensorUse::Stash && m_stashes) {
        return allocateOnHost(rows, columns);
    }
    TrainTensor tensor;
    tensor.rows = rows;
    tensor.columns = columns;
    tensor.use = use;
    tensor.elementBytes = use == TensorUse::Master ? 4 : 2;
    const int64_t bytes = rows * columns * tensor.elementBytes;
    DeviceBuffer buffer;
    if (!DeviceBuffer::create(std::max<int64_t>(bytes, 16), &buffer).ok()) {
        (void)cudaGetLastError();
        return outOfMemory(bytes);
    }
    LECTERN_TRY(
        tried(cudaMemsetAsync(buffer.data(), 0, static_cast<size_t>(buffer.sizeBytes()), stream()), "clearing"));
    struct Owner {
        std::shared_ptr<Memory> memory;
        int64_t bytes;
    };
    m_memory->add(bytes);
    tensor.buffer = Buffer(
        buffer.release(), bytes,
        [](void* pointer, void* context) {
            const std::unique_ptr<Owner> owner(static_cast<Owner*>(context));
            Memory& memory = *owner->memory;
            memory.held -= owner->bytes;
            if (const auto found = memory.rounded.find(pointer); found != memory.rounded.end()) {
                memory.held -= found->second.buffer.sizeBytes();
                memory.rounded.erase(found);
            }
            (void)cudaFree(pointer);
        },
        new Owner{m_memory, bytes});
    return tensor;
}

Result<std::byte*> CudaTrainBackend::scratch(Scratch purpose, int64_t bytes) {
    DeviceBuffer& buffer = m_scratch[purpose];
    if (buffer.sizeBytes() < bytes) {
        // Freeing waits for the work that uses the old one.
        m_memory->held -= buffer.sizeBytes();
        buffer = DeviceBuffer();
        if (!DeviceBuffer::create(bytes, &buffer).ok()) {
            (void)cudaGetLastError();
            return outOfMemory(bytes);
        }
        m_memory->add(bytes);
    }
    return buffer.data();
}

void CudaTrainBackend::touched(const TrainTensor& tensor) {
    if (const auto found = m_memory->rounded.find(tensor.buffer.data()); found != m_memory->rounded.end()) {
        found->second.current = false;
    }
}

Result<void> CudaTrainBackend::zero(TrainTensor& target) {
    touched(target);
    return tried(cudaMemsetAsync(target.buffer.data(), 0, static_cast<size_t>(target.buffer.sizeBytes()), stream()),
                 "clearing");
}

Result<void> CudaTrainBackend::copy(const TrainTensor& from, TrainTensor& to) {
    LECTERN_CHECK(from.size() == to.size());
    touched(to);
    if (m_stashes && (from.use == TensorUse::Stash) != (to.use == TensorUse::Stash)) {
        LECTERN_CHECK(from.elementBytes == to.elementBytes);
        const int64_t before = m_stashes->deviceBytes(), bytes = from.size() * from.elementBytes;
        if (to.use == TensorUse::Stash) {
            LECTERN_TRY(m_stashes->write(to.buffer.data(), from.buffer.data(), bytes, stream()));
        } else {
            LECTERN_TRY(m_stashes->read(from.buffer.data(), to.buffer.data(), bytes, stream()));
        }
        m_memory->add(m_stashes->deviceBytes() - before);
        return {};
    }
    if (from.elementBytes == to.elementBytes) {
        return tried(
            cudaMemcpyAsync(to.buffer.data(), from.buffer.data(), static_cast<size_t>(from.size() * from.elementBytes),
                            cudaMemcpyDeviceToDevice, stream()),
            "copying");
    }
    return tried(from.elementBytes == 2 ? kernels::cuda::toF32(from.as<Bf16>(), from.size(), to.as<float>(), stream())
                                        : kernels::cuda::toBf16(from.as<float>(), from.size(), to.as<Bf16>(), stream()),
                 "copying");
}

Result<void> CudaTrainBackend::upload(std::span<const float> host, TrainTensor& target) {
    LECTERN_CHECK(static_cast<int64_t>(host.size()) == target.size());
    touched(target);
    if (target.elementBytes == 4) {
        LECTERN_TRY(tried(
            cudaMemcpyAsync(target.buffer.data(), host.data(), host.size_bytes(), cudaMemcpyHostToDevice, stream()),
            "uploading"));
        return synchronize();
    }
    LECTERN_ASSIGN(const float* staged, m_uploads.upload(host, stream()));
    return tried(kernels::cuda::toBf16(staged, target.size(), target.as<Bf16>(), stream()), "uploading");
}

Result<void> CudaTrainBackend::download(const TrainTensor& source, std::span<float> host) {
    LECTERN_CHECK(static_cast<int64_t>(host.size()) == source.size());
    if (source.elementBytes == 4) {
        LECTERN_TRY(tried(
            cudaMemcpyAsync(host.data(), source.buffer.data(), host.size_bytes(), cudaMemcpyDeviceToHost, stream()),
            "downloading"));
        return synchronize();
    }
    std::vector<uint16_t> rounded(host.size());
    LECTERN_TRY(tried(
        cudaMemcpyAsync(rounded.data(), source.buffer.data(), rounded.size() * 2, cudaMemcpyDeviceToHost, stream()),
        "downloading"));
    LECTERN_TRY(synchronize());
    std::transform(rounded.begin(), rounded.end(), host.begin(), kernels::bfloat16ToFloat);
    return {};
}

Result<std::unique_ptr<Weight>> CudaTrainBackend::prepareWeight(DType type, int64_t rows, int64_t columns,
                                                                std::span<const std::byte> bytes) {
    LECTERN_CHECK(static_cast<int64_t>(bytes.size()) == rows * kernels::rowBytes(type, columns));
    auto weight = std::make_unique<CudaTrainWeight>();
    weight->rows = rows;
    weight->columns = columns;
    weight->type = type;
    if (!DeviceBuffer::create(static_cast<int64_t>(bytes.size()), &weight->bytes).ok()) {
        (void)cudaGetLastError();
        return outOfMemory(static_cast<int64_t>(bytes.size()));
    }
    LECTERN_TRY(
        tried(cudaMemcpyAsync(weight->bytes.data(), bytes.data(), bytes.size(), cudaMemcpyHostToDevice, stream()),
              "uploading weights"));
    LECTERN_TRY(synchronize());
    if (type == DType::F32 || type == DType::F16) {
        // Products read bf16 anyway.
        DeviceBuffer rounded;
        if (!DeviceBuffer::create(rows * columns * 2, &rounded).ok()) {
            (void)cudaGetLastError();
            return outOfMemory(rows * columns * 2);
        }
        LECTERN_TRY(tried(
            kernels::cuda::dequantizeToBf16(weight->bytes.data(), type, rows, columns, rounded.as<Bf16>(), stream()),
            "decoding weights"));
        LECTERN_TRY(synchronize());
        weight->bytes = std::move(rounded);
        weight->type = DType::BF16;
    }
    m_memory->add(weight->bytes.sizeBytes());
    return std::unique_ptr<Weight>(std::move(weight));
}

Result<void> CudaTrainBackend::synchronize() {
    return tried(cudaStreamSynchronize(stream()), "training");
}

}  // namespace lectern

/// The library's entry for training: a new backend, or null with a sentence in `reason`.
extern "C" __attribute__((visibility("default"))) lectern::TrainBackend* lecternCreateCudaTrainBackend(
    char* reason, int64_t reasonSize) {
    auto backend = lectern::CudaTrainBackend::create();
    if (!backend) {
        const std::string& message = backend.error().message;
        const size_t length = std::min(message.size(), static_cast<size_t>(std::max<int64_t>(reasonSize, 1)) - 1);
        std::memcpy(reason, message.data(), length);
        reason[length] = '\0';
        return nullptr;
    }
    return backend->release();
}
