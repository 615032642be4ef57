#include "app/jobs/training_log.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace lectern::app {
namespace {

using nlohmann::json;

constexpr size_t kMaximumLineBytes = 16 << 20;
constexpr size_t kMaximumItems = 2'000'000;
constexpr size_t kMaximumWarnings = 200;
/// A loss that moves less than this share of itself between two windows of steps is flat.
constexpr double kFlatShare = 0.002;
constexpr size_t kFlatWindow = 20;

double number(const json& object, const char* key, double fallback = 0) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : fallback;
}

int64_t wholeOf(double value) {
    return std::abs(value) < 9e18 ? static_cast<int64_t>(value) : 0;
}

int64_t integer(const json& object, const char* key) {
    return wholeOf(number(object, key));
}

std::string text(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

const json& list(const json& object, const char* key) {
    static const json kNone = json::array();
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : kNone;
}

SequencePreview sequenceFrom(const json& object) {
    SequencePreview preview{text(object, "origin"),
                            integer(object, "tokens"),
                            integer(object, "trained_tokens"),
                            integer(object, "omitted_tokens"),
                            {}};
    for (const json& piece : list(object, "pieces")) {
        preview.pieces.push_back({text(piece, "text"), flag(piece, "trained"), integer(piece, "tokens")});
    }
    return preview;
}

template <typename T>
void dropAfter(std::vector<T>& items, int64_t step) {
    std::erase_if(items, [step](const T& item) { return item.step > step; });
}

double meanLoss(const std::vector<TrainingStep>& steps, size_t begin, size_t count) {
    double sum = 0;
    for (size_t i = begin; i < begin + count; ++i) {
        sum += steps[i].loss;
    }
    return sum / static_cast<double>(count);
}

}  // namespace

TrainingPreview trainingPreviewFrom(const json& object) {
    TrainingPreview preview;
    for (const json& each : list(object, "data")) {
        DataSummary data{text(each, "kind"),
                         integer(each, "documents"),
                         integer(each, "held_out"),
                         integer(each, "tokens"),
                         integer(each, "sequences_per_pass"),
                         integer(each, "truncated"),
                         integer(each, "dropped"),
                         integer(each, "split"),
                         {}};
        for (const json& bin : list(each, "histogram")) {
            data.histogram.push_back({integer(bin, "from"), integer(bin, "count")});
        }
        preview.data.push_back(std::move(data));
    }
    for (const json& each : list(object, "previews")) {
        preview.sequences.push_back(sequenceFrom(each));
    }
    for (const json& each : list(object, "positions")) {
        preview.positions.push_back({integer(each, "step"), static_cast<int32_t>(integer(each, "layer")),
                                     integer(each, "period"), integer(each, "max_period"),
                                     number(each, "rope_scale", 1)});
    }
    return preview;
}

void TrainingLog::apply(std::string_view line) {
    if (line.empty() || line.size() > kMaximumLineBytes) {
        return;
    }
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object() || steps.size() > kMaximumItems) {
        return;
    }
    const std::string kind = text(event, "event");
    if (kind == "started") {
        state = RunState::Running;
        problem.clear();
        totalSteps = integer(event, "steps");
        device = text(event, "device");
        trainedValues = integer(event, "trained_values");
        memoryBytes = integer(event, "memory_bytes");
        if (const auto model = event.find("model"); model != event.end() && model->is_object()) {
            modelName = text(*model, "name");
        }
        preview = trainingPreviewFrom(event);
        const int64_t from = integer(event, "step");
        dropAfter(steps, from);
        dropAfter(evaluations, from);
        dropAfter(samples, from);
        exports.clear();
    } else if (kind == "step") {
        TrainingStep step{integer(event, "step"),
                          number(event, "loss", std::nan("")),
                          number(event, "learning_rate"),
                          number(event, "gradient_norm"),
                          number(event, "tokens_per_second"),
                          number(event, "seconds"),
                          0,
                          0};
        if (const auto positions = event.find("positions"); positions != event.end() && positions->is_object()) {
            const json& period = list(*positions, "period");
            if (period.size() == 2 && period[0].is_number() && period[1].is_number()) {
                step.periodLow = wholeOf(period[0].get<double>());
                step.periodHigh = wholeOf(period[1].get<double>());
            }
        }
        if (event.contains("trained_tokens") && integer(event, "trained_tokens") == 0 && !steps.empty()) {
            step.loss = steps.back().loss;  // nothing was trained: the 0 that is told is no loss
        }
        state = RunState::Running;
        steps.push_back(step);
    } else if (kind == "eval") {
        evaluations.push_back({integer(event, "step"), number(event, "loss")});
    } else if (kind == "sample") {
        samples.push_back({integer(event, "step"), text(event, "question"), text(event, "answer")});
    } else if (kind == "checkpoint") {
        checkpoints.push_back(text(event, "path"));
    } else if (kind == "export") {
        exports.push_back({text(event, "kind"), text(event, "path"), number(event, "largest_logit_difference"),
                           number(event, "largest_logit"), number(event, "same_top_token")});
    } else if (kind == "dry_run") {
        dryRun = DryRunReport{integer(event, "longest_tokens"),     number(event, "seconds_per_step"),
                              number(event, "eta_seconds"),         integer(event, "device_peak_bytes"),
                              integer(event, "process_peak_bytes"), integer(event, "checkpoint_bytes")};
    } else if (kind == "paused") {
        state = RunState::Paused;
    } else if (kind == "resumed") {
        state = RunState::Running;
    } else if (kind == "warning" && warnings.size() < kMaximumWarnings) {
        warnings.push_back(text(event, "message"));
    } else if (kind == "finished") {
        state = text(event, "reason") == "completed" ? RunState::Completed : RunState::Stopped;
    } else if (kind == "error") {
        state = RunState::Failed;
        problem = text(event, "message");
    }
}

double TrainingLog::secondsLeft() const {
    const size_t count = std::min<size_t>(steps.size(), 10);
    double seconds = 0;
    for (size_t i = steps.size() - count; i < steps.size(); ++i) {
        seconds += steps[i].seconds;
    }
    return count == 0 ? 0 : seconds / static_cast<double>(count) * static_cast<double>(totalSteps - lastStep());
}

std::string TrainingLog::alarm() const {
    if (!steps.empty() && !std::isfinite(steps.back().loss)) {
        return "The loss is no longer a number. Stop the run and lower the learning rate.";
    }
    const size_t window = std::max(kFlatWindow, static_cast<size_t>(totalSteps / 10));
    if (steps.size() < 2 * window) {
        return {};
    }
    const double before = meanLoss(steps, steps.size() - 2 * window, window);
    const double now = meanLoss(steps, steps.size() - window, window);
    return now > before * (1 - kFlatShare)
               ? "The loss has not fallen for a while. The model may have learnt what there "
                 "is, or the learning rate is too low."
               : std::string();
}

}  // namespace lectern::app
