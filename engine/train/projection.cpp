#include "engine/train/train_model.h"

namespace lectern {
namespace {

/// The first `rows` of scratch, `columns` wide, borrowing its memory.
TrainTensor shaped(const TrainTensor& scratch, int64_t rows, int64_t columns) {
    TrainTensor view;
    view.rows = rows;
    view.columns = columns;
    view.elementBytes = scratch.elementBytes;
    view.use = scratch.use;
    view.buffer = Buffer(scratch.buffer.data(), rows * columns * scratch.elementBytes, nullptr);
    return view;
}

}  // namespace

Result<void> Projection::forward(TrainBackend& backend, const TrainTensor& x, int64_t tokens, bool accumulate,
                                 std::optional<uint64_t> dropoutKey, LoraScratch& scratch, TrainTensor& y) const {
    LECTERN_TRY(backend.linear(x, weight(), tokens, 1.0, accumulate, y));
    if (!loraA) {
        return {};
    }
    TrainTensor low = shaped(scratch.low, tokens, loraA->value.rows);
    if (dropout > 0 && dropoutKey) {
        TrainTensor dropped = shaped(scratch.dropped, tokens, x.columns);
        LECTERN_TRY(backend.dropout(x, tokens, *dropoutKey, dropout, false, dropped));
        LECTERN_TRY(backend.linear(dropped, {nullptr, &loraA->value}, tokens, 1.0, false, low));
    } else {
        LECTERN_TRY(backend.linear(x, {nullptr, &loraA->value}, tokens, 1.0, false, low));
    }
    return backend.linear(low, {nullptr, &loraB->value}, tokens, loraScale, true, y);
}

Result<void> Projection::backward(TrainBackend& backend, const TrainTensor& x, const TrainTensor& dY, int64_t tokens,
                                  bool accumulate, std::optional<uint64_t> dropoutKey, LoraScratch& scratch,
                                  TrainTensor& dX) const {
    LECTERN_TRY(backend.linearBackwardInput(dY, weight(), tokens, 1.0, accumulate, dX));
    if (matrix) {
        LECTERN_TRY(backend.linearBackwardWeight(dY, x, tokens, 1.0, matrix->gradient));
    }
    if (!loraA) {
        return {};
    }
    const bool drops = dropout > 0 && dropoutKey;
    TrainTensor low = shaped(scratch.low, tokens, loraA->value.rows);
    TrainTensor dropped = shaped(scratch.dropped, tokens, x.columns);
    if (drops) {
        LECTERN_TRY(backend.dropout(x, tokens, *dropoutKey, dropout, false, dropped));
    }
    const TrainTensor& seen = drops ? dropped : x;
    LECTERN_TRY(backend.linear(seen, {nullptr, &loraA->value}, tokens, 1.0, false, low));
    LECTERN_TRY(backend.linearBackwardWeight(dY, low, tokens, loraScale, loraB->gradient));
    LECTERN_TRY(backend.linearBackwardInput(dY, {nullptr, &loraB->value}, tokens, loraScale, false, low));
    LECTERN_TRY(backend.linearBackwardWeight(low, seen, tokens, 1.0, loraA->gradient));
    if (!drops) {
        return backend.linearBackwardInput(low, {nullptr, &loraA->value}, tokens, 1.0, true, dX);
    }
    LECTERN_TRY(backend.linearBackwardInput(low, {nullptr, &loraA->value}, tokens, 1.0, false, dropped));
    return backend.dropout(dropped, tokens, *dropoutKey, dropout, true, dX);
}

}  // namespace lectern
